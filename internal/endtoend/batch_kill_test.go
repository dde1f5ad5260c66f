//go:build postgres

package endtoend

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/postgrestest"
	"protime-admin/protime/simulator"
)

// Two replicas run a batch while they are killed in turns. Then a person looks for the rows in doubt, rules on those
// that are not there, and sends them again: in the end each row was made once, and the log says so. KILLS makes it
// 10,000 rows and 10 kills.
func TestInvariant2_3_4_KillsOverTwoReplicasMakeEveryRowOfABatchOnce(t *testing.T) {
	rows, kills := 600, 4
	if os.Getenv("KILLS") != "" {
		rows, kills = 10_000, 10
	}
	w := newWorld(t)
	w.env["AUDIT_DATABASE_URL"] = postgrestest.Start(t, "max_connections=100")
	w.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: "/clockings", Reset: true, Skip: rows / 3, Times: 3})
	w.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: "/clockings", Reset: true, Apply: true, Skip: rows / 4, Times: 3})
	w.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: "/clockings", Delay: 10 * time.Millisecond})
	addresses := []string{strings.TrimPrefix(w.public, "http://"), freeAddress(t)}
	replicas := []*process{w.start("LISTEN_ADDR", addresses[0]), w.start("LISTEN_ADDR", addresses[1])}
	p := w.admin()
	before := len(w.tenant.IDs("clockings"))
	id := p.startBatch(rows)

	for kill := range kills {
		w.awaitWrites((kill + 1) * rows / (kills + 2))
		replicas[kill%2].kill()
		replicas[kill%2] = w.start("LISTEN_ADDR", addresses[kill%2])
	}
	w.tenant.Heal()
	p.await(id, batch.Done)
	tries := p.resolve(id, rows)

	made := map[string]int{}
	for _, e := range w.tenant.Writes() {
		if e.Applied > 0 {
			made[string(e.Body)]++
		}
	}
	for body, n := range made {
		if n != 1 {
			t.Errorf("%s was made %d times", body, n)
		}
	}
	if got := len(w.tenant.IDs("clockings")) - before; got != rows || len(made) != rows {
		t.Errorf("%d new clockings of %d rows, want %d", got, len(made), rows)
	}
	applied := map[int]bool{}
	for r, err := range p.log.All(t.Context(), change.Query{Batch: id, State: change.Applied}) {
		if err != nil {
			t.Fatal(err)
		}
		applied[r.Part.Row] = true
	}
	if len(applied) != rows {
		t.Errorf("the log has %d rows as applied, want %d", len(applied), rows)
	}
	verified(t, w)
	if tries < 3 {
		t.Errorf("%d rows were tried again, want those that the API did not get", tries)
	}
	t.Logf("%d kills, %d rows were tried again", kills, tries)
}
