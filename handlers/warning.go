package handlers

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/day"
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

// warn notes what speaks against the record as it will be. around are the records of the same list, as far as they were
// read.
func (f *formRequest) warn(after protime.Record, around []protime.Record) {
	f.warnings = nil
	x := f.x
	add := func(key, text string) {
		if !slices.ContainsFunc(f.warnings, func(w views.Warning) bool { return w.Key == key }) {
			f.warnings = append(f.warnings, views.Warning{Key: key, Text: text})
		}
	}
	for _, record := range []protime.Record{f.base, after} { // the person whose record it was, and whose it becomes
		person, date := x.s.personOf(record), record.Text("date")
		if until := x.closedUntil(record); until != "" {
			add("closed~"+person.ID, x.words.T("warn.closed", "person", person.Name(), "date", x.words.Day(until)))
		}
		if date != "" && !person.EmployedOn(date) {
			add("outside~"+date, x.words.T("warn.outside", "person", person.Name(), "date", x.words.Day(date)))
		}
		if person.HasNumber(x.actor.Number) && x.s.Config.OwnRecords != "forbid" { // else the change is refused
			add("own", x.words.T("warn.own"))
		}
	}
	if made, _ := f.base.Bool("isGenerated"); made {
		add("generated", x.words.T("warn.generated"))
	}
	c, ok := f.clocking(after)
	if !ok {
		return
	}
	if x.isFuture(c, f.exists) {
		add("future~"+c.Date, x.words.T("warn.future", "time", f.timeOf(after), "date", x.words.Day(c.Date)))
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
	if f.hasTwin(c, around) {
		add("twin~"+strconv.Itoa(c.Minute), x.words.T("warn.twin", "time", f.timeOf(after)))
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
	return ok && (was.Person != now.Person || was.Date != now.Date || was.Minute != now.Minute || was.Kind != now.Kind)
}

// clocking is the record as the rules take it; false for a record of another collection, and for one without person, date
// or time. A new one has no number yet.
func (f *formRequest) clocking(record protime.Record) (day.Clocking, bool) {
	if f.c.Name != "clockings" || record.Raw() == nil {
		return day.Clocking{}, false
	}
	if record.Text("id") == "" {
		numbered, err := record.Set(json.RawMessage(`"new"`), "id")
		if err != nil {
			return day.Clocking{}, false
		}
		record = numbered
	}
	return day.ClockingOf(record)
}

// timeOf is the time of a record as it is written.
func (f *formRequest) timeOf(record protime.Record) string {
	of, ok := f.c.Field("timeOfDayInMinutes")
	if !ok {
		return ""
	}
	raw, _ := record.Lookup(of.Name)
	return f.x.words.Value(of, raw).Text
}

// hasTwin reports whether the person has a clocking at the same minute already.
func (f *formRequest) hasTwin(c day.Clocking, around []protime.Record) bool {
	return slices.ContainsFunc(clockingsOf(around), c.IsTwin)
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

// isFuture reports whether a new clocking is later than now, or one that is corrected is of a later day: within a day a
// correction is about a time that was clocked.
func (x *exchange) isFuture(c day.Clocking, corrected bool) bool {
	now := x.s.Now().In(x.s.Config.TimeZone)
	if corrected {
		return c.Date > now.Format(time.DateOnly)
	}
	return c.IsAfter(now)
}
