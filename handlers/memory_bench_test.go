package handlers_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// BenchmarkMemory streams lists of different lengths and reports the most memory that was in use after a collection,
// beyond what was in use before: it is to be the same for the short and the long one. Simulator and reader are in the
// same process and count as well.
func BenchmarkMemory(b *testing.B) {
	today := time.Now()
	year := "date.ge=" + today.AddDate(0, 0, -359).Format(time.DateOnly) + "&date.le=" + today.Format(time.DateOnly)
	for _, list := range []struct {
		name, path      string
		clockings       int
		page, emptyEach int // rows of an API page, empty pages before each
	}{
		{"CSV, 1000 clockings", "/clockings.csv?" + year, 1_000, 100, 0},
		{"CSV, 100000 clockings", "/clockings.csv?" + year, 100_000, 100, 0},
		{"Excel, 1000 clockings", "/clockings.xlsx?" + year, 1_000, 100, 0},
		{"Excel, 100000 clockings", "/clockings.xlsx?" + year, 100_000, 100, 0},
		{"Excel by person, 15000 clockings", "/clockings.xlsx?sort=person&" + year, 15_000, 100, 0},
		{"page over 4 API pages, 3 of them empty", "/clockings?" + year, 150, 100, 3},
		{"page over 200 API pages, 199 of them empty", "/clockings?" + year, 150, 100, 199},
	} {
		b.Run(list.name, func(b *testing.B) {
			tenant := company.Clockings(list.clockings, today)
			tenant.PageSize, tenant.EmptyPages = list.page, list.emptyEach
			w := newBenchWorld(b, tenant)
			w.knowsPeople()
			request := w.signIn("els").asked(list.path)
			client := plainClient(b)
			read(b, client, request, nil) // names are asked for, connections opened
			var most uint64
			rows := 0
			for b.Loop() {
				before := inUse()
				peak := before
				rows = read(b, client, request, func() { peak = max(peak, inUse()) })
				most = max(most, peak-before)
			}
			b.ReportMetric(float64(rows), "rows")
			b.ReportMetric(float64(most)/1024, "resident-KB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

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
	transport := &http.Transport{DisableCompression: true}
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

// inUse is how many bytes of the heap a collection finds alive; what others allocate meanwhile does not count.
func inUse() uint64 {
	runtime.GC()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Uint64()
}

// read takes an answer in as it comes, counts its rows, and looks at the memory with each of the first pieces and some
// forty times a second from then on.
func read(b *testing.B, client *http.Client, r *http.Request, look func()) (rows int) {
	b.Helper()
	response, err := client.Do(r.Clone(b.Context()))
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		b.Fatalf("GET %s: got %d, want 200", r.URL, response.StatusCode)
	}
	last := time.Now()
	chunk := make([]byte, 32<<10)
	for pieces := 0; ; pieces++ {
		n, err := response.Body.Read(chunk)
		rows += bytes.Count(chunk[:n], []byte("\n")) + bytes.Count(chunk[:n], []byte("<tr id"))
		if look != nil && (pieces < 20 || time.Since(last) > 25*time.Millisecond) {
			look()
			last = time.Now()
		}
		if err == io.EOF {
			return rows
		}
		if err != nil {
			b.Fatal(fmt.Errorf("GET %s: %w", r.URL, err))
		}
	}
}
