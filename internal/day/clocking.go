package day

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"protime-admin/protime"
)

// Clocking is one registration as the rules need it (documentation: clockings). Minute, Original and Calculated are
// minutes since midnight of Date, from -1440 to 2880.
type Clocking struct {
	ID, Person, Date     string // date yyyy-mm-dd
	Minute               int
	Kind                 string // InOut, Reason, Activity, ActivityEnd
	Terminal, Reason     string // ids, "" for none
	Original, Calculated *int   // nil where the API gives none
	Generated, Deleted   bool
}

// Bounds of a time of day (documentation: clockings).
const (
	firstMinute = -1440
	lastMinute  = 2880
)

// ClockingOf reads a record of the collection clockings; false without id, person, date or a time that is one.
func ClockingOf(r protime.Record) (Clocking, bool) { return new(Decoder).Clocking(r) }

// PlannedOf reads a record as ClockingOf does, also one that Protime has not numbered yet, whose ID is "new".
func PlannedOf(r protime.Record) (Clocking, bool) {
	c, ok := new(Decoder).decode(r)
	c.ID = cmp.Or(c.ID, "new")
	return c, ok
}

// Decoder reads many clockings: texts that they share, such as dates and terminals, are stored once. The zero value is
// ready; it is not safe for concurrent use.
type Decoder struct {
	texts              map[string]string
	date, kind, person string // of the clocking before, which most share
}

// Clocking reads a record as ClockingOf does.
func (d *Decoder) Clocking(r protime.Record) (Clocking, bool) {
	c, ok := d.decode(r)
	return c, ok && c.ID != ""
}

// decode reads what a record has; false without person, date or a time that is one.
func (d *Decoder) decode(r protime.Record) (Clocking, bool) {
	var c Clocking
	timed := false
	r.Leaves(func(object, name, text []byte) {
		switch string(object) {
		case "":
			switch string(name) {
			case "id":
				c.ID = string(text)
			case "date":
				c.Date = d.same(&d.date, text[:min(len(text), len("2006-01-02"))])
			case "timeOfDayInMinutes":
				c.Minute, timed = minuteOf(text)
			case "originalTimeOfDayInMinutes":
				c.Original = minute(text)
			case "calculatedTimeOfDayInMinutes":
				c.Calculated = minute(text)
			case "kind":
				c.Kind = d.same(&d.kind, text)
			case "status":
				c.Deleted = string(text) == "Deleted"
			case "isGenerated":
				c.Generated = string(text) == "true"
			}
		case "person":
			if string(name) == "id" {
				c.Person = d.same(&d.person, text)
			}
		case "terminal":
			if string(name) == "id" {
				c.Terminal = d.shared(text)
			}
		case "reason":
			if string(name) == "id" {
				c.Reason = d.shared(text)
			}
		}
	})
	return c, timed && c.Person != "" && c.Date != ""
}

// same is a text that is most often the one before.
func (d *Decoder) same(before *string, text []byte) string {
	if *before != string(text) {
		*before = d.shared(text)
	}
	return *before
}

// shared is a text that other clockings have too.
func (d *Decoder) shared(text []byte) string {
	if known, ok := d.texts[string(text)]; ok {
		return known
	}
	if d.texts == nil {
		d.texts = map[string]string{}
	}
	known := string(text)
	d.texts[known] = known
	return known
}

// minute is a time of day, nil for anything else.
func minute(text []byte) *int {
	n, ok := minuteOf(text)
	if !ok {
		return nil
	}
	return &n
}

// minuteOf reads a time of day; false for anything else.
func minuteOf(text []byte) (int, bool) {
	n, err := strconv.Atoi(string(text))
	return n, err == nil && n >= firstMinute && n <= lastMinute
}

// clone copies a clocking, and its id, which may be part of a long text.
func (c *Clocking) clone() *Clocking {
	if c == nil {
		return nil
	}
	same := *c
	same.ID = strings.Clone(c.ID)
	for _, m := range []**int{&same.Original, &same.Calculated} {
		if *m != nil {
			n := **m
			*m = &n
		}
	}
	return &same
}

// turns reports whether a clocking is an in or an out.
func (c Clocking) turns() bool { return !c.Deleted && (c.Kind == "InOut" || c.Kind == "Reason") }

// Moment is a minute of a person's date. 24:00 of a date and 00:00 of the next are two moments: minutes beyond the date
// force the day for which a clocking counts (documentation: clockings, time), so that an out may end one day and an in
// begin the next, and the API keeps date and minute of each as they were sent.
type Moment struct {
	Person, Date string
	Minute       int
}

// Moment is where a clocking stands.
func (c Clocking) Moment() Moment { return Moment{c.Person, c.Date, c.Minute} }

// IsTwin reports whether another clocking stands at the same moment.
func (c Clocking) IsTwin(other Clocking) bool {
	return !other.Deleted && other.ID != c.ID && other.Moment() == c.Moment()
}

// IsAfter reports whether a clocking is later than the wall clock of a moment.
func (c Clocking) IsAfter(now time.Time) bool {
	date, err := time.Parse(time.DateOnly, c.Date)
	if err != nil {
		return false
	}
	at := date.Add(time.Duration(c.Minute) * time.Minute)
	return at.After(time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), 0, 0, time.UTC))
}

// compareIDs orders numbers as numbers without parsing them: the shorter first.
func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

// dateOf is the date of a date that may have a time.
func dateOf(r protime.Record, name string) string {
	text := r.Text(name)
	return text[:min(len(text), len("2006-01-02"))]
}

// minutes is a member in minutes; nil where there is none.
func minutes(r protime.Record, name string) *int {
	n, ok := r.Int(name)
	if !ok {
		return nil
	}
	m := int(n)
	return &m
}
