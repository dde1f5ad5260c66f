package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/form"
	"protime-admin/views"
)

// Inputs of the form that leaves a day as it is, beside change, why, why.note and return: what was seen.
const (
	inputPerson = "person"
	inputDate   = "date"
	inputRules  = "rules"
	inputDigest = "digest"
)

// leftReason is why a day is left as it is: what is stored, and its message.
type leftReason struct{ code, key string }

func leftReasons() []leftReason {
	return []leftReason{
		{"right", "left.right"}, {"agreed", "left.agreed"}, {"called-in", "left.called-in"}, {"plan", "left.plan"},
		{"other", "left.other"},
	}
}

// leftWords is a stored reason in words.
func (x *exchange) leftWords(code string) string {
	for _, reason := range leftReasons() {
		if reason.code == code {
			return x.words.T(reason.key)
		}
	}
	return code
}

// leaveForm is the form that leaves a day as it is, in its row.
func (w *worklistPage) leaveForm(d day.Day) *views.WorkLeave {
	x := w.x
	view := &views.WorkLeave{
		Action: "/missing/acknowledge", Cancel: w.path() + "#" + rowID(personDay{d.Person, d.Date}),
		Label: x.words.T("desk.left.label", "name", x.words.PersonName(d.Person), "date", x.words.LongDay(d.Date)),
		Hidden: []views.Pair{
			{Name: form.InputChange, Value: newID()}, {Name: form.InputReturn, Value: w.back},
			{Name: inputPerson, Value: d.Person}, {Name: inputDate, Value: d.Date},
			{Name: inputRules, Value: brokenRules(d)}, {Name: inputDigest, Value: d.Digest()},
		},
	}
	var given change.Reason
	if x.given != nil {
		given = reasonOf(x.given.values)
	}
	view.Note = given.Note
	for _, reason := range leftReasons() {
		view.Reasons = append(view.Reasons,
			views.Choice{Value: reason.code, Text: x.words.T(reason.key), Selected: reason.code == given.Code})
	}
	return view
}

// POST /missing/acknowledge: the day stays as it is. Nothing is sent to Protime, so that a form that comes twice does no
// harm.
func (s *Server) acknowledge(x *exchange) error {
	values, err := x.posted()
	if err != nil {
		return err
	}
	if x.given != nil {
		return s.leaveAgain(x, values)
	}
	a := change.Acknowledgement{
		ID: values.Get(form.InputChange), Actor: x.actor, Person: values.Get(inputPerson), Date: values.Get(inputDate),
		Rules: values.Get(inputRules), Digest: values.Get(inputDigest), Reason: reasonOf(values),
	}
	a.Reason.Note = strings.TrimSpace(a.Reason.Note)
	_, wrong := time.Parse(time.DateOnly, a.Date)
	if wrong != nil || !isID(a.ID) || !isElement(a.Person) || len(a.Digest) > 64 || len(a.Rules) > 200 ||
		x.leftWords(a.Reason.Code) == a.Reason.Code || len(a.Reason.Note) > longestReason {
		return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-request")}
	}
	if err := s.Desk.Acknowledge(x.request().Context(), a); err != nil && !errors.Is(err, change.ErrSpent) {
		return x.notLeft(err)
	}
	return x.toWorklist(values, paramLeft, a.ID)
}

// leaveAgain is the list that a form was sent from before its author signed in again, with the form filled. It leaves
// nothing as it is.
func (s *Server) leaveAgain(x *exchange, values url.Values) error {
	back, err := url.Parse(cmp.Or(x.safe(values.Get(form.InputReturn)), "/"))
	if err != nil {
		return err
	}
	back.RawQuery = with(back.Query(), paramLeave, values.Get(inputPerson)+"."+values.Get(inputDate))
	x.given.address = back
	return s.missing(x)
}

// POST /missing/acknowledge/{id}/undo: the day is to be checked again.
func (s *Server) unacknowledge(x *exchange) error {
	of, err := x.param("acknowledgement")
	if err != nil {
		return err
	}
	values, err := x.posted()
	if err != nil {
		return err
	}
	id := values.Get(form.InputChange)
	if !isID(id) {
		return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-request")}
	}
	if err := s.Desk.TakeBack(x.request().Context(), x.actor, id, of); err != nil && !errors.Is(err, change.ErrSpent) {
		return x.notLeft(err)
	}
	return x.toWorklist(values, paramLeft, "")
}

// notLeft is why a day could not be left as it is, or checked again.
func (x *exchange) notLeft(err error) error {
	if errors.Is(err, change.ErrLog) || errors.Is(err, change.ErrUnreadable) {
		return x.logAway()
	}
	return x.failed(err).page()
}

// toWorklist goes back to the list that a form was sent from.
func (x *exchange) toWorklist(values url.Values, name, value string) error {
	back := x.safe(values.Get(form.InputReturn))
	u, err := url.Parse(back)
	if back == "" || err != nil {
		u = &url.URL{Path: "/"}
	}
	u.RawQuery, u.Fragment = with(u.Query(), name, value), ""
	return x.to(u.String())
}

// inForce reports whether a day that was left as it is still is as it was: the same clockings, and no rule that was not
// broken then.
func inForce(a change.Acknowledgement, d day.Day) bool {
	known := strings.Split(a.Rules, ",")
	return a.Digest == d.Digest() && !slices.ContainsFunc(d.Findings, func(f day.Finding) bool {
		return !slices.Contains(known, string(f.Rule))
	})
}

// leftDays are the days of a period that were left as they are; none where the log cannot be read, whose page says why.
// until may be "" for no end.
func (x *exchange) leftDays(from, until string) []change.Acknowledgement {
	if x.stopped() {
		return nil
	}
	const endless = "9999-12-31"
	ctx := x.request().Context()
	left, err := x.s.Desk.Acknowledged(ctx, x.actor, from, cmp.Or(until, endless))
	if err != nil {
		x.s.Logger.WarnContext(ctx, "days that were left as they are cannot be read", "error", err)
	}
	return left
}

// leftAs is the last of the acknowledgements that is in force for a day, nil where there is none.
func leftAs(d day.Day, left []change.Acknowledgement) *change.Acknowledgement {
	if len(d.Findings) == 0 {
		return nil
	}
	for i, a := range slices.Backward(left) {
		if a.Person == d.Person && a.Date == d.Date && inForce(a, d) {
			return &left[i]
		}
	}
	return nil
}

// leftIssue stands where the findings of a day would be that was left as it is.
func (x *exchange) leftIssue(a change.Acknowledgement) views.Issue {
	return views.Issue{Mark: views.Mark{Icon: "check", Tone: "quiet", Text: x.words.T("desk.left")}, Text: x.leftBy(a)}
}

// leftBy says why a day was left as it is, and who did that where it was somebody else.
func (x *exchange) leftBy(a change.Acknowledgement) string {
	var words []string
	if a.Reason.Code != "" {
		words = append(words, x.leftWords(a.Reason.Code))
	}
	if a.Reason.Note != "" {
		words = append(words, a.Reason.Note)
	}
	if by := (change.Receipt{Change: change.Change{Actor: a.Actor}}); a.Actor.Subject != "" && !change.Made(x.actor, by) {
		words = append(words, x.words.Actor(a.Actor))
	}
	return strings.Join(words, ", ")
}
