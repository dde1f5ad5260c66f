package tell

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// UsualWait is how long to wait before trying again where the API does not say.
const UsualWait = 30 * time.Second

// Failure has the title, the sentence and the next step of one kind of failure: error.<kind>.title, .text and .step.
func (w *Words) Failure(kind string, args ...string) views.Failure {
	f := views.Failure{Title: w.T("error."+kind+".title", args...), Text: w.T("error."+kind+".text", args...)}
	if key := "error." + kind + ".step"; w.Has(key) {
		f.Steps = []string{w.T(key, args...)}
	}
	return f
}

// AskSupport adds whom to ask to the steps of a failure, where SUPPORT_CONTACT names somebody.
func (w *Words) AskSupport(f views.Failure) views.Failure {
	if w.SupportContact != "" {
		f.Steps = append(f.Steps, w.T("error.ask", "contact", w.SupportContact))
	}
	return f
}

// APIFailure says in plain words what the API answered, with the status that it gave and what it said.
func (w *Words) APIFailure(e *protime.Error) views.Failure {
	kind := w.kindOf(e)
	f := w.Failure(kind, "wait", w.Seconds(cmp.Or(e.RetryAfter, UsualWait)))
	if e.Is(protime.NoToken) && kind == "no-token" && e.RetryAfter > 0 {
		f.Steps = append(f.Steps, w.T("error.wait", "wait", w.Seconds(e.RetryAfter)))
	}
	if right, scope := w.missingRight(e); scope != "" {
		f.Steps = append([]string{w.T("error.scope", "right", right, "scope", scope)}, f.Steps...)
	}
	if !e.Is(protime.Paused) || e.Status != 0 { // nothing was asked, so that "no status" would mislead
		f.Protime = w.StatusLine(e.Status)
	}
	f.Reasons = Reasons(e)
	return w.AskSupport(f)
}

// kindOf is apiKind for what was called: what says "no such record" of a record says something else of a list.
func (w *Words) kindOf(e *protime.Error) string {
	kind := apiKind(e)
	_, _, item, known := w.Contract.Match(e.Path)
	list, reading := known && !item, e.Method == http.MethodGet
	switch {
	case reading && kind == "not-offered", reading && list && kind == "not-found":
		return "no-read"
	case reading && list && kind == "conflict":
		return "list-moved" // an expired token: protimeapi/reference/collections/employers/get-list
	case list && kind == "not-found":
		return "not-offered"
	}
	return kind
}

// apiKind names the messages of a failed call.
func apiKind(e *protime.Error) string {
	switch {
	case e.Is(protime.NoToken) && !e.Is(protime.RateLimited) && !e.Is(protime.Unavailable):
		return "no-token"
	case e.Is(protime.Paused), e.Is(protime.NoToken):
		return "paused"
	case e.Is(protime.Timeout):
		return "timeout"
	case e.Is(protime.BadAnswer):
		return "bad-answer"
	case e.Is(protime.Unreached):
		return "unreached"
	case e.Is(protime.Unanswered):
		return "unanswered"
	case e.Is(protime.Invalid):
		return "invalid"
	case e.Is(protime.Unauthorized):
		return "unauthorized"
	case e.Is(protime.Forbidden):
		return "not-granted"
	case e.Is(protime.NotFound):
		return "not-found"
	case e.Is(protime.NotOffered):
		return "not-offered"
	case e.Is(protime.Conflict):
		return "conflict"
	case e.Is(protime.Gone):
		return "gone"
	case e.Is(protime.TooLong):
		return "too-long"
	case e.Is(protime.RateLimited):
		return "rate-limited"
	case e.Is(protime.Unavailable):
		return "unavailable"
	}
	return "server-fault"
}

// missingRight returns the right that a refused call needs, in words, and the name of its scope; "" when the refusal is
// about something else.
func (w *Words) missingRight(e *protime.Error) (right, scope string) {
	if !e.Is(protime.Unauthorized) && !e.Is(protime.Forbidden) || e.Is(protime.NoToken) {
		return "", ""
	}
	c, _, item, ok := w.Contract.Match(e.Path)
	if !ok {
		return "", ""
	}
	verb := contract.List
	switch e.Method {
	case http.MethodPost:
		verb = contract.Create
	case http.MethodPut:
		verb = contract.Replace
	case http.MethodDelete:
		verb = contract.Delete
	case http.MethodGet:
		if item && c.Offers(contract.Read) {
			verb = contract.Read
		}
	}
	o := c.Operations[verb]
	if o == nil || len(o.Scopes) == 0 || len(o.Scopes[0]) == 0 {
		return "", ""
	}
	return w.Right(c, verb), o.Scopes[0][0]
}

// Reasons are everything that the API said in words.
func Reasons(e *protime.Error) []string {
	var reasons []string
	reasons = append(reasons, e.Reasons...)
	for _, field := range e.Fields {
		text := field.Message
		if field.Path != "" {
			text = field.Path + ": " + text
		}
		reasons = append(reasons, text)
	}
	if len(reasons) == 0 && e.Message != "" {
		return []string{e.Message}
	}
	return reasons
}

// Unsent is the failure of a change that was not sent.
func (w *Words) Unsent(r change.Receipt) views.Failure {
	kind := "unreached"
	switch r.Failure {
	case "no-token":
		kind = "no-token"
	case "paused":
		kind = "paused"
	}
	f := w.Failure(kind, "wait", w.Seconds(cmp.Or(r.Wait, UsualWait)))
	if kind == "no-token" && r.Wait > 0 {
		f.Steps = append(f.Steps, w.T("error.wait", "wait", w.Seconds(r.Wait)))
	}
	if kind != "paused" { // Protime was not asked
		f.Protime = w.StatusLine(0)
	}
	return f
}

// lost says why no answer tells what became of a request; status is 0 where none came.
func (w *Words) lost(failure string, status int) string {
	switch {
	case failure == "timeout":
		return w.T("change.lost.timeout")
	case failure == "reset", failure == "cut-off":
		return w.T("change.lost.cut")
	case failure == "bad-answer":
		return w.T("change.lost.bad-answer")
	case failure == "log":
		return w.T("change.lost.log")
	case failure == "stopped":
		return w.T("change.lost.stopped")
	case status != 0:
		return w.T("change.lost.status", "status", Status(status))
	}
	return w.T("change.lost.none")
}

// StatusLine prints the status that the API gave; 0 is none.
func (w *Words) StatusLine(status int) string {
	if status == 0 {
		return w.T("error.no-status")
	}
	return w.T("error.status", "status", Status(status))
}

// Status is an HTTP status with its name: "200 OK".
func Status(status int) string {
	if name := http.StatusText(status); name != "" {
		return strconv.Itoa(status) + " " + name
	}
	return strconv.Itoa(status)
}
