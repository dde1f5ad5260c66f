package handlers

import (
	"errors"
	"maps"
	"net/http"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /changes: the log, newest first, for auditors. With ?mine=1 it is an editor's own changes; with ?record= the
// history of a record, and with ?state=unknown what waits to be cleared up, for editors too.
func (s *Server) changes(v *visit) error {
	l, err := v.logView()
	if err != nil {
		return err
	}
	view := s.changesView(v, &l)
	status := http.StatusOK
	switch {
	case l.problem:
		status = http.StatusUnprocessableEntity
	case l.ask == nil:
		if err := v.fillChanges(view, l.query); err != nil {
			return err
		}
	}
	page := v.page(view.Heading)
	page.Problem = l.problem
	page.Banner = v.banner()
	return v.show(status, views.ChangesPage(page, view))
}

// changesView is all of the page but its rows.
func (s *Server) changesView(v *visit, l *logView) *views.Changes {
	view := &views.Changes{
		Heading: v.words.T("changes.title"), Intro: v.words.T("changes.intro"), Filters: l.inputs, Action: "/changes",
		Ask: l.ask,
	}
	q := v.request().URL.Query()
	switch {
	case l.query.Path != "":
		view.Record = v.words.Link(l.query.Path)
		view.Heading, view.Intro = v.words.T("changes.history", "what", view.Record.Text), v.words.T("changes.history.intro")
		view.Keep = append(view.Keep, views.Pair{Name: logRecord, Value: l.query.Path})
	case l.query.Subject != "":
		view.Keep = append(view.Keep, views.Pair{Name: logMine, Value: "1"})
		view.Heading, view.Intro = v.words.T("changes.own"), v.words.T("changes.own.intro")
	}
	if l.query.State == change.Unknown {
		view.Intro = v.words.T("changes.unknown.intro")
	}
	if change.Has(v.actor.Roles, change.ExportLog) && !l.problem && l.ask == nil {
		kept := maps.Clone(l.values)
		if !kept.Has(logFrom) {
			kept.Set(logFrom, "") // no first day, and not the one of a bare link either
		}
		filter := kept.Encode()
		view.CSV, view.NDJSON = "/changes.csv?"+filter, "/changes.ndjson?"+filter
	}
	if q.Has("page") {
		view.Start = "/changes?" + with(q, "page", "")
	}
	return view
}

// fillChanges reads the rows, and how many changes wait for somebody to look them up.
func (v *visit) fillChanges(view *views.Changes, query change.Query) error {
	ctx := v.request().Context()
	receipts, next, err := v.s.Desk.Changes(ctx, v.actor, query)
	if errors.Is(err, change.ErrRole) {
		return &pageError{status: http.StatusForbidden, failure: v.words.Failure("not-your-log"), cause: err}
	}
	if err != nil {
		return err
	}
	if next == "" && query.Path != "" {
		created, err := v.creation(query, receipts)
		if err != nil {
			return err
		}
		receipts = append(receipts, created...)
	}
	for _, r := range receipts {
		view.Rows = append(view.Rows, v.changeRow(r))
	}
	view.Count = v.words.N("list.count", len(view.Rows))
	if next != "" {
		view.More = "/changes?" + with(v.request().URL.Query(), "page", next, "done", "")
	}
	if query.State == change.Unknown {
		return nil
	}
	view.Unknown, err = v.unknownLink()
	return err
}

// mostCounted is up to how many unknown outcomes are counted for the link to them.
const mostCounted = 20

// unknownLink leads to the changes of everybody whose outcome is unknown; it is zero when there are none, or for those
// who cannot clear them up.
func (v *visit) unknownLink() (views.Link, error) {
	if !change.Has(v.actor.Roles, change.Clarify) || v.stopped() {
		return views.Link{}, nil
	}
	unknown, err := v.s.Desk.Unknown(v.request().Context(), v.actor, mostCounted+1)
	if err != nil || unknown == 0 {
		return views.Link{}, err
	}
	link := views.Link{
		Text: v.words.N("changes.unknown", unknown), Href: "/changes?" + with(nil, logState, string(change.Unknown)),
	}
	if unknown > mostCounted {
		link.Text = v.words.N("changes.unknown.many", mostCounted)
	}
	return link, nil
}

// mostCreations bounds the search for the change that made a record.
const mostCreations = 500

// creation is the change that made a record, for the end of its history: the log has it under the list's path,
// because the record had no path of its own yet.
func (v *visit) creation(query change.Query, history []change.Receipt) ([]change.Receipt, error) {
	c, params, item, ok := v.s.Contract.Match(query.Path)
	if !ok || !item || !c.Offers(contract.Create) || len(c.Key) > 0 ||
		query.Verb != "" && query.Verb != contract.Create || query.Collection != "" && query.Collection != c.Name {
		return nil, nil
	}
	wanted := query
	wanted.Path, wanted.Verb, wanted.Cursor, wanted.Limit = c.URL(params[:len(params)-1]...), contract.Create, "", mostCreations
	if len(history) > 0 {
		oldest := history[len(history)-1]
		if query.To.IsZero() || oldest.At.Before(query.To) {
			wanted.To = oldest.At
		}
	}
	made, _, err := v.s.Desk.Changes(v.request().Context(), v.actor, wanted)
	if err != nil {
		return nil, err
	}
	for _, r := range made {
		if v.words.RecordPath(r) == query.Path {
			return []change.Receipt{r}, nil
		}
	}
	return nil, nil
}

func (v *visit) changeRow(r change.Receipt) views.ChangeRow {
	row := v.words.ChangeRow(r)
	row.Check = v.checkPath(r)
	if change.MaySee(v.actor, r) {
		row.Receipt = "/changes/" + r.ID
	}
	return row
}
