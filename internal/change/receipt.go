package change

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// Outcome is the result of the last attempt, with the verdict of all events.
type Outcome struct {
	Verdict
	Status            int // 0 when no answer came
	Location          string
	OperationLocation string
	Header            http.Header // of the answer, without secrets
	Body              []byte      // of the answer, without secrets
	Duration          time.Duration
	URL               string        // that was called
	Failure           string        // why there is no answer: a key such as "timeout", "reset", "unreached"; "" otherwise
	Wait              time.Duration // that was left of a pause when it was not sent for that; 0 otherwise
}

// Receipt is one change with its outcome, as banner, receipt and log page show it.
type Receipt struct {
	Change
	Outcome
	Sequence int64     // of its first event in the log; 0 in what Do returns of a change that it sent itself
	At       time.Time // when it was logged
	Date     string    // of the record that the change left or deleted, "" where the log has none
	Events   []Event   // everything that is known of it, in the order of the log
	UndoneBy string    // id of the change that took this one back, or may have; "" otherwise
	Reversal Reversal  // what that led to
	Erased   bool      // personal data was removed by retention
	// Again says that the form was sent before with the same content: this is the first receipt, nothing was sent now.
	Again bool
	// Shown is the answer's body with its one-time secrets, for whoever sent the form: memory only. nil otherwise.
	Shown []byte
}

// Reversal is what became since of what a change did.
type Reversal string

// The reversals. An undo is a change that can be undone itself.
const (
	NotReversed   Reversal = ""
	TakenBack     Reversal = "taken-back" // it was undone
	Restored      Reversal = "restored"   // it was undone, and that was undone: a record that was created again has another number
	ReversalDoubt Reversal = "unknown"    // the outcome of the last of the undos is not known
)

// errNoPrepared says that events are not those of a change.
var errNoPrepared = errors.New("change: the first event is not a prepared change")

// Fold makes the receipt of a change from its events, in the order of the log. UndoneBy and Reversal are not among them.
func Fold(id string, events []Event) (Receipt, error) {
	if len(events) == 0 || events[0].Facts.Prepared == nil {
		return Receipt{}, errNoPrepared
	}
	first := events[0]
	p, own := first.Facts.Prepared, first.Personal
	r := Receipt{
		Change: Change{
			ID: id, Actor: first.Actor(), Collection: p.Collection, Verb: p.Verb, Path: p.Path,
			Reason: Reason{Code: p.Reason, Note: own.Note}, Before: raw(own.Before), After: raw(own.After),
			Request: Request{
				Method: p.Method, Path: p.Resource, Query: p.Query, Body: raw(own.Request), IfMatch: p.IfMatch,
			},
			Person: own.Person, LeftOut: p.LeftOut, Undoes: p.Undoes, RequestID: p.RequestID, Part: p.Part,
			Fingerprint: own.Fingerprint,
		},
		Outcome:  Outcome{Verdict: Judge(events)},
		Sequence: first.Sequence, At: first.At, Date: own.Date, Events: events, Erased: first.Erased,
	}
	if p.Standing != nil {
		r.Standing = *p.Standing
	}
	last, stopped := lastAttempt(events)
	switch {
	case last != nil:
		r.attempt(last)
	case stopped != nil:
		r.Failure = stopped.Facts.Attempt.Failure
	}
	if r.Location == "" {
		r.Location = r.Verdict.Path
	}
	return r, nil
}

func (r *Receipt) attempt(e *Event) {
	a := e.Facts.Attempt
	r.Status, r.Location, r.OperationLocation = a.Status, a.Location, a.OperationLocation
	r.Header, r.Body, r.URL, r.Failure = a.Header, e.Personal.Response, a.URL, a.Failure
	r.Duration, r.Wait = time.Duration(a.Micros)*time.Microsecond, time.Duration(a.Wait)*time.Second
}

// LastLook returns what the latest look saw, nil when nobody has looked.
func (r Receipt) LastLook() *Look {
	if e := latest(r.Events, func(e *Event) bool { return e.Facts.Look != nil }); e != nil {
		return e.Facts.Look
	}
	return nil
}

// WasInDoubt reports whether the outcome is not known from an answer, or was not at some time: people looked, or
// ruled, or still have to.
func (r Receipt) WasInDoubt() bool {
	return r.InDoubt() || r.LastLook() != nil
}

func raw(t Text) json.RawMessage {
	if len(t) == 0 {
		return nil
	}
	return json.RawMessage(t)
}
