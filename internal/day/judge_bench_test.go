package day_test

import (
	"testing"

	"protime-admin/internal/day"
	"protime-admin/protime"
)

// BenchmarkClocking reads one record, BenchmarkJudge judges one date: a large company has 400,000 and 160,000 of them a
// month.
func BenchmarkClocking(b *testing.B) {
	record, err := protime.ParseRecord([]byte(`{"changeVersion":"0001E7C5000098FA1234","id":6700155,"person":{"id":76547},"date":"2026-11-18",` +
		`"timeOfDayInMinutes":485,"calculatedTimeOfDayInMinutes":485,"isGenerated":false,"terminal":{"id":765},"kind":"InOut","status":"Active"}`))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := day.ClockingOf(record); !ok {
			b.Fatal("no clocking")
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	f := facts(b, "08:00 12:00 12:38 16:30 | 16:30 08:01 12:05 12:31 | 08:00 16:30 12:00 12:38")
	b.ReportAllocs()
	for b.Loop() {
		if d := (day.Rules{}).Judge(f); len(d.Findings) > 0 {
			b.Fatal(d.Findings)
		}
	}
}
