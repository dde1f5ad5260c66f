package handlers

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"protime-admin/internal/listing"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// fullPage is how many rows a page of a list has at least, unless it is the last.
const fullPage = 100

// rowSource gives the rows of a list's page while it reads pages of the API.
type rowSource struct {
	x        *exchange
	c        *contract.Collection
	params   []string
	selected *listing.Selection
	fields   []contract.Field // of the columns that are drawn
	page     protime.Page     // the first
	next     func() (protime.Page, error, bool)
	changed  string         // path of the record that the last change was about
	every    bool           // every row of the filter can be ticked at once
	back     string         // query of a record's page that leads back to this list; "" where the list has no query
	end      *views.ListEnd // filled after the last row
}

// filled are the columns that have a value in one of the records, or by which the list is sorted; the first one names the
// record and always stands. Where nothing was found, all of them.
func (r *rowSource) filled(records []protime.Record, sort string) []contract.Field {
	all := r.x.s.columns[r.c.Name]
	var kept []contract.Field
	for i, f := range all {
		has := func(record protime.Record) bool {
			raw, _ := record.Lookup(f.Name)
			return !r.x.words.Value(f, raw).Empty()
		}
		if i == 0 || strings.TrimPrefix(sort, "-") == f.Path || slices.ContainsFunc(records, has) {
			kept = append(kept, f)
		}
	}
	if len(records) == 0 {
		return all
	}
	return kept
}

// records yields the records of whole pages of the API until there are enough of them. A row without a record is a flush,
// or the failure that ends the list.
func (r *rowSource) records() iter.Seq2[protime.Record, *views.Row] {
	return func(yield func(protime.Record, *views.Row) bool) {
		shown, page := 0, r.page
		for {
			for _, record := range page.Records {
				if !r.selected.Deleted && tell.IsDeleted(r.c, record) || !r.selected.Holds(record) {
					continue
				}
				shown++
				if !yield(record, nil) {
					return
				}
			}
			if page.Next != "" && shown >= fullPage {
				break // a page that does not name the next one is followed here: there is no link to the rest
			}
			if !yield(protime.Record{}, &views.Row{Flush: true}) {
				return
			}
			following, err, more := r.next()
			if err != nil {
				yield(protime.Record{}, &views.Row{Failure: r.failure(err)})
				rest := ""
				if errors.Is(err, protime.Timeout) {
					rest = page.Next
				}
				r.ended(shown, rest)
				return
			}
			page = following
			if !more {
				break
			}
		}
		r.ended(shown, page.Next)
	}
}

func (r *rowSource) rows(yield func(views.Row) bool) {
	for record, other := range r.records() {
		row := other
		if row == nil {
			drawn := r.row(record)
			row = &drawn
		}
		if !yield(*row) {
			return
		}
	}
}

// sorted puts the rows of the page in order, which makes the reader wait for all of them.
func (r *rowSource) sorted(order func(a, b protime.Record) int) iter.Seq[views.Row] {
	return func(yield func(views.Row) bool) {
		var records []protime.Record
		var failure *views.Row
		for record, other := range r.records() {
			switch {
			case other == nil:
				records = append(records, record)
			case other.Failure != nil:
				failure = other
			}
		}
		slices.SortStableFunc(records, order)
		for _, record := range records {
			if !yield(r.row(record)) {
				return
			}
		}
		if failure != nil {
			yield(*failure)
		}
	}
}

func (r *rowSource) ended(shown int, next string) {
	u := r.x.request().URL
	q, path := u.Query(), u.EscapedPath()
	switch r.end.Empty = shown == 0; {
	case !r.end.Empty:
		r.end.Count = r.x.words.N("list.count", shown)
	case len(r.c.Filters) > 0:
		r.end.Advice = r.x.words.T("list.empty.advice")
	default:
		r.end.Advice = r.x.words.T("list.empty.all")
	}
	if next != "" && r.every {
		r.end.Every = r.x.words.N("ticked.every-row", mostTicked)
	}
	if next != "" {
		r.end.More = path + "?" + with(q, "page", next)
	}
	if q.Get("page") != "" {
		r.end.Start = path + "?" + with(q, "page", "")
	}
}

func (r *rowSource) row(record protime.Record) views.Row {
	x, c := r.x, r.c
	row := views.Row{
		Name: x.words.RecordName(c, record), Tags: x.words.Remarks(c, record), Deleted: tell.IsDeleted(c, record),
	}
	drawn := 0
	for _, f := range x.s.columns[c.Name] {
		raw, _ := record.Lookup(f.Name)
		value := x.words.Value(f, raw)
		switch {
		case drawn < len(r.fields) && r.fields[drawn].Path == f.Path:
			row.Cells = append(row.Cells, value)
			drawn++
		case !value.Empty(): // no record of the API's first page had one, so that it has no column
			row.Tags = append(row.Tags, views.Tag{Text: x.words.Label(c, f) + ": " + value.Text})
		}
	}
	id := record.Text("id")
	if !c.HasItem() || !isElement(id) {
		return row
	}
	path := c.ItemURL(append(slices.Clone(r.params), id)...)
	row.ID, row.Marked = "r-"+id, r.changed == path
	if c.Offers(contract.Read) {
		row.Href = path + r.back
	}
	if row.Deleted {
		if x.whyNot(c, contract.Create) == "" {
			row.Again = x.againLink(c, r.params, record, x.here())
		}
		return row
	}
	if until := x.closedUntil(record); until != "" {
		row.Tags = append(row.Tags, views.Tag{Text: x.words.T("list.closed", "date", x.words.Day(until))})
		return row
	}
	x.rowActions(c, path, &row)
	if row.Edit != "" || row.Delete != "" {
		row.Tick = rowTick(c, record)
	}
	return row
}

// rowActions are what this person may do with the record of a row.
func (x *exchange) rowActions(c *contract.Collection, path string, row *views.Row) {
	if x.whyNot(c, contract.Replace) == "" {
		row.Edit = path + "/edit"
	}
	if x.whyNot(c, contract.Delete) == "" {
		row.Delete = path + "/delete"
	}
}

// failure is a row that says that the list is not complete: rows before it were sent.
func (r *rowSource) failure(err error) *views.Failure {
	x := r.x
	_, f := x.listFailure(r.c, err)
	f.Title = x.words.T("list.halfway")
	f.Text = f.Title + " " + f.Text
	f.Links = append(f.Links, views.Link{Text: x.words.T("list.again-all"), Href: x.path()})
	x.s.Logger.WarnContext(x.request().Context(), "list broke off", "id", x.id, "error", err)
	return &f
}

// listFailure is the failure to read a list. Where time ran out it says what to narrow.
func (x *exchange) listFailure(c *contract.Collection, err error) (int, views.Failure) {
	status, failure := x.s.explain(x, err)
	if errors.Is(err, protime.Timeout) && !errors.Is(err, protime.NoToken) && len(c.Filters) > 0 {
		failure.Steps[0] = x.words.T("list.narrow")
	}
	if c.Name == "people" && x.s.People.State().Partial {
		failure.Steps = append(failure.Steps, x.words.T("list.people-partial"))
		failure.Links = append(failure.Links, views.Link{
			Text: x.words.T("search.heading", "collection", x.words.Collection(c)), Href: c.URL() + "?q=",
		})
	}
	return status, failure
}
