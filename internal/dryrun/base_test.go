package dryrun_test

import (
	"encoding/json"
	"strings"
	"testing"

	"protime-admin/internal/batch"
	"protime-admin/protime"
)

func TestRowsThatChangeRecords(t *testing.T) {
	w := newWorld(t, staff()...)
	const stored = `{"id":50,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut","terminal":{"id":765},"reviewed":"by hand"}`
	w.tenant.Put("clockings", "50", stored)
	w.tenant.Put("clockings", "51", `{"id":51,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":1020,"kind":"InOut","isGenerated":true}`)
	w.tenant.Put("clockings", "52", `{"id":52,"person":{"id":2},"date":"2026-11-16","timeOfDayInMinutes":1020,"kind":"InOut","status":"Deleted"}`)
	b, rows := w.sheet(batch.Replace, "ID|Uur|Terminal|Badge",
		"50|8:31||",
		"/clockings/51|17:01|T8|",
		"https://acme.example/connector/protimeapi/api/v1/clockings/50?x=1|8:30||",
		"52|8:30||",
		"999|8:30||",
		"/people/1|8:30||",
		"|8:30||",
		"51|8:30||",
		"50|8:99||670O44",
		"50|||670044",
		"..|8:30||",
		strings.Repeat("9", 5000)+"|8:30||",
	)
	rows = w.holds(b, rows,
		"ready",
		"warned | -1 dryrun.generated",
		"warned left out | -1 dryrun.unchanged; -1 dryrun.double row=2",
		"wrong | 0 dryrun.deleted",
		"wrong | 0 dryrun.gone text=999",
		"wrong | 0 dryrun.other-record text=/people/1",
		"wrong | 0 dryrun.no-record",
		"warned left out | -1 dryrun.generated; -1 dryrun.double row=3; 1 dryrun.taken time=08:30",
		"wrong | 3 dryrun.no-badge text=670O44 [670044: Fatima El Idrissi]; 1 problem.time",
		"warned left out | -1 dryrun.double row=2",
		"wrong | 0 dryrun.other-record text=..",
		"wrong | 0 dryrun.gone text="+strings.Repeat("9", 5000),
	)
	after, err := protime.ParseRecord(rows[0].Check.After)
	if err != nil {
		t.Fatal(err)
	}
	base, err := protime.ParseRecord(rows[0].Check.Base)
	if err != nil {
		t.Fatal(err)
	}
	want, err := base.Set(json.RawMessage("511"), "timeOfDayInMinutes")
	if err != nil || string(after.Raw()) != string(want.Raw()) {
		t.Errorf("got %s, want only the time changed: %s", after.Raw(), want.Raw())
	}
	if got := rows[0].Check; got.Path != "/clockings/50" || got.Person != "1" || got.Date != "2026-11-16" {
		t.Errorf("got the path %q, person %q and date %q", got.Path, got.Person, got.Date)
	}
	if got := rows[9].Check.Person; got != "2" {
		t.Errorf("a clocking that becomes somebody else's: got the person %q, want 2", got)
	}
}

func TestARowThatWasMadeFromAnOlderRecordIsLeftOut(t *testing.T) {
	w := newWorld(t, staff()...)
	w.tenant.Put("clockings", "50", `{"id":50,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut"}`)
	const as, was = `{"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut"}`,
		`{"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":480,"kind":"InOut"}`
	for _, operation := range []batch.Operation{batch.Replace, batch.Delete} {
		b, rows := w.sheet(operation, "ID|Terminal", "50|T7")
		b.Columns = append(b.Columns, batch.Column{Input: batch.InputOpened})
		rows[0].Cells = append(rows[0].Cells, as)
		w.holds(b, rows, "ready")
		rows[0].Cells[2] = was
		w.holds(b, rows, "warned left out | -1 dryrun.moved")
	}
}

func TestRowsThatDeleteRecords(t *testing.T) {
	w := newWorld(t, staff()...)
	w.tenant.Put("clockings", "50", `{"id":50,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut"}`)
	w.tenant.Put("clockings", "52", `{"id":52,"person":{"id":2},"date":"2026-11-16","timeOfDayInMinutes":1020,"kind":"InOut","status":"Deleted"}`)
	b, rows := w.sheet(batch.Delete, "ID|Opmerking", "50|dubbel", "52|", "53|", "50|")
	rows = w.holds(b, rows, "ready", "wrong | 0 dryrun.deleted", "wrong | 0 dryrun.gone text=53", "warned left out | -1 dryrun.double row=2")
	if got := rows[0].Check; got.Path != "/clockings/50" || got.After != nil || got.Base == nil || got.Person != "1" {
		t.Errorf("got %+v", got)
	}
}

// PostgreSQL keeps no key of any length in an index.
func TestTheKeyOfARowIsShort(t *testing.T) {
	w := newWorld(t, staff()...)
	c, _ := w.contract.Collection("activity-definitions")
	name := strings.Repeat("Welding ", 1000)
	rows := []batch.Row{{Number: 2, Cells: []string{name}}, {Number: 3, Cells: []string{name}}, {Number: 4, Cells: []string{name + "2"}}}
	b := batch.Batch{ID: "b", Operation: batch.Create, Collection: c.Name, List: c.URL("38fc2206-1a5b-4c3d-8e9f-0123456789ab", "1")}
	b.Columns = w.reader.Meaning(c, b.Operation, []string{"Name"}, [][]string{{name}}, nil)
	rows = w.holds(b, rows, "ready", "warned left out | -1 dryrun.double row=2", "ready")
	if key := rows[0].Check.Key; len(key) > 500 {
		t.Errorf("got a key of %d bytes, want 500 at most", len(key))
	}
}
