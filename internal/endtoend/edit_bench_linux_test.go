package endtoend

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// Each side of the comparison runs benchRounds times, by turns, asked by so many browsers at once; the median counts.
// A round is made of short turns: a machine that is busy with something else for a moment is so for both sides.
const (
	benchRounds   = 7
	benchTurns    = 8 // of a round
	benchTurn     = 150 * time.Millisecond
	benchBrowsers = 8
)

// BenchmarkEditPage holds the signed-in edit page against a bare handler that makes the same GET at the API and writes
// as many bytes. The product, the bare handler, the API and the client are processes of their own, with keep-alive
// connections over HTTP. ratio is the product's requests per second over those of the bare handler.
func BenchmarkEditPage(b *testing.B) {
	_, text := startRole(b, "company")
	settings := map[string]string{}
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		b.Fatal(err)
	}
	product := startProduct(b, settings)
	page := settings["PUBLIC_URL"] + "/clockings/8192/edit"
	client := benchClient(b, settings["PUBLIC_URL"])
	size := awaitNames(b, client, page)
	settings["BARE_SIZE"] = strconv.Itoa(size)
	bare, address := startRole(b, "bare", settings)

	for b.Loop() {
		theirs, ours := &side{url: address, process: bare}, &side{url: page, process: product}
		var ratios []float64
		for range benchRounds {
			for range benchTurns {
				theirs.turn(b, client, size)
				ours.turn(b, client, size)
			}
			ratios = append(ratios, ours.round()/theirs.round())
		}
		b.Logf("bare handler, requests/s: %.0f", theirs.rounds)
		b.Logf("edit page,    requests/s: %.0f", ours.rounds)
		b.Logf("ratios: %.3f", ratios)
		b.ReportMetric(median(theirs.rounds), "bare/s")
		b.ReportMetric(median(ours.rounds), "edit/s")
		b.ReportMetric(median(ratios), "ratio")
		b.ReportMetric(theirs.cpuPerAnswer(), "bare-cpu-us")
		b.ReportMetric(ours.cpuPerAnswer(), "edit-cpu-us")
	}
	b.ReportMetric(float64(size), "page-B")
	b.ReportMetric(0, "ns/op")
}

// side is one of the two that are compared.
type side struct {
	url     string
	process *exec.Cmd
	answers int // of this round
	took    time.Duration
	rounds  []float64 // answers per second
	all     int       // answers of all rounds
	cpu     time.Duration
}

// turn has all browsers ask the same again and again for a while. Every answer must be 200 and of about this size.
func (s *side) turn(b *testing.B, client *http.Client, size int) {
	b.Helper()
	var answers atomic.Int64
	var asking sync.WaitGroup
	began, used := time.Now(), cpuTime(b, s.process.Process.Pid)
	for range benchBrowsers {
		asking.Go(func() {
			for time.Since(began) < benchTurn {
				status, n := fetch(b.Context(), client, s.url, io.Discard)
				if status != http.StatusOK || n < size*9/10 || n > size*11/10 {
					b.Errorf("GET %s: got %d with %d bytes, want 200 with about %d", s.url, status, n, size)
					return
				}
				answers.Add(1)
			}
		})
	}
	asking.Wait()
	s.took += time.Since(began)
	s.cpu += cpuTime(b, s.process.Process.Pid) - used
	s.answers += int(answers.Load())
}

// round ends a round and returns its answers per second.
func (s *side) round() float64 {
	rate := float64(s.answers) / s.took.Seconds()
	s.rounds = append(s.rounds, rate)
	s.all += s.answers
	s.answers, s.took = 0, 0
	return rate
}

// cpuPerAnswer is how many microseconds of a core the process used for each answer.
func (s *side) cpuPerAnswer() float64 { return float64(s.cpu.Microseconds()) / float64(s.all) }

// cpuTime is how long a process has run on a core, in user space and in the kernel, to a hundredth of a second.
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	var ticks int
	for _, field := range strings.Fields(rest)[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func median(values []float64) float64 { return slices.Sorted(slices.Values(values))[len(values)/2] }

// fetch reads an answer to its end; status 0 is no answer.
func fetch(ctx context.Context, client *http.Client, address string, to io.Writer) (status, size int) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, 0
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, 0
	}
	defer response.Body.Close()
	n, err := io.Copy(to, response.Body)
	if err != nil {
		return 0, 0
	}
	return response.StatusCode, int(n)
}

// benchClient is a signed-in browser that asks for no compression.
func benchClient(b *testing.B, public string) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true, MaxIdleConns: 64, MaxIdleConnsPerHost: benchBrowsers}
	b.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Jar: jar, Transport: transport, Timeout: time.Minute}

	asked, err := client.Get(public + "/login?return=/healthz")
	if err != nil {
		b.Fatal(err)
	}
	defer asked.Body.Close()
	doc, err := goquery.NewDocumentFromReader(asked.Body)
	if err != nil {
		b.Fatal(err)
	}
	form := url.Values{"subject": {"els"}}
	doc.Find("input[type=hidden]").Each(func(_ int, s *goquery.Selection) {
		form.Set(s.AttrOr("name", ""), s.AttrOr("value", ""))
	})
	signedIn, err := client.PostForm(asked.Request.URL.String(), form)
	if err != nil {
		b.Fatal(err)
	}
	defer signedIn.Body.Close()
	if signedIn.StatusCode != http.StatusOK {
		b.Fatalf("signed in: got %d at %s, want 200", signedIn.StatusCode, signedIn.Request.URL)
	}
	return client
}

// awaitNames asks for a page until it names the person and the terminal, and returns its size.
func awaitNames(b *testing.B, client *http.Client, address string) int {
	b.Helper()
	var page strings.Builder
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		page.Reset()
		status, size := fetch(b.Context(), client, address, &page)
		if status == http.StatusOK && strings.Contains(page.String(), "Jan Maes") && strings.Contains(page.String(), `· T1"`) {
			return size
		}
	}
	b.Fatalf("the names are not there: %s", page.String())
	return 0
}

// startProduct runs the product as it serves, its log thrown away.
func startProduct(b *testing.B, settings map[string]string) *exec.Cmd {
	b.Helper()
	path, err := binary()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(path)
	for name, value := range settings {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended before
		_ = cmd.Wait()         // says that it was killed
	})
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if status, _ := fetch(b.Context(), http.DefaultClient, settings["PUBLIC_URL"]+"/readyz", io.Discard); status == http.StatusOK {
			return cmd
		}
	}
	b.Fatal("the product is not ready")
	return nil
}
