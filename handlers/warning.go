package handlers

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/day"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/views"
)

// A warning speaks against a change without forbidding it. One that the form showed is sent back as seen. One that nobody
// has seen makes the form come back once: 422, because nothing was sent and the person has to decide.

// inputSeen are the warnings that the form showed, separated by commas.
const inputSeen = "seen"

// unseen reports whether the form is to come back, because a warning has come up that it did not show.
func (f *formRequest) unseen() bool {
	seen := strings.Split(f.values.Get(inputSeen), ",")
	return slices.ContainsFunc(f.warnings, func(w views.Warning) bool { return !slices.Contains(seen, w.Key) })
}

// warn notes what speaks against the record as it will be, the zero Record where it is deleted. around are the records of
// the same list, as far as they were read.
func (f *formRequest) warn(after protime.Record, around []protime.Record) {
	f.warnings = nil
	x := f.x
	add := func(key, text string) { f.warnings = append(f.warnings, views.Warning{Key: key, Text: text}) }
	for _, o := range x.s.dryrun.Against(f.c, x.actor.Number, f.base, after) {
		switch o.Rule {
		case dryrun.Closed:
			add("closed~"+o.Person.ID, x.words.T("warn.closed", "person", o.Person.Name(), "date", x.words.Day(o.Date)))
		case dryrun.Outside:
			add("outside~"+o.Person.ID+"~"+o.Date, x.words.T("warn.outside", "person", o.Person.Name(), "date", x.words.Day(o.Date)))
		case dryrun.Own:
			add("own", x.words.T("warn.own"))
		case dryrun.Generated:
			add("generated", x.words.T("warn.generated"))
		case dryrun.Future:
			add("future~"+o.Date, x.words.T("warn.future", "time", x.words.Clock(o.Minute), "date", x.words.Day(o.Date)))
		}
	}
	c, ok := f.clocking(after)
	if !ok {
		return
	}
	long := f.longStretch(c, around)
	if long > 0 && !f.exists {
		// What is read before a create is of its date alone; the other half of a night is of the date beside it.
		if beside := f.around(after); beside != nil {
			long = f.longStretch(c, beside)
		}
	}
	if long > 0 {
		add("long~"+strconv.Itoa(long), x.words.T("warn.long", "length", x.words.Length(long)))
	}
	if now := day.DigestOf(c.Date, clockingsOf(around)); around != nil && f.hasMoved(c, now) {
		text := x.words.T("warn.moved.none")
		if times := timesOn(c.Date, around); times != "" {
			text = x.words.T("warn.moved", "times", times)
		}
		add("moved~"+now, text)
	}
	if slices.ContainsFunc(clockingsOf(around), c.IsTwin) { // the person has one at this minute already
		add("twin~"+strconv.Itoa(c.Minute), x.words.T("warn.twin", "time", x.words.Clock(c.Minute)))
	}
}

// longStretch is how many minutes the stretch of a clocking lasts where that is too long, else 0.
func (f *formRequest) longStretch(c day.Clocking, around []protime.Record) int {
	for _, finding := range f.judged(c, around).Findings {
		if finding.Rule == day.LongStretch && slices.Contains(finding.Clockings, c.ID) {
			return finding.Minutes
		}
	}
	return 0
}

// moves reports whether a clocking will be of another person or kind, or stand elsewhere. Otherwise the clockings around
// it have nothing new to say.
func (f *formRequest) moves(after protime.Record) bool {
	now, ok := f.clocking(after)
	was, _ := f.clocking(f.base)
	return ok && (was.Moment() != now.Moment() || was.Kind != now.Kind)
}

// clocking is the record as the rules take it; false for a record of another collection, and for one without person, date
// or time.
func (f *formRequest) clocking(record protime.Record) (day.Clocking, bool) {
	c, ok := day.PlannedOf(record)
	return c, ok && f.c.Name == "clockings"
}

// inputDrawn is a day of a person with the digest of its clockings, as the page showed it on which somebody adds one:
// person.date.digest. A form may have several.
const inputDrawn = "drawn"

func drawnDay(person, date, digest string) string { return person + "." + date + "." + digest }

// readDrawn takes the days that a page showed from an address or a form.
func (f *formRequest) readDrawn(from url.Values) {
	for _, drawn := range from[inputDrawn] {
		if strings.Count(drawn, ".") == 2 && len(drawn) <= 100 && len(f.drawn) < 2 {
			f.drawn = append(f.drawn, drawn)
		}
	}
}

// hasMoved reports whether the clockings of the day of a new one are not those that the page showed.
func (f *formRequest) hasMoved(c day.Clocking, now string) bool {
	return slices.ContainsFunc(f.drawn, func(drawn string) bool {
		return strings.HasPrefix(drawn, drawnDay(c.Person, c.Date, "")) && drawn != drawnDay(c.Person, c.Date, now)
	})
}

// timesOn are the times of a date's clockings in order, as they are written.
func timesOn(date string, records []protime.Record) string {
	all := slices.DeleteFunc(clockingsOf(records), func(c day.Clocking) bool { return c.Date != date || c.Deleted })
	slices.SortFunc(all, func(a, b day.Clocking) int { return cmp.Compare(a.Minute, b.Minute) })
	times := make([]string, 0, len(all))
	for _, c := range all {
		times = append(times, tell.ClockText(c.Minute))
	}
	return strings.Join(times, ", ")
}

// clockingsOf are the records that the rules can take.
func clockingsOf(records []protime.Record) []day.Clocking {
	all := make([]day.Clocking, 0, len(records))
	for _, record := range records {
		if c, ok := day.ClockingOf(record); ok {
			all = append(all, c)
		}
	}
	return all
}
