package handlers_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// Each side of a comparison runs this often, by turns, asked by so many browsers at once, and the median counts. A run
// is made of short turns: a machine that is busy with something else for a moment is so for both sides.
const (
	benchRuns     = 5
	benchTurns    = 10 // of a run
	benchTurn     = 100 * time.Millisecond
	benchBrowsers = 8
)

// newBenchWorld is the product as it serves: nothing is recorded, nothing is checked beside it, log lines are written
// as JSON and thrown away.
func newBenchWorld(b *testing.B, tenant *simulator.Tenant, settings ...string) *world {
	b.Helper()
	tenant.Configure(func(o *simulator.Options) { o.Unrecorded = true })
	w := startWorld(b, b.Context(), tenant, "sqlite:"+filepath.Join(b.TempDir(), "audit.db"), settings)
	w.lines.mu.Lock()
	w.lines.drop = true
	w.lines.mu.Unlock()
	return w
}

// plainClient keeps connections open and asks for no compression.
func plainClient(b *testing.B) *http.Client {
	b.Helper()
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: benchBrowsers, MaxIdleConns: 64}
	b.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// asked is a GET with the cookies that a signed-in browser would send.
func (b *browser) asked(path string) *http.Request {
	b.w.t.Helper()
	r := b.request(http.MethodGet, path, nil)
	u, err := url.Parse(b.w.url + "/")
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		r.AddCookie(c)
	}
	return r
}

// fetched is the body of an answer that must be 200.
func fetched(b *testing.B, client *http.Client, r *http.Request) []byte {
	b.Helper()
	response, err := client.Do(r.Clone(b.Context()))
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("GET %s: got %d, %v, want 200", r.URL, response.StatusCode, err)
	}
	return body
}

// side is one of two that are compared.
type side struct {
	request *http.Request
	answers int
	took    time.Duration
	runs    []float64 // answers per second
}

// compare lets both sides run by turns. Every answer must be 200 and of about this size.
func compare(b *testing.B, client *http.Client, size int, sides ...*side) {
	b.Helper()
	for range benchRuns {
		for range benchTurns {
			for _, s := range sides {
				s.turn(b, client, size)
			}
		}
		for _, s := range sides {
			s.runs = append(s.runs, float64(s.answers)/s.took.Seconds())
			s.answers, s.took = 0, 0
		}
	}
}

// turn has several browsers ask the same again and again for a while.
func (s *side) turn(b *testing.B, client *http.Client, size int) {
	b.Helper()
	var answers atomic.Int64
	var asking sync.WaitGroup
	began := time.Now()
	for range benchBrowsers {
		asking.Go(func() {
			for time.Since(began) < benchTurn {
				response, err := client.Do(s.request.Clone(b.Context()))
				if err != nil {
					b.Error(err)
					return
				}
				n, err := io.Copy(io.Discard, response.Body)
				_ = response.Body.Close() // read to its end
				if err != nil || response.StatusCode != http.StatusOK || int(n) < size*9/10 || int(n) > size*11/10 {
					b.Errorf("GET %s: got %d with %d bytes, %v, want 200 with about %d",
						s.request.URL, response.StatusCode, n, err, size)
					return
				}
				answers.Add(1)
			}
		})
	}
	asking.Wait()
	s.took += time.Since(began)
	s.answers += int(answers.Load())
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func rounded(values []float64) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = strconv.Itoa(int(v))
	}
	return strings.Join(texts, " ")
}

// BenchmarkEditPage holds the signed-in edit page, over HTTP, against a bare handler that makes the same GET at the API
// and writes as many bytes: ratio is what is left of the bare one's requests per second.
func BenchmarkEditPage(b *testing.B) {
	w := newBenchWorld(b, company.New(time.Now()))
	w.knowsPeople()
	ours := w.signIn("els").asked("/clockings/8192/edit")
	client := plainClient(b)
	fetched(b, client, ours) // the names of terminals are asked for
	page := fetched(b, client, ours)
	if !strings.Contains(string(page), "Jan Maes") || !strings.Contains(string(page), `· T1"`) {
		b.Fatalf("the names are not there: %s", page)
	}

	bare := httptest.NewServer(bareHandler(w, len(page)))
	b.Cleanup(bare.Close)
	theirs, err := http.NewRequestWithContext(b.Context(), http.MethodGet, bare.URL+"/clockings/8192/edit", nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		plain, edit := &side{request: theirs}, &side{request: ours}
		compare(b, client, len(page), plain, edit)
		b.Logf("bare handler, requests/s: %s", rounded(plain.runs))
		b.Logf("edit page,    requests/s: %s", rounded(edit.runs))
		b.ReportMetric(median(plain.runs), "bare/s")
		b.ReportMetric(median(edit.runs), "edit/s")
		b.ReportMetric(median(edit.runs)/median(plain.runs), "ratio")
	}
	b.ReportMetric(float64(len(page)), "page-B")
	b.ReportMetric(0, "ns/op")
}

// bareHandler is the least that a handler can do for the same page: one GET at the API, with a token that it has, over
// a transport like the client's own, and as many bytes, the same each time.
func bareHandler(w *world, size int) http.Handler {
	api := w.config.Protime.APIURL.String() + "/clockings/8192"
	bearer := "Bearer " + w.tenant.Token(w.config.Protime.Scopes...)
	upstream := &http.Client{Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 32}}
	fixed := []byte(strings.Repeat("x", size))
	length := strconv.Itoa(size)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, api, nil)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		request.Header.Set("Authorization", bearer)
		request.Header.Set("Accept", "application/json")
		request.Header.Set("User-Agent", w.config.Protime.UserAgent)
		response, err := upstream.Do(request)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
		if _, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
			http.Error(rw, fmt.Sprint(response.StatusCode, err), http.StatusBadGateway)
			return
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.Header().Set("Content-Length", length)
		_, _ = rw.Write(fixed) // who asked has gone when this fails
	})
}
