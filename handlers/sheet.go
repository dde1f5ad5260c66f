package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// sheet is one form on its way: the record that it is about, what was typed, and what there is to say.
type sheet struct {
	v      *visit
	c      *contract.Collection
	verb   contract.Verb
	plan   *form.Plan
	params []string
	page   string // path of the page that the form belongs to, and of the record in the audit log
	query  string // of the API's resource: the external reference that the path's last element is
	base   protime.Record
	etag   string
	exists bool // PUT replaces a record; false: it creates one

	values url.Values
	sub    form.Submission

	whole    []string
	problems []form.Problem
	trouble  *views.Failure
	notes    []string
	whyNot   string
	preview  *views.Preview
	conflict bool
	unsure   *views.Banner
	first    string
	spent    bool // the form's id is used up: it is given back with a new one
}

// posted reads a form's body; the limit is the door's.
func (v *visit) posted() (url.Values, error) {
	if err := v.request().ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, err
		}
		return nil, &pageError{status: http.StatusBadRequest, failure: v.words.Failure("bad-request"), cause: err}
	}
	return v.request().PostForm, nil
}

// newID is a form's id, or a change's: a UUIDv7, so that ids sort by time.
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

// fingerprint digests what was typed, for "the same form again". The values at opening do not count: they are ours.
func (f *sheet) fingerprint() []byte {
	return f.sub.Fingerprint(string(f.verb), f.page, f.query)
}

// back is where the browser goes after the change, or on Cancel.
func (f *sheet) back() string {
	target := f.sub.Return
	if target == "" {
		target = f.v.request().URL.Query().Get("return")
	}
	if target != "" {
		if f.v.s.base != "" && strings.HasPrefix(target, f.v.s.base+"/") {
			target = strings.TrimPrefix(target, f.v.s.base)
		}
		safe := strings.TrimPrefix(f.v.s.SignIn.Redirects.Safe(f.v.s.base+target), f.v.s.base)
		if safe != "/" || target == "/" {
			return safe
		}
	}
	switch {
	case f.verb == contract.Replace && f.exists && f.c.Offers(contract.Read) && len(f.c.Key) == 0:
		return f.page
	case f.verb == contract.Replace && f.c.Whole:
		return strings.TrimSuffix(f.page, "/edit")
	}
	return f.c.URL(f.params...)
}

// deletes says that a path is a page of the record that this form takes away: there is no way back to it.
func (f *sheet) deletes(path string) bool {
	if f.verb != contract.Delete {
		return false
	}
	page, _, _ := strings.Cut(path, "?")
	return page == f.page || strings.HasPrefix(page, f.page+"/")
}

// done sends the browser back with the change named, so that the page there shows what happened.
func (f *sheet) done(r change.Receipt) error {
	back := f.back()
	if f.deletes(back) {
		back = f.c.URL(f.params...)
	}
	return f.v.to(marked(back, "done", r.ID, f.v.words.RecordPath(r)))
}

// marked adds a parameter to a path, and the row to go to.
func marked(path, name, value, record string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/?" + url.Values{name: {value}}.Encode()
	}
	q := u.Query()
	q.Del("done")
	q.Del("notice")
	q.Set(name, value)
	u.RawQuery = q.Encode()
	if i := strings.LastIndexByte(record, '/'); i >= 0 && record[i+1:] != "" {
		u.Fragment = "r-" + record[i+1:]
	}
	return u.String()
}

// problemsFirst checks what can be told without the API: the form's own id, the reason.
func (f *sheet) problemsFirst() {
	v := f.v
	if !isID(f.sub.Change) {
		f.spent = true
		f.whole = append(f.whole, v.words.T("form.incomplete"))
	}
	if f.verb != contract.Create && f.exists && f.values.Get(form.InputOpened) == "" {
		f.whole = append(f.whole, v.words.T("form.incomplete"))
	}
	f.whole = slices.Compact(f.whole)
	f.whyNot = v.reasonProblem(f.sub.Why, f.sub.Note)
}

// longestReason is how many bytes of a reason the log takes.
const longestReason = 2000

// reasons are those to choose from. One that was given and is not of the list stays: the list may have changed since
// the form was opened, and what a person says is a reason.
func (v *visit) reasons(given string) []string {
	listed := v.s.Config.Audit.Reasons
	if given == "" || slices.Contains(listed, given) {
		return listed
	}
	return append(slices.Clone(listed), given)
}

