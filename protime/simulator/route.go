package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"protime-admin/protime/contract"
)

// route is one path template of the contract with the operations on it, by method.
type route struct {
	template   string
	segments   []string
	collection *contract.Collection
	operations map[string]*contract.Operation
}

// call is a request that found its way: what is asked of which collection, by whom.
type call struct {
	collection *contract.Collection
	operation  *contract.Operation
	route      *route
	params     []string // the path parameters, decoded, in order
	query      url.Values
	request    *http.Request
	body       []byte
	options    Options
	references []reference // of the query parameter externalReferences
}

// id is the last path parameter: the record's own id or reference.
func (c *call) id() string { return c.params[len(c.params)-1] }

// routes are made from the operations of the contract.
func routes(c *contract.Contract) []*route {
	var all []*route
	for _, collection := range c.Collections {
		for _, operation := range collection.Operations {
			at := slices.IndexFunc(all, func(r *route) bool { return r.template == operation.Path })
			if at < 0 {
				at = len(all)
				all = append(all, &route{
					template:   operation.Path,
					segments:   strings.Split(strings.TrimPrefix(operation.Path, "/"), "/"),
					collection: collection,
					operations: make(map[string]*contract.Operation),
				})
			}
			all[at].operations[operation.Method] = operation
		}
	}
	return all
}

// match gives the path parameters when the segments of a path, still encoded, fit the template.
func (r *route) match(segments []string) ([]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	var params []string
	for i, want := range r.segments {
		if want[0] != '{' {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		param, err := url.PathUnescape(segments[i])
		if err != nil || param == "" {
			return nil, false
		}
		params = append(params, param)
	}
	return params, true
}

// api answers a request below BasePath.
func (t *Tenant) api(r *http.Request, path string, body []byte) answer {
	segments := strings.Split(path, "/")
	if segments[0] == "delta" || segments[0] == "status-monitor" {
		return t.unknown("%s %s: delta and the status monitor are not simulated", r.Method, path)
	}
	// What a real system answers without a User-Agent is not published, only that it is required
	// (reference/general-specs).
	if r.UserAgent() == "" || strings.HasPrefix(r.UserAgent(), "Go-http-client/") {
		return refused("The User-Agent header is required: ServiceName/Version (Company Name).")
	}
	for _, found := range t.routes {
		if params, ok := found.match(segments); ok {
			c := &call{collection: found.collection, route: found, params: params,
				request: r, body: body, options: t.options()}
			a := t.routed(c)
			t.checker.check(t, c, a)
			return a
		}
	}
	return t.unknown("%s /%s is no path of the contract", r.Method, path)
}

// routed checks what every call has in common: token, verb, scope, query; then does the verb.
func (t *Tenant) routed(c *call) answer {
	r := c.request
	bearer, ok := t.bearer(r, c.options)
	if !ok {
		return wrong(http.StatusUnauthorized, "Unauthorized", "The access token is missing or invalid.").
			with("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	c.operation = c.route.operations[r.Method]
	if c.operation == nil {
		t.report("%s %s: the contract has no such verb", r.Method, c.route.template)
		return wrong(http.StatusMethodNotAllowed, "MethodNotAllowed", r.Method+" is not offered here.")
	}
	if status := c.options.NotOffered[Offer{c.collection.Name, c.operation.Verb}]; status != 0 {
		return wrong(status, strings.ReplaceAll(http.StatusText(status), " ", ""), r.Method+" is not offered here.")
	}
	if !allowed(bearer.scopes, c.operation.Scopes) {
		status := c.options.scopeStatus()
		return wrong(status, http.StatusText(status), "The access token lacks a scope of "+c.collection.Name+".")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return refused("The query string cannot be read.")
	}
	c.query = query
	if a, ok := t.checkQuery(c); !ok {
		return a
	}
	return t.verb(c)
}

// allowed says whether the granted scopes hold one of the alternatives.
func allowed(granted []string, alternatives [][]string) bool {
	if len(alternatives) == 0 {
		return true
	}
	return slices.ContainsFunc(alternatives, func(needed []string) bool {
		return !slices.ContainsFunc(needed, func(scope string) bool { return !slices.Contains(granted, scope) })
	})
}

// checkQuery refuses what the operation does not take, and reads externalReferences.
func (t *Tenant) checkQuery(c *call) (answer, bool) {
	for name := range c.query {
		switch {
		case name == "delta":
			return t.unknown("%s: delta is not simulated", c.route.template), false
		case name == "filter" || name == "continuationToken":
			if c.operation.Verb == contract.List && c.collection.Rows == "" {
				continue
			}
		case name == "externalReferences" || slices.Contains(c.operation.Query, name):
			continue
		}
		t.report("%s %s: unknown query parameter %s", c.request.Method, c.route.template, name)
		return refused("The query parameter '" + name + "' is unknown."), false
	}
	references, reason := t.parseReferences(c.query.Get("externalReferences"))
	if reason != "" {
		return refused(reason), false
	}
	c.references = references
	return answer{}, true
}

// verb does what is asked, under the lock that it needs.
func (t *Tenant) verb(c *call) answer {
	if c.operation.Verb == contract.List || c.operation.Verb == contract.Read {
		t.mu.RLock()
		defer t.mu.RUnlock()
	} else {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
	if c.collection.Rows != "" {
		return t.document(c)
	}
	if found := t.tables[c.collection.Name]; found != nil && found.made != nil && c.request.Method != http.MethodGet {
		return t.unknown("%s %s: these records are made while they are read", c.request.Method, c.route.template)
	}
	if a, refusing := planned(c); refusing && c.request.Method != http.MethodGet {
		return a
	}
	switch c.operation.Verb {
	case contract.List:
		return t.list(c)
	case contract.Read:
		return t.read(c)
	case contract.Create:
		return t.create(c)
	case contract.Replace:
		return t.replace(c)
	case contract.Delete:
		return t.remove(c)
	}
	return wrong(http.StatusNotImplemented, "NotImplemented", "The verb "+string(c.operation.Verb)+" is not simulated.")
}
