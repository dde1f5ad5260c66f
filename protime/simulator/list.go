package simulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// list answers a GET of a collection: one page of the rows that the filter holds for.
func (t *Tenant) list(c *call) answer {
	filter := c.query.Get("filter")
	holds, reasons := t.condition(c.collection, filter)
	if len(reasons) > 0 {
		return refused(reasons...)
	}
	from, ok := t.parsePage(c, filter)
	if !ok {
		return wrong(http.StatusConflict, "Conflict", "The continuation token is invalid or expired.")
	}
	within, refusal, ok := t.within(c)
	if !ok {
		return refusal
	}
	body := []byte(`{"value":[`)
	next := from
	if next.Blank < c.options.EmptyPages {
		next.Blank++
		return t.page(c, body, filter, &next)
	}
	next.Blank = 0
	more := false
	for r, key := range t.rowsAfter(c, from.After) {
		if !within(r) || !holds.holds(r) {
			continue
		}
		if next.Count++; next.Count > c.options.pageSize() {
			more = true
			break
		}
		if next.Count > 1 {
			body = append(body, ',')
		}
		body = append(body, t.decorate(c, r.raw)...)
		next.After = key
	}
	// With empty pages one comes after the last row too: an empty page tells nothing about the end.
	if !more && (c.options.EmptyPages == 0 || next.Count == 0) {
		return t.page(c, body, filter, nil)
	}
	return t.page(c, body, filter, &next)
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

// rowsAfter walks over a table from the row after the one with the given key; the key stands for the place
// in the order.
func (t *Tenant) rowsAfter(c *call, after int) func(func(*row, int) bool) {
	found := t.tables[tableOf(c.collection.Name)]
	if found == nil {
		return func(func(*row, int) bool) {}
	}
	if found.made != nil {
		return found.made.rowsAfter(after)
	}
	rows := found.rows
	key := func(r *row) int { return r.seq }
	if c.options.Shuffle {
		key = shuffled
		rows = slices.Clone(rows)
		slices.SortFunc(rows, func(a, b *row) int { return cmp.Compare(key(a), key(b)) })
	}
	start, _ := slices.BinarySearchFunc(rows, after+1, func(r *row, wanted int) int {
		return cmp.Compare(key(r), wanted)
	})
	return func(yield func(*row, int) bool) {
		for _, r := range rows[start:] {
			if !yield(r, key(r)) {
				return
			}
		}
	}
}

// shuffled is a place that has nothing to do with the order of creation, and stays the same for a row.
func shuffled(r *row) int {
	const odd = 2_654_435_761 // spreads neighbours far apart
	return (r.seq*odd)&0xffff_ffff<<20 | r.seq
}

// tableOf is the table behind a collection: the history of one person is cut out of everybody's.
func tableOf(collection string) string {
	if category, ok := strings.CutSuffix(collection, "-history"); ok {
		return category + "-histories"
	}
	return collection
}

// page is the inside of a continuation token: base64 of JSON that begins with {"validat, as the published
// examples do.
type page struct {
	Validated string `json:"validatedFilter"` // stands for the path and the filter, which may be long
	After     int    `json:"after"`           // the key of the last row given
	Blank     int    `json:"blank,omitempty"` // the empty pages given since
	Epoch     int    `json:"epoch"`
	Count     int    `json:"-"`
}

// parsePage reads the continuation token; it holds only for the list and the filter that it was made for.
func (t *Tenant) parsePage(c *call, filter string) (page, bool) {
	p := page{Validated: etag(c.request.URL.Path + "?" + filter), Epoch: t.pageEpoch}
	source := c.query.Get("continuationToken")
	if source == "" {
		return p, true
	}
	decoded, err := base64.URLEncoding.DecodeString(source)
	if err != nil {
		return page{}, false
	}
	var given page
	if err := json.Unmarshal(decoded, &given); err != nil {
		return page{}, false
	}
	return given, given.Validated == p.Validated && given.Epoch == p.Epoch
}

// page closes the body of a list. The link to the next page is relative to the host and not encoded, as
// published (reference/responses); next is nil on the last page.
func (t *Tenant) page(c *call, body []byte, filter string, next *page) answer {
	body = append(body, ']')
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
