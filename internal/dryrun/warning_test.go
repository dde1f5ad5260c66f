package dryrun_test

import (
	"strings"
	"testing"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/protime"
	"protime-admin/protime/simulator"
)

// verdict is what a check came to: how a row stands, problems and warnings.
func verdict(row batch.Row) string {
	text := string(row.Check.Verdict)
	if row.LeftOut {
		text += " left out"
	}
	for _, part := range []string{told(row.Check.Problems), told(row.Check.Warnings)} {
		if part != "" {
			text += " | " + part
		}
	}
	return text
}

// holds checks rows against what they should come to, and that what is said of a row fits how it stands.
func (w *world) holds(b batch.Batch, rows []batch.Row, want ...string) []batch.Row {
	w.t.Helper()
	rows = w.check(b, rows)
	for i, row := range rows {
		if got := verdict(row); got != want[i] {
			w.t.Errorf("row %d: got  %s\nwant %s", row.Number, got, want[i])
		}
		if sent := row.Check.Verdict != batch.Wrong && b.Operation != batch.Delete; sent != (row.Check.After != nil) {
			w.t.Errorf("row %d: %s, and it will send %q", row.Number, row.Check.Verdict, row.Check.After)
		}
	}
	return rows
}

func TestWarningsSpeakAgainstARowAndForbidNothing(t *testing.T) {
	w := newWorld(t, append(staff(),
		[]string{"5", "670080", "1005", "Oud", "Collega", `"outOfServiceDate":"2026-10-31"`},
		[]string{"6", "670081", "1006", "Al", "Gesloten", `"periodClosingDate":"2026-10-31"`},
	)...)
	w.tenant.Put("clockings", "50", `{"id":50,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut"}`)
	w.tenant.Put("clockings", "51", `{"id":51,"person":{"id":2},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut","status":"Deleted"}`)
	w.tenant.Put("clockings", "52", `{"id":52,"person":{"id":2},"date":"2026-11-20","timeOfDayInMinutes":0,"kind":"InOut"}`)
	b, rows := w.sheet(batch.Create, "Badge|Datum|Uur|Soort|Terminal",
		"670012|16/11/2026|8:30||",
		"670044|16/11/2026|8:30||",
		"670080|2/11/2026|8:30||",
		"670080|30/10/2026|8:30||",
		"670081|31/10/2026|8:30||",
		"670081|1/11/2026|8:30||",
		"670012|20/11/2026|12:01||",
		"670012|20/11/2026|12:00||",
		"670012|17/11/2026|8:30|Uit|T7",
		"670012|17/11/2026|8:31|in|gate",
		"670012|17/11/2026|8:32|in|T9",
		"670012|17/11/2026|8:33|Pauze|side gate",
		"670012|17/11/2026|8:34:59||",
		"670012|18/11/2026|8.25||",
		"670012|18/11/2026|8,50||",
		"670012|18/11/2026|8.26||",
		"670012|-1|8:36||",
		"670012|+2|8:36||",
		"670044|18/11/2026|24:00||", // the end of one day and the beginning of the next are two records
		"670044|19/11/2026|0:00||",
		"670044|19/11/2026|24:00||",
	)
	rows = w.holds(b, rows,
		"warned left out | 2 dryrun.twin time=08:30",
		"ready",
		"warned | 1 dryrun.outside date=2026-11-02 person=Oud Collega",
		"ready",
		"warned | 1 dryrun.closed date=2026-10-31 person=Al Gesloten",
		"ready",
		"warned | 1 dryrun.future date=2026-11-20 time=12:01",
		"ready",
		"ready",
		"wrong | 4 problem.several count=2 text=gate [765: Main gate · T7] [766: Side gate · T8]",
		"wrong | 4 problem.not-found text=T9",
		"wrong | 3 problem.choice",
		"ready",
		"warned | 2 dryrun.hours text=8.25",
		"warned | 2 dryrun.hours text=8,50",
		"ready",
		"wrong | 1 problem.date",
		"wrong | 1 problem.date",
		"ready",
		"ready",
		"ready",
	)
	if got, want := string(rows[8].Check.After),
		`{"person":{"id":1},"date":"2026-11-17","timeOfDayInMinutes":510,"kind":"InOut","terminal":{"id":765}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRecordsOfOnesOwn(t *testing.T) {
	for _, tt := range []struct {
		name, number string
		forbidden    bool
		own, other   string
	}{
		{"allowed", "001001", false, "warned | 0 dryrun.own", "ready"},
		{"allowed, and sign-in gives no number", "", false, "ready", "ready"},
		{"forbidden", "001001", true, "wrong | 0 dryrun.own-forbidden", "ready"},
		{"forbidden, and sign-in gives no number", "", true, "wrong | 0 dryrun.own-unknown", "wrong | 0 dryrun.own-unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, staff()...)
			w.reader.ForbidOwn = tt.forbidden
			b, rows := w.sheet(batch.Create, "Badge|Datum|Uur", "670012|16/11/2026|8:30", "670044|16/11/2026|8:30")
			b.Actor.Number = tt.number
			w.holds(b, rows, tt.own, tt.other)
		})
	}
}

func TestARowThatWasSentBeforeIsLeftOut(t *testing.T) {
	w := newWorld(t, staff()...)
	b, rows := w.sheet(batch.Create, "Badge|Datum|Uur", "670012|16/11/2026|8:30", "670044|16/11/2026|8:30")
	checked := w.holds(b, rows, "ready", "ready")

	w.store = &store{rows: map[int]batch.Row{}, sent: map[string]batch.Sent{string(checked[0].Check.Digest): {
		Batch: "0197a1b2-0000-7000-8000-000000000009", Row: 12, Name: "gate-a.xlsx", At: now.Add(-24 * time.Hour),
	}}}
	w.reader.Store = w.store
	again, rows := w.sheet(batch.Create, "Uur|Naam|Datum", "0830|Jan Maes|16 nov", "0830|Fatima El Idrissi|16 nov") // the same, written otherwise
	rows = w.holds(again, rows,
		"warned left out | -1 dryrun.sent batch=0197a1b2-0000-7000-8000-000000000009 date=2026-11-19 name=gate-a.xlsx row=12", "ready")

	rows[0].LeftOut, rows[0].Chosen = false, true
	w.holds(again, rows[:1], "warned | -1 dryrun.sent batch=0197a1b2-0000-7000-8000-000000000009 date=2026-11-19 name=gate-a.xlsx row=12")
}

func TestARowThatIsInProtimeAlreadyIsLeftOut(t *testing.T) {
	w := newWorld(t, staff()...)
	w.tenant.Put("clockings", "50", `{"id":50,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"Activity"}`)
	w.tenant.Put("clockings", "51", `{"id":51,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut"}`)
	w.tenant.Put("clockings", "52", `{"id":52,"person":{"id":2},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"ActivityEnd"}`)
	b, rows := w.sheet(batch.Create, "Badge|Datum|Uur", "670012|16/11/2026|8:30", "670044|16/11/2026|8:30", "670060|16/11/2026|8:30", "670012|16-11|0830")
	rows = w.holds(b, rows,
		"warned left out | 2 dryrun.twin time=08:30", "warned | 2 dryrun.taken time=08:30", "ready",
		"warned left out | -1 dryrun.double row=2; 2 dryrun.twin time=08:30")
	rows[0].LeftOut, rows[0].Chosen = false, true
	rows = w.holds(b, rows[:1], "warned | 2 dryrun.twin time=08:30")
	checker, err := w.reader.Checker(b, w.finder)
	if err != nil {
		t.Fatal(err)
	}
	if renewed, changed, err := checker.Renew(t.Context(), rows); changed != 0 || err != nil || renewed[0].LeftOut {
		t.Errorf("checked again: got %s, %d changed, %v, want what a person took in sent", verdict(renewed[0]), changed, err)
	}
}

func TestDoublesFollowWhatIsCorrected(t *testing.T) {
	w := newWorld(t, staff()...)
	b, rows := w.sheet(batch.Create, "Badge|Datum|Uur",
		"670012|16/11/2026|8:30", "670044|16/11/2026|8:30", "670012|16/11/2026|0830", "670012|16-11|8u30", "670060|16/11/2026|25:00")
	w.holds(b, rows[:2], "ready", "ready")
	w.holds(b, rows[2:], "warned left out | -1 dryrun.double row=2", "warned left out | -1 dryrun.double row=2", "wrong | 2 problem.time")

	steps := []struct {
		name   string
		number int
		change func(*batch.Row)
		want   map[int]string
	}{
		{"the first is changed", 2, func(r *batch.Row) { r.Cells[2] = "8:31" },
			map[int]string{2: "ready", 4: "ready", 5: "warned left out | -1 dryrun.double row=4"}},
		{"it is changed back", 2, func(r *batch.Row) { r.Cells[2] = "8:30" },
			map[int]string{2: "ready", 4: "warned left out | -1 dryrun.double row=2", 5: "warned left out | -1 dryrun.double row=2"}},
		{"it is left out", 2, func(r *batch.Row) { r.LeftOut, r.Chosen = true, true },
			map[int]string{2: "ready left out", 4: "ready", 5: "warned left out | -1 dryrun.double row=4"}},
		{"a double is taken in", 5, func(r *batch.Row) { r.LeftOut, r.Chosen = false, true },
			map[int]string{4: "ready", 5: "warned | -1 dryrun.double row=4"}},
		{"the second is wrong now", 4, func(r *batch.Row) { r.Cells[2] = "noon" },
			map[int]string{4: "wrong | 2 problem.time", 5: "ready"}},
		{"a wrong row becomes the double of an earlier one", 6, func(r *batch.Row) { r.Cells = []string{"670044", "16/11", "8:30"} },
			map[int]string{3: "ready", 6: "warned left out | -1 dryrun.double row=3"}},
	}
	for _, step := range steps {
		row := w.store.rows[step.number]
		row.Cells = append([]string(nil), row.Cells...)
		step.change(&row)
		checker, err := w.reader.Checker(b, w.finder)
		if err != nil {
			t.Fatal(err)
		}
		changed, err := checker.Recheck(t.Context(), []batch.Row{row})
		if err != nil {
			t.Fatal(err)
		}
		w.store.put(changed)
		for number, want := range step.want {
			if got := verdict(w.store.rows[number]); got != want {
				t.Errorf("%s: row %d: got %s, want %s", step.name, number, got, want)
			}
		}
	}
}

func TestOnlyThePeopleAndDatesOfTheRowsAreRead(t *testing.T) {
	w := newWorld(t, staff()...)
	b, rows := w.sheet(batch.Create, "Badge|Datum|Uur", "670012|16/11/2026|8:30", "670044|17/11/2026|8:30", "670012|2/3/2026|8:30")
	w.holds(b, rows, "ready", "ready", "ready")
	var asked []string
	for _, e := range w.tenant.Requests() {
		if strings.HasSuffix(e.Path, "/clockings") {
			asked = append(asked, e.Query)
		}
	}
	if len(asked) != 2 {
		t.Errorf("got the lists %q, want one for the two days beside each other and one for the day in March", asked)
	}
}

func TestTheCheckSaysWhatItCouldNotRead(t *testing.T) {
	w := newWorld(t, staff()...)
	b, rows := w.sheet(batch.Create, "Badge|Datum|Uur", "670012|16/11/2026|8:30")
	w.tenant.Fail(simulator.Fault{Status: 403, Path: "/clockings", Times: 1})
	w.holds(b, rows, "warned | -1 dryrun.unread")

	w.tenant.Fail(simulator.Fault{Status: 500, Path: "/clockings"})
	checker, err := w.reader.Checker(b, w.finder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := checker.Check(t.Context(), rows); err == nil {
		t.Error("the list could not be read now, and the check says nothing of it")
	}
}

func TestRowsOfAnUndoAreReady(t *testing.T) {
	w := newWorld(t, staff()...)
	b := batch.Batch{Operation: batch.Undo, Collection: "clockings", List: "/clockings", Columns: []batch.Column{{Input: batch.InputChange}}}
	rows := w.check(b, []batch.Row{{Number: 1, Cells: []string{"0197a1b2-0000-7000-8000-000000000001"}}})
	if rows[0].Check.Verdict != batch.Ready {
		t.Errorf("got %q, want ready", rows[0].Check.Verdict)
	}
}

func TestARowOfAnotherCollection(t *testing.T) {
	w := newWorld(t, staff()...)
	b := batch.Batch{Operation: batch.Create, Collection: "assignments", List: "/assignments", Preset: map[string]string{
		"activityLevels.0.level": "1", "startTimeInMinutes": "8:00",
	}}
	for _, input := range []string{"person.id~name", "from", "endTimeInMinutes", "activityLevels.0.activityDefinition.id", "breakDurationInMinutes"} {
		b.Columns = append(b.Columns, batch.Column{Input: input})
	}
	const welding = "38fc2206-1a5b-4c3d-8e9f-0123456789ab"
	rows := w.holds(b, []batch.Row{
		{Number: 1, Cells: []string{"Jan Maes", "16 nov", "16:30", welding, "30 min"}},
		{Number: 2, Cells: []string{"Jan Maes", "16/11", "17:30", "welding", "0:30"}},
		{Number: 3, Cells: []string{"Jan Maes", "16/11", "17:30", welding}},
		{Number: 4, Cells: []string{"Jan Maes", "", "17:30", welding}},
	}, "ready", "wrong | 3 problem.guid", "warned left out | -1 dryrun.double row=1", "wrong | 1 problem.required")
	const want = `{"person":{"id":1},"from":"2026-11-16","startTimeInMinutes":480,"endTimeInMinutes":990,"breakDurationInMinutes":30,` +
		`"activityLevels":[{"level":1,"activityDefinition":{"id":"` + welding + `"}}]}`
	if got := string(rows[0].Check.After); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEveryRowHasWhatWasTypedOnce(t *testing.T) {
	w := newWorld(t, staff()...)
	b, rows := w.sheet(batch.Create, "Badge|Uur", "670012|", "670044|8:31", "|8:31")
	b.Preset = map[string]string{"date": "16/11", "timeOfDayInMinutes": "8:30", "person.id~badge": "670060"}
	rows = w.holds(b, rows, "ready", "ready", "ready")
	for i, want := range []string{"1 510", "2 511", "4 511"} {
		record, err := protime.ParseRecord(rows[i].Check.After)
		if err != nil {
			t.Fatal(err)
		}
		if got := record.Text("person", "id") + " " + record.Text("timeOfDayInMinutes"); got != want {
			t.Errorf("row %d: got %s, want %s", i, got, want)
		}
	}
	rows[0].Cells = []string{"99", ""}
	if row := w.holds(b, rows[:1], "wrong | 0 dryrun.no-badge text=99")[0]; row.Check.Person != "" {
		t.Errorf("a cell that names nobody: got the person %q that every other row has", row.Check.Person)
	}
	b.Preset = map[string]string{"date": "31/11"}
	w.holds(b, rows[1:2], "wrong | -1 problem.no-day days=30 input=date")
	b.Preset = nil
	w.holds(b, rows[1:2], "wrong | -1 dryrun.missing input=date")
}

func TestWhatABatchIsPossibleFor(t *testing.T) {
	w := newWorld(t, staff()...)
	for _, tt := range []struct {
		collection string
		operation  batch.Operation
		want       bool
	}{
		{"clockings", batch.Create, true},
		{"clockings", batch.Undo, false},
		{"people", batch.Create, false},
		{"restrictions", batch.Replace, false}, // Protime takes them all together
		{"webhooks", batch.Create, false},      // the key of each is shown once
		{"webhooks", batch.Delete, true},
	} {
		c, _ := w.contract.Collection(tt.collection)
		if got := dryrun.Takes(c, tt.operation); got != tt.want {
			t.Errorf("%s %s: got %t, want %t", tt.operation, tt.collection, got, tt.want)
		}
	}
	if _, err := w.reader.Checker(batch.Batch{Collection: "clockings", List: "/people"}, nil); err == nil {
		t.Error("a batch of clockings in the list of people has a checker")
	}
}
