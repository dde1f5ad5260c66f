package day_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/day"
)

// The dates of all tests: a Tuesday, Wednesday and Thursday. Judged is the Wednesday, seen from the Friday.
var dates = [...]string{"2026-11-17", "2026-11-18", "2026-11-19"}

const judgedOn = "2026-11-20"

const minutes = time.Minute

// clockings reads "22:00 | 06:00 14:00@765 | R08:00": the day before, the date and the day after. Before a time, R is a
// Reason, A an Activity, ~ a deleted one and ! one made by the system; after it stands a terminal. Ids count from 1.
func clockings(t testing.TB, text string) []day.Clocking {
	t.Helper()
	days := strings.Split(text, "|")
	if len(days) == 1 {
		days = []string{"", text, ""}
	}
	var all []day.Clocking
	for i, one := range days {
		for _, word := range strings.Fields(one) {
			c := day.Clocking{ID: strconv.Itoa(len(all) + 1), Person: "7", Date: dates[i], Kind: "InOut"}
			word, c.Terminal, _ = strings.Cut(word, "@")
			for ; strings.ContainsAny(word[:1], "RA~!"); word = word[1:] {
				switch word[0] {
				case 'R':
					c.Kind = "Reason"
				case 'A':
					c.Kind = "Activity"
				case '~':
					c.Deleted = true
				case '!':
					c.Generated = true
				}
			}
			c.Minute = minute(t, word)
			all = append(all, c)
		}
	}
	return all
}

// minute reads 08:05, 30:00 or -02:00.
func minute(t testing.TB, text string) int {
	t.Helper()
	var h, m int
	if _, err := fmt.Sscanf(strings.TrimPrefix(text, "-"), "%d:%d", &h, &m); err != nil {
		t.Fatalf("%q is no time: %v", text, err)
	}
	if strings.HasPrefix(text, "-") {
		return -h*60 - m
	}
	return h*60 + m
}

