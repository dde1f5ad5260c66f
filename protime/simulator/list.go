package simulator

import (
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
	"net/http"
	"strings"

	"protime-admin/protime/contract"
)

// list answers a GET of a collection: one page of the rows that the filter holds for.
func (t *Tenant) list(c *call) answer {
	source := c.query.Get("filter")
	holds, reasons := t.condition(c.filtered(), source)
	if len(reasons) > 0 {
		return refused(reasons...)
	}
	next, ok := t.parsePage(c, source)
	if !ok {
		return failure(http.StatusConflict, "The continuation token is invalid or expired.")
	}
	within, refusal, ok := t.within(c)
	if !ok {
		return refusal
	}
	if next.Blank < c.options.EmptyPages {
		next.Blank++
		return pageOf(c, nil, source, &next)
	}
	next.Blank = 0
	var rows []byte
	count, more := 0, false
	for _, r := range t.rowsOf(tableOf(c.collection.Name), next.After) {
		if !within(r) || !holds(r) {
			continue
		}
		if count++; count > c.options.PageSize {
			more = true
			break
		}
		if count > 1 {
			rows = append(rows, ',')
		}
		rows = append(rows, t.withReferences(c, r.raw)...)
		next.After = r.seq
	}
	// With empty pages one comes after the last row too: an empty page tells nothing about the end.
	if !more && (c.options.EmptyPages == 0 || count == 0) {
		return pageOf(c, rows, source, nil)
	}
	return pageOf(c, rows, source, &next)
}

// filtered returns the collection with the filter that Options.PeopleFilter adds.
func (c *call) filtered() *contract.Collection {
	name := c.options.PeopleFilter
	if name == "" || c.collection.Name != "people" {
		return c.collection
	}
	people := *c.collection
	people.Filters = []contract.Filter{{
		Name: name, Operators: []string{"eq", "in"}, Type: "integer", Field: "id", Required: true,
	}}
	return &people
}

// within limits the rows by the path: one structure version and level, or one person's history.
func (t *Tenant) within(c *call) (func(*row) bool, answer, bool) {
	if len(c.params) == 0 {
		return func(*row) bool { return true }, answer{}, true
	}
	if c.collection.Name == activityDefinitions {
		parent := parentParams(c.params)
		return func(r *row) bool { return r.parent == parent }, answer{}, true
	}
	person, refusal := t.addressed(c, "people", c.params[0], "")
	if person == nil {
		return nil, refusal, false
	}
	return func(r *row) bool { return r.person == person.id }, answer{}, true
}

// tableOf returns the table behind a collection: the history of one person is cut out of everybody's.
func tableOf(collection string) string {
	if category, ok := strings.CutSuffix(collection, "-history"); ok {
		return category + "-histories"
	}
	return collection
}

// page is the inside of a continuation token: base64 of JSON that begins with {"validat, as in the published
// examples.
type page struct {
	Validated uint32 `json:"validatedFilter"` // a checksum of path and filter, which may be long
	After     int    `json:"after"`           // the last row given
	Blank     int    `json:"blank,omitempty"` // the empty pages given since
	Epoch     int    `json:"epoch"`
}

// parsePage reads the continuation token; it holds only for the list and the filter that it was made for.
func (t *Tenant) parsePage(c *call, filter string) (page, bool) {
	list := c.request.URL.Path + "?" + filter
	first := page{Validated: crc32.ChecksumIEEE([]byte(list)), Epoch: t.pageEpoch}
	source := c.query.Get("continuationToken")
	if source == "" {
		return first, true
	}
	var given page
	decoded, err := base64.URLEncoding.DecodeString(source)
	if err != nil || json.Unmarshal(decoded, &given) != nil {
		return page{}, false
	}
	return given, given.Validated == first.Validated && given.Epoch == first.Epoch
}

// pageOf returns the answer to a list. The link to the next page is relative to the host and not encoded, as
// published (reference/responses); next is nil on the last page.
func pageOf(c *call, rows []byte, filter string, next *page) answer {
	body := append(append([]byte(`{"value":[`), rows...), ']')
	if next != nil {
		inside, _ := json.Marshal(next) // strings and integers always encode
		link := c.request.URL.Path + "?"
		if filter != "" {
			link += "filter=" + filter + "&"
		}
		if references := c.query.Get("externalReferences"); references != "" {
			link += "externalReferences=" + references + "&"
		}
		link += "continuationToken=" + base64.URLEncoding.EncodeToString(inside)
		body = append(append(body, `,"nextLink":`...), quote(link)...)
	}
	return answer{status: http.StatusOK, body: append(body, '}')}
}

// ExpirePages makes every continuation token handed out so far invalid: 409.
func (t *Tenant) ExpirePages() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pageEpoch++
}
