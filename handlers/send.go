package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/change"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// submit is one posted form that changes something. It is what send needs of a page, so that creating, editing,
// deleting and undoing follow one protocol.
type submit struct {
	id          string // of the form; the change gets it
	fingerprint []byte // of what was typed
	reason      change.Reason
	draft       bool // the button sends nothing to Protime: Preview, a row more or less
	collection  *contract.Collection
	back        string        // page to go to after the change
	instead     string        // page to go to when the change took that one away
	next        func() string // page to go to instead of back, "" or nil where the person goes back

	// prepare reads what the change needs from Protime and returns it, or returns what speaks against it.
	prepare func() (change.Change, *outcome)
	// draw answers with the page for an outcome.
	draw func(outcome) error
}

// outcome is the result of a submit, for the page that draws it.
type outcome struct {
	status     int
	newID      bool           // the form's id is spent, or is none: the form gets a new one
	sentences  []string       // about the form as a whole
	whyNot     string         // what is wrong with the reason
	failure    *views.Failure // what failed, in words
	first      string         // path of the change that spent the form's id
	unchanged  string         // page of a record that is as it was typed already
	err        error          // why nothing was sent
	prepared   *change.Change // what would be sent
	receipt    *change.Receipt
	refusal    *protime.Error // what Protime answered, where it refused
	notOffered bool           // the tenant's API does not have the verb
	unsure     *views.Banner  // the change is sent, and nobody knows what became of it
	wait       time.Duration  // before another try makes sense; 0: nobody knows
}

// send makes the change of a submit, once, and answers the browser. A form that comes back after sign-in goes the same
// way and stops before anything is sent.
func (x *exchange) send(p submit) error {
	sends := !p.draft && x.given == nil
	if sends {
		if o := x.spent(p); o != nil {
			return x.answer(p, o)
		}
	}
	c, o := p.prepare()
	if o == nil || o.status == http.StatusUnprocessableEntity {
		o = x.check(p, o)
	}
	switch {
	case o != nil && sends:
		// The first request of a double click may have made the change since: the record has it, or is gone.
		o = cmp.Or(x.spent(p), o)
	case o == nil && !sends:
		o = &outcome{status: http.StatusOK, prepared: &c}
	case o != nil && x.given != nil && o.failure == nil:
		o.status = http.StatusOK // nobody pressed a button: the form is shown, with what is wrong with it
	case o == nil:
		r, err := x.s.Desk.Do(x.request().Context(), c)
		o = x.outcomeOf(r, err)
	}
	return x.answer(p, o)
}

// spent returns what became of a form that was sent before, nil for a new one.
func (x *exchange) spent(p submit) *outcome {
	if !isID(p.id) || x.stopped() {
		return nil
	}
	r, found, err := x.s.Desk.Spent(x.request().Context(), p.id, p.fingerprint, x.actor)
	if !found && err == nil {
		return nil
	}
	return x.outcomeOf(r, err)
}

// check adds what is wrong with the form's id and the reason.
func (x *exchange) check(p submit, o *outcome) *outcome {
	whyNot := x.reasonProblem(p.reason)
	if o == nil && whyNot == "" && isID(p.id) {
		return nil
	}
	checked := outcome{status: http.StatusUnprocessableEntity}
	if o != nil {
		checked = *o
	}
	checked.whyNot, checked.newID = whyNot, !isID(p.id)
	if checked.newID && len(checked.sentences) == 0 {
		checked.sentences = []string{x.words.T("form.incomplete")}
	}
	return &checked
}

// answer redirects after a change that was made, so that the page there shows it, and draws every other outcome.
func (x *exchange) answer(p submit, o *outcome) error {
	switch r := o.receipt; {
	case r != nil && o.status == http.StatusSeeOther:
		x.rememberReason(r.Reason.Code)
		if p.next != nil {
			if next := p.next(); next != "" {
				return x.to(marked(next, "done", r.ID, ""))
			}
		}
		back := p.back
		if r.Verb == contract.Delete && isBelow(back, r.Path) {
			back = p.instead
		}
		if len(r.Shown) > 0 {
			return x.showSecret(p.collection, *r, back)
		}
		return x.to(marked(back, "done", r.ID, x.words.RecordPath(*r)))
	case o.unchanged != "" && x.given == nil:
		return x.to(marked(p.back, "notice", "unchanged", o.unchanged))
	case o.status == http.StatusInternalServerError:
		return o.err
	}
	x.askToWait(o.status, o.wait)
	return p.draw(*o)
}

