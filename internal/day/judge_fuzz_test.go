package day_test

import (
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/day"
)

// FuzzEveryClockingStandsInOneStretch judges some dates in a row on their own and holds what no input may break: nothing
// panics, the order of the input does not count, and each clocking that takes turns stands in exactly one stretch of
// one date, or is a second touch.
func FuzzEveryClockingStandsInOneStretch(f *testing.F) {
	f.Add([]byte("\x01\x05\x28\x02\x01\x68"), uint64(1))
	f.Add(binary.BigEndian.AppendUint64(nil, 0x0105_2802_0168_0305), uint64(7))
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		data := make([]byte, 3*random.IntN(30))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		f.Add(data, random.Uint64())
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		const dates = 7
		date := func(i int) string {
			return time.Date(2026, 10, 22+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) // across the end of summer time
		}
		var all []day.Clocking
		taken := map[string]int{}
		for i := 0; i+2 < len(data); i += 3 {
			// A byte for kind and date, two for the time: nearly always one of the day, in steps of three minutes at times.
			c := day.Clocking{
				ID: strconv.Itoa(len(all) + 1), Person: "7", Date: date(1 + int(data[i]>>4)%(dates-2)), Kind: "InOut",
				Minute: int(binary.BigEndian.Uint16(data[i+1:])) % 1440, Generated: data[i]&1 == 1,
			}
			switch data[i] & 15 {
			case 2:
				c.Deleted = true
			case 4:
				c.Kind = "Reason"
			case 6:
				c.Kind = "Activity"
			case 8:
				c.Minute -= 1440
			case 10:
				c.Minute += 1440
			case 12:
				c.Minute -= c.Minute % 60
			}
			if !c.Deleted && c.Kind != "Activity" {
				taken[c.ID] = 0
			}
			all = append(all, c)
		}
		random := rand.New(rand.NewPCG(seed, seed))
		judge := func(i int) day.Day {
			f := day.Facts{
				Person: "7", Date: date(i), Clockings: append([]day.Clocking(nil), all...), Today: date(int(seed % dates)), Now: int(seed % 1440),
			}
			if seed%3 == 0 {
				f.Assignments = []day.Assignment{planned(480, 990)}
				f.Assignments[0].From, f.Assignments[0].Until = date(0), date(dates)
				f.Usual = []day.Usual{{Times: []int{480, 720, 750, 990}, Days: 3}}
			}
			random.Shuffle(len(f.Clockings), func(a, b int) {
				f.Clockings[a], f.Clockings[b] = f.Clockings[b], f.Clockings[a]
			})
			return day.Rules{}.Judge(f)
		}
		for i := range dates {
			d := judge(i)
			if diff := cmp.Diff(d, judge(i)); diff != "" {
				t.Fatalf("%s in another order (-one +other):\n%s", d.Date, diff)
			}
			for _, s := range d.Stretches {
				if s.In == nil && s.Out == nil || s.In != nil && s.Out != nil && s.In.ID == s.Out.ID {
					t.Errorf("%s: got the stretch %v", d.Date, s)
				}
				for _, c := range []*day.Clocking{s.In, s.Out} {
					if c != nil {
						taken[c.ID]++
					}
				}
			}
			for _, c := range d.Second {
				taken[c.ID]++
			}
			if d.Likely != nil && d.Likely.Do == day.Add && (d.Likely.Minute < -1440 || d.Likely.Minute > 2880) {
				t.Errorf("%s: got the likely time %d, which Protime does not take", d.Date, d.Likely.Minute)
			}
		}
		for id, times := range taken {
			if times != 1 {
				t.Errorf("clocking %s stands in %d places, want 1: %v", id, times, all)
			}
		}
	})
}
