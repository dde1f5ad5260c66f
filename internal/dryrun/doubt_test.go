package dryrun_test

import (
	"slices"
	"strings"
	"testing"

	"protime-admin/internal/batch"
)

func TestDatesAndTimesThatCanBeReadInTwoWays(t *testing.T) {
	w := newWorld(t, staff()...)
	tests := []struct {
		name  string
		sheet []string
		want  []string
	}{
		{
			"dates with their month first",
			[]string{"Badge|Datum|Uur", "670012|11/02/2026|8:30", "670044|11/3/26|8:30", "670051|11/11/2026|8:30", "670060|11/13/2026|8:30", "670012|2026-10-25|8:30", "670012|2026-11-05|8:30", "670012|Fri 11/06/2026|8:30", "670012|4 nov|8:30"},
			[]string{
				"wrong | 1 dryrun.two-dates text=11/02/2026 [2 Nov 2026: 2026-11-02] [11 Feb 2026: 2026-02-11]",
				"wrong | 1 dryrun.two-dates text=11/3/26 [3 Nov 2026: 2026-11-03] [11 Mar 2026: 2026-03-11]",
				"ready",
				"wrong | 1 dryrun.month-first example=2026-11-13 text=11/13/2026 [13 Nov 2026: 2026-11-13]",
				"ready", "ready",
				"wrong | 1 dryrun.two-dates text=Fri 11/06/2026 [6 Nov 2026: 2026-11-06] [11 Jun 2026: 2026-06-11]",
				"ready",
			},
		},
		{
			"dates that a spreadsheet took for such with their day first",
			[]string{"Badge|Datum|Uur", "670012|2026-02-11|8:30", "670044|2026-11-11|8:30", "670051|11/13/2026|8:30", "67O060|2026-02-11|8:30", "670060|5. Nov. 2026|8:30"},
			[]string{
				"warned left out | 1 dryrun.converted date=2026-11-02 text=2026-02-11", "ready",
				"wrong | 1 dryrun.month-first example=2026-11-13 text=11/13/2026 [13 Nov 2026: 2026-11-13]",
				"wrong | 0 dryrun.no-badge text=67O060 [670060: Lies Peeters] | 1 dryrun.converted date=2026-11-02 text=2026-02-11",
				"ready",
			},
		},
		{
			"one date with its month first among others",
			[]string{"Badge|Datum|Uur", "670012|02/11/2026|8:30", "670012|16/11/2026|8:30", "670012|17-11-2026|8:30", "670012|11/13/2026|8:30"},
			[]string{
				"warned | 1 dryrun.day-first date=2026-11-02 text=02/11/2026", "ready", "ready",
				"wrong | 1 dryrun.month-first example=2026-11-13 text=11/13/2026 [13 Nov 2026: 2026-11-13]",
			},
		},
		{
			"dates with their day first, and one that nobody has",
			[]string{"Badge|Datum|Uur", "670012|02/11/2026|8:30", "670012|13/13/2026|8:30", "670012|31/11/2026|8:30"},
			[]string{"ready", "wrong | 1 problem.date", "wrong | 1 problem.no-day days=30"},
		},
		{
			"dates and times in one column",
			[]string{"Badge|Tijdstip", "670012|11/02/2026 8:30", "670012|11/13/2026 8:31", "670012|2026-10-13 8:32", "670012|2026-11-04 8.75", "670012|2026-11-05 8.20", "670044|2 Nov 2026 8:30"},
			[]string{
				"wrong | 1 dryrun.two-dates text=11/02/2026 [2 Nov 2026 8:30: 2026-11-02] [11 Feb 2026 8:30: 2026-02-11]",
				"wrong | 1 dryrun.month-first example=2026-11-13 text=11/13/2026 [13 Nov 2026 8:31: 2026-11-13]",
				"ready", "wrong | 1 dryrun.hour-parts text=8.75 [2026-11-04 08:45: ]", "ready", "ready",
			},
		},
		{
			"hours with decimals",
			[]string{"Badge|Datum|Uur", "670012|2/11/2026|8.75", "670012|3/11/2026|8,20", "670012|4/11/2026|8.00", "670012|5/11/2026|8:20", "670012|6/11/2026|8.5", "670012|7/11/2026|8.3333333"},
			[]string{
				"wrong | 2 dryrun.hour-parts text=8.75 [08:45: ]", "wrong | 2 dryrun.two-times text=8,20 [08:12: ] [08:20: ]",
				"ready", "ready", "wrong | 2 problem.time", "wrong | 2 dryrun.hour-parts text=8.3333333 [08:20: ]",
			},
		},
		{
			"hours that may have decimals",
			[]string{"Badge|Datum|Uur", "670012|2/11/2026|8.5", "670012|3/11/2026|8.20", "670012|4/11/2026|820"},
			[]string{"wrong | 2 problem.time", "warned | 2 dryrun.hours text=8.20", "ready"},
		},
		{
			"parts of a day",
			[]string{"Badge|Datum|Uur", "670012|2/11/2026|0.25", "670012|3/11/2026|0.354166666666667", "670012|4/11/2026|0,5", "670012|5/11/2026|00.20", "670012|6/11/2026|0.00", "670012|7/11/2026|0"},
			[]string{
				"wrong | 2 dryrun.day-part text=0.25 [06:00: ] [00:25: ]", "wrong | 2 dryrun.day-part text=0.354166666666667 [08:30: ]",
				"wrong | 2 dryrun.day-part text=0,5 [12:00: ]", "ready", "ready", "ready",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t, w.store = t, &store{rows: map[int]batch.Row{}}
			w.reader.Store = w.store
			b, rows := w.sheet(batch.Create, tt.sheet...)
			w.holds(b, rows, tt.want...)
		})
	}
}

