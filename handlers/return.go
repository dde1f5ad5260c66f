package handlers

import (
	"net/url"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
)

// backQuery is the query of a link to a record that leads back to this list as it is filtered and sorted, "" where the
// list is as it opens or its address is longer than a link back may be.
func (x *exchange) backQuery() string {
	u := x.request().URL
	query := with(u.Query())
	list := pathWith(u.EscapedPath(), query)
	if query == "" || x.safe(list) == "" {
		return ""
	}
	return "?" + url.Values{form.InputReturn: {list}}.Encode()
}

// marked adds a parameter to a path, and as its fragment the row of a record.
func marked(path, name, value, record string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/?" + url.Values{name: {value}}.Encode()
	}
	q := u.Query()
	q.Del("done")
	q.Del("notice")
	q.Set(name, value)
	u.RawQuery = q.Encode()
	if i := strings.LastIndexByte(record, '/'); i >= 0 && record[i+1:] != "" {
		u.Fragment = "r-" + record[i+1:]
	}
	return u.String()
}

// isBelow reports whether a path leads to a record's page or to one below it.
func isBelow(path, record string) bool {
	page, _, _ := strings.Cut(path, "?")
	return page == record || strings.HasPrefix(page, record+"/")
}

// redirectBack goes back to where a look or a ruling was asked for, with the change named.
func (x *exchange) redirectBack(r change.Receipt, values url.Values) error {
	back := "/changes/" + r.ID
	if target := x.safe(values.Get(form.InputReturn)); target != "" {
		back = target
	}
	return x.to(marked(back, "done", r.ID, x.words.RecordPath(r)))
}
