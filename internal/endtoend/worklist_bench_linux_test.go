package endtoend

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"protime-admin/protime"
	"protime-admin/protime/simulator"
)

// crowdFrom to crowdUntil is a period of 31 dates that is over. The dates beside it are read too.
const (
	crowdFrom, crowdUntil   = "2026-03-02", "2026-04-01"
	crowdBefore, crowdAfter = "2026-03-01", "2026-04-02"
)

// BenchmarkWorklist opens the worklist of 5,000 people and 31 days, some 430,000 clockings, and holds it against reading the
// same pages and doing nothing with them. The API, the product and the reader of pages are processes of their own, new
// in each round. first-ms is how long after the API's first page the first row was there, peak-MB the most that the
// product ever held. An API that answers at once leaves nothing to wait for: both sides then cost processor time alone.
func BenchmarkWorklist(b *testing.B) {
	for _, api := range []struct {
		size  int
		delay string // of each answer
	}{{100, "0s"}, {1000, "0s"}, {1000, "20ms"}} {
		b.Run(fmt.Sprintf("pages of %d after %s", api.size, api.delay), func(b *testing.B) {
			_, address := startRole(b, "crowd", map[string]string{
				"PAGE_SIZE": strconv.Itoa(api.size), "API_DELAY": api.delay,
				"FROM": crowdBefore, "UNTIL": crowdAfter,
			})
			w := newWorld(b)
			w.env["PROTIME_API_URL"], w.env["PROTIME_TOKEN_URL"] = address+simulator.BasePath, address+"/token"
			for b.Loop() {
				var ratios, firsts, wholes, alone, memories []float64
				for range 3 {
					pages, used := readAlone(b, address)
					o := w.openWorklist(b, address)
					b.Logf("first row after %v, whole after %v (processor %v), at most %d MB; pages alone %v (%v)",
						o.first, o.whole, o.cpu, o.memory>>20, pages, used)
					alone = append(alone, pages.Seconds())
					ratios = append(ratios, o.whole.Seconds()/pages.Seconds())
					firsts = append(firsts, float64(o.first.Microseconds())/1000)
					wholes = append(wholes, o.whole.Seconds())
					memories = append(memories, float64(o.memory)/(1<<20))
				}
				b.ReportMetric(median(firsts), "first-ms")
				b.ReportMetric(median(wholes), "whole-s")
				b.ReportMetric(median(alone), "pages-s")
				b.ReportMetric(median(ratios), "ratio")
				b.ReportMetric(median(memories), "peak-MB")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// opened is what opening the worklist took.
type opened struct {
	first, whole, cpu time.Duration // first: from the API's first page to the first row
	memory            int           // bytes, the most that the product ever held
}

// openWorklist starts the product, opens its worklist and reads the page to its end.
func (w *world) openWorklist(b *testing.B, api string) opened {
	b.Helper()
	w.env["AUDIT_DATABASE_URL"] = "sqlite:" + filepath.Join(b.TempDir(), "audit.db")
	p := w.start()
	defer p.kill()
	els := w.signIn("els")
	time.Sleep(3 * time.Second) // until names are read
	firstPage(b, api)
	client := &http.Client{Jar: els.Jar, Transport: &http.Transport{DisableCompression: true}}
	began, used := time.Now(), cpuTime(b, p.cmd.Process.Pid)
	response, err := client.Get(w.public + "/missing?date.ge=" + crowdFrom + "&date.le=" + crowdUntil)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	var row time.Time
	var page strings.Builder
	for chunk := make([]byte, 32<<10); ; {
		n, err := response.Body.Read(chunk)
		page.Write(chunk[:n])
		if row.IsZero() && strings.Contains(page.String(), " data-row") {
			row = time.Now()
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	o := opened{whole: time.Since(began), cpu: cpuTime(b, p.cmd.Process.Pid) - used, memory: memory(b, p.cmd, "VmHWM")}
	if response.StatusCode != http.StatusOK || row.IsZero() {
		b.Fatalf("got %d and no row: %.2000s", response.StatusCode, text(page.String()))
	}
	o.first = row.Sub(firstPage(b, api))
	return o
}

// readAlone reads the same pages in a process of its own, and says how long that took and what of a processor's time.
func readAlone(b *testing.B, api string) (took, cpu time.Duration) {
	b.Helper()
	process, line := startRole(b, "read", map[string]string{"CROWD": api})
	took, err := time.ParseDuration(line)
	if err != nil {
		b.Fatal(err)
	}
	return took, cpuTime(b, process.Process.Pid)
}

// firstPage is when the API answered its first page of clockings since it was asked for last.
func firstPage(b *testing.B, api string) time.Time {
	b.Helper()
	status, text := get(b.Context(), http.DefaultClient, api+"/first")
	n, err := strconv.ParseInt(text, 10, 64)
	if status != http.StatusOK || err != nil {
		b.Fatal(status, text, err)
	}
	return time.Unix(0, n)
}

// playRead reads the pages of the crowd's clockings, three lists at once, and says how long that took.
func playRead() error {
	client, err := protime.New(protime.Config{
		BaseURL: os.Getenv("CROWD") + simulator.BasePath, TokenURL: os.Getenv("CROWD") + "/token",
		ClientID: "bench", ClientSecret: "bench", UserAgent: "ProtimeAdmin/bench (acme)",
	})
	if err != nil {
		return err
	}
	began := time.Now()
	dates := make(chan string)
	reading, ctx := errgroup.WithContext(context.Background())
	for range 3 {
		reading.Go(func() error {
			for date := range dates {
				filter := protime.And(protime.Ge("date", protime.Text(date)), protime.Le("date", protime.Text(date)))
				for _, err := range client.List(ctx, "/clockings", protime.ListOptions{Filter: filter}) {
					if err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	for _, date := range daysBetween(crowdBefore, crowdAfter) {
		select {
		case dates <- date:
		case <-ctx.Done():
		}
	}
	close(dates)
	if err := reading.Wait(); err != nil {
		return err
	}
	fmt.Println(time.Since(began))
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
