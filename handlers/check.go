package handlers

import (
	"errors"
	"net/http"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// POST /changes/{id}/check: looks at Protime for what became of a change whose answer never came. It sends nothing
// but GETs, so that a second press does no harm.
func (s *Server) check(v *visit) error {
	first, err := v.changeOfPath()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	r, err := s.Desk.Check(v.request().Context(), v.actor, first.ID)
	switch {
	case errors.Is(err, change.ErrNotUnknown):
		r = first // the other half of a double press was faster: its answer is the answer
	case errors.Is(err, change.ErrRunning):
		failure := failureOf(v, "still-running")
		failure.Links = []views.Link{{Text: v.words.T("change.details"), Href: "/changes/" + first.ID}}
		return &pageError{status: http.StatusConflict, failure: failure, cause: err}
	case errors.Is(err, change.ErrRole):
		return &pageError{status: http.StatusForbidden, failure: failureOf(v, "not-your-change"), cause: err}
	case err != nil:
		return err
	}
	back := "/changes/" + r.ID
	if target := v.safe(values.Get("return")); target != "" {
		back = target
	}
	return v.to(marked(back, "done", r.ID, recordOf(s, r)))
}

// safe is a path of ours to go back to, without the prefix; "" when the text is none.
func (v *visit) safe(target string) string {
	if target == "" {
		return ""
	}
	safe := v.s.SignIn.Returns.SafeReturn(v.s.base + target)
	if safe == v.s.SignIn.Returns.Home() && target != "/" {
		return ""
	}
	return safe[len(v.s.base):]
}

// checkPath is where Check now is sent, "" where there is nothing to look up or this person may not.
func (v *visit) checkPath(r change.Receipt) string {
	switch r.State {
	case change.Unknown, change.Sending, change.Accepted:
	default:
		return ""
	}
	if r.Erased || !change.MayTouch(v.actor, r) {
		return ""
	}
	return "/changes/" + r.ID + "/check"
}

// undoPath leads to a change's undo; why says why there is none where one could expect it.
func (v *visit) undoPath(r change.Receipt) (path, why string) {
	if r.State != change.Done && r.State != change.Applied || r.UndoneBy != "" || r.Erased ||
		!change.MayTouch(v.actor, r) {
		return "", ""
	}
	c, ok := v.s.Contract.Collection(r.Collection)
	if !ok {
		return "", ""
	}
	if why := v.whyNot(c, inverseOf(r.Verb)); why != "" {
		sentence := v.words.T("undo.not", "why", why)
		return "", sentence
	}
	return "/changes/" + r.ID + "/undo", ""
}

// inverseOf is the verb that takes another one back.
func inverseOf(verb contract.Verb) contract.Verb {
	switch verb {
	case contract.Create:
		return contract.Delete
	case contract.Delete:
		return contract.Create
	}
	return contract.Replace
}

// seenKey is the sentence of what a look at the server showed.
func seenKey(seen change.Seen) string {
	switch seen {
	case change.SeenAfter:
		return "change.seen.after"
	case change.SeenBefore:
		return "change.seen.before"
	case change.SeenOtherwise:
		return "change.seen.otherwise"
	case change.SeenMissing:
		return "change.seen.missing"
	case change.SeenDeleted:
		return "change.seen.deleted"
	case change.SeenThere:
		return "change.seen.there"
	case change.SeenFound:
		return "change.seen.found"
	case change.SeenNone:
		return "change.seen.none"
	case change.SeenSeveral:
		return "change.seen.several"
	case change.SeenUnclear:
		return "change.seen.unclear"
	}
	return ""
}

// lostKey is the sentence of what became of an answer that says nothing.
func lostKey(r change.Receipt) string {
	switch r.Failure {
	case "timeout":
		return "change.lost.timeout"
	case "reset", "cut-off":
		return "change.lost.cut"
	case "bad-answer":
		return "change.lost.bad-answer"
	case "log":
		return "change.lost.log"
	case "stopped":
		return "change.lost.stopped"
	}
	if r.Status != 0 {
		return "change.lost.bad-answer" // a gateway's own
	}
	return "change.lost.none"
}
