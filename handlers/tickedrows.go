package handlers

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/attendance"
	"protime-admin/internal/day"
	"protime-admin/internal/parallel"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// tickedDay is a person's day that was ticked.
type tickedDay struct {
	personDay
	digest string           // of its clockings as the page showed them
	likely *int             // minutes since midnight of the date, nil where the page showed no likely time
	typed  string           // what somebody wrote over the likely time, "" for nothing
	now    []protime.Record // its clockings that are not deleted
}

// tickedRow is a record that was ticked.
type tickedRow struct {
	id     string
	digest string         // of a clocking as the page showed it; "" of any other record
	now    protime.Record // of a clocking
}

// dayTick is the value of the checkbox of a person's day.
func dayTick(d personDay, digest string, likely *int) string {
	minute := ""
	if likely != nil {
		minute = strconv.Itoa(*likely)
	}
	return drawnDay(d.person, d.date, digest) + "." + minute
}

func (d tickedDay) value() string {
	value := dayTick(d.personDay, d.digest, d.likely)
	if d.typed != "" {
		value += typedMark + d.typed
	}
	return value
}

// typedMark stands before a time that the script adds to the value of a day: it was written in the row's own form.
const typedMark = "~"

// rowTick is the value of the checkbox of a record.
func rowTick(c *contract.Collection, record protime.Record) string {
	return tickedRow{id: record.Text("id"), digest: digestOfRow(c, record)}.value()
}

func (r tickedRow) value() string {
	if r.digest == "" {
		return r.id
	}
	return r.id + "." + r.digest
}

// digestOfRow identifies a clocking as a list shows it, "" for any other record.
func digestOfRow(c *contract.Collection, record protime.Record) string {
	clocking, ok := day.ClockingOf(record)
	if !ok || !isByDay(c) {
		return ""
	}
	return clockingDigest(clocking)
}

// clockingDigest identifies a clocking as it is drawn. It is short: a list has a hundred of them, and somebody who makes
// two that are equal deceives nobody but themselves.
func clockingDigest(c day.Clocking) string { return day.DigestOf(c.Date, []day.Clocking{c})[:12] }

// readTicks reads the rows that were ticked, each once. What is no row is left out.
func (t *tickedForm) readTicks() {
	days, rows := map[personDay]bool{}, map[string]bool{}
	for _, value := range t.values[inputTickedDay] {
		value, typed, _ := strings.Cut(value, typedMark)
		parts := strings.Split(value, ".")
		if len(parts) != 4 || !isElement(parts[0]) {
			continue
		}
		d := tickedDay{personDay: personDay{parts[0], parts[1]}, digest: parts[2], typed: strings.TrimSpace(typed)}
		if _, err := time.Parse(time.DateOnly, d.date); err != nil || days[d.personDay] || !isByDay(t.c) {
			continue
		}
		if minute, err := strconv.Atoi(parts[3]); err == nil {
			d.likely = &minute
		}
		days[d.personDay] = true
		t.days = append(t.days, d)
	}
	for _, value := range t.values[inputTickedRow] {
		r := tickedRow{id: value}
		if at := strings.LastIndexByte(value, '.'); isByDay(t.c) && at >= 0 {
			r = tickedRow{id: value[:at], digest: value[at+1:]}
		}
		if !isElement(r.id) || rows[r.id] {
			continue
		}
		rows[r.id] = true
		t.rows = append(t.rows, r)
	}
}

// readersAtOnce bounds the calls that one request makes beside each other.
const readersAtOnce = 8

// readNow reads the clockings that were ticked, and leaves out what is not any more as the page showed it: times move
// relative to what somebody has seen. The check reads other records.
func (t *tickedForm) readNow() error {
	if !isByDay(t.c) || t.fresh {
		return nil
	}
	ctx, cancel := context.WithTimeout(t.x.request().Context(), listTimeout)
	defer cancel()
	if err := t.readDays(ctx); err != nil {
		return t.unread(err)
	}
	if err := t.readRows(ctx); err != nil {
		return t.unread(err)
	}
	t.days = slices.DeleteFunc(t.days, func(d tickedDay) bool {
		moved := d.digest != day.DigestOf(d.date, clockingsOf(d.now))
		if moved {
			t.changed = append(t.changed, t.x.dayName(d.personDay)+": "+timesOn(d.date, d.now))
		}
		return moved
	})
	t.rows = slices.DeleteFunc(t.rows, func(r tickedRow) bool {
		clocking, ok := day.ClockingOf(r.now)
		moved := !ok || clocking.Deleted || r.digest != clockingDigest(clocking)
		if moved {
			t.changed = append(t.changed, r.name(t.x, t.c))
		}
		return moved
	})
	return nil
}

func (t *tickedForm) unread(err error) error {
	status, failure := t.x.listFailure(t.c, err)
	return &pageError{status: status, failure: failure, cause: err}
}

// readDays reads the clockings of the days, one list for each date.
func (t *tickedForm) readDays(ctx context.Context) error {
	people := map[string][]string{}
	for _, d := range t.days {
		people[d.date] = append(people[d.date], d.person)
	}
	filter, ok := t.c.Filter("person")
	if !ok {
		return errors.New("handlers: clockings cannot be listed by person")
	}
	dates := slices.Sorted(maps.Keys(people))
	found := make([]map[string][]protime.Record, len(dates))
	err := parallel.Each(ctx, len(dates), readersAtOnce, func(ctx context.Context, i int) error {
		found[i] = map[string][]protime.Record{}
		options := protime.ListOptions{Filter: protime.And(
			attendance.During(dates[i], dates[i]), protime.Condition(filter, "in", people[dates[i]]...),
		)}
		for record, err := range protime.Records(t.x.s.API.List(ctx, t.c.URL(), options)) {
			if err != nil {
				return err
			}
			if person := record.Text("person", "id"); !tell.IsDeleted(t.c, record) {
				found[i][person] = append(found[i][person], record)
			}
		}
		return nil
	})
	for i := range t.days {
		d := &t.days[i]
		at, _ := slices.BinarySearch(dates, d.date)
		d.now = found[at][d.person]
	}
	return err
}

// readRows reads the clockings that were ticked one by one. What Protime does not have any more stays empty.
func (t *tickedForm) readRows(ctx context.Context) error {
	return parallel.Each(ctx, len(t.rows), readersAtOnce, func(ctx context.Context, i int) error {
		record, _, err := t.x.s.API.Get(ctx, t.c.ItemURL(t.rows[i].id), "")
		if err != nil && !errors.Is(err, protime.NotFound) {
			return err
		}
		t.rows[i].now = record
		return nil
	})
}

// name names a clocking, by its id where nothing is known of it any more.
func (r tickedRow) name(x *exchange, c *contract.Collection) string {
	if r.now.Raw() == nil {
		return r.id
	}
	return x.words.RecordName(c, r.now)
}