// outcomeOf is the outcome of a receipt, or of the error of a change that was not sent: its status and
// sentences, and whether the form needs a new id. An error of the API gets its status from apiStatus, one of package change
// from changeFailure.
func (x *exchange) outcomeOf(r change.Receipt, err error) *outcome {
	if err != nil {
		return x.failed(err)
	}
	o := &outcome{receipt: &r, status: http.StatusSeeOther}
	said := protime.Refusal(tell.Answer(r))
	switch {
	case r.State == change.Refused && said != nil:
		x.refused(o, said)
	case r.State == change.Refused, r.State == change.NotSent:
		failure := x.words.Unsent(r)
		o.newID, o.failure, o.status, o.wait = true, &failure, http.StatusBadGateway, r.Wait
		if r.Failure == "paused" {
			o.status = http.StatusServiceUnavailable
		}
		o.failure.Call = x.words.Call(r)
	case r.State == change.Unknown, r.State == change.Sending:
		o.unsure, o.status = x.receiptBanner(r), http.StatusBadGateway
		switch {
		case r.State == change.Sending, r.Failure == "timeout":
			o.status = http.StatusGatewayTimeout
		case r.Status == http.StatusServiceUnavailable && said != nil:
			o.status, o.wait = r.Status, said.RetryAfter
		}
	}
	return o
}

// refused says what Protime answered to a change that it did not make.
func (x *exchange) refused(o *outcome, said *protime.Error) {
	r := o.receipt
	said.Path = r.Request.Path
	failure := x.words.APIFailure(said)
	c, known := x.s.Contract.Collection(r.Collection)
	if known && notOffered(c, r, said) {
		o.notOffered = true
		failure = views.Failure{
			Title:   x.words.T("error.not-offered.title"),
			Text:    x.words.T(notOfferedKey(r.Verb), "what", x.words.Within(x.words.Collection(c))),
			Protime: x.words.StatusLine(said.Status), Reasons: tell.Reasons(said),
		}
	}
	failure.Call = x.words.Call(*r)
	o.newID, o.refusal, o.failure = true, said, &failure
	o.status, o.wait = apiStatus(said), said.RetryAfter
}

// notOffered reports whether a refusal says that the tenant's API does not have the verb: with 404 it does so of a POST
// to a list, and of a PUT or DELETE of a record that a GET just gave. Below another record a POST may also name one
// that is not there.
func notOffered(c *contract.Collection, r *change.Receipt, said *protime.Error) bool {
	switch {
	case said.Is(protime.NotOffered):
		return true
	case !said.Is(protime.NotFound):
		return false
	case r.Verb == contract.Create:
		return !nested(c)
	}
	return len(r.Before) > 0
}

func notOfferedKey(verb contract.Verb) string {
	switch verb {
	case contract.Create:
		return "error.no-create"
	case contract.Delete:
		return "error.no-delete"
	}
	return "error.no-replace"
}

// failed says why nothing was sent.
func (x *exchange) failed(err error) *outcome {
	o := &outcome{err: err}
	var spent *change.SpentError
	if errors.As(err, &spent) {
		o.status, o.newID, o.sentences = http.StatusConflict, true, []string{x.words.T("form.spent")}
		if spent.First != nil {
			o.first = "/changes/" + spent.First.ID
		}
		return o
	}
	status, failure := x.s.explain(x, err)
	switch {
	case errors.Is(err, change.ErrOwnRecord):
		failure.Text = x.words.T("error.own-record")
	case errors.Is(err, change.ErrNotComparable):
		failure.Text = x.words.T("error.whose.never")
	case errors.Is(err, change.ErrWhose):
		failure.Text = x.words.T("error.whose")
	case errors.Is(err, change.ErrUnreadable):
		failure = x.words.Failure("log-away")
	}
	o.status, o.failure, o.wait = status, &failure, waitOf(err)
	if errors.Is(err, change.ErrLog) || errors.Is(err, change.ErrUnreadable) {
		x.s.Logger.ErrorContext(x.request().Context(), "audit log", "error", err)
	}
	return o
}

// page is the error page for an outcome whose form cannot be drawn.
func (o outcome) page(links ...views.Link) error {
	if o.failure == nil {
		return o.err
	}
	failure := *o.failure
	failure.Links = append(failure.Links, links...)
	return &pageError{status: o.status, failure: failure, cause: o.err, wait: o.wait}
}

// formID is the id that a form is drawn with: its own, or a new one where that is spent or none.
func formID(id string, spent bool) string {
	if !spent && isID(id) {
		return id
	}
	return newID()
}

// newID makes a form's id, which is the change's: a UUIDv7, so that ids sort by time.
func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString()
	}
	return id.String()
}

// isID reports whether a text is a form's id as newID writes it. Other spellings of the same id would be other ids to
// the log, and no path to a receipt.
func isID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}
