package handlers

import (
	"cmp"
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

// undoRequest is the state of one request that takes a change back.
type undoRequest struct {
	x       *exchange
	of      change.Receipt
	c       *contract.Collection
	values  url.Values
	inverse change.Change       // of the record as it is now
	moved   []change.Difference // since the change
	loaded  bool
	loadErr error
}

// GET /changes/{id}/undo: what would be sent to take a change back. Nothing happens yet.
func (s *Server) undoPreview(x *exchange) error {
	u, err := x.newUndoRequest()
	if err != nil {
		return err
	}
	u.values = x.address().Query()
	return u.draw(outcome{status: http.StatusOK})
}

// POST /changes/{id}/undo: one request that takes the change back, logged as a change of its own.
func (s *Server) undo(x *exchange) error {
	u, err := x.newUndoRequest()
	if err != nil {
		return err
	}
	if u.values, err = x.posted(); err != nil {
		return err
	}
	receipt := "/changes/" + u.values.Get(form.InputChange)
	return x.send(submit{
		id: u.values.Get(form.InputChange), fingerprint: u.fingerprint(), reason: u.reason(), collection: u.c,
		back: cmp.Or(x.safe(u.values.Get(form.InputReturn)), receipt), instead: receipt,
		prepare: u.prepare, draw: u.draw,
	})
}

func (x *exchange) newUndoRequest() (*undoRequest, error) {
	if x.stopped() && change.Has(x.actor.Roles, change.Make) {
		return nil, x.logAway()
	}
	of, err := x.changeOfPath()
	if err != nil {
		return nil, err
	}
	c, ok := x.s.Contract.Collection(of.Collection)
	if !ok {
		return nil, change.ErrNoChange
	}
	return &undoRequest{x: x, of: of, c: c}, nil
}

func (u *undoRequest) fingerprint() []byte {
	return change.Fingerprint("undo", "/changes/"+u.of.ID+"/undo", u.values, form.InputChange, form.InputReturn)
}

func (u *undoRequest) reason() change.Reason {
	return reasonOf(u.values)
}

func (u *undoRequest) prepare() (change.Change, *outcome) {
	if err := u.load(); err != nil {
		return change.Change{}, u.x.failed(err)
	}
	if len(u.moved) > 0 && u.values.Get(inputConfirm) != u.seen() {
		return change.Change{}, &outcome{
			status: http.StatusConflict, sentences: []string{u.x.words.T("undo.confirm-first")},
		}
	}
	c := u.inverse
	c.ID, c.Reason, c.Fingerprint, c.RequestID = u.values.Get(form.InputChange), u.reason(), u.fingerprint(), u.x.id
	return c, nil
}

// load prepares the inverse from the record as it is now, once.
func (u *undoRequest) load() error {
	if u.loaded {
		return u.loadErr
	}
	u.loaded = true
	u.inverse, u.moved, u.loadErr = u.x.s.Desk.Inverse(u.x.request().Context(), u.x.actor, u.of.ID)
	if u.loadErr != nil {
		return u.loadErr
	}
	if why := u.x.whyNot(u.c, u.inverse.Verb); why != "" {
		u.loadErr = u.x.refuse(u.c, u.inverse.Verb, why)
	}
	return u.loadErr
}

// seen digests what changed since, as it was shown.
func (u *undoRequest) seen() string {
	digest := sha256.New()
	if err := json.NewEncoder(digest).Encode(u.moved); err != nil {
		return "" // raw JSON that is none: nothing can confirm it
	}
	return hex.EncodeToString(digest.Sum(nil)[:12])
}

// draw shows the undo with what became of it. GET and POST share it.
func (u *undoRequest) draw(o outcome) error {
	x := u.x
	if o.unsure != nil {
		return x.receiptPage(*o.receipt, o.status, receiptForm{})
	}
	if err := u.load(); err != nil {
		return u.withoutInverse(o, err)
	}
	heading := x.words.T("undo.heading", "what", x.words.What(u.of))
	if u.of.Verb == contract.Delete {
		heading = x.words.T("undo.heading-delete", "what", x.words.What(u.of))
	}
	reason, receipt := x.reasonShown(u.reason()), "/changes/"+u.of.ID
	view := &views.Undo{
		Heading: heading, Sentence: x.words.Sentence(u.of), Receipt: receipt, Button: x.words.T("change.undo"),
		Action: receipt + "/undo", Change: formID(u.values.Get(form.InputChange), o.newID),
		Return: x.safe(u.values.Get(form.InputReturn)), Sentences: o.sentences, WhyNot: o.whyNot, Trouble: o.failure,
		First: o.first, Reasons: x.reasons(reason.Code), Why: reason.Code, Note: reason.Note,
		Rows:    x.words.DifferencesOf(u.c, u.inverse.Verb, u.inverse.Before, u.inverse.After),
		Request: u.inverse.Request.Method + " " + u.inverse.Request.Path, Body: tell.Indented(u.inverse.Request.Body),
		Consequence: x.undoConsequence(u.c, u.inverse.Verb), Creates: u.inverse.Verb == contract.Create,
	}
	view.Cancel = cmp.Or(view.Return, receipt)
	if len(u.moved) > 0 {
		view.Confirm = u.seen()
		for _, m := range u.moved {
			view.Moved = append(view.Moved, x.movedRow(u.c, m))
		}
	}
	page := x.page(heading)
	page.Problem = o.status >= http.StatusBadRequest
	return x.show(o.status, views.UndoPage(page, view))
}

// withoutInverse is the page for a change that cannot be taken back (any more), or for what became of it.
func (u *undoRequest) withoutInverse(o outcome, err error) error {
	if o.receipt != nil {
		return o.page(views.Link{Text: u.x.words.T("change.details"), Href: "/changes/" + o.receipt.ID})
	}
	return u.x.aboutChange(u.of.ID, err)
}

// undoConsequence says what the undo of a change does to the record.
func (x *exchange) undoConsequence(c *contract.Collection, verb contract.Verb) string {
	switch {
	case verb == contract.Create && len(c.Key) == 0:
		return x.words.T("undo.creates", "one", x.words.One(c))
	case verb == contract.Delete:
		return x.words.T("undo.deletes", "one", x.words.One(c))
	}
	return x.words.T("undo.puts-back")
}

func (x *exchange) movedRow(c *contract.Collection, m change.Difference) views.MovedRow {
	row := views.MovedRow{
		Label: m.Path, Left: views.Value{Text: string(m.Opened)}, Now: views.Value{Text: string(m.Now)},
		Back: views.Value{Text: string(m.Mine)},
	}
	if f, ok := c.Field(m.Path); ok {
		row.Label, row.Left, row.Now, row.Back = x.words.Label(c, f), x.words.Value(f, m.Opened), x.words.Value(f, m.Now), x.words.Value(f, m.Mine)
	}
	return row
}
