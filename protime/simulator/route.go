package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"protime-admin/protime/contract"
)

// call is a request that was let in: what is asked of which collection.
type call struct {
	collection *contract.Collection
	operation  *contract.Operation
	params     []string // the path parameters, decoded, in order
	query      url.Values
	request    *http.Request
	body       []byte
	options    Options
	references []reference // of the query parameter externalReferences
	entry      *Entry
}

// id returns the last path parameter: the record's own id or reference.
func (c *call) id() string { return c.params[len(c.params)-1] }

// admit checks what every request has in common: path, token, verb, scope, query. Without a call the answer is
// complete: a refusal, a token, the state of an accepted write.
func (t *Tenant) admit(r *http.Request, body []byte, e *Entry) (*call, answer) {
	path := r.URL.EscapedPath()
	if len(r.URL.RequestURI()) > MaxURI {
		return nil, failure(http.StatusRequestURITooLong, "The request URI is longer than 4096 characters.")
	}
	if rest, ok := strings.CutPrefix(path, "/tenants/"); ok {
		return nil, t.authenticate(r, rest, body)
	}
	path, ok := strings.CutPrefix(path, BasePath)
	if !ok {
		return nil, t.unknown("%s %s is outside %s", r.Method, r.URL.Path, BasePath)
	}
	// What a real system answers without a User-Agent is not published, only that it is required
	// (reference/general-specs).
	if r.UserAgent() == "" || strings.HasPrefix(r.UserAgent(), "Go-http-client/") {
		return nil, refused("The User-Agent header is required: ServiceName/Version (Company Name).")
	}
	o := t.options()
	if wait := o.Limit.take(o.Now()); wait > 0 {
		return nil, tooMany(wait)
	}
	bearer, ok := t.bearer(r)
	if !ok {
		return nil, failure(http.StatusUnauthorized, "The access token is missing or invalid.").
			with("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	if operation, ok := strings.CutPrefix(path, "/status-monitor/"); ok && r.Method == http.MethodGet {
		return nil, t.monitor(operation)
	}
	c := &call{request: r, body: body, options: o, entry: e}
	var item bool
	if c.collection, c.params, item, ok = t.contract.Match(path); !ok || strings.HasSuffix(path, "/") {
		return nil, t.unknown("%s %s is no path of the contract", r.Method, path)
	}
	template := c.collection.Path
	if item {
		template = c.collection.ItemPath
	}
	for _, operation := range c.collection.Operations {
		if operation.Path == template && operation.Method == r.Method {
			c.operation = operation
		}
	}
	if c.operation == nil {
		t.report("%s %s: the contract has no such verb", r.Method, path)
		return nil, failure(http.StatusMethodNotAllowed, r.Method+" is not offered here.")
	}
	// The responses page says 403 for a missing scope, endpoint pages say 401.
	if !allowed(bearer.scopes, c.operation.Scopes) {
		return nil, failure(http.StatusForbidden, "The access token lacks a scope of "+c.collection.Name+".")
	}
	if a, ok := t.readQuery(c); !ok {
		return nil, a
	}
	return c, answer{}
}

// allowed reports whether the granted scopes hold one of the alternatives.
func allowed(granted []string, alternatives [][]string) bool {
	if len(alternatives) == 0 {
		return true
	}
	return slices.ContainsFunc(alternatives, func(needed []string) bool {
		return !slices.ContainsFunc(needed, func(scope string) bool { return !slices.Contains(granted, scope) })
	})
}

// readQuery refuses what the operation does not take, and reads externalReferences.
func (t *Tenant) readQuery(c *call) (answer, bool) {
	query, err := url.ParseQuery(c.request.URL.RawQuery)
	if err != nil {
		return refused("The query string cannot be read."), false
	}
	for name := range query {
		switch name {
		case "delta", "expand":
			return t.unknown("%s: %s is not simulated", c.operation.Path, name), false
		case "externalReferences":
			continue
		case "filter", "continuationToken":
			if c.operation.Verb == contract.List && c.collection.Rows == "" {
				continue
			}
		}
		t.report("%s %s: unknown query parameter %s", c.request.Method, c.operation.Path, name)
		return refused("The query parameter '" + name + "' is unknown."), false
	}
	references, reason := t.parseReferences(query.Get("externalReferences"))
	if reason != "" {
		return refused(reason), false
	}
	c.query, c.references = query, references
	return answer{}, true
}

// perform does what an admitted request asks for, and holds request and answer against the contract.
func (t *Tenant) perform(c *call) answer {
	a := t.locked(c)
	t.checker.check(t, c, a)
	return a
}

// locked does the verb under the lock that it needs.
func (t *Tenant) locked(c *call) answer {
	if c.request.Method == http.MethodGet {
		t.mu.RLock()
		defer t.mu.RUnlock()
	} else {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
	switch {
	case c.collection.Rows != "":
		return t.document(c)
	case c.operation.Verb == contract.List:
		return t.list(c)
	case c.operation.Verb == contract.Read:
		return t.read(c)
	case c.operation.Verb == contract.Create:
		return t.store(c, nil, "")
	case c.operation.Verb == contract.Replace:
		return t.replace(c)
	}
	return t.remove(c)
}