func clock(minute int) string {
	if minute < 0 {
		return "-" + clock(-minute)
	}
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

// stretches writes those of a day: "08:00-12:00 12:38-?".
func stretches(d day.Day) string {
	end := func(c *day.Clocking) string {
		switch {
		case c == nil:
			return "?"
		case c.Date > d.Date:
			return clock(c.Minute + 24*60)
		}
		return clock(c.Minute)
	}
	var all []string
	for _, s := range d.Stretches {
		all = append(all, end(s.In)+"-"+end(s.Out))
	}
	if d.Running {
		all = append(all, "running")
	}
	return strings.Join(all, " ")
}

// findings writes those of a day: "odd-count out 3, too-close 1 2".
func findings(d day.Day) string {
	var all []string
	for _, f := range d.Findings {
		words := []string{string(f.Rule)}
		if f.Missing != "" {
			words = append(words, string(f.Missing))
		}
		all = append(all, strings.Join(append(words, f.Clockings...), " "))
	}
	return strings.Join(all, ", ")
}

// likely writes what probably corrects a day: "add 17:00 planned", "delete 2 second-touch".
func likely(d day.Day) string {
	switch l := d.Likely; {
	case l == nil:
		return ""
	case l.Do == day.Delete:
		return fmt.Sprintf("delete %s %s", l.Clocking, l.Source)
	case l.Source == day.Habit:
		return fmt.Sprintf("add %s usual of %d", clock(l.Minute), l.Days)
	default:
		return fmt.Sprintf("add %s %s", clock(l.Minute), l.Source)
	}
}

// facts are those of the Wednesday.
func facts(t testing.TB, text string) day.Facts {
	t.Helper()
	return day.Facts{Person: "7", Date: dates[1], Clockings: clockings(t, text), Today: judgedOn, Now: 9 * 60}
}

func planned(start, end int) day.Assignment {
	return day.Assignment{ID: "1", Person: "7", From: dates[1], Until: dates[1], Start: &start, End: &end}
}

func usual(t testing.TB, days int, times ...string) day.Usual {
	u := day.Usual{Days: days}
	for _, text := range times {
		u.Times = append(u.Times, minute(t, text))
	}
	return u
}

func TestClockingsTakeTurns(t *testing.T) {
	tests := []struct{ name, clockings, stretches, findings string }{
		{"nobody came", "", "", ""},
		{"in, out, in, out", "08:00 12:00 12:38 16:30", "08:00-12:00 12:38-16:30", ""},
		{"in any order", "16:30 12:38 08:00 12:00", "08:00-12:00 12:38-16:30", ""},
		{"the order of an API that knows none", "12:00 08:00", "08:00-12:00", ""},
		{"a reason is a turn", "08:00 R10:00 11:15 12:00 12:38 16:30", "08:00-10:00 11:15-12:00 12:38-16:30", ""},
		{"an activity is none", "08:00 A08:04 16:30", "08:00-16:30", ""},
		{"a deleted one is none", "08:00 ~09:00 16:30", "08:00-16:30", ""},
		{"the last has no out", "08:00 12:00 12:38", "08:00-12:00 12:38-?", "odd-count 3"},
		{"one alone", "08:00", "08:00-?", "odd-count 1"},
		{"what is deleted leaves another alone", "08:00 12:00 12:38 ~16:30", "08:00-12:00 12:38-?", "odd-count 3"},

		{"a night is one stretch of its first date", "| 22:00 | 06:00", "22:00-30:00", ""},
		{"the date after has none of it", "22:00 | 06:00 |", "", ""},
		{"nights in a row", "22:00 | 06:00 22:00 | 06:00", "22:00-30:00", ""},
		{"nights in a row, the middle of many", "06:00 22:00 | 06:00 22:00 | 06:00 22:00", "22:00-30:00", ""},
		{"nights with a break", "02:00 02:30 06:00 22:00 | 02:00 02:30 06:00 22:00 | 02:00 02:30 06:00 22:00",
			"02:30-06:00 22:00-26:00", ""},
		{"a night after a day", "| 08:00 12:00 22:00 | 06:00", "08:00-12:00 22:00-30:00", ""},
		{"a late shift, then an early one", "| 14:00 22:00 | 06:00 14:00", "14:00-22:00", ""},
		{"an early shift after a late one", "14:00 22:00 | 06:00 14:00 |", "06:00-14:00", ""},
		{"a night that Protime was told is of the day before", "| 22:00 30:00 |", "22:00-30:00", ""},
		{"a night that Protime was told is of the next day", "| -02:00 06:00 |", "-02:00-06:00", ""},
		{"a night that is longer than a stretch should be", "| 19:00 | 08:20", "19:00-32:20", "long-stretch 1 2"},
		{"its second date", "19:00 | 08:20 |", "", ""},
		{"a forgotten out in the evening, then a day in order", "| 19:00 | 08:00 17:00", "19:00-?", "odd-count 1"},
		{"no night is that long", "| 18:00 | 09:30", "18:00-?", "odd-count 1"},
		{"a forgotten out in the afternoon, then another", "| 17:00 | 06:00", "17:00-?", "odd-count 1"},
		{"two dates that are too far apart are no night", "| 17:00 | 08:00 17:00", "17:00-?", "odd-count 1"},

		{"a forgotten out is not poison for the day after", "08:00 | 08:00 17:00 |", "08:00-17:00", ""},
		{"nor a forgotten out of a late shift", "20:00 | 06:00 14:00 |", "06:00-14:00", ""},
		{"nor a forgotten out of an evening", "08:00 12:00 20:00 | 06:00 14:00 |", "06:00-14:00", ""},
		{"a forgotten out before a night that is in order", "08:00 | 22:00 | 06:00", "22:00-30:00", ""},
		{"a forgotten out, then a day with another", "08:00 | 08:00 12:00 12:38 | 08:00", "08:00-12:00 12:38-?", "odd-count 4"},

		{"a second touch on arrival", "08:00 08:01 16:30", "08:00-16:30", "too-close 1 2"},
		{"a second touch on leaving", "08:00 16:30 16:31", "08:00-16:30", "too-close 2 3"},
		{"a second touch at noon", "08:00 12:00 12:01 12:38 16:30", "08:00-12:00 12:38-16:30", "too-close 2 3"},
		{"both in one minute", "08:00 08:00 16:30", "08:00-16:30", "too-close 1 2"},
		{"a break of a minute", "08:00 12:00 12:01 16:30", "08:00-12:00 12:01-16:30", "too-close 2 3"},
		{"a second touch and no out", "08:00 08:01", "08:00-?", "odd-count 1, too-close 1 2"},
		{"three touches", "08:00 08:01 08:02 16:30", "08:00-16:30", "too-close 1 2, too-close 2 3"},
		{"two minutes are far enough", "08:00 08:02 16:00 16:30", "08:00-08:02 16:00-16:30", ""},
		{"a second touch before a night", "| 22:00 22:01 | 06:00", "22:00-30:00", "too-close 1 2"},
		{"a second touch after a night", "22:00 | 06:00 06:01 |", "", "too-close 2 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := day.Rules{}.Judge(facts(t, test.clockings))
			if s := stretches(got); s != test.stretches {
				t.Errorf("stretches: got %q, want %q", s, test.stretches)
			}
			if f := findings(got); f != test.findings {
				t.Errorf("findings: got %q, want %q", f, test.findings)
			}
		})
	}
}

