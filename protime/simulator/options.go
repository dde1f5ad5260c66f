package simulator

import (
	"net/http"
	"time"

	"protime-admin/protime/contract"
)

// Options are how one tenant differs from another. The zero value is the documented API, with every scope
// granted.
type Options struct {
	// Contract is what the tenant offers; nil: the embedded document. It is read at the first request.
	Contract *contract.Contract

	Name         string   // the tenant's name in the token URL; "": any
	ClientID     string   // "": any client is known
	ClientSecret string   // "": any secret fits
	Scopes       []string // what the client may have; nil: every scope of the contract

	TokenLifetime time.Duration    // 0: 30 minutes (reference/authentication)
	Now           func() time.Time // nil: time.Now; tokens expire by it

	PageSize   int  // rows of one page; 0: 100. The real one is not published.
	EmptyPages int  // so many empty pages come before each page of rows and after the last one
	Shuffle    bool // lists in an order that is not the order of creation: none is promised

	ScopeStatus int // what a missing scope is answered with; 0: 403, as reference/responses says; endpoint pages say 401

	ETags          bool // single records carry an ETag; If-Match and If-None-Match are honoured
	ConflictStatus int  // what a failed If-Match is answered with; 0: 412
	Bodies         bool // 201 and 200 of a write carry the record, as the older edition did
	Accepted       bool // 202 with Operation-Location in place of 201 and 200, as the older edition did; applied at once

	DeleteStatus map[string]int // by collection, 200 or 204; absent: the first one that the contract documents
	NotOffered   map[Offer]int  // verbs that this tenant's API lacks, with the status it answers: 404, 405 or 501

	PlanningFlex         bool // assignments cannot be written: 403 (tutorials/first-assignment-integration)
	ManualDataEntryCodes bool // an activity definition without dataEntryCode is refused; else one is generated
	ValidationObjects    bool // the elements of validationErrors are objects; else strings. Neither is documented.

	// Check holds every request and every answer against the contract's document and reports what does not
	// fit. It is read at the first request, and costs more than the answer itself: for tests, not for
	// benchmarks or the demo.
	Check bool
	// Report is told about contract violations and about what the simulator does not know; nil: a warning in
	// the log. It has the shape of testing.T.Errorf.
	Report func(format string, args ...any)
	// Unrecorded switches Requests and Writes off, for benchmarks and for servers that run long.
	Unrecorded bool
}

// Offer is one verb of one collection.
type Offer struct {
	Collection string
	Verb       contract.Verb
}

// Configure changes options while the tenant serves.
func (t *Tenant) Configure(change func(*Options)) {
	t.optionsMu.Lock()
	defer t.optionsMu.Unlock()
	change(&t.Options)
}

// options is a copy, good for one request.
func (t *Tenant) options() Options {
	t.optionsMu.RLock()
	defer t.optionsMu.RUnlock()
	return t.Options
}

func (o Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

func (o Options) tokenLifetime() time.Duration {
	if o.TokenLifetime > 0 {
		return o.TokenLifetime
	}
	return 30 * time.Minute
}

func (o Options) pageSize() int {
	if o.PageSize > 0 {
		return o.PageSize
	}
	return 100
}

func (o Options) conflictStatus() int {
	if o.ConflictStatus > 0 {
		return o.ConflictStatus
	}
	return http.StatusPreconditionFailed
}

func (o Options) scopeStatus() int {
	if o.ScopeStatus > 0 {
		return o.ScopeStatus
	}
	return http.StatusForbidden
}

// deleteStatus is 200 or 204, depending on the collection (how-to/create-update-delete).
func (o Options) deleteStatus(c *contract.Collection) int {
	if status := o.DeleteStatus[c.Name]; status > 0 {
		return status
	}
	if op := c.Operations[contract.Delete]; op != nil && len(op.Success) > 0 {
		return op.Success[0]
	}
	return http.StatusNoContent
}
