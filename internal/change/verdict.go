package change

import (
	"net/http"
	"time"
)

// State is the state of a change.
type State string

// The states of a change.
const (
	Sending    State = "sending"     // logged, nothing else is known yet
	Applied    State = "applied"     // Protime made it
	NotSent    State = "not-sent"    // the request never left
	Refused    State = "refused"     // Protime said no
	Accepted   State = "accepted"    // Protime will make it
	Unknown    State = "unknown"     // the request may have left, and no answer says what became of it
	NotApplied State = "not-applied" // in doubt, and looks did not see it; a later look still can
)

// How is the ground of a verdict.
type How string

// The grounds of a verdict.
const (
	ByAnswer How = "answer"
	ByLook   How = "look"
	ByRuling How = "ruling"
)

// Verdict is what is known of a change.
type Verdict struct {
	State State
	How   How
	At    time.Time // of the event that decided; zero while nothing did
	Ended time.Time // when the request ended; zero while Sending
	// Path is that of the record that a look found for a create.
	Path string
}

// InDoubt reports whether no answer of the API has decided: a look may still change the verdict.
func (v Verdict) InDoubt() bool { return v.How != ByAnswer && v.State != Sending && v.State != NotSent }

// How long after the end of its request the last of at least two looks has to find no effect of a change for it to
// count as not applied; longer for what Protime has accepted and may apply later.
const (
	absentAfter         = 10 * time.Minute
	acceptedAbsentAfter = 24 * time.Hour
)

// Judge computes what is known of a change from its events. It is the only place where a state is decided, and it
// depends on nothing else: not on the order of the events, nor on the time at which it is asked.
//
// The rules, the first that holds decides:
//
//  1. The last attempt that was sent was answered 200, 201 or 204: applied. 4xx (except 408), 501, or 503 in the API's own
//     error shape: refused. A web page is a gateway's answer, not the API's, and decides nothing.
//  2. No attempt was sent: not sent. One that was not sent does not count beside one that was.
//  3. A look saw the effect of this very change, and no later one found several records that could be it: applied.
//  4. A person ruled: applied or not applied, by the latest ruling.
//  5. At least two looks saw no effect, the last of them 10 minutes after the request ended (24 hours after a 202),
//     and no look after it was unclear: not applied.
//  6. The last attempt was answered 202: accepted.
//  7. The request may have been sent: unknown. Nothing but `prepared` is logged: sending.
func Judge(events []Event) Verdict {
	last, stopped := lastAttempt(events)
	verdict := Verdict{State: Sending}
	switch {
	case last != nil:
		verdict = ofAttempt(last)
	case stopped != nil:
		verdict = Verdict{State: Unknown, Ended: stopped.At}
	default:
		return verdict
	}
	if !verdict.InDoubt() {
		return verdict
	}
	seen := latest(events, func(e *Event) bool {
		return e.Facts.Look != nil && (e.Facts.Look.Finding == Ours || e.Facts.Look.several())
	})
	if seen != nil && seen.Facts.Look.Finding == Ours {
		return Verdict{State: Applied, How: ByLook, At: seen.At, Ended: verdict.Ended, Path: seen.Facts.Look.found()}
	}
	if ruled := latest(events, func(e *Event) bool { return e.Facts.Ruling != "" }); ruled != nil {
		state := NotApplied
		if ruled.Facts.Ruling == RuledThere {
			state = Applied
		}
		return Verdict{State: state, How: ByRuling, At: ruled.At, Ended: verdict.Ended}
	}
	if at, absent := notSeen(events, verdict); absent {
		return Verdict{State: NotApplied, How: ByLook, At: at, Ended: verdict.Ended}
	}
	return verdict
}

// ofAttempt is what the last attempt says.
func ofAttempt(last *Event) Verdict {
	a := last.Facts.Attempt
	verdict := Verdict{State: Unknown, At: last.At, Ended: last.At}
	switch {
	case last.Facts.Kind == KindAnswered && a.outcome() == Applied:
		verdict.State, verdict.How = Applied, ByAnswer
	case last.Facts.Kind == KindAnswered && a.outcome() == Refused:
		verdict.State, verdict.How = Refused, ByAnswer
	case last.Facts.Kind == KindAnswered && a.Status == http.StatusAccepted && !a.HTML:
		verdict.State = Accepted
	case !a.Left:
		verdict.State = NotSent
	}
	return verdict
}

