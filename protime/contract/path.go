package contract

import (
	"net/url"
	"strings"
)

// template is a path such as "/people/{PersonReference}/department-history", cut once at start.
type template []segment

type segment struct {
	text  string // a literal element, or the parameter's name
	param bool
}

func parseTemplate(path string) template {
	elements := strings.Split(strings.Trim(path, "/"), "/")
	t := make(template, len(elements))
	for i, e := range elements {
		name, isParam := paramName(e)
		t[i] = segment{text: e}
		if isParam {
			t[i] = segment{text: name, param: true}
		}
	}
	return t
}

func paramName(element string) (string, bool) {
	if len(element) < 3 || element[0] != '{' || element[len(element)-1] != '}' {
		return "", false
	}
	return element[1 : len(element)-1], true
}

// fill returns the path with an escaped value in place of each parameter. Further values are ignored.
func (t template) fill(values []string) string {
	var b strings.Builder
	size := 0
	for _, s := range t {
		size += len(s.text) + 1
	}
	for _, v := range values {
		size += len(v)
	}
	b.Grow(size)
	for _, s := range t {
		b.WriteByte('/')
		if !s.param {
			b.WriteString(s.text)
			continue
		}
		b.WriteString(escapeElement(values[0]))
		values = values[1:]
	}
	return b.String()
}

// escapeElement escapes one element of a path, dots included where servers and browsers would take the
// element for a step to another place.
func escapeElement(v string) string {
	switch v {
	case ".":
		return "%2E"
	case "..":
		return "%2E%2E"
	}
	return url.PathEscape(v)
}

// URL returns the path of the list, with the parameters filled in and escaped: "/clockings". Parameters beyond
// those of the list (a record's own id) are not used; it panics when there are fewer.
func (c *Collection) URL(params ...string) string { return c.list.fill(params) }

// ItemURL returns the path of one record, with the parameters filled in and escaped: "/clockings/8192". For a row
// of a collection with a Key it is the path of its page. It panics when there are fewer parameters than the
// path has, and when HasItem is false.
func (c *Collection) ItemURL(params ...string) string {
	if !c.HasItem() {
		panic("contract: records of " + c.Name + " have no path")
	}
	return c.item.fill(params)
}

// URL returns the path that the operation is sent to, with the parameters filled in and escaped. Parameters beyond
// those of the path are not used; it panics when there are fewer.
func (o *Operation) URL(params ...string) string { return o.path.fill(params) }

// node is one element of the paths of all collections.
type node struct {
	literals map[string]*node
	param    *node
	list     *Collection
	item     *Collection
}

func (n *node) add(t template) *node {
	for _, s := range t {
		if s.param {
			if n.param == nil {
				n.param = &node{}
			}
			n = n.param
			continue
		}
		next := n.literals[s.text]
		if next == nil {
			if n.literals == nil {
				n.literals = map[string]*node{}
			}
			next = &node{}
			n.literals[s.text] = next
		}
		n = next
	}
	return n
}

// find walks path, which has no slash at its ends. Literal elements win over parameters. It fills places with
// the start and end of each parameter; depth is how many there are so far.
func (n *node) find(path string, from int, places *[maxParams][2]int, depth int) (*node, int) {
	if from > len(path) {
		return n, depth
	}
	end := from + strings.IndexByte(path[from:], '/')
	if end < from {
		end = len(path)
	}
	if next := n.literals[path[from:end]]; next != nil {
		if found, d := next.find(path, end+1, places, depth); found != nil && found.collection() != nil {
			return found, d
		}
	}
	if n.param == nil || end == from || depth == maxParams {
		return nil, 0
	}
	places[depth] = [2]int{from, end}
	return n.param.find(path, end+1, places, depth+1)
}

func (n *node) collection() *Collection {
	if n.list != nil {
		return n.list
	}
	return n.item
}

// maxParams is how many parameters a path may have; the deepest of the API has three, and one for a row's page.
const maxParams = 8

// Match finds the collection that a path belongs to, be it a page's path or one that the API gave
// ("Location"), with or without the path of the API's base in front; a query is not looked at. params are the
// path's parameters, decoded; item says that the path is one record's rather than the list's. Elements that
// are empty, "." or ".." match nothing.
func (c *Contract) Match(path string) (collection *Collection, params []string, item, ok bool) {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if collection, params, item, ok = c.match(path); ok {
		return collection, params, item, true
	}
	rest, ok := cutBase(path, c.Base)
	if !ok {
		return nil, nil, false, false
	}
	return c.match(rest)
}

// cutBase takes the API's base off the front of path. A base under another prefix, as a proxy may have it,
// counts too: what follows "/api/v1" is the API's path.
func cutBase(path, base string) (string, bool) {
	if rest, ok := strings.CutPrefix(path, base); ok && base != "" && strings.HasPrefix(rest, "/") {
		return rest, true
	}
	i := strings.Index(path, "/api/v")
	if i < 0 {
		return "", false
	}
	rest := strings.TrimLeft(path[i+len("/api/v"):], "0123456789")
	if len(rest) == len(path)-i-len("/api/v") || !strings.HasPrefix(rest, "/") {
		return "", false
	}
	return rest, true
}

func (c *Contract) match(path string) (*Collection, []string, bool, bool) {
	path, rooted := strings.CutPrefix(path, "/")
	path = strings.TrimSuffix(path, "/")
	if !rooted || path == "" || c.root == nil {
		return nil, nil, false, false
	}
	var places [maxParams][2]int
	found, n := c.root.find(path, 0, &places, 0)
	if found == nil || found.collection() == nil {
		return nil, nil, false, false
	}
	var params []string
	if n > 0 {
		params = make([]string, n)
	}
	for i := range params {
		element := path[places[i][0]:places[i][1]]
		v, err := url.PathUnescape(element)
		if err != nil || element == "." || element == ".." {
			return nil, nil, false, false
		}
		params[i] = v
	}
	return found.collection(), params, found.list == nil, true
}
