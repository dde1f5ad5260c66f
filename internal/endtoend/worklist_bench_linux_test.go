package endtoend

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"strconv"
	"strings"
	"runtime/pprof"
	"sync"
	"syscall"
	"testing"
	"time"

	"protime-admin/internal/worklist"
	"protime-admin/protime"
	"protime-admin/protime/simulator"
)

// crowdFrom and crowdUntil are a period of 31 dates that is over; the dates beside it are read too.
const crowdFrom, crowdUntil = "2026-03-02", "2026-04-01"

// run is what one of the two sides did.
type run struct {
	First     time.Time // the first row
	Took      time.Duration
	Rows      int
	Clockings int
	Memory    int           // the most that the process ever held, in bytes
	CPU       time.Duration // that the process used, in user space and in the kernel
}

// BenchmarkWorklist reads the worklist of 5,000 people and 31 days, 400,000 clockings, and holds it against reading the
// same pages and doing nothing with them. The API, and each side of each round, are processes of their own.
// first-ms is how long after the API's first page of clockings the first row was there.
func BenchmarkWorklist(b *testing.B) {
	for _, size := range []int{100, 1000} {
		b.Run(fmt.Sprintf("pages of %d", size), func(b *testing.B) {
			_, address := startRole(b, "crowd", map[string]string{
				"PAGE_SIZE": strconv.Itoa(size), "FROM": shiftDate(b, crowdFrom, -1), "UNTIL": shiftDate(b, crowdUntil, 1),
			})
			settings := map[string]string{"CROWD": address}
			for b.Loop() {
				var ratios, firsts, wholes, reads, memories []float64
				for range 3 {
					reading, _ := side2(b, "read", settings)
					found, page := side2(b, "find", settings)
					ratios = append(ratios, found.Took.Seconds()/reading.Took.Seconds())
					firsts = append(firsts, float64(found.First.Sub(page).Microseconds())/1000)
					wholes = append(wholes, found.Took.Seconds())
					reads = append(reads, reading.Took.Seconds())
					memories = append(memories, float64(found.Memory)/(1<<20))
					b.Logf("worklist: %d rows of %d clockings in %v (CPU %v); pages alone: %v (CPU %v)",
						found.Rows, found.Clockings, found.Took, found.CPU, reading.Took, reading.CPU)
				}
				b.ReportMetric(median(firsts), "first-ms")
				b.ReportMetric(median(wholes), "whole-s")
				b.ReportMetric(median(reads), "pages-s")
				b.ReportMetric(median(ratios), "ratio")
				b.ReportMetric(median(memories), "peak-MB")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// side2 runs one side, and returns what it did and when the API answered its first page of clockings.
func side2(b *testing.B, role string, settings map[string]string) (run, time.Time) {
	b.Helper()
	firstPage(b, settings["CROWD"])
	_, line := startRole(b, role, settings)
	var r run
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		b.Fatal(err)
	}
	return r, firstPage(b, settings["CROWD"])
}

func firstPage(b *testing.B, address string) time.Time {
	b.Helper()
	status, text := get(b.Context(), http.DefaultClient, address+"/first")
	if status != http.StatusOK {
		b.Fatal(status, text)
	}
	nano, _, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(nano, 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Unix(0, n)
}

func crowdClient() (*protime.Client, error) {
	return protime.New(protime.Config{
		BaseURL: os.Getenv("CROWD") + simulator.BasePath, TokenURL: os.Getenv("CROWD") + "/token",
		ClientID: "bench", ClientSecret: "bench", UserAgent: "ProtimeAdmin/bench (acme)",
	})
}

// playFind reads the worklist.
func playFind() error {
	client, err := crowdClient()
	if err != nil {
		return err
	}
	list := worklist.New(worklist.Options{API: client, Employed: func(string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for i := range crowdPeople {
				if !yield(strconv.Itoa(crowdID(i))) {
					return
				}
			}
		}
	}})
	prof, _ := os.Create("/tmp/s10/eng_find.prof")
	pprof.StartCPUProfile(prof)
	defer pprof.StopCPUProfile()
	var r run
	began := time.Now()
	reading, err := list.Open(worklist.Scope{From: crowdFrom, To: crowdUntil})
	if err != nil {
		return err
	}
	for update, err := range reading.Follow(context.Background()) {
		if err != nil {
			return err
		}
		if r.Rows == 0 && len(update.Rows) > 0 {
			r.First = time.Now()
		}
		r.Rows += len(update.Rows)
		r.Clockings = update.Progress.Clockings
	}
	return r.tell(began)
}

// playRead reads the same pages, three lists at once, and nothing more.
func playRead() error {
	client, err := crowdClient()
	if err != nil {
		return err
	}
	dates := daysBetween("2026-03-01", "2026-04-02")
	began := time.Now()
	next := make(chan string)
	var reading sync.WaitGroup
	var failed error
	for range 3 {
		reading.Go(func() {
			for date := range next {
				filter := protime.And(protime.Ge("date", protime.Text(date)), protime.Le("date", protime.Text(date)))
				for _, err := range client.List(context.Background(), "/clockings", protime.ListOptions{Filter: filter}) {
					if err != nil {
						failed = err
					}
				}
			}
		})
	}
	for _, date := range dates {
		next <- date
	}
	close(next)
	reading.Wait()
	if failed != nil {
		return failed
	}
	return new(run).tell(began)
}

// tell writes what was done, and waits until the other side has read it.
func (r *run) tell(began time.Time) error {
	r.Took = time.Since(began)
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return err
	}
	r.CPU = time.Duration(used.Utime.Nano() + used.Stime.Nano())
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			if _, err := fmt.Sscanf(rest, "%d", &r.Memory); err != nil {
				return err
			}
			r.Memory <<= 10
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func shiftDate(b *testing.B, date string, days int) string {
	b.Helper()
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		b.Fatal(err)
	}
	return d.AddDate(0, 0, days).Format(time.DateOnly)
}
