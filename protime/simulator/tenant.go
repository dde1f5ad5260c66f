// Package simulator is the Protime API of one made-up tenant as an http.Handler: the same wire (tokens,
// scopes, filters, paging, full-record PUT, error shapes) over records in memory, for tests and for the
// demo.
//
// A request walks through the files in this order: tenant.go takes it in and lets faults (fault.go) and the
// record of requests (request.go) have their say; token.go answers the token endpoint; route.go finds the
// collection and checks headers, token and scope; list.go, read.go, create.go, replace.go and delete.go do
// the verbs over the tables of table.go. What makes one collection different from the others stands in a
// file of its name: clocking.go, assignment.go, activity.go, usage.go, restriction.go, webhook.go.
//
// It knows the wire and the contract and shares no code with the client, so that it cannot confirm the
// client's mistakes. Where the documentation is silent the choice is written beside the code, and most
// choices are options.
//
// Limits, on purpose: one tenant; no delta, no status monitor (501); no webhook deliveries; no calculations
// (totals, durations and counters stay as they were seeded when a clocking changes); custom external
// references can be read and written in bodies, but have no endpoints of their own. Whatever else it does
// not know it reports and answers with 501.
package simulator

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"protime-admin/protime/contract"
)

// BasePath is where the API stands below the server's root, as in production.
const BasePath = "/connector/protimeapi/api/v1"

// MaxURI is the longest request URI that the server reads; a longer one is a 414 (reference/responses).
const MaxURI = 4096

// maxBody bounds what is read of a request; no documented body comes near it.
const maxBody = 4 << 20

// Tenant is one tenant of the API. The zero value is an empty tenant that takes any client and grants every
// scope. It is safe for concurrent use; while it serves, options are changed through Configure.
type Tenant struct {
	Options

	once     sync.Once
	contract *contract.Contract
	routes   []*route
	checker  *checker
	broken   error // the contract could not be read: nothing can be served

	optionsMu sync.RWMutex // guards Options

	mu         sync.RWMutex // guards the records, down to the next lock
	tables     map[string]*table
	references map[reference]map[string]string // custom external references: value -> id
	circles    map[string]map[string]bool      // "circle 2": the ids of its people
	version    int                             // the last changeVersion given
	guid       int                             // the last GUID given
	pageEpoch  int                             // continuation tokens of an earlier epoch are expired

	tokenMu sync.Mutex
	tokens  map[string]token
	issued  int

	wireMu   sync.Mutex // guards what tests look at: faults and requests
	faults   []*Fault
	requests []Request
}

// Strict makes a tenant (a new one, unless one is given) check every request and every answer of its own
// against the contract and report what is wrong, or unknown to it, as an error of the test.
func Strict(t interface{ Errorf(string, ...any) }, tenant ...*Tenant) *Tenant {
	strict := new(Tenant)
	if len(tenant) > 0 {
		strict = tenant[0]
	}
	strict.Configure(func(o *Options) {
		o.Check = true
		o.Report = t.Errorf
	})
	return strict
}

// ServeHTTP answers the token endpoint, the discovery document, and the API below BasePath.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(r)
	if err != nil {
		wrong(http.StatusBadRequest, "BadRequest", "The body could not be read.").write(w)
		return
	}
	recorded := t.record(r, body)
	fault := t.fault(r)
	fault.before(r, t)
	a := t.answer(r, body, fault)
	if fault.answers() {
		t.recordStatus(recorded, a.status)
	}
	fault.write(w, r, a)
}

// answer is the tenant's own, or the fault's in place of it. Where the fault leaves no answer, or another
// one, the request does its work only if the fault says so.
func (t *Tenant) answer(r *http.Request, body []byte, fault *Fault) answer {
	if !fault.replaces() && fault.answers() {
		return t.handle(r, body)
	}
	if fault.Apply {
		t.handle(r, body)
	}
	return fault.answer()
}

// handle sends a request to the token endpoint or to the API.
func (t *Tenant) handle(r *http.Request, body []byte) answer {
	t.once.Do(t.prepare)
	if t.broken != nil {
		return t.unknown("the contract cannot be read: %v", t.broken)
	}
	path := r.URL.EscapedPath()
	if len(r.URL.RequestURI()) > MaxURI {
		return wrong(http.StatusRequestURITooLong, "UriTooLong", "The request URI is longer than 4096 characters.")
	}
	if rest, ok := strings.CutPrefix(path, "/tenants/"); ok {
		return t.authenticate(r, rest, body)
	}
	rest, ok := strings.CutPrefix(path, BasePath+"/")
	if !ok {
		return t.unknown("%s %s is outside %s", r.Method, path, BasePath)
	}
	return t.api(r, rest, body)
}

// prepare reads the contract once, at the first request.
func (t *Tenant) prepare() {
	o := t.options()
	t.contract = o.Contract
	if t.contract == nil {
		t.contract, t.broken = contract.Embedded()
	}
	if t.broken != nil {
		return
	}
	t.routes = routes(t.contract)
	if o.Check {
		t.checker, t.broken = newChecker()
	}
}

// unknown reports something that the simulator has no answer for.
func (t *Tenant) unknown(format string, args ...any) answer {
	t.report(format, args...)
	return wrong(http.StatusNotImplemented, "NotImplemented", fmt.Sprintf(format, args...))
}

// report tells the tests, or else the log.
func (t *Tenant) report(format string, args ...any) {
	if report := t.options().Report; report != nil {
		report("simulator: "+format, args...)
		return
	}
	slog.Warn("simulator", "report", fmt.Sprintf(format, args...))
}
