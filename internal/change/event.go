package change

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"protime-admin/protime/contract"
)

// Kind is the kind of an event.
type Kind string

// The kinds of events that a change has, in the order in which they usually come.
const (
	KindPrepared Kind = "prepared" // logged before anything is sent
	KindAnswered Kind = "answered" // an attempt to send it ended with a complete answer
	KindLost     Kind = "lost"     // an attempt ended without one, or the process that made it is gone
	KindLooked   Kind = "looked"   // somebody looked at Protime for its effect
	KindRuled    Kind = "ruled"    // a person said what they found
)

// Event is one fact about a change. Facts and Personal are stored as separate JSON documents, because retention removes
// the second.
type Event struct {
	Sequence int64     // in the log; 0 before it is written
	At       time.Time // by the database's clock; zero before it is written
	Facts    Facts
	Personal Personal
	Erased   bool // retention has removed Personal
}

// Facts is what an event says of a change, without personal data. Of the pointers the one of its kind is set.
type Facts struct {
	Kind     Kind      `json:"kind"`
	Issuer   string    `json:"issuer,omitempty"` // of who prepared, looked or ruled
	Roles    []Role    `json:"roles,omitempty"`
	Prepared *Prepared `json:"prepared,omitempty"`
	Attempt  *Attempt  `json:"attempt,omitempty"` // answered, lost
	Look     *Look     `json:"look,omitempty"`
	Ruling   Ruling    `json:"ruling,omitempty"`
}

// Personal is the personal data of an event.
type Personal struct {
	Subject     string `json:"subject,omitempty"` // of who prepared, looked or ruled
	Name        string `json:"name,omitempty"`
	Email       string `json:"email,omitempty"`
	Number      string `json:"number,omitempty"`
	Person      string `json:"person,omitempty"`      // whose record it is
	Date        string `json:"date,omitempty"`        // of the record, yyyy-mm-dd
	Note        string `json:"note,omitempty"`        // of the reason, or of the ruling
	Fingerprint []byte `json:"fingerprint,omitempty"` // guessing what was typed would confirm it
	Before      Text   `json:"before,omitempty"`
	After       Text   `json:"after,omitempty"`
	Request     Text   `json:"request,omitempty"`
	Response    Text   `json:"response,omitempty"` // of an attempt, or of the status monitor that a look read
}

// Prepared is a change that is about to be sent.
type Prepared struct {
	Collection string        `json:"collection"`
	Verb       contract.Verb `json:"verb"`
	Path       string        `json:"path"`
	Reason     string        `json:"reason,omitempty"`
	Undoes     string        `json:"undoes,omitempty"`
	RequestID  string        `json:"requestId,omitempty"`
	LeftOut    []string      `json:"leftOut,omitempty"`
	Method     string        `json:"method"`
	Resource   string        `json:"resource"`
	Query      string        `json:"query,omitempty"`
	IfMatch    string        `json:"ifMatch,omitempty"`
	Standing   *Standing     `json:"standing,omitempty"` // of a create
	Part       *Part         `json:"part,omitempty"`
}

// Attempt is one attempt to send a change, and how it ended.
type Attempt struct {
	// Number counts the attempts of a change from 1. 0: the process that prepared it is gone, and it is not known
	// whether it sent anything.
	Number int `json:"number"`
	// Left says that the request was handed to a connection; false says that it certainly was not.
	Left              bool        `json:"left"`
	Status            int         `json:"status,omitempty"` // 0 when none came
	FromAPI           bool        `json:"fromApi,omitempty"`
	HTML              bool        `json:"html,omitempty"`    // the answer is a web page: a gateway's, not the API's
	Failure           string      `json:"failure,omitempty"` // why there is no complete answer: "timeout", "reset", ...
	URL               string      `json:"url,omitempty"`
	Location          string      `json:"location,omitempty"`
	OperationLocation string      `json:"operationLocation,omitempty"`
	Header            http.Header `json:"header,omitempty"`
	Micros            int64       `json:"micros,omitempty"` // how long it took
	// Wait is the pause in seconds that was left where the request did not leave because Protime had asked for one.
	Wait int `json:"wait,omitempty"`
}

// Look is one reading of Protime for the effect of a change.
type Look struct {
	Finding Finding  `json:"finding"`
	Seen    Seen     `json:"seen"`
	Paths   []string `json:"paths,omitempty"`   // of what was looked at
	Monitor int      `json:"monitor,omitempty"` // the status of the API's status monitor, where it was read
	Version string   `json:"version,omitempty"` // of the record that was found: its changeVersion
	Micros  int64    `json:"micros,omitempty"`  // how long it took: what was seen is older than the event by at most this
}

