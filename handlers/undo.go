package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// inputConfirm is carried by the button that takes a change back over what somebody else changed since: a digest of
// what was shown, so that nothing is agreed to unseen.
const inputConfirm = "confirm"

// taking is one undo on its way: the change, its inverse as the record is now, and what was typed.
type taking struct {
	v       *visit
	of      change.Receipt
	c       *contract.Collection
	inverse change.Change
	moved   []change.Difference
	values  url.Values

	spent   bool // the form's id is used up: it is given back with a new one
	whole   []string
	whyNot  string
	trouble *views.Failure
	first   string
}

// GET /changes/{id}/undo: what would be sent to take a change back. Nothing happens yet.
func (s *Server) undoPreview(v *visit) error {
	u, err := v.taking()
	if err != nil {
		return err
	}
	u.values = v.request().URL.Query()
	if err := u.look(); err != nil {
		return u.cannot(err)
	}
	return u.draw(http.StatusOK)
}

func (v *visit) taking() (*taking, error) {
	of, err := v.changeOfPath()
	if err != nil {
		return nil, err
	}
	c, ok := v.s.Contract.Collection(of.Collection)
	if !ok {
		return nil, change.ErrNoChange
	}
	return &taking{v: v, of: of, c: c}, nil
}

// look prepares the inverse from the record as it is now.
func (u *taking) look() (err error) {
	u.inverse, u.moved, err = u.v.s.Desk.Inverse(u.v.request().Context(), u.v.actor, u.of.ID)
	if err != nil {
		return err
	}
	if why := u.v.whyNot(u.c, u.inverse.Verb); why != "" {
		return u.v.refuse(u.c, u.inverse.Verb, why)
	}
	return nil
}

// POST /changes/{id}/undo: one request that takes the change back, logged as a change of its own.
func (s *Server) undo(v *visit) error {
	u, err := v.taking()
	if err != nil {
		return err
	}
	if u.values, err = v.posted(); err != nil {
		return err
	}
	if v.restored() {
		if err := u.look(); err != nil {
			return u.cannot(err)
		}
		return u.draw(http.StatusOK)
	}
	if again, ok := u.sentBefore(); ok {
		return again
	}
	if err := u.look(); err != nil {
		// The other half of a double press may have been faster.
		if again, ok := u.sentBefore(); ok {
			return again
		}
		return u.cannot(err)
	}
	return u.submit()
}

// sentBefore answers a form that was sent before: with its receipt, or with why this is another change.
func (u *taking) sentBefore() (answer error, ok bool) { //nolint:revive // an answer and whether there is one
	id := u.values.Get(form.InputChange)
	if _, err := uuid.Parse(id); err != nil {
		return nil, false
	}
	receipt, found, err := u.v.s.Desk.Spent(u.v.request().Context(), id, u.fingerprint(), u.v.actor)
	switch {
	case !found && err == nil:
		return nil, false
	case err != nil:
		return u.notSent(err), true
	}
	return u.answered(receipt), true
}

func (u *taking) fingerprint() []byte {
	return change.Fingerprint("undo", "/changes/"+u.of.ID+"/undo", u.values, form.InputChange, form.InputReturn, "restore")
}

func (u *taking) submit() error {
	v := u.v
	id := u.values.Get(form.InputChange)
	if _, err := uuid.Parse(id); err != nil {
		u.spent = true
		u.whole = append(u.whole, v.words.T("form.incomplete"))
	}
	reason := change.Reason{Code: u.values.Get(form.InputWhy), Note: u.values.Get(form.InputNote)}
	u.whyNot = v.reasonProblem(reason.Code, reason.Note)
	switch {
	case len(u.moved) > 0 && u.values.Get(inputConfirm) != u.seen():
		u.whole = append(u.whole, v.words.T("undo.confirm-first"))
		return u.draw(http.StatusConflict)
	case len(u.whole) > 0 || u.whyNot != "":
		return u.draw(http.StatusUnprocessableEntity)
	}
	c := u.inverse
	c.ID, c.Reason, c.Fingerprint, c.RequestID = id, reason, u.fingerprint(), v.id
	r, err := v.s.Desk.Do(v.request().Context(), c)
	if err != nil {
		return u.notSent(err)
	}
	return u.answered(r)
}

