package handlers

import (
	"maps"
	"net/url"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
)

// rowParam is the path parameter of a row that has no id of its own: its key fields joined by "~".
const rowParam = "row"

// params are the decoded path parameters of a collection's page in the contract's order, the record's own last. It is
// echo.ErrNotFound where one of them cannot be an id.
func (x *exchange) params(c *contract.Collection, item bool) ([]string, error) {
	names := make([]string, 0, len(c.Params)+1)
	for _, p := range c.Params {
		names = append(names, p.Name)
	}
	switch {
	case item && len(c.Key) > 0:
		names = append(names, rowParam)
	case !item && c.ItemPath != "" && len(names) > 0 && strings.Contains(c.ItemPath, "{"+names[len(names)-1]+"}") &&
		!strings.Contains(c.Path, "{"+names[len(names)-1]+"}"):
		names = names[:len(names)-1]
	}
	values := make([]string, 0, len(names))
	for _, name := range names {
		value, err := x.param(name)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func (x *exchange) param(name string) (string, error) {
	value := x.c.Param(name)
	if x.address().RawPath != "" {
		// Echo leaves a path alone that has escapes of its own.
		decoded, err := url.PathUnescape(value)
		if err != nil {
			return "", echo.ErrNotFound
		}
		value = decoded
	}
	if !isElement(value) {
		return "", echo.ErrNotFound
	}
	return value, nil
}

var idPattern = regexp.MustCompile(`^[0-9A-Za-z._~@-]{1,128}$`)

// isElement reports whether a text can be the id of a record or of a change; none that can leads to another path.
func isElement(text string) bool {
	return idPattern.MatchString(text) && text != "." && text != ".."
}

// with is a page's query with some parameters changed: name and value by turns, "" removes it. What was said about
// the last request is not carried on.
func with(q url.Values, changes ...string) string {
	changed := maps.Clone(q)
	changed.Del("done")
	changed.Del("notice")
	changed.Del("restarted")
	for i := 0; i+1 < len(changes); i += 2 {
		changed.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			changed.Del(changes[i])
		}
	}
	return changed.Encode()
}

// pathWith is a path with a query, which may be "".
func pathWith(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// nested reports whether a collection lives below a record of another one, so that its path needs that record's id.
func nested(c *contract.Collection) bool { return strings.Contains(c.Path, "{") }

// customName says whether a text can be the name of a custom external reference.
func customName(name string) bool {
	return isElement(name) && !strings.HasPrefix(name, "@")
}

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
	if id := recordID(record); id != "" {
		u.Fragment = "r-" + id
	}
	return u.String()
}

// recordID is the id at the end of a record's path.
func recordID(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

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
