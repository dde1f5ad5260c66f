package handlers

import (
	"errors"
	"net/http"

	"protime-admin/internal/change"
	"protime-admin/internal/listing"
	"protime-admin/views"
)

// GET /changes: the log, newest first, for auditors. With ?mine=1 it is an editor's own changes; with ?record= the
// history of a record, and with ?state=unknown the changes whose outcome is unknown, for editors too.
func (s *Server) changes(x *exchange) error {
	l, err := x.readLog()
	if err != nil {
		return err
	}
	view := x.changesView(&l)
	status := http.StatusOK
	switch {
	case l.Problem:
		status = http.StatusUnprocessableEntity
	case l.Ask == nil:
		if err := x.fillChanges(view, l.Query); err != nil {
			return err
		}
	}
	page := x.page(view.Heading)
	page.Problem = l.Problem
	page.Banner = x.banner()
	return x.show(status, views.ChangesPage(page, view))
}

// changesView is all of the page but its rows.
func (x *exchange) changesView(l *listing.Log) *views.Changes {
	view := &views.Changes{
		Heading: x.words.T("changes.title"), Intro: x.words.T("changes.intro"), Filters: l.Inputs, Action: "/changes",
		Ask: l.Ask,
	}
	switch {
	case l.Query.Path != "":
		view.Record = x.words.Link(l.Query.Path)
		view.Heading, view.Intro = x.words.T("changes.history", "what", view.Record.Text), x.words.T("changes.history.intro")
		view.Hidden = append(view.Hidden, views.Pair{Name: listing.LogRecord, Value: l.Query.Path})
	case l.Query.Subject != "":
		view.Hidden = append(view.Hidden, views.Pair{Name: listing.LogMine, Value: "1"})
		view.Heading, view.Intro = x.words.T("changes.own"), x.words.T("changes.own.intro")
	}
	if l.Query.State == change.Unknown {
		view.Intro = x.words.T("changes.unknown.intro")
	}
	if change.Has(x.actor.Roles, change.ExportLog) && !l.Problem && l.Ask == nil {
		if !l.Values.Has(listing.LogFrom) {
			l.Values.Set(listing.LogFrom, "") // no first day, and not the one that no period at all would mean
		}
		view.CSV, view.NDJSON = "/changes.csv?"+l.Values.Encode(), "/changes.ndjson?"+l.Values.Encode()
	}
	if q := x.request().URL.Query(); q.Has("page") {
		view.Start = "/changes?" + with(q, "page", "")
	}
	return view
}

// fillChanges reads the rows, and how many changes have an unknown outcome.
func (x *exchange) fillChanges(view *views.Changes, query change.Query) error {
	ctx := x.request().Context()
	receipts, next, err := x.s.Desk.Changes(ctx, x.actor, query)
	if errors.Is(err, change.ErrRole) {
		return x.notYourLog(err)
	}
	if err != nil {
		return err
	}
	if next == "" && query.Path != "" {
		created, err := x.creation(query, receipts)
		if err != nil {
			return err
		}
		receipts = append(receipts, created...)
	}
	for _, r := range receipts {
		view.Rows = append(view.Rows, x.changeRow(r))
	}
	view.Count = x.words.N("list.count", len(view.Rows))
	if next != "" {
		view.More = "/changes?" + with(x.request().URL.Query(), "page", next)
	}
	if query.State == change.Unknown {
		return nil
	}
	view.Unknown, err = x.unknownLink()
	return err
}

func (x *exchange) changeRow(r change.Receipt) views.ChangeRow {
	row := x.words.ChangeRow(r)
	row.Check = x.checkPath(r)
	if change.MaySee(x.actor, r) {
		row.Receipt = "/changes/" + r.ID
	}
	return row
}
