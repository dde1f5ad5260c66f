package simulation

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/protime/simulator"
)

// TestInvariant3_4_TheLogSaysWhatTheAPIDid makes random changes while the API, the network and the processes fail in
// random ways. SIMULATION_CHANGES sets how many (5,000), SIMULATION_SEED which (1): make chaos draws others.
func TestInvariant3_4_TheLogSaysWhatTheAPIDid(t *testing.T) {
	total, each := number(t, "SIMULATION_CHANGES", 5000), 2500
	seed := uint64(number(t, "SIMULATION_SEED", 1))
	sum := tally{why: map[string]int{}}
	for sum.changes < total {
		t.Logf("SIMULATION_SEED=%d", seed)
		one := simulate(t, seed, min(each, total))
		sum.changes += one.changes
		sum.applied += one.applied
		sum.refused += one.refused
		sum.undecidable += one.undecidable
		sum.alike += one.alike
		sum.batches += one.batches
		sum.rows += one.rows
		sum.heldSent += one.heldSent
		for why, n := range one.why {
			sum.why[why] += n
		}
		if t.Failed() {
			t.Fatalf("replay it with SIMULATION_SEED=%d SIMULATION_CHANGES=%d", seed, each)
		}
		seed++
	}
	t.Logf("%d batches, of which %d rows were applied, and %d held because another batch has sent the same",
		sum.batches, sum.rows, sum.heldSent)
	t.Logf("%d changes: %d applied (%d of them done by somebody in Protime too), %d not, %d that only a person can tell: %v",
		sum.changes, sum.applied, sum.alike, sum.refused, sum.undecidable, sum.why)
}

func number(t *testing.T, name string, fallback int) int {
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func simulate(t *testing.T, seed uint64, changes int) (sum tally) {
	dir := memory(t)
	defer func() { _ = os.RemoveAll(dir) }() // at once: a long run has hundreds
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, seed: seed, file: filepath.Join(dir, "audit.db"), key: make([]byte, 32)}
		w.random = w.randomOf(0)
		w.contract = embedded(w)
		w.tenant = simulator.Strict(t)
		w.network = serve(w.tenant)
		w.began = time.Now()
		w.startAll(20 * time.Second)
		for len(w.ids) < changes {
			w.step()
			time.Sleep(w.random.upTo(10 * time.Second))
		}
		w.wait.Wait()
		w.tenant.Heal()
		for range 12 { // faults that rows drew make batches pause again
			w.resumeAll()
			time.Sleep(10 * time.Minute)
		}
		w.stopAll()
		w.startAll(10 * time.Minute) // little happens until the last look
		time.Sleep(100 * time.Hour)
		sum = w.judge()
		w.judgeBatches(&sum)
		report, err := w.serving[0].log.Verify(t.Context(), "")
		if err != nil || !report.Intact() {
			t.Errorf("verify: %+v, %v", report, err)
		}
		w.stopAll()
		w.tenant.Stop()
		_ = w.network.server.Close()
	})
	return sum
}

// memory is a new directory on a file system in memory, where the machine has one, because every commit is flushed.
func memory(t *testing.T) string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		if dir, err := os.MkdirTemp("/dev/shm", "protime-admin"); err == nil {
			return dir
		}
	}
	return t.TempDir()
}
