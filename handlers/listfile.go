package handlers

import (
	"iter"
	"net/http"
	"slices"

	"protime-admin/internal/form"
	"protime-admin/internal/listing"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// A file in an order needs all of its records in memory before the first row is written: at most mostSorted bytes of them,
// some 25,000 clockings, in sortedAtOnce files at the same time; the others wait.
const (
	mostSorted   = 6 << 20
	sortedAtOnce = 2
)

// GET /clockings.csv?... and /clockings.xlsx?...: the whole list of the same filter, streamed, in the page's order.
func (s *Server) listFile(format spreadsheet.Format) func(*exchange, *contract.Collection) error {
	return func(x *exchange, c *contract.Collection) error { return s.writeList(x, c, format) }
}

func (s *Server) writeList(x *exchange, c *contract.Collection, format spreadsheet.Format) error {
	if why := x.whyNot(c, contract.List); why != "" {
		return x.refuse(c, contract.List, why)
	}
	params, err := x.params(c, false)
	if err != nil {
		return err
	}
	selected := x.recordFilters().Read(x.request().Context(), c)
	if selected.Problem || selected.Ask != nil {
		return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-filter")}
	}
	fields := listing.FileFields(c)
	x.loadNames(fields)
	name := c.Name
	for _, day := range []string{selected.From, selected.To} {
		if day != "" {
			name += "-" + day
		}
	}
	file := x.file(format, name, x.words.Head(c, fields))
	if selected.Nobody {
		return file.close()
	}
	pages := x.listPages(c, params, &selected)
	if order := listing.Order(x.words, c, x.request().URL.Query().Get("sort")); order != nil && c.Rows == "" {
		pages = x.sortedPages(pages, order)
	}
	for records, err := range pages {
		if err != nil {
			return err
		}
		for _, record := range records {
			if err := file.write(x.words.Cells(fields, record)); err != nil {
				return err
			}
		}
		if err := file.flush(); err != nil {
			return err
		}
	}
	return file.close()
}

// listPages yields what the filter shows of each page of the API, or the rows of a collection that is one document.
func (x *exchange) listPages(c *contract.Collection, params []string, selected *listing.Selection) iter.Seq2[[]protime.Record, error] {
	return func(yield func([]protime.Record, error) bool) {
		ctx := x.request().Context()
		if c.Rows != "" {
			document, _, err := x.s.API.Get(ctx, c.URL(params...), "")
			if err != nil {
				yield(nil, err)
				return
			}
			yield(form.RowsOf(c, document), nil)
			return
		}
		for page, err := range x.s.API.List(ctx, c.URL(params...), protime.ListOptions{Filter: selected.Filter}) {
			shown := slices.DeleteFunc(page.Records, func(record protime.Record) bool {
				return !selected.Deleted && tell.IsDeleted(c, record) || !selected.Holds(record)
			})
			if !yield(shown, err) {
				return
			}
		}
	}
}

// sortedPages yields the records of all pages in an order, as one page. Where they are too many to be in memory it yields
// a failure that leads to the file without an order.
func (x *exchange) sortedPages(pages iter.Seq2[[]protime.Record, error], order func(a, b protime.Record) int) iter.Seq2[[]protime.Record, error] {
	return func(yield func([]protime.Record, error) bool) {
		if err := x.s.sorting.Acquire(x.request().Context(), 1); err != nil {
			yield(nil, err)
			return
		}
		defer x.s.sorting.Release(1)
		var all []protime.Record
		bytes := 0
		for records, err := range pages {
			for _, record := range records {
				bytes += len(record.Raw())
			}
			if err == nil && bytes > mostSorted {
				err = x.tooManyToSort(len(all))
			}
			if err != nil {
				yield(nil, err)
				return
			}
			all = append(all, records...)
		}
		slices.SortStableFunc(all, order)
		yield(all, nil)
	}
}

// tooManyToSort is the failure of a file of which n rows could be sorted.
func (x *exchange) tooManyToSort(n int) error {
	u := x.request().URL
	failure := x.words.Failure("too-many-to-sort", "n", x.words.Count(n))
	failure.Links = []views.Link{{Text: x.words.T("file.unsorted"), Href: pathWith(u.EscapedPath(), with(u.Query(), "sort", ""))}}
	return &pageError{status: http.StatusUnprocessableEntity, failure: failure}
}
