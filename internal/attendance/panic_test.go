package attendance_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"protime-admin/internal/attendance"
	"protime-admin/internal/parallel"
	"protime-admin/protime"
)

// broken is an API whose lists of a collection panic.
type broken struct{ collection string }

func (b broken) List(_ context.Context, path string, _ protime.ListOptions) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) {
		if strings.HasSuffix(path, "/"+b.collection) {
			panic("nobody expected this")
		}
		yield(protime.Page{}, nil)
	}
}

func TestAPanicEndsTheRequestThatReadsAlone(t *testing.T) {
	path := func(collection string) (string, error) { return "/" + collection, nil }
	for _, collection := range []string{"clockings", "absences", "absence-groups"} {
		register := attendance.New(attendance.Options{API: broken{collection}})
		err := parallel.Guarded(func() error {
			_, err := register.Read(t.Context(), 7, "2026-11-02", "2026-11-08", path)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "nobody expected this") {
			t.Errorf("a person's days, with %s: got %v, want the panic in the goroutine that reads", collection, err)
		}
	}
	days := attendance.ByDay{
		Register: attendance.New(attendance.Options{API: broken{"clockings"}}), Path: "/clockings", From: "2026-11-02", To: "2026-11-08",
	}
	days.Begin(t.Context(), "2026-11-01", "2026-11-09", 100, func(string, string) protime.Filter { return protime.Filter{} })
	if _, err := days.First(); err == nil || !strings.Contains(err.Error(), "nobody expected this") {
		t.Errorf("by day: got %v, want the panic as an error", err)
	}
}
