// Package change is one correction of the registrations at Protime: who asks for what and why, whether they may, the
// intent written before anything is sent, the one request, and the outcome that is known, or said to be unknown.
//
// It is the only way to a write: handlers read through a client and change through a Desk. What it needs from the
// world it declares here, small: Log, kept by package audit, and API, kept by package protime. It speaks no HTTP to
// the browser and no language; it returns states and typed errors that pages turn into sentences.
package change

import (
	"encoding/json"
	"net/http"
	"time"

	"protime-admin/protime/contract"
)

// Role is what a person may do here, given by a claim of the identity provider.
type Role string

// The roles. Editors and auditors read too; nobody else gets in.
const (
	Viewer  Role = "viewer"
	Editor  Role = "editor"
	Auditor Role = "auditor"
)

// Actor is who asks for a change.
type Actor struct {
	Subject string // the identity provider's `sub`, unique with Issuer
	Issuer  string
	Name    string
	Email   string
	Number  string // employee number, "" when the provider gives none
	Roles   []Role
}

// Reason is why a change is made, in the admin's words.
type Reason struct {
	Code string // one of AUDIT_REASONS, "" when none was chosen
	Note string // free text
}

// Change is one correction as it is asked for, before it is sent.
type Change struct {
	ID         string // the form's id, a UUIDv7: spent when the intent is written
	Actor      Actor
	Collection string        // contract.Collection.Name
	Verb       contract.Verb // Create, Replace or Delete
	Path       string        // of the record's page and of the API's resource, "/clockings/8192"; on Create the list's
	Reason     Reason
	Before     json.RawMessage // the record as the fresh GET gave it; nil on Create
	After      json.RawMessage // the record as it shall be; nil on Delete
	Request    Request
	Person     string   // id of the person concerned, "" when there is none
	LeftOut    []string // paths of values that were not sent because the record's kind does not take them
	Undoes     string   // id of the change that this one takes back, "" otherwise
	RequestID  string   // of the browser's request
	// Fingerprint is a digest of what was typed: the same id with another fingerprint is another change.
	Fingerprint []byte
	// Secret names members of the answer that are shown once and never written to the log.
	Secret []string
}

// Request is the one call of a change.
type Request struct {
	Method  string
	Path    string // relative to the API's base, escaped
	Query   string // encoded, without "?"
	Body    json.RawMessage
	IfMatch string
}

// State is how far a change has come.
type State string

// The states of a change.
const (
	Sending    State = "sending"     // the intent is written, no outcome yet
	Done       State = "done"        // Protime answered 2xx
	Accepted   State = "accepted"    // Protime answered 202: accepted, not yet applied
	Refused    State = "refused"     // Protime said no, or the request never left: nothing was changed
	Unknown    State = "unknown"     // the request left and no answer came
	Applied    State = "applied"     // unknown before; a look at the server found it
	NotApplied State = "not-applied" // unknown before; a look at the server did not find it
)

// Outcome is what became of the call.
type Outcome struct {
	State             State
	Status            int // 0 when no answer came
	Location          string
	OperationLocation string
	Header            http.Header // of the answer, without secrets
	Body              []byte      // of the answer, without secrets
	Duration          time.Duration
	URL               string // that was called
	Failure           string // why there is no answer: a key such as "timeout", "reset", "unreached"; "" otherwise
	Evidence          string // on Applied and NotApplied: the path of the record that was looked at, and what it showed
}

// Receipt is one change with its outcome, as banner, receipt and log page show it.
type Receipt struct {
	Change
	Outcome
	Sequence int64     // of the intent in the log; 0 in what Do returns of a change that it sent itself
	At       time.Time // of the intent
	Ended    time.Time // of the last outcome, zero while Sending
	UndoneBy string    // id of the change that took this one back, "" otherwise
	Erased   bool      // personal data was removed by retention
	// Again says that the form was sent before with the same content: this is the first receipt, nothing was sent now.
	Again bool
	// Shown is the answer's body with its one-time secrets, only in the receipt that Do itself returns: memory only,
	// for the one showing. nil otherwise.
	Shown []byte
}
