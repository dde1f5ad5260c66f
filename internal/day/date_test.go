package day

import (
	"slices"
	"testing"
	"time"
)

func TestDaysAreNumberedAsTheCalendarHasThem(t *testing.T) {
	day := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	before, ok := dayNumber(day.Format(time.DateOnly))
	if !ok {
		t.Fatal("the first day is none")
	}
	for day = day.AddDate(0, 0, 1); day.Year() < 2500; day = day.AddDate(0, 0, 1) {
		number, ok := dayNumber(day.Format(time.DateOnly))
		if !ok || number != before+1 {
			t.Fatalf("%s: got %d, %v after %d", day.Format(time.DateOnly), number, ok, before)
		}
		before = number
	}
	if number, _ := dayNumber("2000-01-01"); number != epoch {
		t.Errorf("2000-01-01: got %d, want %d", number, epoch)
	}
	for _, text := range []string{"", "2026-02-29", "2026-00-10", "2026-13-01", "2026-01-00", "2026-1-01", "2026/01/01", "20x6-01-01", "1900-02-29"} {
		if number, ok := dayNumber(text); ok {
			t.Errorf("%q: got %d, want no date", text, number)
		}
	}
}

func TestDatesAreThoseOfAPeriod(t *testing.T) {
	for _, test := range []struct {
		name, from, to string
		want           []string
	}{
		{"over the end of a leap February", "2028-02-28", "2028-03-01", []string{"2028-02-28", "2028-02-29", "2028-03-01"}},
		{"one day", "2026-11-23", "2026-11-23", []string{"2026-11-23"}},
		{"the last year of four digits", "9999-12-30", "9999-12-31", []string{"9999-12-30", "9999-12-31"}},
		{"it ends before it begins", "2026-11-24", "2026-11-23", nil},
		{"no date", "", "2026-11-23", nil},
	} {
		if got := Dates(test.from, test.to); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	if got := Shift("2026-03-01", -1) + Shift("never", 1); got != "2026-02-28never" {
		t.Errorf("got %s, want the day before, and a text that is no date as it was", got)
	}
}