// Finding is what a look says about a change.
type Finding string

// The findings.
const (
	Ours    Finding = "ours"    // the effect of this very change
	Absent  Finding = "absent"  // everything is as if it had not been applied
	Unclear Finding = "unclear" // neither: a person has to tell
)

// Seen is what a look saw, for a person to read.
type Seen string

// What can be seen.
const (
	SeenAfter     Seen = "after"     // the record holds the change's values
	SeenEarlier   Seen = "earlier"   // a later change read the record with the values of this one
	SeenBefore    Seen = "before"    // the record holds the values from before
	SeenOtherwise Seen = "otherwise" // it holds neither, or another change wrote the same values
	SeenMissing   Seen = "missing"   // there is no such record
	SeenDeleted   Seen = "deleted"   // the record is marked as deleted
	SeenThere     Seen = "there"     // the record is there, which a delete would not have left
	SeenFound     Seen = "found"     // a record that was not there before is what was to be created
	SeenNone      Seen = "none"      // no record is
	SeenSeveral   Seen = "several"   // records that could be it, and it cannot be told which is
	SeenUnclear   Seen = "unclear"   // the record cannot be looked up by what was sent
)

// Ruling is what a person found in Protime about a change in doubt.
type Ruling string

// The rulings.
const (
	RuledThere    Ruling = "there"
	RuledNotThere Ruling = "not-there"
)

// Text is the body of a request or an answer. In a document it is the JSON that it is, and a string when it is none.
type Text []byte

// MarshalJSON writes an object or an array as it is, anything else as a string.
func (t Text) MarshalJSON() ([]byte, error) {
	trimmed := bytes.TrimLeft(t, " \t\r\n")
	if len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid(t) {
		return t, nil
	}
	return json.Marshal(strings.ToValidUTF8(string(t), "\uFFFD"))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Text) UnmarshalJSON(document []byte) error {
	if len(document) > 0 && document[0] != '"' {
		*t = bytes.Clone(document)
		return nil
	}
	var text string
	if err := json.Unmarshal(document, &text); err != nil {
		return err
	}
	*t = Text(text)
	return nil
}

// prepared is the event of a change that is about to be sent.
func prepared(c Change) Event {
	e := by(KindPrepared, c.Actor)
	e.Facts.Prepared = &Prepared{
		Collection: c.Collection, Verb: c.Verb, Path: c.Path, Reason: c.Reason.Code, Undoes: c.Undoes,
		RequestID: c.RequestID, LeftOut: c.LeftOut, Method: c.Request.Method, Resource: c.Request.Path,
		Query: c.Request.Query, IfMatch: c.Request.IfMatch, Part: c.Part,
	}
	if c.Verb == contract.Create {
		e.Facts.Prepared.Standing = &c.Standing
	}
	p := &e.Personal
	p.Person, p.Date, p.Note, p.Fingerprint = c.Person, dateOf(c), c.Reason.Note, c.Fingerprint
	p.Before, p.After, p.Request = Text(c.Before), Text(c.After), Text(c.Request.Body)
	return e
}

// dateOf is the date of the record with the change, or of the one that is deleted; "" where it has none.
func dateOf(c Change) string {
	for _, record := range []json.RawMessage{c.After, c.Before} {
		var r struct {
			Date string `json:"date"`
		}
		if len(record) > 0 && json.Unmarshal(record, &r) == nil {
			return r.Date
		}
	}
	return ""
}

// by is an event of somebody's.
func by(kind Kind, a Actor) Event {
	return Event{
		Facts:    Facts{Kind: kind, Issuer: a.Issuer, Roles: a.Roles},
		Personal: Personal{Subject: a.Subject, Name: a.Name, Email: a.Email, Number: a.Number},
	}
}

// Stopped is the event of a change whose process is gone: it is not known whether it was sent.
func Stopped() Event {
	return Event{Facts: Facts{Kind: KindLost, Attempt: &Attempt{Failure: "stopped"}}}
}

// Actor is who prepared, looked or ruled.
func (e Event) Actor() Actor {
	p := e.Personal
	return Actor{Subject: p.Subject, Issuer: e.Facts.Issuer, Name: p.Name, Email: p.Email, Number: p.Number,
		Roles: e.Facts.Roles}
}
