package simulator

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
)

// read answers a GET of one record.
func (t *Tenant) read(c *call) answer {
	found, refusal := t.target(c)
	if found == nil {
		return refusal
	}
	etag := etag(found.raw)
	if c.options.ETags && matches(c.request.Header.Get("If-None-Match"), etag) {
		return answer{status: http.StatusNotModified}.with("ETag", etag)
	}
	raw := found.raw
	if c.collection.Name == activityDefinitions {
		raw = t.expand(c, found)
	}
	a := answer{status: http.StatusOK, body: []byte(t.decorate(c, raw))}
	if c.options.ETags {
		a = a.with("ETag", etag)
	}
	return a
}

// target is the record that the path of a call names.
func (t *Tenant) target(c *call) (*row, answer) {
	parent := ""
	if c.collection.Name == activityDefinitions {
		parent = parentParams(c.params[:len(c.params)-1])
	}
	return t.addressed(c, c.collection.Name, c.id(), parent)
}

// etag changes with every byte of a record.
func etag(raw string) string {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(raw))
	return fmt.Sprintf(`"%016x"`, hash.Sum64())
}

// matches says whether a header with entity tags holds this one.
func matches(header, etag string) bool {
	if header == "" {
		return false
	}
	tags := strings.FieldsFunc(header, func(r rune) bool { return r == ',' || r == ' ' })
	return slices.Contains(tags, "*") || slices.Contains(tags, etag)
}

// conflict refuses a write whose If-Match names another state of the record.
func conflict(c *call, r *row) (answer, bool) {
	if !c.options.ETags {
		return answer{}, false
	}
	header := c.request.Header.Get("If-Match")
	if header == "" || matches(header, etag(r.raw)) {
		return answer{}, false
	}
	status := c.options.conflictStatus()
	return wrong(status, strings.ReplaceAll(http.StatusText(status), " ", ""), "The record was changed meanwhile."), true
}
