package tell

import (
	"slices"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Tone is how good the news of a change is: "good", "bad", or "warn" for one that may have made a double, and for one
// whose outcome is not known.
func Tone(r change.Receipt) string {
	switch r.State {
	case change.Applied:
		if len(r.Standing.Paths) > 0 {
			return "warn"
		}
		return "good"
	case change.Refused, change.NotApplied, change.NotSent:
		return "bad"
	}
	return "warn"
}

// State is how far a change has come, in one word or two.
func (w *Words) State(s change.State) string {
	switch s {
	case change.Applied:
		return w.T("change.state.applied")
	case change.NotSent:
		return w.T("change.state.not-sent")
	case change.Refused:
		return w.T("change.state.refused")
	case change.Accepted:
		return w.T("change.state.accepted")
	case change.Unknown:
		return w.T("change.state.unknown")
	case change.NotApplied:
		return w.T("change.state.not-applied")
	}
	return w.T("change.state.sending")
}

// OutcomeTitle says what became of a change: "Clocking changed."
func (w *Words) OutcomeTitle(r change.Receipt) string {
	if r.Undoes != "" && r.Verb == contract.Create && outcomeKey(r) == "change.title.created" {
		return w.T("change.title.added-again", "one", w.oneOf(r))
	}
	return w.T(outcomeKey(r), "one", UpperFirst(w.oneOf(r)))
}

func outcomeKey(r change.Receipt) string {
	ruled := r.How == change.ByRuling
	switch {
	case r.State == change.NotSent:
		return "change.title.not-sent"
	case r.State == change.Refused:
		return "change.title.refused"
	case r.State == change.Accepted:
		return "change.title.accepted"
	case r.State == change.Unknown:
		return "change.title.unknown"
	case r.State == change.NotApplied && ruled:
		return "change.title.ruled-not-applied"
	case r.State == change.NotApplied:
		return "change.title.not-applied"
	case r.State != change.Applied:
		return "change.title.sending"
	case ruled:
		return "change.title.ruled-applied"
	case r.How == change.ByLook:
		return "change.title.applied"
	case created(r):
		return "change.title.created"
	case r.Verb == contract.Delete:
		return "change.title.deleted"
	}
	return "change.title.changed"
}

// OutcomeNotes are what a person must know beside title and sentence, first of all how the state is known.
func (w *Words) OutcomeNotes(r change.Receipt) []string {
	var notes []string
	if r.Again {
		notes = append(notes, w.T("change.again"))
	}
	notes = append(notes, w.grounds(r)...)
	if c, ok := w.Contract.Collection(r.Collection); ok && len(r.LeftOut) > 0 {
		notes = append(notes, w.LeftOut(c, r.LeftOut))
	}
	return notes
}

// grounds say how the state of a change is known, or why it is not.
func (w *Words) grounds(r change.Receipt) []string {
	switch {
	case r.State == change.Sending:
		return []string{w.T("change.sending.text")}
	case r.State == change.NotSent:
		return []string{w.Unsent(r).Text}
	case r.State == change.Unknown:
		lost := w.lost(r.Failure, r.Status)
		if answeredByWebPage(r) {
			lost = w.T("change.lost.bad-answer")
		}
		notes := append([]string{lost}, refusalReasons(r)...)
		return append(append(notes, w.T("change.unknown.text")), w.lastLook(r)...)
	case r.State == change.Accepted:
		return append(w.accepted(r), w.lastLook(r)...)
	case r.How == change.ByRuling:
		return w.deciding(r, func(e *change.Event) bool { return e.Facts.Ruling != "" })
	case r.State == change.Applied && r.How == change.ByLook:
		return w.deciding(r, func(e *change.Event) bool {
			return e.Facts.Look != nil && e.Facts.Look.Finding == change.Ours
		})
	case r.State == change.NotApplied:
		return []string{w.T("change.not-applied.looks", "times", strings.Join(w.absentLooks(r), ", "))}
	}
	return nil
}

// accepted says that the API works on a change, and where: the older edition of the API gives a place, which has no page.
func (w *Words) accepted(r change.Receipt) []string {
	notes := []string{w.T("change.accepted.text")}
	if r.OperationLocation == "" {
		return notes
	}
	key := "change.accepted.where"
	if _, ok := w.HostPath(r.OperationLocation); !ok {
		key = "change.accepted.elsewhere"
	}
	return append(notes, w.T(key, "place", r.OperationLocation))
}

// answeredByWebPage reports whether HTML came where the API's answer was due.
func answeredByWebPage(r change.Receipt) bool {
	return slices.ContainsFunc(r.Events, func(e change.Event) bool { return e.Facts.Attempt != nil && e.Facts.Attempt.HTML })
}

// refusalReasons are what Protime said of a change that it refused or failed at.
func refusalReasons(r change.Receipt) []string {
	if refused := protime.Refusal(Answer(r)); refused != nil {
		return Reasons(refused)
	}
	return nil
}

// deciding is the event that gave a change its state, with its time.
func (w *Words) deciding(r change.Receipt, is func(*change.Event) bool) []string {
	for i := range r.Events {
		if e := &r.Events[i]; is(e) && e.At.Equal(r.Verdict.At) {
			return []string{w.dated(e)}
		}
	}
	return nil
}

// lastLook says what the latest look saw.
func (w *Words) lastLook(r change.Receipt) []string {
	for _, e := range slices.Backward(r.Events) {
		if e.Facts.Look != nil {
			return []string{w.dated(&e)}
		}
	}
	return nil
}

func (w *Words) dated(e *change.Event) string {
	return w.T("change.dated", "when", w.timeOf(e.At), "fact", w.event(e))
}

// absentLooks are when somebody looked and saw no effect.
func (w *Words) absentLooks(r change.Receipt) []string {
	var times []string
	for _, e := range r.Events {
		if e.Facts.Look != nil && e.Facts.Look.Finding == change.Absent {
			times = append(times, w.timeOf(e.At))
		}
	}
	return times
}

// timeOf is a time of today as 08:05, any other with its date.
func (w *Words) timeOf(at time.Time) string {
	here := at.In(w.TimeZone)
	if here.Format(time.DateOnly) == w.Today.Format(time.DateOnly) {
		return here.Format("15:04")
	}
	return w.Moment(at, w.TimeZone)
}

// mostStanding is how many records that were there before a create are named.
const mostStanding = 5

// Standing warns that a create may have made a double: records like it were there before.
func (w *Words) Standing(r change.Receipt) views.Pointers {
	paths := r.Standing.Paths
	if len(paths) == 0 || r.State == change.Refused || r.State == change.NotSent {
		return views.Pointers{}
	}
	p := views.Pointers{Text: w.T("change.standing", "one", w.oneOf(r))}
	for _, path := range paths[:min(len(paths), mostStanding)] {
		p.Links = append(p.Links, w.Link(path))
	}
	return p
}
