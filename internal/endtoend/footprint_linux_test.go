package endtoend

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mostResident is how many bytes the demo may keep in memory when nobody uses it: the product, its company's API and
// its identity provider in one process.
const mostResident = 40 << 20

func TestIdleDemoIsSmall(t *testing.T) {
	demo := startDemo(t)
	time.Sleep(5 * time.Second) // until it is idle, there is nothing to see
	if got := demo.resident(t); got > mostResident {
		t.Errorf("resident after five idle seconds: got %d bytes, want at most %d", got, mostResident)
	}
}

// BenchmarkDemo reports how long the demo takes from its start to a ready answer, and what it keeps in memory when idle.
func BenchmarkDemo(b *testing.B) {
	const starts = 20
	for b.Loop() {
		var took []float64
		for i := range starts {
			demo := startDemo(b)
			took = append(took, float64(demo.took.Microseconds())/1000)
			if i == starts-1 {
				time.Sleep(5 * time.Second)
				b.ReportMetric(float64(demo.resident(b))/(1<<20), "resident-MB")
			}
			demo.end()
		}
		slices.Sort(took)
		b.ReportMetric(took[starts/2], "ms-to-ready")
		b.ReportMetric(took[0], "ms-to-ready-best")
	}
	b.ReportMetric(0, "ns/op")
}

// demoRun is a run of the demo.
type demoRun struct {
	cmd  *exec.Cmd
	took time.Duration // until it was ready
}

func startDemo(t testing.TB) *demoRun {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	d := &demoRun{cmd: exec.Command(path, "demo")}
	d.cmd.Env = []string{"LISTEN_ADDR=" + address, "TMPDIR=" + t.TempDir()}
	began := time.Now()
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.end)
	if !isReady(t, "http://"+address) {
		t.Fatal("the demo is not ready")
	}
	d.took = time.Since(began)
	return d
}

func (d *demoRun) end() {
	_ = d.cmd.Process.Kill() // it may have ended before
	_ = d.cmd.Wait()         // says that it was killed
}

// resident is how many bytes of memory the process holds.
func (d *demoRun) resident(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(status), "VmRSS:")
	if fields := strings.Fields(rest); found && len(fields) > 1 && fields[1] == "kB" {
		if n, err := strconv.Atoi(fields[0]); err == nil {
			return n << 10
		}
	}
	t.Fatalf("no resident size in\n%s", status)
	return 0
}
