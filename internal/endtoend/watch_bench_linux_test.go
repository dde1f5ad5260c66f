package endtoend

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/sso/ssotest"
	"protime-admin/internal/web"
	"protime-admin/protime/simulator"
)

// BenchmarkWatchers has 125 auditors watch one batch that runs in four tabs each, which is as many streams as a process takes.
// It reports what that costs the product, a process of its own, what an edit page costs others meanwhile, and how long the
// product takes to stop. cores is how many it uses while eight rows at a time wait 100 ms for the API.
func BenchmarkWatchers(b *testing.B) {
	const people, tabs, rows = 125, 4, 20_000
	for b.Loop() {
		w := newWorld(b)
		w.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: "/clockings", Delay: 100 * time.Millisecond})
		for i := range people {
			name := "watcher" + strconv.Itoa(i)
			w.issuer.People = append(w.issuer.People, ssotest.Person{
				Subject: name, Name: name, Email: name + "@acme.example", Groups: []string{"auditors"},
			})
		}
		w.env["TRUSTED_PROXIES"], w.env["METRICS_ADDR"] = "127.0.0.0/8", freeAddress(b)
		w.prepareBatch(rows)
		p := w.start()
		var clients []*http.Client
		for i := range people { // from addresses of their own, because sign-ins are limited for each
			client := browser(b)
			client.Timeout, client.Transport = 0, from(fmt.Sprintf("10.0.0.%d", i+1))
			w.signInWith(client, "watcher"+strconv.Itoa(i))
			clients = append(clients, client)
		}
		els := w.signIn("els")
		edit := w.public + "/clockings/8192/edit"
		page := w.public + "/batches/" + startedBatch
		time.Sleep(5 * time.Second) // names are read, and eight rows are under way at any time
		idle, used, began := resident(b, p.cmd), cpuTime(b, p.cmd.Process.Pid), time.Now()
		edits := asking(b, els, edit)
		time.Sleep(10 * time.Second)
		alone := edits()
		b.ReportMetric((cpuTime(b, p.cmd.Process.Pid)-used).Seconds()/time.Since(began).Seconds(), "cores-alone")
		b.ReportMetric(float64(idle)/(1<<20), "alone-MB")
		b.ReportMetric(w.metric(b, "go_goroutines"), "goroutines-alone")

		var watching sync.WaitGroup
		var parts atomic.Int64
		begun := make(chan struct{}, people*tabs)
		for _, client := range clients {
			for range tabs {
				watching.Go(func() { watch(b, client, page+"/events", begun, &parts) })
			}
		}
		for range people * tabs {
			<-begun
		}
		if status, _ := get(b.Context(), els, page+"/events"); status != http.StatusTooManyRequests {
			b.Errorf("one stream more: got %d, want 429", status)
		}
		seen := parts.Load()
		used, began = cpuTime(b, p.cmd.Process.Pid), time.Now()
		edits = asking(b, els, edit)
		time.Sleep(10 * time.Second)
		watched := edits()
		took := time.Since(began).Seconds()
		b.ReportMetric((cpuTime(b, p.cmd.Process.Pid)-used).Seconds()/took, "cores-watched")
		b.ReportMetric(float64(parts.Load()-seen)/took/people/tabs, "parts/s/stream")
		b.ReportMetric(float64(resident(b, p.cmd))/(1<<20), "watched-MB")
		b.ReportMetric(w.metric(b, "go_goroutines"), "goroutines-watched")
		b.ReportMetric(alone[len(alone)*95/100], "edit-alone-ms")
		b.ReportMetric(watched[len(watched)*95/100], "edit-watched-ms")

		began = time.Now()
		p.terminate()
		watching.Wait()
		b.ReportMetric(time.Since(began).Seconds(), "s-streams-end")
		if err := p.cmd.Wait(); err != nil {
			b.Error(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s-stop")
	}
	b.ReportMetric(0, "ns/op")
}

// from sends requests as a proxy does that passes on those of an address.
type from string

func (address from) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", string(address))
	return http.DefaultTransport.RoundTrip(r)
}

// watch reads a stream to its end, and tells when its first part was there.
func watch(b *testing.B, client *http.Client, address string, begun chan<- struct{}, parts *atomic.Int64) {
	b.Helper()
	once := sync.OnceFunc(func() { begun <- struct{}{} })
	defer once()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.Error(err)
		return
	}
	request.Header.Set("Accept", web.EventStream)
	response, err := client.Do(request)
	if err != nil {
		b.Error(err)
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		b.Errorf("a stream: got %d, want 200", response.StatusCode)
		return
	}
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "event: part") {
			parts.Add(1)
			once()
		}
	}
}

// metric is a value that the product tells Prometheus.
func (w *world) metric(b *testing.B, name string) float64 {
	b.Helper()
	_, all := get(b.Context(), http.DefaultClient, "http://"+w.env["METRICS_ADDR"]+"/metrics")
	for line := range strings.Lines(all) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatalf("no %s in %s", name, all)
	return 0
}
