// Package simulator is the Protime API of one tenant as an http.Handler, for tests and for the demo: the same
// tokens, scopes, filters, paging, full-record PUT and error shapes over records in memory.
//
// A request passes through the files in this order: tenant.go reads it, journal.go records it, fault.go lets a
// fault change what happens to it, route.go finds the collection and checks token and scope, list.go and
// write.go do the verbs over the tables of table.go. The rules of one collection stand in the file of its name:
// clocking.go, assignment.go, activity.go, usage.go, webhook.go. Tests read and change records without HTTP
// through backdoor.go. Package company fills a tenant with made-up records.
//
// The simulator knows the wire and the contract and shares no code with the client, so that it cannot confirm
// the client's mistakes. Where the documentation is silent, the choice is written beside the code.
//
// Limits: one tenant; no delta, no expand, no ETags, no webhook deliveries; totals, durations and counters do
// not change when a clocking does; custom external references have no endpoints of their own. It reports what
// it does not know and answers 501.
package simulator

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

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
	checker  *checker

	optionsMu sync.RWMutex // guards Options

	mu         sync.RWMutex // guards the records and what belongs to them
	tables     map[string]*table
	references map[reference]map[string]string // custom external references: value -> id
	circles    map[string][]string             // "circle 2": the ids of its people
	operations []operation                     // writes that were answered 202
	version    int                             // the last changeVersion given
	guid       int                             // the last GUID given
	pageEpoch  int                             // continuation tokens of an earlier epoch are expired

	tokenMu sync.Mutex
	tokens  map[string]token

	wireMu    sync.Mutex // guards the faults and the journal; taken last
	faults    []*Fault
	journal   []*Entry
	applied   int                      // how many changes the journal has counted
	forgotten int                      // entries that Forget dropped
	pending   map[*time.Timer]struct{} // writes that will be applied later
}

// Options are how one tenant differs from another. The zero value is the documented API, with every scope
// granted.
type Options struct {
	Scopes        []string         // what the client may have; nil: every scope of the contract
	TokenLifetime time.Duration    // 0: 30 minutes (reference/authentication)
	Now           func() time.Time // nil: time.Now; tokens expire by it and the journal is stamped with it

	PageSize int // rows of one page; 0: 100. The real one is not published.
	// PeopleFilter makes GET /people demand a filter of this name on the people's numbers; "": it takes none. Which one
	// the API wants, if any, is not published.
	PeopleFilter string
	EmptyPages   int // so many empty pages come before each page of rows and after the last one

	// Limit is how many requests the API takes; nil: any number.
	Limit *Limit

	// Check holds every request and every answer against the contract's document and reports what does not
	// fit. It is read at the first request, and costs more than the answer itself: for tests, not for
	// benchmarks or the demo.
	Check bool
	// Report is told about contract violations and about what the simulator does not know; nil: a warning in
	// the log. It has the shape of testing.T.Errorf.
	Report func(format string, args ...any)
	// Unrecorded switches the journal off, for benchmarks, for servers that run long and while a tenant is
	// filled with records.
	Unrecorded bool
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

// Configure changes options while the tenant serves.
func (t *Tenant) Configure(change func(*Options)) {
	t.optionsMu.Lock()
	defer t.optionsMu.Unlock()
	change(&t.Options)
}

// options returns a copy for one request, with defaults filled in.
func (t *Tenant) options() Options {
	t.optionsMu.RLock()
	o := t.Options
	t.optionsMu.RUnlock()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TokenLifetime <= 0 {
		o.TokenLifetime = 30 * time.Minute
	}
	if o.PageSize <= 0 {
		o.PageSize = 100
	}
	return o
}

// ServeHTTP answers the token endpoint and the API below BasePath.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.once.Do(t.prepare)
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		failure(http.StatusBadRequest, "The body could not be read.").write(w)
		return
	}
	e := t.enter(&Entry{
		By: API, Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: body,
	})
	f := t.strike(r)
	f.before(r, t)
	a := t.answer(r, body, e, f)
	if f.answers() {
		t.answered(e, a.status)
	}
	f.write(w, r, a)
}

// answer returns the answer of the tenant, or that of the fault in its place.
func (t *Tenant) answer(r *http.Request, body []byte, e *Entry, f *Fault) answer {
	c, a := t.admit(r, body, e)
	switch {
	case c == nil && (f.leaves() || f.Accept):
		return a
	case c == nil: // refused, or a request for a token: nothing is left to apply
	case f.leaves():
		return t.perform(c)
	case f.Accept:
		return t.accept(c, f.ApplyAfter)
	case f.ApplyAfter > 0:
		t.later(f.ApplyAfter, func() { t.perform(c) })
	case f.Apply:
		t.perform(c)
	}
	return f.answer()
}

// embedded is the contract, read once for all tenants, which change nothing in it.
//
//nolint:gochecknoglobals // a constant that is computed on first use
var embedded = sync.OnceValues(contract.Embedded)

// prepare takes the contract at the first request. The document is part of the program: one that cannot be read is a
// mistake there.
func (t *Tenant) prepare() {
	known, err := embedded()
	if err != nil {
		panic(fmt.Sprintf("simulator: the contract cannot be read: %v", err))
	}
	t.contract = known
	if t.options().Check {
		t.checker = newChecker()
	}
}

// unknown reports a request that is not simulated and answers 501.
func (t *Tenant) unknown(format string, args ...any) answer {
	t.report(format, args...)
	return failure(http.StatusNotImplemented, fmt.Sprintf(format, args...))
}

// report calls Options.Report, or logs a warning.
func (t *Tenant) report(format string, args ...any) {
	if report := t.options().Report; report != nil {
		report("simulator: "+format, args...)
		return
	}
	slog.Warn("simulator", "report", fmt.Sprintf(format, args...))
}
