package handlers

import (
	"net/http"
	"strconv"

	"protime-admin/internal/lang"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// What a failure of Protime becomes here: our status, the sentence, the scope that is missing, what Protime said.

// apiStatus is what we answer when Protime refused or failed.
func apiStatus(e *protime.Error) int {
	switch {
	case e.Is(protime.Timeout):
		return http.StatusGatewayTimeout
	case e.Is(protime.NoToken) && e.Status != http.StatusTooManyRequests && e.Status != http.StatusServiceUnavailable:
		return http.StatusBadGateway
	case e.Is(protime.Invalid):
		return http.StatusUnprocessableEntity
	case e.Is(protime.Conflict):
		return http.StatusConflict
	case e.Is(protime.RateLimited), e.Is(protime.Unavailable), e.Is(protime.Paused) && !e.Is(protime.NoToken):
		return http.StatusServiceUnavailable
	case e.Is(protime.NotOffered) && e.Status != http.StatusNotImplemented:
		return http.StatusMethodNotAllowed
	case e.Is(protime.BadAnswer), e.Is(protime.ServerFault), e.Is(protime.Unreached), e.Is(protime.Unanswered):
		return http.StatusBadGateway
	case e.Status >= 400 && e.Status < 500:
		return e.Status
	}
	return http.StatusBadGateway
}

// apiKind names the sentence of a failed call in the catalog: error.<kind>.title, .text and .step.
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

// kindOf is apiKind for what was called: what says "no such record" of a record says something else of a list.
func (s *Server) kindOf(e *protime.Error) string {
	kind := apiKind(e)
	_, _, item, known := s.Contract.Match(e.Path)
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

// apiFailure says in plain words what Protime answered, with the status that it gave and what it said.
func (s *Server) apiFailure(v *visit, e *protime.Error) views.Failure {
	kind := s.kindOf(e)
	f := failureOf(v, kind, "wait", v.words.Seconds(waitOf(e)))
	if e.Is(protime.NoToken) && kind == "no-token" && e.RetryAfter > 0 {
		f.Steps = append(f.Steps, v.words.T("error.wait", "wait", v.words.Seconds(e.RetryAfter)))
	}
	if scope := s.scopeOf(e); scope != "" {
		f.Steps = append([]string{v.words.T("error.scope", "scope", scope)}, f.Steps...)
	}
	if !e.Is(protime.Paused) || e.Status != 0 { // nothing was asked, so that "no status" would mislead
		f.Protime = statusLine(v.words, e.Status)
	}
	f.Reasons = apiReasons(e)
	if s.Config.SupportContact != "" {
		f.Steps = append(f.Steps, v.words.T("error.ask", "contact", s.Config.SupportContact))
	}
	return f
}

// scopeOf names the scope that a refused call needs, "" when the refusal is about something else.
func (s *Server) scopeOf(e *protime.Error) string {
	if !e.Is(protime.Unauthorized) && !e.Is(protime.Forbidden) || e.Is(protime.NoToken) {
		return ""
	}
	c, _, item, ok := s.Contract.Match(e.Path)
	if !ok {
		return ""
	}
	verbs := map[string]contract.Verb{
		http.MethodPost: contract.Create, http.MethodPut: contract.Replace, http.MethodDelete: contract.Delete,
		http.MethodGet: contract.List,
	}
	verb := verbs[e.Method]
	if item && verb == contract.List && c.Offers(contract.Read) {
		verb = contract.Read
	}
	o := c.Operations[verb]
	if o == nil || len(o.Scopes) == 0 || len(o.Scopes[0]) == 0 {
		return ""
	}
	return o.Scopes[0][0]
}

// apiReasons is everything that Protime said in words.
func apiReasons(e *protime.Error) []string {
	said := append([]string{}, e.Reasons...)
	for _, field := range e.Fields {
		text := field.Message
		if field.Path != "" {
			text = field.Path + ": " + text
		}
		said = append(said, text)
	}
	if len(said) == 0 && e.Message != "" {
		said = append(said, e.Message)
	}
	return said
}

// statusLine prints a status of Protime, "" when there is none.
func statusLine(p *lang.Printer, status int) string {
	if status == 0 {
		return p.T("error.no-status")
	}
	return p.T("error.status", "status", statusText(status))
}

func statusText(status int) string {
	text := strconv.Itoa(status)
	if name := http.StatusText(status); name != "" {
		text += " " + name
	}
	return text
}