// outcome is what a complete answer says by itself: Applied, Refused, or "" where it does not decide.
func (a *Attempt) outcome() State {
	switch {
	case a.HTML:
		return ""
	case a.Status == http.StatusOK, a.Status == http.StatusCreated, a.Status == http.StatusNoContent:
		return Applied
	case a.Status == http.StatusRequestTimeout:
		return ""
	case a.Status >= 400 && a.Status < 500, a.Status == http.StatusNotImplemented,
		a.Status == http.StatusServiceUnavailable && a.FromAPI:
		return Refused
	}
	return ""
}

// notSeen reports whether enough looks, late enough, found no effect of a change, and when that was so.
func notSeen(events []Event, v Verdict) (time.Time, bool) {
	wait := absentAfter
	if v.State == Accepted {
		wait = acceptedAbsentAfter
	}
	looks := 0
	var late, last *Event // the first late enough, and the last of all
	for i := range events {
		look := events[i].Facts.Look
		if look == nil {
			continue
		}
		if last == nil || before(last, &events[i]) {
			last = &events[i]
		}
		if look.Finding != Absent {
			continue
		}
		looks++
		began := events[i].At.Add(-time.Duration(look.Micros) * time.Microsecond)
		if began.Sub(v.Ended) >= wait && (late == nil || before(&events[i], late)) {
			late = &events[i]
		}
	}
	if looks < 2 || late == nil || last.Facts.Look.Finding != Absent {
		return time.Time{}, false
	}
	return late.At, true
}

// lastAttempt returns the attempt that counts, and the event of a process that is gone. It is the last one that left;
// where two events tell of it, the answered one. Only where none left it is one that did not.
func lastAttempt(events []Event) (last, stopped *Event) {
	for i := range events {
		e := &events[i]
		switch {
		case e.Facts.Attempt == nil:
		case e.Facts.Attempt.Number == 0:
			if stopped == nil || before(e, stopped) {
				stopped = e
			}
		case last == nil || supersedes(e, last):
			last = e
		}
	}
	return last, stopped
}

func supersedes(e, last *Event) bool {
	a, b := e.Facts.Attempt, last.Facts.Attempt
	switch {
	case a.Left != b.Left:
		return a.Left
	case a.Number != b.Number:
		return a.Number > b.Number
	}
	return e.Facts.Kind == KindAnswered && last.Facts.Kind != KindAnswered
}

// before orders events as the log has them; those that are not written yet by their time.
func before(a, b *Event) bool {
	if a.Sequence != b.Sequence {
		return a.Sequence < b.Sequence
	}
	return a.At.Before(b.At)
}

func latest(events []Event, is func(*Event) bool) *Event {
	var found *Event
	for i := range events {
		if is(&events[i]) && (found == nil || before(found, &events[i])) {
			found = &events[i]
		}
	}
	return found
}

// several reports whether a look saw more than one record that could be what a create made.
func (l *Look) several() bool { return l.Seen == SeenSeveral && len(l.Paths) > 1 }

// found is the path of the one record that a look found for a create.
func (l *Look) found() string {
	if l.Seen != SeenFound || len(l.Paths) != 1 {
		return ""
	}
	return l.Paths[0]
}

// lookTimes is when the program looks by itself for a change in doubt, from the end of its request. The third is
// what Judge needs to say that it was not applied; the later ones find what came late.
func lookTimes() []time.Duration {
	return []time.Duration{30 * time.Second, 2 * time.Minute, absentAfter + time.Second, time.Hour,
		acceptedAbsentAfter + time.Second, 3 * acceptedAbsentAfter}
}

// NextLook returns when the program has to look for a change next, and how often it has looked; ok is false when
// it does not have to.
func NextLook(events []Event) (at time.Time, looked int, ok bool) {
	verdict := Judge(events)
	if !verdict.InDoubt() || verdict.State == Applied && (verdict.How == ByRuling || verdict.Path == "") {
		return time.Time{}, 0, false
	}
	var last *Event
	for i := range events {
		if events[i].Facts.Look != nil && events[i].Facts.Issuer == systemIssuer {
			last = &events[i]
			looked++
		}
	}
	times := lookTimes()
	if verdict.State == Applied { // a created record that was found: until no other one is likely to come
		times = times[:4]
	}
	switch {
	case looked < len(times):
	case verdict.State != NotApplied && verdict.State != Applied && last.Facts.Look.Finding == Absent: // one more decides
		return last.At.Add(acceptedAbsentAfter), looked, true
	default:
		return time.Time{}, looked, false
	}
	return verdict.Ended.Add(times[looked]), looked, true
}
