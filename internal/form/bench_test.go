package form_test

import (
	"context"
	"testing"

	"protime-admin/protime/contract"
)

// The form of an edit page, without the page: opening a parsed record with names cached.
func BenchmarkOpen(b *testing.B) {
	p, rec := plan(b, "clockings", contract.Replace), record(b, clocking)
	b.ReportAllocs()
	for b.Loop() {
		p.Open(rec, directory{})
	}
}

func BenchmarkDecodeAndMerge(b *testing.B) {
	p, rec := plan(b, "clockings", contract.Replace), record(b, clocking)
	values := posted(p.Open(rec, directory{}))
	values.Set("timeOfDayInMinutes", "0800")
	b.ReportAllocs()
	for b.Loop() {
		sub := p.Decode(context.Background(), values, directory{}, today())
		sub.Compare(rec)
		sub.Merge(rec)
	}
}
