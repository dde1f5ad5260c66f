package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// answered draws what became of the undo.
func (u *taking) answered(r change.Receipt) error {
	v := u.v
	switch r.State {
	case change.Refused, change.NotSent:
		return u.refused(r)
	case change.Unknown, change.Sending:
		return v.receiptPage(r, v.unsureStatus(r), receiptForm{})
	}
	back := u.back(r)
	if len(r.Shown) > 0 {
		return v.showSecret(u.c, r, back)
	}
	return v.to(marked(back, "done", r.ID, v.words.RecordPath(r)))
}

// back is where the browser goes afterwards: where it came from, unless that page is gone with the undo.
func (u *taking) back(r change.Receipt) string {
	target := u.v.safe(u.values.Get(form.InputReturn))
	if target == "" {
		return "/changes/" + r.ID
	}
	parsed, err := url.Parse(target)
	if err != nil || r.Verb == contract.Delete && parsed.Path == r.Path {
		return "/changes/" + r.ID
	}
	return target
}

// refused shows the undo again with what Protime said.
func (u *taking) refused(r change.Receipt) error {
	v := u.v
	u.spent = true
	var failure views.Failure
	var status int
	if said := protime.Refusal(tell.Answer(r)); r.State == change.Refused && said != nil {
		failure, status = v.words.APIFailure(said), apiStatus(said)
		v.askToWait(status, said)
	} else {
		failure, status = v.words.Unsent(r), v.unsentStatus(r)
	}
	failure.Call = v.words.Call(r)
	u.trouble = &failure
	if err := u.look(); err != nil {
		failure.Links = append(failure.Links, views.Link{Text: v.words.T("change.details"), Href: "/changes/" + r.ID})
		return &pageError{status: status, failure: failure, cause: err}
	}
	return u.draw(status)
}

// notSent says why nothing was sent; what was typed comes back.
func (u *taking) notSent(err error) error {
	v := u.v
	var spent *change.SpentError
	status := http.StatusConflict
	switch {
	case errors.As(err, &spent):
		u.spent = true
		u.whole = append(u.whole, v.words.T("form.spent"))
		if spent.First != nil {
			u.first = "/changes/" + spent.First.ID
		}
	case errors.Is(err, change.ErrOwnRecord), errors.Is(err, change.ErrWhose), errors.Is(err, change.ErrRole):
		failure := v.words.Failure("forbidden")
		failure.Text = v.words.T(refusalKey(err))
		u.trouble, status = &failure, http.StatusForbidden
	case errors.Is(err, change.ErrLog):
		failure := v.words.Failure(logFailure(err))
		u.trouble, status = &failure, http.StatusServiceUnavailable
		v.askToWait(status, err)
		v.s.Logger.ErrorContext(v.request().Context(), "audit log", "error", err)
	default:
		return u.cannot(err)
	}
	if u.inverse.Verb == "" {
		if err := u.look(); err != nil {
			return u.cannot(err)
		}
	}
	return u.draw(status)
}

// cannot is the page that says why a change cannot be taken back (any more).
func (u *taking) cannot(err error) error {
	v := u.v
	kind, status := "", http.StatusConflict
	links := []views.Link{{Text: v.words.T("change.details"), Href: "/changes/" + u.of.ID}}
	switch {
	case errors.Is(err, change.ErrUndone):
		kind = "undone"
		if now, err := v.s.Desk.Receipt(v.request().Context(), v.actor, u.of.ID); err == nil && now.UndoneBy != "" {
			links = append(links, views.Link{Text: v.words.T("change.undone-by"), Href: "/changes/" + now.UndoneBy})
		}
	case errors.Is(err, change.ErrNotUndoable):
		kind = "not-undoable"
	case errors.Is(err, change.ErrGone):
		kind = "undo-gone"
	case errors.Is(err, change.ErrNothing):
		kind = "undo-nothing"
	case errors.Is(err, change.ErrRole):
		kind, status = "not-your-change", http.StatusForbidden
	default:
		return err
	}
	failure := v.words.Failure(kind)
	failure.Links = links
	return &pageError{status: status, failure: failure, cause: err}
}
