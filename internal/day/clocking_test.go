package day_test

import (
	"testing"

	"protime-admin/internal/day"
	"protime-admin/protime"
)

func TestAClockingHasAMinuteOfItsDateOrOfTheDaysBeside(t *testing.T) {
	for _, test := range []struct {
		name, minute string
		want         bool
	}{
		{"in the morning", "480", true},
		{"the day before", "-1440", true},
		{"the end of the day after", "2880", true},
		{"before the day before", "-1441", false},
		{"after the day after", "2881", false},
		{"eight o'clock and 32 bits", "4294967776", false},
		{"no number", `"early"`, false},
		{"none", "null", false},
	} {
		record, err := protime.ParseRecord([]byte(
			`{"id":1,"person":{"id":2},"date":"2026-11-23","kind":"InOut","timeOfDayInMinutes":` + test.minute +
				`,"originalTimeOfDayInMinutes":` + test.minute + `}`))
		if err != nil {
			t.Fatal(err)
		}
		c, ok := day.ClockingOf(record)
		if ok != test.want || ok != (c.Original != nil) {
			t.Errorf("%s: got %+v, %v, want %v of the time and of the original one", test.name, c, ok, test.want)
		}
	}
}
