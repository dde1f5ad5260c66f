package handlers

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"

	"protime-admin/internal/day"
	"protime-admin/internal/tell"
	"protime-admin/internal/worklist"
	"protime-admin/protime"
	"protime-admin/views"
)

// errTooMany says that a filter finds more rows than are taken at once.
var errTooMany = errors.New("handlers: more rows than are taken at once")

// every takes every row of the filter of the page that the bar stood on. What is drawn on other pages nobody has seen
// yet: the check shows it.
func (t *tickedForm) every() error {
	page, err := url.Parse(t.back)
	if err != nil {
		return err
	}
	switch page.Path {
	case t.c.URL():
		err = t.everyRecord(page.Query())
	case "/", "/missing":
		err = t.everyDay(page)
	default:
		return t.x.badFilter()
	}
	var refused *pageError
	switch {
	case errors.Is(err, errTooMany):
		t.days, t.rows = nil, nil
		return nil // as nothing is ticked, the page says how many there may be
	case err == nil, errors.As(err, &refused):
		return err
	}
	return t.unread(err)
}

// everyDay takes the days of the worklist that somebody still has to look at.
func (t *tickedForm) everyDay(page *url.URL) error {
	x := *t.x
	x.given = &givenForm{address: page, values: t.values}
	w := x.worklistPage(t.c)
	w.most = mostTicked + 1
	if w.scope.Problem || w.scope.Ask != nil || w.scope.Nobody {
		return x.badFilter()
	}
	ctx, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	reading, err := x.s.worklist.Open(worklist.Scope{
		From: w.scope.From, To: w.scope.To, Circles: w.scope.Circles, OrgGroups: w.scope.OrganisationGroups, People: w.scope.People,
	})
	if err != nil {
		return x.badFilter()
	}
	w.readLog(ctx, reading)
	next, stop := iter.Pull2(reading.Follow(ctx))
	defer stop()
	source := &workSource{worklistPage: w, next: next, drawn: map[personDay]bool{}, end: &views.WorkEnd{}}
	source.begin()
	values := url.Values{}
	for band := range source.bands {
		if band.Rows == nil {
			continue
		}
		for row := range band.Rows {
			if row.Tick != "" {
				values.Add(inputTickedDay, row.Tick)
			}
		}
	}
	if source.err != nil {
		return source.err
	}
	t.values[inputTickedDay], t.values[inputTickedRow] = values[inputTickedDay], nil
	t.readTicks()
	if len(t.days) > mostTicked {
		return errTooMany
	}
	return nil
}

// everyRecord takes the records of a list's filter. The days of a list by day are those of its clockings.
func (t *tickedForm) everyRecord(q url.Values) error {
	x := t.x
	reader := x.recordFilters()
	reader.Path, reader.Query = t.c.URL(), q
	ctx, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	selected := reader.Read(ctx, t.c)
	if selected.Problem || selected.Ask != nil || selected.Nobody {
		return x.badFilter()
	}
	byDay := t.do == doAdd || t.do == doLikely
	days := map[personDay]int{}
	t.fresh = true
	for record, err := range protime.Records(x.s.API.List(ctx, t.c.URL(), protime.ListOptions{Filter: selected.Filter})) {
		if err != nil {
			return err
		}
		if tell.IsDeleted(t.c, record) || !selected.Holds(record) || x.closedUntil(record) != "" {
			continue
		}
		if !byDay {
			t.rows = append(t.rows, tickedRow{id: record.Text("id"), digest: digestOfRow(t.c, record), now: record})
		} else {
			of := personDay{record.Text("person", "id"), record.Text("date")}
			at, known := days[of]
			if !known {
				at = len(t.days)
				days[of], t.days = at, append(t.days, tickedDay{personDay: of})
			}
			t.days[at].now = append(t.days[at].now, record)
		}
		if len(t.days)+len(t.rows) > mostTicked {
			return errTooMany
		}
	}
	for i := range t.days {
		t.days[i].digest = day.DigestOf(t.days[i].date, clockingsOf(t.days[i].now))
	}
	return nil
}

// badFilter refuses a filter that the page has refused, too.
func (x *exchange) badFilter() error {
	return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-filter")}
}
