package audit_test

import (
	"testing"
	"time"

	"protime-admin/internal/audit"
)

func TestOneWrongReadingOfTheClockChangesNothing(t *testing.T) {
	right := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	wrong := time.Date(2036, 1, 5, 8, 0, 0, 0, time.UTC).Sub(right)
	type reading struct {
		running time.Duration // of the process
		off     time.Duration // what the machine's clock says beside the right time
		want    time.Duration // what the log's clock says beside the right time
	}
	minute := time.Minute
	tests := []struct {
		name     string
		readings []reading
	}{
		{"a clock that is right", []reading{{0, 0, 0}, {minute, 0, 0}, {100 * time.Hour, 0, 0}}},
		{"one reading of 2036", []reading{{0, 0, 0}, {minute, wrong, 0}, {2 * minute, 0, 0}, {3 * minute, 0, 0}}},
		{"readings that jump about", []reading{{0, 0, 0}, {minute, wrong, 0}, {12 * minute, -wrong, 0},
			{24 * minute, wrong / 2, 0}, {36 * minute, 0, 0}}},
		{"2036 again after it was right", []reading{{0, 0, 0}, {minute, wrong, 0}, {2 * minute, 0, 0},
			{12 * minute, wrong, 0}, {13 * minute, 0, 0}}},
		{"a clock that was wrong at the start and is set right", []reading{{0, wrong, wrong}, {minute, 0, wrong},
			{6 * minute, 0, wrong}, {11 * minute, 0, 0}, {12 * minute, 0, 0}}},
		{"a clock that is corrected a little", []reading{{0, 0, 0}, {minute, 5 * time.Second, 5 * time.Second},
			{2 * minute, 10 * time.Second, 10 * time.Second}}},
		{"a machine that slept", []reading{{0, 0, 0}, {minute, 8 * time.Hour, 0}, {11 * minute, 8 * time.Hour, 8 * time.Hour}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var r reading
			now := audit.SteadyClock(func() (time.Time, time.Duration) { return right.Add(r.running + r.off), r.running })
			for _, r = range test.readings {
				if got := now().Sub(right.Add(r.running)); got != r.want {
					t.Errorf("after %v: got %v beside the right time, want %v", r.running, got, r.want)
				}
			}
		})
	}
}
