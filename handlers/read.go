package handlers

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/internal/listing"
	"protime-admin/internal/people"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// posted returns the values of a posted form, or of one that is given back. The size of a body is limited before.
func (x *exchange) posted() (url.Values, error) {
	if x.given != nil {
		return x.given.values, nil
	}
	if isMultipart(x.request()) {
		most := int64(typedLimit)
		if x.session == nil { // no more than of any other form, which is what can be kept over a sign-in
			most = bodyLimit
		}
		values, err := typedValues(x.request(), most)
		return values, x.unreadable(err)
	}
	// Where a form may have a file the limit before is that of files.
	x.request().Body = http.MaxBytesReader(x.c.Response(), x.request().Body, sealedLimit)
	if err := x.request().ParseForm(); err != nil {
		return nil, x.unreadable(err)
	}
	return x.request().PostForm, nil
}

// unreadable is the error of a form that cannot be read.
func (x *exchange) unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	var disk *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &disk):
		return &pageError{status: http.StatusServiceUnavailable, failure: x.words.Failure("no-room"), cause: err}
	case errors.As(err, &tooLarge) && tooLarge.Limit > bodyLimit && isMultipart(x.request()):
		return &pageError{status: http.StatusRequestEntityTooLarge, failure: x.words.Failure("too-large-file"), cause: err}
	case errors.As(err, &tooLarge):
		return err
	}
	return &pageError{status: http.StatusBadRequest, failure: x.words.Failure("bad-request"), cause: err}
}

// fetch reads the record that a form is about, also where the API gives it only as part of a list or a document.
func (s *Server) fetch(x *exchange, c *contract.Collection, params []string, query string) (protime.Record, protime.Answer, error) {
	ctx := x.request().Context()
	switch {
	case len(c.Key) > 0:
		document, answer, err := s.API.Get(ctx, c.URL(params...), "")
		if err != nil {
			return document, answer, err
		}
		row, ok := form.RowByKey(c, document, params[len(params)-1])
		if !ok {
			return row, answer, &pageError{status: http.StatusNotFound, failure: x.words.Failure("not-found"), cause: errNoRow}
		}
		return row, answer, nil
	case c.ReplacesRows:
		return s.API.Get(ctx, c.URL(params...), "")
	}
	return s.API.Get(ctx, c.ItemURL(params...), query)
}

// changeOfPath is the change that the page's path names.
func (x *exchange) changeOfPath() (change.Receipt, error) {
	id, err := x.param("change")
	if err != nil {
		return change.Receipt{}, err
	}
	return x.s.Desk.Receipt(x.request().Context(), x.actor, id)
}

// readQuery is the part of the page's query that the API takes.
func (x *exchange) readQuery(c *contract.Collection) string {
	asked, passed := x.request().URL.Query(), url.Values{}
	names := []string{"externalReferences"}
	if o := c.Operations[contract.Read]; o != nil && slices.Contains(o.Query, "expand") {
		names = append(names, "expand")
	}
	for _, name := range names {
		if value := asked.Get(name); value != "" {
			passed.Set(name, value)
		}
	}
	return passed.Encode()
}

// listing reads the query of a list.
func (x *exchange) listing() listing.Reader {
	u := x.request().URL
	return listing.Reader{Words: x.words, Finder: x.finder(), Path: u.EscapedPath(), Query: u.Query()}
}

// readLog reads the filters of the log.
func (x *exchange) readLog() (listing.Log, error) {
	actors, err := x.makers()
	if err != nil {
		return listing.Log{}, err
	}
	l, err := x.listing().Log(x.request().Context(), x.actor, actors, x.s.Config.Audit.Reasons)
	switch {
	case errors.Is(err, change.ErrRole):
		return l, x.notYourLog(err)
	case err != nil:
		return l, &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-filter"), cause: err}
	}
	return l, nil
}

// mostMakers is how many people the log offers to choose from.
const mostMakers = 200

// makers are the people who made changes, by name, for those who may see all changes; nil where they are too many to
// choose from.
func (x *exchange) makers() ([]change.Actor, error) {
	if !change.Has(x.actor.Roles, change.SeeLog) {
		return nil, nil
	}
	found, err := x.s.Desk.Actors(x.request().Context(), x.actor, mostMakers+1)
	if err != nil || len(found) > mostMakers {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b change.Actor) int {
		return strings.Compare(strings.ToLower(x.words.Actor(a)), strings.ToLower(x.words.Actor(b)))
	})
	return found, nil
}

func (x *exchange) notYourLog(err error) error {
	return &pageError{status: http.StatusForbidden, failure: x.words.Failure("not-your-log"), cause: err}
}

// closedUntil is the day up to which Protime has closed the calendar of a record's person, where the record's date lies in
// that period; "" where it does not, or nothing is known. No page offers to edit or delete such a record.
func (x *exchange) closedUntil(record protime.Record) string {
	person, date := x.s.personOf(record), record.Text("date")
	if !person.ClosedOn(date[:min(len(date), len(time.DateOnly))]) {
		return ""
	}
	return person.PeriodClosing
}

// personOf is the person that a record refers to; the zero Person where nobody is known.
func (s *Server) personOf(record protime.Record) people.Person {
	person, _ := s.People.Person(record.Text("person", "id"))
	return person
}
