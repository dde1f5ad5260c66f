package handlers

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/change"
	"protime-admin/internal/lang"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// pageError is a failure that has its page already: what a handler returns when it knows more than the error does.
type pageError struct {
	status  int
	failure views.Failure
	cause   error
	wait    time.Duration // before it makes sense to try again, 0 when nobody knows
}

func (e *pageError) Error() string {
	if e.cause != nil {
		return e.cause.Error()
	}
	return e.failure.Title
}

func (e *pageError) Unwrap() error { return e.cause }

// fail is the one place that turns errors into pages. Nothing of an error's own text reaches the browser.
func (s *Server) fail(err error, c echo.Context) {
	r := c.Request()
	if c.Response().Committed {
		s.Logger.ErrorContext(r.Context(), "failed after the page had begun", "id", requestOf(r.Context()).id, "error", err)
		panic(http.ErrAbortHandler)
	}
	v := s.visitOf(c)
	status, failure := s.explain(v, err)
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Logger.LogAttrs(r.Context(), level, "refused", slog.String("id", v.id), slog.Int("status", status),
		slog.String("error", err.Error()))
	failure.Request = v.id
	v.askToWait(status, err)
	page := v.page(failure.Title)
	page.Problem = true
	if v.session != nil && r.Method == http.MethodGet && r.URL.Query().Get("done") != "" {
		// The change was made, whatever became of the page to go back to.
		page.Banner = v.banner()
	}
	if err := v.show(status, views.Error(page, &failure)); err != nil {
		s.Logger.ErrorContext(r.Context(), "error page", "id", v.id, "error", err)
		s.lastResort(c.Response())
	}
}

// explain is the table from errors to statuses and words.
func (s *Server) explain(v *visit, err error) (int, views.Failure) {
	var known *pageError
	if errors.As(err, &known) {
		return known.status, known.failure
	}
	var api *protime.Error
	if errors.As(err, &api) {
		return apiStatus(api), s.apiFailure(v, api)
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge, failureOf(v, "too-large")
	}
	switch {
	case errors.Is(err, change.ErrLog):
		return http.StatusServiceUnavailable, failureOf(v, "log")
	case errors.Is(err, change.ErrNoChange):
		return http.StatusNotFound, failureOf(v, "no-change")
	}
	var refused *echo.HTTPError
	if errors.As(err, &refused) {
		return refused.Code, failureOf(v, httpFailure(refused.Code))
	}
	return http.StatusInternalServerError, failureOf(v, "internal")
}

func httpFailure(status int) string {
	switch status {
	case http.StatusNotFound:
		return "no-page"
	case http.StatusMethodNotAllowed:
		return "no-method"
	case http.StatusRequestEntityTooLarge:
		return "too-large"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return "bad-request"
	case http.StatusTooManyRequests:
		return "too-many"
	}
	return "internal"
}

// failureOf takes the title, the sentence and the next step of one kind of failure from the catalog.
func failureOf(v *visit, kind string, args ...string) views.Failure {
	f := views.Failure{
		Title: v.words.T("error."+kind+".title", args...),
		Text:  v.words.T("error."+kind+".text", args...),
	}
	if key := "error." + kind + ".step"; v.words.Has(key) {
		f.Steps = []string{v.words.T(key, args...)}
	}
	return f
}

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
	case e.Is(protime.RateLimited), e.Is(protime.Unavailable):
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
	case e.Is(protime.NoToken):
		return "no-token"
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

// apiFailure says in plain words what Protime answered, with the status that it gave and what it said.
func (s *Server) apiFailure(v *visit, e *protime.Error) views.Failure {
	f := failureOf(v, apiKind(e), "wait", v.words.Seconds(waitOf(e)))
	if scope := s.scopeOf(e); scope != "" {
		f.Steps = append([]string{v.words.T("error.scope", "scope", scope)}, f.Steps...)
	}
	f.Protime = statusLine(v.words, e.Status)
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

func waitOf(err error) time.Duration {
	var known *pageError
	if errors.As(err, &known) && known.wait > 0 {
		return known.wait
	}
	var api *protime.Error
	if errors.As(err, &api) {
		if api.RetryAfter == 0 {
			return 30 * time.Second
		}
		return api.RetryAfter
	}
	return 30 * time.Second
}

// askToWait tells the browser when to try again, where that is what a status is about.
func (v *visit) askToWait(status int, err error) {
	if status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests {
		return
	}
	v.c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(waitOf(err).Seconds()))))
}

// drawLastResort renders the page for a failure to draw a page, once, at start.
func (s *Server) drawLastResort() error {
	words := s.Lang.Printer(s.Config.DefaultLanguage)
	page := &views.Page{Printer: words, Title: words.T("error.internal.title"), Problem: true, Base: s.base, Assets: s.links}
	failure := &views.Failure{Title: page.Title, Text: words.T("error.internal.text")}
	var b bytes.Buffer
	if err := views.Error(page, failure).Render(context.Background(), &b); err != nil {
		return err
	}
	s.last = b.Bytes()
	return nil
}

func (s *Server) lastResort(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Del("Content-Encoding")
	h.Del("Content-Length")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(s.last) // nobody is left to tell when this fails
}
