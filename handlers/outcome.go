package handlers

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// What is known of a change in words. Banner, receipt and log take them from here, so that they say the same.

// tone is how good the news of a change is: one that may have made a double wants to be looked at.
func tone(r change.Receipt) string {
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

// stateWord is how far a change has come, in one word or two.
func (v *visit) stateWord(s change.State) string {
	switch s {
	case change.Applied:
		return v.words.T("change.state.applied")
	case change.NotSent:
		return v.words.T("change.state.not-sent")
	case change.Refused:
		return v.words.T("change.state.refused")
	case change.Accepted:
		return v.words.T("change.state.accepted")
	case change.Unknown:
		return v.words.T("change.state.unknown")
	case change.NotApplied:
		return v.words.T("change.state.not-applied")
	}
	return v.words.T("change.state.sending")
}

// outcomeTitle says what became of a change: "Clocking changed." What a look or a person found says so.
func (v *visit) outcomeTitle(r change.Receipt) string {
	return v.words.T(titleKey(r), "one", upperFirst(v.oneOf(r)))
}

func titleKey(r change.Receipt) string {
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

// outcomeStatus is the returned status, or the word for an answer that never came.
func (v *visit) outcomeStatus(r change.Receipt) string {
	if r.Status != 0 {
		return statusText(r.Status)
	}
	return v.stateWord(r.State)
}

// outcomeNotes are what must be known beside title and sentence, first of all how the state is known.
func (v *visit) outcomeNotes(r change.Receipt) []string {
	var notes []string
	if r.Again {
		notes = append(notes, v.words.T("change.again"))
	}
	notes = append(notes, v.grounds(r)...)
	if c, ok := v.s.Contract.Collection(r.Collection); ok && len(r.LeftOut) > 0 {
		notes = append(notes, v.leftOut(c, r.LeftOut))
	}
	return notes
}

// grounds say what the state of a change is known from, or why it is not known.
func (v *visit) grounds(r change.Receipt) []string {
	switch {
	case r.State == change.Sending:
		return []string{v.words.T("change.sending.text")}
	case r.State == change.NotSent:
		return []string{v.failureOfUnsent(r).Text}
	case r.State == change.Unknown:
		lost := v.lostSentence(r.Failure, r.Status)
		if answeredByAnother(r) {
			lost = v.words.T("change.lost.bad-answer")
		}
		notes := append([]string{lost}, saidByProtime(r)...)
		return append(append(notes, v.words.T("change.unknown.text")), v.lastLook(r)...)
	case r.State == change.Accepted:
		notes := []string{v.words.T("change.accepted.text")}
		if r.OperationLocation != "" {
			// The older edition of the API says where it works on the change; that place has no page.
			where := "change.accepted.where"
			if _, ok := v.s.API.HostPath(r.OperationLocation); !ok {
				where = "change.accepted.elsewhere"
			}
			notes = append(notes, v.words.T(where, "place", r.OperationLocation))
		}
		return append(notes, v.lastLook(r)...)
	case r.How == change.ByRuling:
		return v.deciding(r, func(e *change.Event) bool { return e.Facts.Ruling != "" })
	case r.State == change.Applied && r.How == change.ByLook:
		return v.deciding(r, func(e *change.Event) bool {
			return e.Facts.Look != nil && e.Facts.Look.Finding == change.Ours
		})
	case r.State == change.NotApplied:
		return []string{v.words.T("change.not-applied.looks", "times", strings.Join(v.absentLooks(r), ", "))}
	}
	return nil
}

// answeredByAnother reports whether a web page came where the API's answer was due.
func answeredByAnother(r change.Receipt) bool {
	return slices.ContainsFunc(r.Events, func(e change.Event) bool { return e.Facts.Attempt != nil && e.Facts.Attempt.HTML })
}

// saidByProtime is what a refusal, or an error that does not tell, says in Protime's own words.
func saidByProtime(r change.Receipt) []string {
	if said := protime.Refusal(answerOf(r)); said != nil {
		return apiReasons(said)
	}
	return nil
}

// deciding is the fact that a verdict was reached by, with its time.
func (v *visit) deciding(r change.Receipt, is func(*change.Event) bool) []string {
	for i := range r.Events {
		if e := &r.Events[i]; is(e) && e.At.Equal(r.Verdict.At) {
			return []string{v.dated(e)}
		}
	}
	return nil
}

// lastLook says what the latest look saw, where it did not settle anything.
func (v *visit) lastLook(r change.Receipt) []string {
	for _, e := range slices.Backward(r.Events) {
		if e.Facts.Look != nil {
			return []string{v.dated(&e)}
		}
	}
	return nil
}

func (v *visit) dated(e *change.Event) string {
	return v.words.T("change.dated", "when", v.clock(e.At), "fact", v.fact(e))
}

// absentLooks are when somebody looked and saw no effect.
func (v *visit) absentLooks(r change.Receipt) []string {
	var times []string
	for _, e := range r.Events {
		if e.Facts.Look != nil && e.Facts.Look.Finding == change.Absent {
			times = append(times, v.clock(e.At))
		}
	}
	return times
}

// clock is a time of today as 08:05, another one with its day.
func (v *visit) clock(at time.Time) string {
	here := at.In(v.s.Config.TimeZone)
	if here.Format(time.DateOnly) == v.today().Format(time.DateOnly) {
		return here.Format("15:04")
	}
	return v.words.Moment(at, v.s.Config.TimeZone)
}

// actorName names who did something, by the best name that there is.
func (v *visit) actorName(a change.Actor) string {
	if a.IsSystem() {
		return v.words.T("change.itself")
	}
	return cmp.Or(a.Name, a.Email, a.Subject, v.words.T("change.somebody"))
}

// mostStanding is how many records that stood there before a create are named.
const mostStanding = 5

// standing warns that a create may have made a double: records like it were there before.
func (v *visit) standing(r change.Receipt) views.Pointers {
	paths := r.Standing.Paths
	if len(paths) == 0 || r.State == change.Refused || r.State == change.NotSent {
		return views.Pointers{}
	}
	p := views.Pointers{Text: v.words.T("change.standing", "one", v.oneOf(r))}
	for _, path := range paths[:min(len(paths), mostStanding)] {
		p.Links = append(p.Links, v.pathLink(path))
	}
	return p
}

// lostSentence says why there is no answer that tells what became of a request; status is 0 where none came.
func (v *visit) lostSentence(failure string, status int) string {
	switch {
	case failure == "timeout":
		return v.words.T("change.lost.timeout")
	case failure == "reset", failure == "cut-off":
		return v.words.T("change.lost.cut")
	case failure == "bad-answer":
		return v.words.T("change.lost.bad-answer")
	case failure == "log":
		return v.words.T("change.lost.log")
	case failure == "stopped":
		return v.words.T("change.lost.stopped")
	case status != 0:
		return v.words.T("change.lost.status", "status", statusText(status))
	}
	return v.words.T("change.lost.none")
}

// failureOfUnsent is the sentence for a request that never left.
func (v *visit) failureOfUnsent(r change.Receipt) views.Failure {
	kind := "unreached"
	switch r.Failure {
	case "no-token":
		kind = "no-token"
	case "paused":
		kind = "paused"
	}
	failure := failureOf(v, kind, "wait", v.words.Seconds(cmp.Or(r.Wait, usualWait)))
	if kind == "no-token" && r.Wait > 0 {
		failure.Steps = append(failure.Steps, v.words.T("error.wait", "wait", v.words.Seconds(r.Wait)))
	}
	if kind != "paused" { // Protime was not asked
		failure.Protime = statusLine(v.words, 0)
	}
	return failure
}