func TestACheckByOtherDoubtsIsToldFromThisOne(t *testing.T) {
	w := newWorld(t, staff()...)
	lines := []string{"Badge|Datum|Uur|Ploeg", "670012|02/11/2026|8:20|x"}
	for _, tt := range []struct {
		later string
		alike bool
	}{
		{"670012|13/11/2026|8.30|x", true}, {"670012|11/13/2026|8.30|x", false}, {"670012|3/11/2026|8.75|x", false},
		{"670012|3/11/2026|8.5|11/13/2026", false}, {"670012|3/11/2026|8.30|11/13/2026", true}, {"670012|3/11/2026|8.30|8.75", true},
	} {
		b, _ := w.sheet(batch.Create, lines...)
		checker, err := w.reader.Checker(b, w.finder)
		if err != nil {
			t.Fatal(err)
		}
		after, _ := w.sheet(batch.Create, append(slices.Clone(lines), tt.later)...)
		if got := checker.ReadsAlike(after.Columns); got != tt.alike {
			t.Errorf("%s: got %v, want %v", tt.later, got, tt.alike)
		}
	}
}

func TestHeadingsOfOurFilesAreKnown(t *testing.T) {
	w := newWorld(t, staff()...)
	c, _ := w.contract.Collection("clockings")
	for i, heading := range w.reader.Texts("field.person") {
		for _, column := range []struct{ heading, input string }{
			{heading + " (id)", "person.id"}, {w.reader.Texts("field.terminal")[i] + " (id)", "terminal.id"},
		} {
			got := w.reader.Meaning(c, batch.Create, []string{column.heading}, [][]string{{"1"}}, nil)[0]
			if got.Input != column.input || got.How != batch.ByHeader {
				t.Errorf("%q: got %q by %q, want %q by its name", column.heading, got.Input, got.How, column.input)
			}
		}
	}
}

func TestTimesBesideTheOneOfARow(t *testing.T) {
	w := newWorld(t, staff()...)
	clockings, _ := w.contract.Collection("clockings")
	assignments, _ := w.contract.Collection("assignments")
	for _, tt := range []struct {
		name, collection, row string
		inputs                []string
		want                  []int
	}{
		{"in and out", "clockings", "670012|16/11/2026|8:30|17:06", []string{"person.id~badge", "date", "timeOfDayInMinutes", ""}, []int{3}},
		{"no column is the time", "clockings", "670012|16/11/2026|8:30|17:06", []string{"person.id~badge", "date", "", ""}, nil},
		{"a number beside it", "clockings", "670012|16/11/2026|8:30|1001", []string{"person.id~badge", "date", "timeOfDayInMinutes", ""}, nil},
		{"words beside it", "clockings", "670012|16/11/2026|8:30|late", []string{"person.id~badge", "date", "timeOfDayInMinutes", ""}, nil},
		{"a row with two times", "assignments", "670012|16/11/2026|8:30|17:06", []string{"person.id~badge", "from", "startTimeInMinutes", ""}, nil},
	} {
		c := clockings
		if tt.collection == "assignments" {
			c = assignments
		}
		var columns []batch.Column
		for _, input := range tt.inputs {
			columns = append(columns, batch.Column{Input: input})
		}
		got, time := w.reader.Unsent(c, batch.Create, columns, [][]string{strings.Split(tt.row, "|")})
		if !slices.Equal(got, tt.want) || len(got) > 0 && time.Name != "timeOfDayInMinutes" {
			t.Errorf("%s: got %v of %q, want %v", tt.name, got, time.Name, tt.want)
		}
	}
}