// reasonProblem is the sentence about a reason that is missing or too long.
func (v *visit) reasonProblem(why, note string) string {
	audit := v.s.Config.Audit
	switch {
	case audit.ReasonRequired && strings.TrimSpace(why) == "" && strings.TrimSpace(note) == "":
		return v.words.T("form.why.required")
	case len(why)+len(note) > longestReason:
		return v.words.T("form.why.long")
	}
	return ""
}

// change is what is handed in at the desk.
func (f *sheet) change(after protime.Record, body []byte, leftOut []string) change.Change {
	v := f.v
	c := change.Change{
		ID: f.sub.Change, Actor: v.actor, Collection: f.c.Name, Verb: f.verb, Path: f.page,
		Reason: change.Reason{Code: f.sub.Why, Note: f.sub.Note}, LeftOut: leftOut, RequestID: v.id,
		Fingerprint: f.fingerprint(), Secret: f.c.Secret,
		Request: change.Request{
			Method: f.c.Operations[f.verb].Method, Path: f.c.Operations[f.verb].URL(f.params...), Query: f.query,
			Body: body, IfMatch: f.etag,
		},
	}
	if f.exists {
		c.Before = f.base.Raw()
	}
	if f.verb != contract.Delete {
		c.After = after.Raw()
	}
	c.Person = personOf(after)
	if c.Person == "" {
		c.Person = personOf(f.base)
	}
	return c
}

func personOf(r protime.Record) string { return r.Text("person", "id") }

// handIn makes the change and answers the browser: done, refused, or unknown.
func (f *sheet) handIn(c change.Change) error {
	v := f.v
	r, err := v.s.Desk.Do(v.request().Context(), c)
	if err != nil {
		return f.notSent(err)
	}
	return f.answered(r)
}

// answered draws what became of a change.
func (f *sheet) answered(r change.Receipt) error {
	switch r.State {
	case change.Refused, change.NotSent:
		return f.refused(r)
	case change.Unknown, change.Sending:
		f.unsure = f.v.receiptBanner(r)
		return f.draw(f.v.unsureStatus(r))
	}
	if len(r.Shown) > 0 {
		return f.v.showSecret(f.c, r, f.back())
	}
	return f.done(r)
}

// notSent says why nothing was sent; what was typed comes back.
func (f *sheet) notSent(err error) error {
	v := f.v
	var spent *change.SpentError
	switch {
	case errors.As(err, &spent):
		f.spent = true
		f.whole = append(f.whole, v.words.T("form.spent"))
		if spent.First != nil {
			f.first = "/changes/" + spent.First.ID
		}
		return f.draw(http.StatusConflict)
	case errors.Is(err, change.ErrUndone):
		f.whole = append(f.whole, v.words.T("undo.already"))
		return f.draw(http.StatusConflict)
	case errors.Is(err, change.ErrRole), errors.Is(err, change.ErrOwnRecord), errors.Is(err, change.ErrWhose):
		failure := v.words.Failure("forbidden")
		failure.Text = v.words.T(refusalKey(err))
		f.trouble = &failure
		return f.draw(http.StatusForbidden)
	}
	f.logTrouble(err)
	return f.draw(http.StatusServiceUnavailable)
}

// logTrouble says that the audit log cannot be used, so that nothing can be sent: what is left of a desk's errors.
func (f *sheet) logTrouble(err error) {
	failure := f.v.words.Failure(logFailure(err))
	f.trouble = &failure
	f.v.askToWait(http.StatusServiceUnavailable, err)
	f.v.s.Logger.ErrorContext(f.v.request().Context(), "audit log", "error", err)
}

func refusalKey(err error) string {
	switch {
	case errors.Is(err, change.ErrOwnRecord):
		return "error.own-record"
	case errors.Is(err, change.ErrNotComparable):
		return "error.whose.never"
	case errors.Is(err, change.ErrWhose):
		return "error.whose"
	}
	return "error.role"
}

// apiTrouble is a failure of the API to read what a form needs: the form comes back as it was typed.
func (f *sheet) apiTrouble(err error) error {
	var api *protime.Error
	if !errors.As(err, &api) {
		return err
	}
	failure := f.v.words.APIFailure(api)
	f.trouble = &failure
	status := apiStatus(api)
	f.v.askToWait(status, api)
	return f.draw(status)
}
