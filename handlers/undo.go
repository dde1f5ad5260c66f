package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
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
	if v.stopped() && change.Has(v.actor.Roles, change.Make) {
		return v.logAway()
	}
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
	if v.stopped() && change.Has(v.actor.Roles, change.Make) {
		return v.logAway()
	}
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
	if !isID(id) {
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
	if !isID(id) {
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

// draw shows the undo before it is sent. GET and POST share it.
func (u *taking) draw(status int) error {
	v := u.v
	id := u.values.Get(form.InputChange)
	if !isID(id) || u.spent {
		id = newID()
	}
	heading := v.words.T("undo.heading", "what", v.words.What(u.of))
	view := &views.Undo{
		Heading: heading, Sentence: v.words.Sentence(u.of), Receipt: "/changes/" + u.of.ID, Button: v.words.T("change.undo"),
		Action: "/changes/" + u.of.ID + "/undo", Change: id, Return: v.safe(u.values.Get(form.InputReturn)),
		Whole: u.whole, WhyNot: u.whyNot, Trouble: u.trouble, First: u.first, Reasons: v.s.Config.Audit.Reasons,
		Why: u.values.Get(form.InputWhy), Note: u.values.Get(form.InputNote),
		Rows:    v.words.DifferencesOf(u.c, u.inverse.Verb, u.inverse.Before, u.inverse.After),
		Request: u.inverse.Request.Method + " " + u.inverse.Request.Path, Body: tell.Indented(u.inverse.Request.Body),
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
		return v.words.T("undo.creates", "one", v.words.One(c))
	case verb == contract.Delete:
		return v.words.T("undo.deletes", "one", v.words.One(c))
	}
	return v.words.T("undo.puts-back")
}

func (v *visit) movedRow(c *contract.Collection, m change.Difference) views.MovedRow {
	row := views.MovedRow{
		Label: m.Path, Left: views.Value{Text: string(m.Opened)}, Now: views.Value{Text: string(m.Now)},
		Back: views.Value{Text: string(m.Mine)},
	}
	if f, ok := c.Field(m.Path); ok {
		row.Label, row.Left, row.Now, row.Back = v.words.Label(c, f), v.words.Value(f, m.Opened), v.words.Value(f, m.Now), v.words.Value(f, m.Mine)
	}
	return row
}
