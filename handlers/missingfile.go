package handlers

import (
	"errors"
	"iter"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/tell"
	"protime-admin/internal/worklist"
	"protime-admin/protime/contract"
)

// errPartial says that a reading ended before everything was read.
var errPartial = errors.New("handlers: the worklist was not read to its end")

// GET /missing.csv?... and /missing.xlsx?...: every row of the worklist with the same filter, sent while it is read.
func (s *Server) missingFile(format spreadsheet.Format) func(*exchange) error {
	return func(x *exchange) error {
		clockings, ok := s.Contract.Collection("clockings")
		if !ok {
			return echo.ErrNotFound
		}
		if why := x.whyNot(clockings, contract.List); why != "" {
			return x.refuse(clockings, contract.List, why)
		}
		return x.worklistPage(clockings).writeFile(format)
	}
}

func (w *worklistPage) writeFile(format spreadsheet.Format) error {
	x, ctx := w.x, w.x.request().Context()
	badFilter := &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-filter")}
	if w.scope.Problem || w.scope.Ask != nil {
		return badFilter
	}
	file := x.file(format, "to-check-"+w.scope.From+"-"+w.scope.To, []string{
		x.words.T("field.date"), x.words.T("field.person"), x.words.T("field.employeeNumber"), x.words.T("field.badgeNumber"),
		x.words.T("field.person") + " (id)", x.words.T("desk.wrong"), x.words.T("desk.likely"), x.words.T("file.source"),
		x.words.T("desk.clockings"), x.words.T("change.state"),
	})
	if w.scope.Nobody {
		return file.close()
	}
	reading, err := x.s.worklist.Open(worklist.Scope{
		From: w.scope.From, To: w.scope.To, Circles: w.scope.Circles, OrgGroups: w.scope.OrganisationGroups, People: w.scope.People,
	})
	if err != nil {
		badFilter.cause = err
		return badFilter
	}
	if note := w.readLog(ctx, reading); note != "" {
		return change.ErrUnreadable // nobody knows which of the days are done
	}
	next, stop := iter.Pull2(reading.Follow(ctx))
	defer stop()
	source := &workSource{worklistPage: w, next: next, drawn: map[personDay]bool{}}
	source.begin()
	for ; source.more && source.err == nil; source.update, source.err, source.more = source.next() {
		for _, days := range source.dates() {
			for _, d := range days {
				if !source.isAsked(d) || w.hideDone && !d.isOpen() {
					continue
				}
				if err := file.write(w.cells(d)); err != nil {
					return err
				}
			}
		}
		if source.isWhole() {
			return file.close()
		}
		if err := file.flush(); err != nil {
			return err
		}
	}
	if source.err == nil {
		return errPartial
	}
	status, failure := x.listFailure(w.clockings, source.err)
	return &pageError{status: status, failure: failure, cause: source.err}
}

// cells are a row in the columns of the worklist's file. The likely time is that of a clocking to add, so that the rows can
// be sent as they are.
func (w *worklistPage) cells(of workday) []spreadsheet.Cell {
	x, text := w.x, spreadsheet.Text
	person, _ := x.s.People.Person(of.person)
	d := day.Day{Person: of.person, Date: of.date}
	if of.day != nil {
		d = *of.day
	}
	var likely spreadsheet.Cell
	source := ""
	switch l := d.Likely; {
	case l == nil || !of.isOpen():
	case l.Do == day.Delete:
		source = x.words.T("day.delete", "time", w.timeOf(d, *l)) + ": " + x.words.Source(*l)
	case tell.DateOf(d.Date, l.Minute) == d.Date:
		likely, source = spreadsheet.Clock(l.Minute), x.words.Source(*l)
	default:
		likely = text(tell.ClockText(l.Minute) + " " + x.words.Date(tell.DateOf(d.Date, l.Minute)))
		source = x.words.Source(*l)
	}
	return []spreadsheet.Cell{
		spreadsheet.Date(of.date), text(x.words.PersonName(of.person)), text(person.Number), text(person.Badge),
		spreadsheet.Number(of.person), text(x.wrong(d)), likely, text(source), text(x.words.Times(d)), text(w.state(of)),
	}
}

// state says whether somebody still has to look at a row, and what was done to it.
func (w *worklistPage) state(of workday) string {
	x := w.x
	switch r := w.corrected.doubtful(of.personDay); {
	case r != nil:
		return x.words.T("desk.doubt", "what", x.words.Correction(*r))
	case of.left != nil:
		return x.leftState(*of.left)
	case of.made != nil:
		return x.words.Correction(*of.made)
	case w.unread[of.personDay]:
		return x.words.T("desk.changed")
	}
	return x.words.T("desk.title")
}

// leftState says that a day was left as it is, and why.
func (x *exchange) leftState(a change.Acknowledgement) string {
	state := x.words.T("desk.left")
	if by := x.leftBy(a); by != "" {
		state += ": " + by
	}
	return state
}

// wrong are the rules that a day breaks, in words.
func (x *exchange) wrong(d day.Day) string {
	var wrong []string
	for _, finding := range d.Findings {
		wrong = append(wrong, x.words.Finding(finding).Text)
	}
	return strings.Join(wrong, ", ")
}
