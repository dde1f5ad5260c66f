package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// Request is one request as it came over the wire, with the status of its answer (0 when none was sent).
type Request struct {
	Method string
	Path   string // as it was sent, still encoded: BasePath + "/clockings/8192"
	Query  string // raw
	Header http.Header
	Body   []byte
	Status int
}

// Requests are all requests so far, those for tokens too, in the order of their arrival.
func (t *Tenant) Requests() []Request {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	return slices.Clone(t.requests)
}

// Writes are the requests to the API that could change something: POST, PUT, DELETE, PATCH.
func (t *Tenant) Writes() []Request {
	return slices.DeleteFunc(t.Requests(), func(r Request) bool {
		return r.Method == http.MethodGet || r.Method == http.MethodHead || !strings.HasPrefix(r.Path, BasePath)
	})
}

// Forget empties the record of requests.
func (t *Tenant) Forget() {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.requests = nil
}

// record keeps a request; the pointer it returns is for recordStatus.
func (t *Tenant) record(r *http.Request, body []byte) int {
	if t.options().Unrecorded {
		return -1
	}
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.requests = append(t.requests, Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: body,
	})
	return len(t.requests) - 1
}

func (t *Tenant) recordStatus(at, status int) {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	if at >= 0 && at < len(t.requests) {
		t.requests[at].Status = status
	}
}
