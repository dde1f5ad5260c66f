package form_test

import (
	"testing"

	"protime-admin/protime/contract"
)

const ordinary = `{"changeVersion":"0001E7C5000098FA0013","id":8192,"person":{"id":1012},"date":"2026-11-17",` +
	`"timeOfDayInMinutes":485,"originalTimeOfDayInMinutes":480,"calculatedTimeOfDayInMinutes":485,"isGenerated":false,` +
	`"terminal":{"id":765},"geolocation":{"longitude":4.392225,"latitude":51.144127},"kind":"InOut","status":"Active"}`

// The form of an edit page, without the page: opening a parsed record with names cached.
func BenchmarkOpen(b *testing.B) {
	p, rec := plan(b, "clockings", contract.Replace), record(b, ordinary)
	b.ReportAllocs()
	for b.Loop() {
		p.Open(rec, directory{})
	}
}

func BenchmarkDecodeAndMerge(b *testing.B) {
	p, rec := plan(b, "clockings", contract.Replace), record(b, ordinary)
	values := posted(p.Open(rec, directory{}))
	values.Set("timeOfDayInMinutes", "0800")
	b.ReportAllocs()
	for b.Loop() {
		sub := p.Decode(b.Context(), values, directory{}, today())
		sub.Compare(rec)
		sub.Merge(rec)
	}
}
