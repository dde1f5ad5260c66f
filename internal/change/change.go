// Package change is the domain of this product: one change of a record at Protime, who makes it and why, whether they
// may, the event that is logged before anything is sent, the one request, and its outcome.
//
// It is the only way to write: handlers read through a client and change through a Desk. The log is a log of events
// (event.go), and the state of a change is computed from them (verdict.go); no state is stored. Do (do.go) makes a
// change, Check (look.go) looks for the effect of one without an answer, Rule (rule.go) records what a person found,
// Inverse (undo.go) prepares an undo. Acknowledge (acknowledge.go) writes that a day stays as it is: no change, but a
// decision that is stored beside the changes.
//
// It declares the interfaces that it needs: Log and Acknowledgements, which package audit implements, and API, which
// package protime does.
// It serves no HTTP and has no text in any language; it returns states and typed errors that pages turn into sentences.
package change

import (
	"encoding/json"
	"slices"
	"time"

	"protime-admin/protime/contract"
)

// Role is what a person may do here, given by a claim of the identity provider.
type Role string

// The roles. Editors and auditors read too; nobody else can sign in.
const (
	Viewer  Role = "viewer"
	Editor  Role = "editor"
	Auditor Role = "auditor"
)

// Actor is who asks for a change, looks for one or rules on one.
type Actor struct {
	Subject string // the identity provider's `sub`, unique with Issuer
	Issuer  string
	Name    string
	Email   string
	Number  string // employee number, "" when the provider gives none
	Roles   []Role
}

// systemIssuer is the issuer of the program's own actor; no identity provider has it, because issuers are URLs.
const systemIssuer = "protime-admin"

// System is the actor of looks that nobody asked for.
func System() Actor { return Actor{Subject: "system", Issuer: systemIssuer} }

// IsSystem reports whether the actor is the program itself.
func (a Actor) IsSystem() bool { return a.Issuer == systemIssuer }

// Reason is why a change is made, in the admin's words.
type Reason struct {
	Code string // one of AUDIT_REASONS, "" when none was chosen
	Note string // free text
}

// Change is one change as it is asked for, before it is sent.
type Change struct {
	ID         string // the form's id, a UUIDv7: spent when the change is logged
	Actor      Actor
	Collection string        // contract.Collection.Name
	Verb       contract.Verb // Create, Replace or Delete
	Path       string        // of the record's page and of the API's resource, "/clockings/8192"; on Create the list's
	Reason     Reason
	Before     json.RawMessage // the record as the last GET returned it; nil on Create
	After      json.RawMessage // the record with the change; nil on Delete
	Request    Request
	Person     string   // id of the person concerned, "" when there is none
	LeftOut    []string // paths of values that were not sent because the record's kind does not take them
	Undoes     string   // id of the change that this one takes back, "" otherwise
	Part       *Part    // of which batch it is a row, nil otherwise
	RequestID  string   // of the browser's request
	// Fingerprint is a digest of what was typed: the same id with another fingerprint is another change.
	Fingerprint []byte
	// Secret names members of the answer that are shown once and never written to the log.
	Secret []string
	// Standing are the records that were in the list of a create before. Do reads them, unless Survey has.
	Standing Standing
	Surveyed bool
}

// Part says of which batch a change is a row.
type Part struct {
	Batch string `json:"batch"`
	Row   int    `json:"row"`
	Try   int    `json:"try,omitempty"` // 0: the first
}

// Standing are the records that were in the list of a create before it was sent. They are never evidence that it was
// applied.
type Standing struct {
	Read       bool     `json:"read"`                 // false: they could not be read
	Complete   bool     `json:"complete,omitempty"`   // all of them are here
	Paths      []string `json:"paths,omitempty"`      // of those that are like the new one
	Neighbours []string `json:"neighbours,omitempty"` // of the others, deleted ones like it among them
	// Age is how long before the change was logged they were read, in microseconds, where that was long before.
	Age int64 `json:"age,omitempty"`
}

// surveyed is when what stood in the list of a create was read.
func (r Receipt) surveyed() time.Time {
	return r.At.Add(-time.Duration(r.Standing.Age) * time.Microsecond)
}

// has reports whether a record was in the list.
func (s Standing) has(path string) bool {
	return slices.Contains(s.Paths, path) || slices.Contains(s.Neighbours, path)
}

// Request is the one call of a change.
type Request struct {
	Method  string
	Path    string // relative to the API's base, escaped
	Query   string // encoded, without "?"
	Body    json.RawMessage
	IfMatch string
}
