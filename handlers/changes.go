package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/listing"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /changes: the log, newest first, for auditors. With ?mine=1 it is an editor's own changes; with ?record= the
// history of a record, and with ?state=unknown the changes whose outcome is unknown, for editors too.
func (s *Server) changes(x *exchange) error {
	if week := x.weekHref(); week != "" {
		return x.to(week)
	}
	l, err := x.readLog()
	if err != nil {
		return err
	}
	l.Problem = l.Problem || x.weekProblem() != ""
	view := x.changesView(&l)
	if l.Query.Batch != "" {
		if err := x.addBatch(view, l.Query.Batch); err != nil {
			return err
		}
	}
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
		Views:   x.viewsMenu(),
		Heading: x.words.T("changes.title"), Intro: x.words.T("log.written"), Find: x.changesFind(l), Ask: l.Ask,
		Tabs: x.changesTabs(l),
	}
	switch {
	case l.Query.Path != "":
		view.Record = x.words.Link(l.Query.Path)
		view.Heading, view.Intro = x.words.T("changes.history", "what", view.Record.Text), x.words.T("changes.history.intro")
	case l.Values.Has(listing.LogMine):
		view.Heading, view.Intro = x.words.T("changes.own"), x.words.T("changes.own.intro")
	}
	if l.Query.State == change.Unknown {
		view.Intro = x.words.T("changes.unknown.intro")
	}
	if change.Has(x.actor.Roles, change.ExportLog) && !l.Problem && l.Ask == nil {
		if !l.Values.Has(listing.LogFrom) {
			l.Values.Set(listing.LogFrom, "") // no first day, and not the one that no period at all would mean
		}
		view.Files = append(x.files("/changes", l.Values.Encode()), views.Link{
			Text: x.words.T("log.ndjson"), Href: "/changes.ndjson?" + l.Values.Encode(),
		})
	}
	if q := x.request().URL.Query(); q.Has("page") {
		view.Start = "/changes?" + with(q, "page", "")
	}
	return view
}

// changesFind is the form that narrows the log.
func (x *exchange) changesFind(l *listing.Log) *views.List {
	find := &views.List{Action: "/changes", Filters: l.Inputs, Period: x.listPeriod(&l.Selection)}
	if l.From == "" && l.To == "" {
		find.Period.Text, find.Period.Days = x.words.T("log.days"), ""
	}
	for _, name := range []string{listing.LogRecord, listing.LogBatch, listing.LogMine} {
		if l.Values.Has(name) {
			find.Hidden = append(find.Hidden, views.Pair{Name: name, Value: l.Values.Get(name)})
		}
	}
	return find
}

// changesTabs are the views of the log that this person has.
func (x *exchange) changesTabs(l *listing.Log) []views.Tab {
	if l.Query.Path+l.Query.Batch != "" {
		return nil
	}
	mine, failed := l.Values.Has(listing.LogMine), l.Query.Failed
	var tabs []views.Tab
	add := func(key string, current bool, values url.Values) {
		tabs = append(tabs, views.Tab{
			Text: x.words.T(key), Href: pathWith("/changes", values.Encode()), Current: current && l.Query.State != change.Unknown,
		})
	}
	all := url.Values{}
	if change.Has(x.actor.Roles, change.SeeLog) {
		add("log.view.all", !mine && !failed, url.Values{})
	} else {
		all.Set(listing.LogMine, "1")
	}
	if change.Has(x.actor.Roles, change.Make) {
		add("log.view.mine", mine && !failed, url.Values{listing.LogMine: {"1"}})
	}
	all.Set(listing.LogState, string(listing.LogFailed))
	add("log.view.failed", failed, all)
	return tabs
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
	batches, err := x.batchesOf(receipts, query.Folded)
	if err != nil {
		return err
	}
	view.Days = x.changeDays(receipts, func(r change.Receipt) (row views.ChangeRow, changes int) {
		if r.Part != nil && query.Folded {
			if b, ok := batches[r.Part.Batch]; ok {
				return x.batchRowOf(r, b), b.Counts.Sent
			}
		}
		row = x.changeRow(r)
		if query.Batch == "" {
			row.Part = x.batchRowLink(r, batches)
		}
		return row, 1
	})
	view.Count = x.words.N("list.count", len(receipts))
	if next != "" {
		view.More = "/changes?" + with(x.request().URL.Query(), "page", next)
	}
	if query.State == change.Unknown {
		return nil
	}
	view.Unknown, err = x.unknownLink()
	return err
}

// changeDays gathers changes by the day on which they were made, in the order given; draw makes the line of each
// and says for how many changes it stands.
func (x *exchange) changeDays(
	receipts []change.Receipt, draw func(change.Receipt) (row views.ChangeRow, changes int),
) []views.ChangeDay {
	var counts []int
	var days []views.ChangeDay
	last := ""
	for _, r := range receipts {
		date := r.At.In(x.words.TimeZone).Format(time.DateOnly)
		if date != last {
			days, last = append(days, views.ChangeDay{Text: tell.UpperFirst(x.words.LongDay(date))}), date
			counts = append(counts, 0)
		}
		row, changes := draw(r)
		day := &days[len(days)-1]
		day.Rows = append(day.Rows, row)
		counts[len(days)-1] += changes
	}
	for i := range days {
		days[i].Count = x.words.N("log.changed", counts[i])
	}
	return days
}

func (x *exchange) changeRow(r change.Receipt) views.ChangeRow {
	row := x.words.ChangeRow(r)
	row.Check = x.checkPath(r)
	row.Undo, _ = x.undoPath(r)
	if change.MaySee(x.actor, r) {
		row.Receipt = "/changes/" + r.ID
	}
	return row
}

// mostDayChanges bounds how many changes of some days a page reads.
const mostDayChanges = 500

// dayChanges are the changes to the records of some people (nil: of everybody) whose dates lie between two, both
// included, newest first, at most 500. A record that was moved from one date to another counts on the later state's date.
// It is nil for those who may not see the history of records. Errors as Desk.Changes says.
func (x *exchange) dayChanges(people []string, first, last string) ([]change.Receipt, error) {
	if !change.Has(x.actor.Roles, change.SeeHistory) {
		return nil, nil
	}
	found, _, err := x.s.Desk.Changes(x.request().Context(), x.actor, change.Query{
		People: people, FirstDate: first, LastDate: last, Limit: mostDayChanges,
	})
	return found, err
}

// recordChanges are the newest changes to one record, the one that made it at the end where there are fewer than limit.
// It is nil for those who may not see the history of records. Errors as Desk.Changes says.
func (x *exchange) recordChanges(path string, limit int) ([]change.Receipt, error) {
	if !change.Has(x.actor.Roles, change.SeeHistory) {
		return nil, nil
	}
	query := change.Query{Path: path, Limit: limit}
	found, next, err := x.s.Desk.Changes(x.request().Context(), x.actor, query)
	if err != nil || next != "" || len(found) == limit {
		return found, err
	}
	created, err := x.creation(query, found)
	return append(found, created...), err
}

// mostCreations bounds the search for the change that made a record.
const mostCreations = 500

// creation is the change that made a record, for the end of its history. The log has it under the list's path, because
// the record had none yet.
func (x *exchange) creation(query change.Query, history []change.Receipt) ([]change.Receipt, error) {
	c, params, item, ok := x.s.Contract.Match(query.Path)
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
	made, _, err := x.s.Desk.Changes(x.request().Context(), x.actor, wanted)
	if err != nil {
		return nil, err
	}
	for _, r := range made {
		if x.words.RecordPath(r) == query.Path {
			return []change.Receipt{r}, nil
		}
	}
	return nil, nil
}
