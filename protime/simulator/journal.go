package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Who made a change.
const (
	API      = "api"       // a request over HTTP
	BackDoor = "back door" // Put, Insert, Edit, Delete or Remove: somebody in Protime, or a terminal
)

// Entry is one request that arrived, or one change through the back door.
type Entry struct {
	Seq int       // place in the order of arrival, from 1
	At  time.Time // of arrival, by Options.Now
	By  string    // API or BackDoor

	Method string      // of the request; POST, PUT or DELETE for the back door
	Path   string      // as it was sent, still encoded: BasePath + "/clockings/8192"; "" for the back door
	Query  string      // raw
	Header http.Header // of the request
	Body   []byte
	Status int // of the answer; 0 when none was sent

	Applied    int             // place among the changes that were made, from 1; 0: nothing was changed (yet)
	AppliedAt  time.Time       // by Options.Now
	Collection string          // what was changed: "clockings"; "usages" and "restrictions" under their definition's ID
	ID         string          // "8192"
	Before     json.RawMessage // nil: there was none
	After      json.RawMessage // nil: there is none
}

// Journal returns the entries that concern records, in the order of arrival: every write that came over HTTP, applied or
// not, and every change through the back door. Sort by Applied for the order in which changes were made.
func (t *Tenant) Journal() []Entry {
	return t.entries(func(e *Entry) bool { return e.By == BackDoor || isWrite(e.Method, e.Path) })
}

// Requests returns all requests over HTTP, those for tokens too, in the order of their arrival.
func (t *Tenant) Requests() []Entry {
	return t.entries(func(e *Entry) bool { return e.By == API })
}

// Writes returns the requests to the API that could change something: POST, PUT, DELETE, PATCH.
func (t *Tenant) Writes() []Entry {
	return t.entries(func(e *Entry) bool { return e.By == API && isWrite(e.Method, e.Path) })
}

func isWrite(method, path string) bool {
	return method != http.MethodGet && method != http.MethodHead && strings.HasPrefix(path, BasePath)
}

// entries returns copies, because an entry changes until its request is answered and applied.
func (t *Tenant) entries(wanted func(*Entry) bool) []Entry {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	var found []Entry
	for _, e := range t.journal {
		if wanted(e) {
			found = append(found, *e)
		}
	}
	return slices.Clip(found)
}

// Forget empties the journal. Numbers go on.
func (t *Tenant) Forget() {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.forgotten += len(t.journal)
	t.journal = nil
}

// enter adds an entry to the journal and returns it; nil when nothing is recorded.
func (t *Tenant) enter(e *Entry) *Entry {
	o := t.options()
	if o.Unrecorded {
		return nil
	}
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.journal = append(t.journal, e)
	e.Seq, e.At = t.forgotten+len(t.journal), o.Now()
	return e
}

func (t *Tenant) answered(e *Entry, status int) {
	if e == nil {
		return
	}
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	e.Status = status
}

// changed records what a write did, while the records are locked: so the order of Applied is the order in which
// the records changed.
func (t *Tenant) changed(e *Entry, collection, id, before, after string) {
	if e == nil {
		return
	}
	now := t.options().Now()
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.applied++
	e.Applied, e.AppliedAt = t.applied, now
	e.Collection, e.ID = collection, id
	e.Before, e.After = rawOrNil(before), rawOrNil(after)
}

func rawOrNil(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}