func TestADayThatIsNotOverMissesNoClockOut(t *testing.T) {
	tests := []struct {
		name, clockings, today, now, stretches, findings string
	}{
		{"today", "08:00", dates[1], "17:00", "08:00-? running", ""},
		{"today, in the morning long ago", "06:00", dates[1], "23:59", "06:00-? running", ""},
		{"a date to come", "08:00", dates[0], "12:00", "08:00-? running", ""},
		{"yesterday, and the shift may go on", "| 22:00 |", dates[2], "02:00", "22:00-? running", ""},
		{"yesterday, and no shift is that long", "| 08:00 |", dates[2], "02:00", "08:00-?", "odd-count 1"},
		{"yesterday, and they came again", "| 22:00 | 05:00 05:30 09:00", dates[2], "09:30", "22:00-29:00", ""},
		{"two touches of today are too close all the same", "08:00 08:01", dates[1], "09:00", "08:00-? running", "too-close 1 2"},
		{"yesterday, forgotten, and they came again", "| 20:00 | 07:00 08:00", dates[2], "07:30", "20:00-?", "odd-count 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := facts(t, test.clockings)
			f.Today, f.Now = test.today, minute(t, test.now)
			got := day.Rules{}.Judge(f)
			if s := stretches(got); s != test.stretches {
				t.Errorf("stretches: got %q, want %q", s, test.stretches)
			}
			if f := findings(got); f != test.findings {
				t.Errorf("findings: got %q, want %q", f, test.findings)
			}
		})
	}
}

