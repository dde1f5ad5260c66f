package dryrun_test

import (
	"strings"
	"testing"
	"time"

	"protime-admin/internal/batch"
)

func TestRowsThatAreNotAsAtTheCheckBeforeAreMarked(t *testing.T) {
	const at50 = `{"id":50,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut","calculatedTimeOfDayInMinutes":`
	for _, tt := range []struct {
		name      string
		operation batch.Operation
		sheet     string
		meanwhile func(w *world, rows []batch.Row)
		changed   int
		want      string
	}{
		{"nothing has changed", batch.Create, "Badge|Datum|Uur;670012|16/11/2026|8:30;670012|16/11/2026|8:30",
			func(*world, []batch.Row) {}, 0, "ready; warned left out | -1 dryrun.double row=2"},
		{"a clocking was added in Protime", batch.Create, "Badge|Datum|Uur;670012|16/11/2026|8:30;670044|16/11/2026|8:30",
			func(w *world, _ []batch.Row) { w.tenant.Put("clockings", "50", at50+`510}`) }, 1,
			"warned left out | 2 dryrun.twin time=08:30; -1 dryrun.changed; ready"},
		{"a clocking was added in Protime for a row that a person took in before", batch.Create, "Badge|Datum|Uur;670012|16/11/2026|8:30",
			func(w *world, rows []batch.Row) {
				rows[0].Chosen = true
				w.tenant.Put("clockings", "50", at50+`510}`)
			}, 1, "warned left out | 2 dryrun.twin time=08:30; -1 dryrun.changed"},
		{"a warning has gone", batch.Create, "Badge|Datum|Uur;670012|20/11/2026|12:01",
			func(w *world, _ []batch.Row) {
				w.reader.Now = func() time.Time { return now.Add(time.Hour) }
			}, 0, "ready"},
		{"today is another day", batch.Create, "Badge|Datum|Uur;670012|vandaag|8:30;670012|16/11/2026|8:30",
			func(w *world, _ []batch.Row) {
				w.reader.Now = func() time.Time { return now.Add(24 * time.Hour) }
			}, 1, "warned | 1 dryrun.changed-member member=date; ready"},
		{"a badge has become somebody else's", batch.Create, "Badge|Datum|Uur;670012|16/11/2026|8:30",
			func(w *world, _ []batch.Row) {
				w.tenant.Put("people", "1", `{"id":1,"badgeNumber":"670099","firstName":"Jan","lastName":"Maes","inServiceDate":"2020-01-01"}`)
				w.tenant.Put("people", "9", `{"id":9,"badgeNumber":"670012","firstName":"An","lastName":"Nieuw","inServiceDate":"2020-01-01"}`)
				w.directory(w.client)
				w.reader.People = w.people
			}, 1, "warned | 0 dryrun.changed-member member=person"},
		{"a badge is nobody's any more, and one that was is", batch.Create, "Badge|Datum|Uur;670012|16/11/2026|8:30;670099|16/11/2026|8:30",
			func(w *world, _ []batch.Row) {
				w.tenant.Put("people", "1", `{"id":1,"badgeNumber":"670099","firstName":"Jan","lastName":"Maes","inServiceDate":"2020-01-01"}`)
				w.tenant.Put("people", "9", `{"id":9,"badgeNumber":"9","firstName":"An","lastName":"Nieuw","inServiceDate":"2020-01-01"}`)
				w.directory(w.client)
				w.reader.People = w.people
			}, 2, "wrong | 0 dryrun.no-badge text=670012 | -1 dryrun.changed; warned | -1 dryrun.changed"},
		{"another batch has sent it", batch.Create, "Badge|Datum|Uur;670012|16/11/2026|8:30",
			func(w *world, rows []batch.Row) {
				w.store.sent = map[string]batch.Sent{string(rows[0].Check.Digest): {Batch: "b", Row: 12, At: now}}
			}, 1, "warned left out | -1 dryrun.sent batch=b date=2026-11-20 name= row=12; -1 dryrun.changed"},
		{"a record to be changed was calculated again", batch.Replace, "ID|Uur;50|8:31",
			func(w *world, _ []batch.Row) { w.tenant.Put("clockings", "50", at50+`511}`) }, 0, "ready"},
		{"a record to be changed is of another kind", batch.Replace, "ID|Uur;50|8:31",
			func(w *world, _ []batch.Row) {
				w.tenant.Put("clockings", "50", strings.Replace(at50, "InOut", "ActivityEnd", 1)+`510}`)
			}, 1, "warned | -1 dryrun.changed-member member=kind"},
		{"a record to be deleted stands elsewhere", batch.Delete, "ID;50",
			func(w *world, _ []batch.Row) {
				w.tenant.Put("clockings", "50", strings.Replace(at50, "510", "520", 1)+`510}`)
			}, 1, "warned | -1 dryrun.changed-member member=timeOfDayInMinutes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, staff()...)
			if tt.operation != batch.Create {
				w.tenant.Put("clockings", "50", at50+`510}`)
			}
			b, rows := w.sheet(tt.operation, strings.Split(tt.sheet, ";")...)
			rows = w.check(b, rows)
			tt.meanwhile(w, rows)
			checker, err := w.reader.Checker(b, w.finder)
			if err != nil {
				t.Fatal(err)
			}
			rows, changed, err := checker.Renew(t.Context(), rows)
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, row := range rows {
				all = append(all, verdict(row))
			}
			if got := strings.Join(all, "; "); got != tt.want || changed != tt.changed {
				t.Errorf("got  %d changed: %s\nwant %d changed: %s", changed, got, tt.changed, tt.want)
			}
			w.store.put(rows)
			if rows, changed, err = checker.Renew(t.Context(), rows); changed != 0 || err != nil || strings.Contains(verdict(rows[0]), "dryrun.changed") {
				t.Errorf("the check after that: %d changed, %v, %s, want none", changed, err, verdict(rows[0]))
			}
		})
	}
}
