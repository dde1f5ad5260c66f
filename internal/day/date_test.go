package day

import (
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
