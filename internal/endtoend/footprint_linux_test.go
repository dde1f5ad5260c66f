package endtoend

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

// mostAllocated is how many bytes the demo may hold when nobody uses it: the product, its company's API and its identity
// provider in one process. The pages of the program file, about 24 MB more, are the kernel's to hold or drop.
const mostAllocated = 18 << 20

func TestIdleDemoIsSmall(t *testing.T) {
	cmd, _ := startDemo(t)
	time.Sleep(5 * time.Second) // until it is idle, there is nothing to measure
	// What a start leaves behind is released after a second, or 20 seconds later where the start was slow.
	allocated := 0
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Second) {
		if allocated = memory(t, cmd, "RssAnon"); allocated <= mostAllocated || time.Now().After(deadline) {
			break
		}
	}
	if allocated > mostAllocated {
		t.Errorf("memory of the idle demo: got %d bytes, want at most %d", allocated, mostAllocated)
	}
}

// BenchmarkStart reports how long the demo, and the product alone, take from their start to a ready answer, how much
// of a processor's time that is, and what they keep in memory when idle. Each start has a new audit log.
func BenchmarkStart(b *testing.B) {
	w := newWorld(b)
	for _, program := range []struct {
		name  string
		start func() (*exec.Cmd, time.Duration)
	}{
		{"demo", func() (*exec.Cmd, time.Duration) { return startDemo(b) }},
		{"product", func() (*exec.Cmd, time.Duration) {
			w.env["AUDIT_DATABASE_URL"] = "sqlite:" + filepath.Join(b.TempDir(), "audit.db")
			began := time.Now()
			p := w.start()
			return p.cmd, time.Since(began)
		}},
	} {
		b.Run(program.name, func(b *testing.B) {
			const starts = 20
			for b.Loop() {
				var took, used []float64
				for i := range starts {
					cmd, ready := program.start()
					took = append(took, float64(ready.Microseconds())/1000)
					if i == starts-1 {
						time.Sleep(15 * time.Second)
						b.ReportMetric(float64(resident(b, cmd))/(1<<20), "resident-MB")
					}
					end(cmd)
					if i < starts-1 {
						cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
						used = append(used, float64(cpu.Microseconds())/1000)
					}
				}
				slices.Sort(took)
				slices.Sort(used)
				b.ReportMetric(took[starts/2], "ms-to-ready")
				b.ReportMetric(took[0], "ms-to-ready-best")
				b.ReportMetric(used[len(used)/2], "cpu-ms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkWaitingLists reports what the product keeps in memory while 500 people wait for the rest of a list whose
// first rows they have, and how long after they have gone it is back within 20 MB of what it had before.
func BenchmarkWaitingLists(b *testing.B) {
	const people, longest = 500, 5 * time.Minute
	w := newWorld(b)
	w.tenant.Configure(func(o *simulator.Options) { o.PageSize, o.Unrecorded = 30, true })
	waiting := make(chan struct{})
	w.api.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("continuationToken") && strings.HasSuffix(r.URL.Path, "/clockings") {
			select {
			case <-waiting:
			case <-r.Context().Done():
			}
		}
		w.tenant.ServeHTTP(rw, r)
	})
	p := w.start()
	els := w.signIn("els")
	from := time.Now().AddDate(0, 0, -90).Format(time.DateOnly)
	for b.Loop() {
		time.Sleep(5 * time.Second) // until names are read
		idle := resident(b, p.cmd)
		ask, leave := context.WithCancel(b.Context())
		var reading, begun sync.WaitGroup
		client := &http.Client{Jar: els.Jar, Transport: &http.Transport{DisableCompression: true}}
		begun.Add(people)
		for range people {
			reading.Go(func() {
				once := sync.OnceFunc(begun.Done)
				defer once()
				request, err := http.NewRequestWithContext(ask, http.MethodGet, w.public+"/clockings?date.ge="+from, nil)
				if err != nil {
					b.Error(err)
					return
				}
				request.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
				response, err := client.Do(request)
				if err != nil {
					b.Error(err)
					return
				}
				defer response.Body.Close()
				if n, err := response.Body.Read(make([]byte, 1)); n == 0 || response.Header.Get("Content-Encoding") == "" {
					b.Errorf("got %d, %v and %v, want the begin of a compressed list", response.StatusCode, response.Header, err)
				}
				once()
				_, _ = io.Copy(io.Discard, response.Body) // until this side leaves
			})
		}
		begun.Wait()
		full := resident(b, p.cmd)
		leave()
		reading.Wait()
		left := time.Now()
		for resident(b, p.cmd) > idle+20<<20 && time.Since(left) < longest {
			time.Sleep(time.Second)
		}
		b.ReportMetric(float64(idle)/(1<<20), "idle-MB")
		b.ReportMetric(float64(full)/(1<<20), "waiting-MB")
		b.ReportMetric(time.Since(left).Seconds(), "s-until-back")
	}
	close(waiting)
	b.ReportMetric(0, "ns/op")
}

// startDemo runs the demo and says how long it took until it was ready.
func startDemo(t testing.TB) (*exec.Cmd, time.Duration) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cmd := exec.Command(path, "demo") // without a context: the test ends it itself
	cmd.Env = []string{"LISTEN_ADDR=" + address, "TMPDIR=" + t.TempDir()}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(cmd) })
	if !isReady(t, "http://"+address) {
		t.Fatal("the demo is not ready")
	}
	return cmd, time.Since(began)
}

func end(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // it may have ended before
	_ = cmd.Wait()         // says that it was killed
}

// resident is how many bytes of memory a process holds.
func resident(t testing.TB, cmd *exec.Cmd) int { return memory(t, cmd, "VmRSS") }

// memory is one of the sizes of a process in /proc, in bytes.
func memory(t testing.TB, cmd *exec.Cmd, name string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(status), name+":")
	if fields := strings.Fields(rest); found && len(fields) > 1 && fields[1] == "kB" {
		if n, err := strconv.Atoi(fields[0]); err == nil {
			return n << 10
		}
	}
	t.Fatalf("no %s in\n%s", name, status)
	return 0
}
