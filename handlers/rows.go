package handlers

import (
	"errors"
	"iter"
	"slices"

	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// rowSource turns pages of the API into rows of a page, one API page at a time.
type rowSource struct {
	v      *visit
	c      *contract.Collection
	params []string
	sel    selection
	page   protime.Page
	next   func() (protime.Page, error, bool)
	done   string // API path of the record that the last change was about
	finish *views.ListEnd
}

// records yields what the page shows: whole API pages until there are enough, then the end is known.
func (r *rowSource) records() iter.Seq2[protime.Record, *views.Row] {
	return func(yield func(protime.Record, *views.Row) bool) {
		shown, page := 0, r.page
		for {
			for _, record := range page.Records {
				if r.hidden(record) {
					continue
				}
				shown++
				if !yield(record, nil) {
					return
				}
			}
			if page.Next != "" && shown >= fullPage {
				break // without a token there would be no way to the rest: it is shown here
			}
			if !yield(protime.Record{}, &views.Row{Flush: true}) {
				return
			}
			following, err, more := r.next()
			if err != nil {
				yield(protime.Record{}, &views.Row{Failure: r.halfway(err)})
				rest := ""
				if errors.Is(err, protime.Timeout) {
					rest = page.Next
				}
				r.end(shown, rest)
				return
			}
			if !more {
				page = protime.Page{}
				break
			}
			page = following
		}
		r.end(shown, page.Next)
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

// sorted holds the whole page back to put it in order: what was asked for, at the price of waiting.
func (r *rowSource) sorted(order func(a, b protime.Record) int) iter.Seq[views.Row] {
	return func(yield func(views.Row) bool) {
		var held []protime.Record
		var failure *views.Row
		for record, other := range r.records() {
			switch {
			case other == nil:
				held = append(held, record)
			case other.Failure != nil:
				failure = other
			}
		}
		slices.SortStableFunc(held, order)
		for _, record := range held {
			if !yield(r.row(record)) {
				return
			}
		}
		if failure != nil {
			yield(*failure)
		}
	}
}

func (r *rowSource) end(shown int, next string) {
	q := r.v.request().URL.Query()
	path := r.v.request().URL.EscapedPath()
	r.finish.Count = r.v.words.N("list.count", shown)
	r.finish.Empty = shown == 0
	if r.finish.Empty {
		r.finish.Count = ""
		r.finish.Advice = r.v.words.T("list.empty.advice")
		if len(r.c.Filters) == 0 {
			r.finish.Advice = r.v.words.T("list.empty.all")
		}
	}
	if next != "" {
		r.finish.More = path + "?" + with(q, "page", next, "restarted", "", "done", "")
	}
	if q.Get("page") != "" {
		r.finish.Start = path + "?" + with(q, "page", "", "restarted", "", "done", "")
	}
}

func (r *rowSource) hidden(record protime.Record) bool {
	return !r.sel.deleted && tell.IsDeleted(r.c, record)
}

func (r *rowSource) row(record protime.Record) views.Row {
	v, c := r.v, r.c
	row := views.Row{Name: v.words.RecordName(c, record), Tags: v.words.Remarks(c, record), Deleted: tell.IsDeleted(c, record)}
	for _, f := range v.s.columns[c.Name] {
		raw, _ := record.Lookup(f.Name)
		row.Cells = append(row.Cells, v.words.Value(f, raw))
	}
	id := record.Text("id")
	if id == "" || !c.HasItem() || !idPattern.MatchString(id) {
		return row
	}
	path := c.ItemURL(append(slices.Clone(r.params), id)...)
	row.ID = "r-" + id
	row.Marked = r.done != "" && r.done == path
	if c.Offers(contract.Read) {
		row.Href = path
	}
	if row.Deleted {
		if v.whyNot(c, contract.Create) == "" {
			row.Again = v.againLink(c, r.params, record, v.path())
		}
		return row
	}
	if c.Offers(contract.Replace) && v.whyNot(c, contract.Replace) == "" {
		row.Edit = path + "/edit"
	}
	if c.Offers(contract.Delete) && v.whyNot(c, contract.Delete) == "" {
		row.Delete = path + "/delete"
	}
	return row
}

// halfway is a failure after rows have gone out: a row that says that the list is not whole.
func (r *rowSource) halfway(err error) *views.Failure {
	v := r.v
	_, f := v.listFailure(r.c, err)
	f.Title = v.words.T("list.halfway")
	f.Text = f.Title + " " + f.Text
	f.Links = append(f.Links, views.Link{Text: v.words.T("list.again-all"), Href: v.path()})
	v.s.Logger.WarnContext(v.request().Context(), "list broke off", "error", err)
	return &f
}

var errNoRow = errors.New("no such row")
