package day_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/day"
)

func TestUsualTimesAreMediansOfWholeDays(t *testing.T) {
	var h day.History
	learn := func(date, text string, change func(*day.Facts)) {
		t.Helper()
		f := facts(t, text)
		f.Date = date
		for i := range f.Clockings {
			f.Clockings[i].Date = date
		}
		if change != nil {
			change(&f)
		}
		h.Learn(day.Rules{}.Judge(f))
	}
	learn("2026-11-02", "08:00 16:30", nil) // a Monday
	learn("2026-11-03", "08:10 16:40", nil)
	if got := h.Usual("2026-11-18"); got != nil {
		t.Errorf("after two days: got %v, want nothing", got)
	}
	learn("2026-11-04", "07:50 19:00", nil)
	learn("2026-11-05", "08:00 12:00 12:30 16:30", nil) // another number of clockings
	learn("2026-11-06", "08:00 12:00 12:30", nil)       // not whole
	learn("2026-11-06", "08:00 !23:00", func(f *day.Facts) { f.Date = "2026-11-06" })
	learn("2026-11-20", "06:00", nil) // goes on
	learn("2026-11-07", "", nil)
	all := day.Usual{Times: []int{480, 1000}, Days: 3}
	if diff := cmp.Diff([]day.Usual{all}, h.Usual("2026-11-18")); diff != "" {
		t.Errorf("after three days: -want +got\n%s", diff)
	}
	if got := h.Usual("2026-11-04"); got != nil {
		t.Errorf("for one of the days itself: got %v, want nothing of two others", got)
	}
	learn("2026-11-11", "06:00 14:00", nil)
	learn("2026-11-25", "06:00 14:00", func(f *day.Facts) { f.Today = "2026-11-30" })
	want := []day.Usual{{Times: []int{360, 840}, Days: 3, Weekday: true}, {Times: []int{470, 990}, Days: 5}}
	if diff := cmp.Diff(want, h.Usual("2026-11-18")); diff != "" {
		t.Errorf("with three Wednesdays: -want +got\n%s", diff)
	}

	if diff := cmp.Diff([]day.Usual{{Times: []int{480, 1000}, Days: 4}}, h.UsualBefore("2026-11-18", 16)); diff != "" {
		t.Errorf("of the 16 days before: -want +got\n%s", diff)
	}
	if got := h.UsualBefore("2026-11-18", 15); got == nil || got[0].Days != 3 {
		t.Errorf("of the 15 days before: got %v, want three days", got)
	}

	var nights day.History
	for _, date := range []string{"2026-11-02", "2026-11-03", "2026-11-04"} {
		f := facts(t, "22:00 30:00")
		f.Date = date
		for i := range f.Clockings {
			f.Clockings[i].Date = date
		}
		nights.Learn(day.Rules{}.Judge(f))
	}
	if diff := cmp.Diff([]day.Usual{{Times: []int{1320, 1800}, Days: 3}}, nights.Usual("2026-11-18")); diff != "" {
		t.Errorf("of nights: -want +got\n%s", diff)
	}
}
