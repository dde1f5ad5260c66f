package handlers

import (
	"errors"
	"iter"
	"slices"
	"strings"

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
	return !r.sel.deleted && isDeleted(r.c, record)
}

func isDeleted(c *contract.Collection, record protime.Record) bool {
	return c.SoftDelete != "" && record.Text("status") == c.SoftDelete
}

func (r *rowSource) row(record protime.Record) views.Row {
	v, c := r.v, r.c
	row := views.Row{Name: v.recordName(c, record), Tags: v.remarks(c, record), Deleted: isDeleted(c, record)}
	for _, f := range v.s.columns[c.Name] {
		raw, _ := record.Lookup(f.Name)
		row.Cells = append(row.Cells, v.value(f, raw))
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
			row.Again = v.againLink(c, r.params, record)
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
	v.s.Logger.WarnContext(v.request().Context(), "list broke off", "id", v.id, "error", err)
	return &f
}

// remark says whether a field is shown as a tag on a row rather than in a column: what it was before, what was
// calculated, that the system made it.
func remark(f contract.Field) bool {
	return strings.HasPrefix(f.Name, "original") || strings.HasPrefix(f.Name, "calculated") || f.Name == "isGenerated"
}

// remarks are the tags of a row.
func (v *visit) remarks(c *contract.Collection, record protime.Record) []views.Tag {
	var tags []views.Tag
	if isDeleted(c, record) {
		tags = append(tags, views.Tag{Text: v.words.T("list.deleted")})
	}
	for _, f := range c.Fields {
		raw, ok := record.Lookup(f.Name)
		if !ok || isNull(raw) {
			continue
		}
		switch {
		case f.Name == "isGenerated" && string(raw) == "true":
			tags = append(tags, views.Tag{Text: v.words.T("list.generated")})
		case strings.HasPrefix(f.Name, "original"):
			now := lookup(record, lowerFirst(strings.TrimPrefix(f.Name, "original")))
			if string(now) != string(raw) {
				tags = append(tags, views.Tag{Text: v.words.T("list.edited", "was", v.value(f, raw).Text), Tone: "warn"})
			}
		}
	}
	return tags
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// recordName names a record in words, by what its contract calls its title: "08:05, Els Peeters, Mon 5 Jan 2026".
func (v *visit) recordName(c *contract.Collection, record protime.Record) string {
	var words []string
	for _, f := range v.s.titles[c.Name] {
		if f.Name == "kind" {
			continue
		}
		raw, _ := record.Lookup(f.Name)
		if text := v.value(f, raw).Text; text != "" {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return record.Text("id")
	}
	separator := ", "
	if c.Name == "people" {
		separator = " "
	}
	return strings.Join(words, separator)
}

var errNoRow = errors.New("no such row")