// seen digests what changed since, as it was shown.
func (u *taking) seen() string {
	digest := sha256.New()
	if err := json.NewEncoder(digest).Encode(u.moved); err != nil {
		return "" // raw JSON that is none: nothing can confirm it
	}
	return hex.EncodeToString(digest.Sum(nil)[:12])
}

// answered draws what became of the undo.
func (u *taking) answered(r change.Receipt) error {
	v := u.v
	switch r.State {
	case change.Refused:
		return u.refused(r)
	case change.Unknown, change.Sending:
		return v.receiptPage(r, unknownStatus(r))
	}
	back := u.back(r)
	if len(r.Shown) > 0 {
		return v.showSecret(u.c, r, back)
	}
	return v.to(marked(back, "done", r.ID, recordOf(v.s, r)))
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
	status := failureStatus(r.Failure)
	if said := protime.Refusal(answerOf(r)); said != nil {
		failure, status = v.s.apiFailure(v, said), apiStatus(said)
		if status == http.StatusServiceUnavailable {
			v.c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(waitOf(said).Seconds()))))
		}
	} else {
		failure = failureOf(v, failureKind(r.Failure))
		failure.Protime = statusLine(v.words, 0)
	}
	failure.Call = v.call(r)
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
		failure := failureOf(v, "forbidden")
		failure.Text = v.words.T(refusalKey(err))
		u.trouble, status = &failure, http.StatusForbidden
	case errors.Is(err, change.ErrLog):
		failure := failureOf(v, "log")
		u.trouble, status = &failure, http.StatusServiceUnavailable
		v.s.Logger.ErrorContext(v.request().Context(), "audit log", "id", v.id, "error", err)
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
	failure := failureOf(v, kind)
	failure.Links = links
	return &pageError{status: status, failure: failure, cause: err}
}

// draw shows the undo before it is sent. GET and POST share it.
func (u *taking) draw(status int) error {
	v := u.v
	id := u.values.Get(form.InputChange)
	if _, err := uuid.Parse(id); err != nil || u.spent {
		id = newID()
	}
	heading := v.words.T("undo.heading", "what", v.what(u.of))
	view := &views.Undo{
		Heading: heading, Sentence: v.sentence(u.of), Receipt: "/changes/" + u.of.ID, Button: v.words.T("change.undo"),
		Action: "/changes/" + u.of.ID + "/undo", Change: id, Return: v.safe(u.values.Get(form.InputReturn)),
		Whole: u.whole, WhyNot: u.whyNot, Trouble: u.trouble, First: u.first, Reasons: v.s.Config.Audit.Reasons,
		Why: u.values.Get(form.InputWhy), Note: u.values.Get(form.InputNote),
		Rows:    v.differencesOf(u.c, u.inverse.Verb, u.inverse.Before, u.inverse.After),
		Request: u.inverse.Request.Method + " " + u.inverse.Request.Path, Body: indented(u.inverse.Request.Body),
	}
	view.Consequence = v.undoConsequence(u.c, u.inverse.Verb)
	view.Cancel = view.Return
	if view.Cancel == "" {
		view.Cancel = view.Receipt
	}
	if len(u.moved) > 0 {
		view.Confirm = u.seen()
		for _, m := range u.moved {
			view.Moved = append(view.Moved, v.movedRow(u.c, m))
		}
	}
	page := v.page(heading)
	page.Problem = status >= http.StatusBadRequest
	return v.show(status, views.UndoPage(page, view))
}

// undoConsequence says what the undo of a change does to the record.
func (v *visit) undoConsequence(c *contract.Collection, verb contract.Verb) string {
	switch {
	case verb == contract.Create && len(c.Key) > 0:
		return v.words.T("undo.puts-back")
	case verb == contract.Create:
		return v.words.T("undo.creates", "one", v.one(c))
	case verb == contract.Delete:
		return v.words.T("undo.deletes", "one", v.one(c))
	}
	return v.words.T("undo.puts-back")
}

func (v *visit) movedRow(c *contract.Collection, m change.Difference) views.MovedRow {
	row := views.MovedRow{
		Label: m.Path, Left: views.Value{Text: string(m.Opened)}, Now: views.Value{Text: string(m.Now)},
		Back: views.Value{Text: string(m.Mine)},
	}
	if f, ok := c.Field(m.Path); ok {
		row.Label, row.Left, row.Now, row.Back = v.label(c, f), v.side(f, m.Opened), v.side(f, m.Now), v.side(f, m.Mine)
	}
	return row
}