func TestEachRule(t *testing.T) {
	at := func(text string) *int { m := minute(t, text); return &m }
	away := func(a day.Absence) func(*day.Facts) {
		a.ID, a.Person, a.Date = "5", "7", dates[1]
		return func(f *day.Facts) { f.Absences = []day.Absence{a} }
	}
	plan := func(change func(*day.Assignment)) func(*day.Facts) {
		a := planned(480, 990)
		change(&a)
		return func(f *day.Facts) { f.Assignments = []day.Assignment{a} }
	}
	whole := func(*day.Assignment) {}
	tests := []struct {
		name, clockings string
		change          func(*day.Facts)
		rules           day.Rules
		want            string
	}{
		{"a stretch of twelve hours", "08:00 20:00", nil, day.Rules{}, ""},
		{"a minute more", "08:00 20:01", nil, day.Rules{}, "long-stretch 1 2"},
		{"a shorter stretch may be too long", "08:00 17:00", nil, day.Rules{MaxStretch: 8 * 60 * minutes}, "long-stretch 1 2"},
		{"a longer gap may be too short", "08:00 12:00 12:14 16:30", nil, day.Rules{MinGap: 15 * minutes}, "too-close 2 3"},

		{"an extended time of the day before runs into this one", "08:00 32:00 | 07:00 15:00 |", nil, day.Rules{}, "overlap 2 3"},
		{"it ends as this one begins", "20:00 31:00 | 07:00 15:00 |", nil, day.Rules{}, ""},
		{"a time of this date falls on the day before", "08:00 23:00 | -02:00 06:00 |", nil, day.Rules{}, "overlap 2 3"},

		{"on a holiday", "08:00 12:00", away(day.Absence{}), day.Rules{}, "on-absence 1 2"},
		{"a holiday that is approved", "08:00 12:00", away(day.Absence{Approval: "Approved"}), day.Rules{}, "on-absence 1 2"},
		{"one that was refused", "08:00 12:00", away(day.Absence{Approval: "NotApprovedByPriorities"}), day.Rules{}, ""},
		{"one that nobody has approved yet", "08:00 12:00", away(day.Absence{Approval: "AwaitingApproval"}), day.Rules{}, ""},
		{"at home, at work", "08:00 12:00", away(day.Absence{Elsewhere: true}), day.Rules{}, ""},
		{"a balance of the week", "08:00 12:00", away(day.Absence{Period: "Week"}), day.Rules{}, ""},
		{"inside an interval", "08:00 10:00 16:00 17:00", away(day.Absence{Start: at("09:00"), Duration: at("03:00")}), day.Rules{}, "on-absence 2"},
		{"at the ends of an interval", "08:00 09:00 12:00 17:00", away(day.Absence{Start: at("09:00"), Duration: at("03:00")}), day.Rules{}, ""},
		{"a half day with its times", "08:00 13:30", away(day.Absence{DayPart: "Second", Start: at("13:00"), Duration: at("04:00")}), day.Rules{}, "on-absence 2"},
		{"a half day without: nothing is known", "08:00 13:30", away(day.Absence{DayPart: "Second", Duration: at("04:00")}), day.Rules{}, ""},
		{"some hours of the day: nothing is known", "08:00 13:30", away(day.Absence{Duration: at("02:00")}), day.Rules{}, ""},
		{"a full day's hours", "08:00 13:30", away(day.Absence{Duration: at("07:36")}), day.Rules{}, "on-absence 1 2"},
		{"an absence of another date", "08:00 12:00", func(f *day.Facts) {
			f.Absences = []day.Absence{{ID: "5", Person: "7", Date: dates[0]}}
		}, day.Rules{}, ""},

		{"before the first day of service", "08:00 12:00", func(f *day.Facts) { f.InService = dates[2] }, day.Rules{}, "outside-employment 1 2"},
		{"after the last", "08:00 12:00", func(f *day.Facts) { f.OutOfService = dates[0] }, day.Rules{}, "outside-employment 1 2"},
		{"on the first and last", "08:00 12:00", func(f *day.Facts) { f.InService, f.OutOfService = dates[1], dates[1] }, day.Rules{}, ""},

		{"made by the system", "08:00 !16:30", nil, day.Rules{}, "by-system 2"},
		{"made by the system, then deleted", "08:00 16:30 ~!16:30", nil, day.Rules{}, ""},

		{"planned, and nobody came", "", plan(whole), day.Rules{}, "no-clocking"},
		{"planned, and somebody came", "08:00 16:30", plan(whole), day.Rules{}, ""},
		{"planned, and activities alone were clocked", "A08:00 A16:30", plan(whole), day.Rules{}, ""},
		{"planned, and all was deleted", "~08:00 ~16:30", plan(whole), day.Rules{}, "no-clocking"},
		{"planned, and rejected", "", plan(func(a *day.Assignment) { a.Rejected = true }), day.Rules{}, ""},
		{"planned on another date", "", plan(func(a *day.Assignment) { a.From, a.Until = dates[2], dates[2] }), day.Rules{}, ""},
		{"planned for the week", "", plan(func(a *day.Assignment) { a.From, a.Until = dates[0], dates[2] }), day.Rules{}, "no-clocking"},
		{"planned without times", "", plan(func(a *day.Assignment) { a.Start, a.End = nil, nil }), day.Rules{}, "no-clocking"},
		{"planned today", "", func(f *day.Facts) { plan(whole)(f); f.Today, f.Now = dates[1], 23*60 }, day.Rules{}, ""},
		{"a night that is not over", "", func(f *day.Facts) {
			plan(func(a *day.Assignment) { a.Start, a.End = at("22:00"), at("30:00") })(f)
			f.Today, f.Now = dates[2], 5*60
		}, day.Rules{}, ""},
		{"a night on the next date's clockings", "| | 00:10 06:00", plan(func(a *day.Assignment) { a.Start, a.End = at("22:00"), at("30:00") }), day.Rules{}, ""},
		{"planned, and absent", "", func(f *day.Facts) { plan(whole)(f); away(day.Absence{})(f) }, day.Rules{}, ""},
		{"planned, and working elsewhere", "", func(f *day.Facts) { plan(whole)(f); away(day.Absence{Elsewhere: true})(f) }, day.Rules{}, ""},
		{"planned after the last day of service", "", func(f *day.Facts) { plan(whole)(f); f.OutOfService = dates[0] }, day.Rules{}, ""},

		{"all at once, in the order of the rules", "!08:00 08:00 ~09:00 12:00 13:00", func(f *day.Facts) {
			away(day.Absence{})(f)
			f.OutOfService = dates[0]
		}, day.Rules{}, "odd-count 5, too-close 1 2, on-absence 1 2 4 5, outside-employment 1 2 4 5, by-system 1"},
		{"rules that are off", "!08:00 08:00 12:00 13:00", nil, day.Rules{Off: []day.Rule{day.BySystem, day.TooClose}}, "odd-count 4"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := facts(t, test.clockings)
			if test.change != nil {
				test.change(&f)
			}
			if got := findings(test.rules.Judge(f)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheLikelyCorrectionHasASource(t *testing.T) {
	plan := func(start, end string) []day.Assignment {
		return []day.Assignment{planned(minute(t, start), minute(t, end))}
	}
	office := []day.Usual{usual(t, 9, "08:02", "12:05", "12:40", "16:36")}
	simple := []day.Usual{usual(t, 4, "08:02", "16:36")}
	tests := []struct {
		name, clockings string
		plan            []day.Assignment
		usual           []day.Usual
		findings, want  string
	}{
		{"nothing is known", "08:00", nil, nil, "odd-count 1", ""},
		{"the end of the plan", "08:00", plan("08:00", "16:30"), nil, "odd-count out 1", "add 16:30 planned"},
		{"the plan before what is usual", "08:00", plan("08:00", "16:30"), simple, "odd-count out 1", "add 16:30 planned"},
		{"the start of the plan", "16:28", plan("08:00", "16:30"), nil, "odd-count in 1", "add 08:00 planned"},
		{"the end of a night", "| 22:00 |", plan("22:00", "30:00"), nil, "odd-count out 1", "add 30:00 planned"},
		{"a plan that does not say", "08:00", []day.Assignment{{ID: "1", From: dates[1], Until: dates[1]}}, simple, "odd-count out 1", "add 16:36 usual of 4"},
		{"a plan that is over: its start is missing", "17:00 18:00 19:00", plan("08:00", "16:30"), nil, "odd-count in 1", "add 08:00 planned"},
		{"both ends are there: a break is missing", "08:00 12:00 16:30", plan("08:00", "16:30"), nil, "odd-count in 3", ""},
		{"the usual return from the break", "08:00 12:00 16:30", plan("08:00", "16:30"), office, "odd-count in 3", "add 12:40 usual of 9"},

		{"the usual out", "08:00 12:00 12:38", nil, office, "odd-count out 3", "add 16:36 usual of 9"},
		{"the usual in", "12:01 12:38 16:31", nil, office, "odd-count in 1", "add 08:02 usual of 9"},
		{"the usual begin of the break", "08:00 12:38 16:31", nil, office, "odd-count out 1", "add 12:05 usual of 9"},
		{"the out of a day with fewer clockings", "08:00", nil, office, "odd-count out 1", "add 16:36 usual of 9"},
		{"the in of a day with fewer clockings", "16:20", nil, office, "odd-count in 1", "add 08:02 usual of 9"},
		{"as many clockings before other days", "08:00", nil, append(simple, office...), "odd-count out 1", "add 16:36 usual of 4"},
		{"the same weekday first", "08:00", nil, append(simple, day.Usual{Times: []int{480, 720}, Days: 3, Weekday: true}), "odd-count out 1", "add 12:00 usual of 3"},
		{"a usual time that is past", "08:00 17:00 18:00", nil, simple, "odd-count out 3", ""},
		{"a stretch that would be too long", "03:00", nil, simple, "odd-count out 1", ""},

		{"the second touch", "08:00 08:01 16:30", nil, nil, "too-close 1 2", "delete 2 second-touch"},
		{"a reason beside a clocking", "08:00 10:00 R10:01 11:00 16:30", nil, nil, "too-close 2 3", ""},
		{"a short break is no second touch", "08:00 12:00 12:01 16:30", nil, nil, "too-close 2 3", ""},
		{"the missing out before the second touch", "08:00 08:01", plan("08:00", "16:30"), nil, "odd-count out 1, too-close 1 2", "add 16:30 planned"},
		{"nothing for a stretch that is too long", "08:00 21:00", plan("08:00", "16:30"), simple, "long-stretch 1 2", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := facts(t, test.clockings)
			f.Assignments, f.Usual = test.plan, test.usual
			got := day.Rules{}.Judge(f)
			if found := findings(got); found != test.findings {
				t.Errorf("findings: got %q, want %q", found, test.findings)
			}
			if l := likely(got); l != test.want {
				t.Errorf("likely: got %q, want %q", l, test.want)
			}
		})
	}
}
