package handlers

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/change"
	"protime-admin/internal/tell"
	"protime-admin/internal/web"
	"protime-admin/protime"
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
	if web.ClientGone(r.Context()) {
		panic(http.ErrAbortHandler) // nobody reads a page, and the request's own log line says why
	}
	if c.Response().Committed {
		s.Logger.ErrorContext(r.Context(), "failed after the page had begun", "error", err)
		panic(http.ErrAbortHandler)
	}
	v := s.visitOf(c)
	status, failure := s.explain(v, err)
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Logger.LogAttrs(r.Context(), level, "refused", slog.Int("status", status),
		slog.Any("error", err))
	failure.Request = v.id
	failure.Retry = v.retry(status)
	v.askToWait(status, err)
	page := v.page(failure.Title)
	page.Problem, page.Notice = true, ""
	if v.session != nil && r.Method == http.MethodGet && r.URL.Query().Get("done") != "" {
		// The change was made, whatever became of the page to go back to.
		page.Banner = v.banner()
	}
	if err := v.show(status, views.Error(page, &failure)); err != nil {
		s.Logger.ErrorContext(r.Context(), "error page", "error", err)
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
		return apiStatus(api), v.words.APIFailure(api)
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge, v.words.Failure("too-large")
	}
	switch {
	case errors.Is(err, change.ErrLog):
		return http.StatusServiceUnavailable, v.words.Failure("log")
	case errors.Is(err, change.ErrUnreadable):
		return http.StatusServiceUnavailable, v.words.Failure("log-unread")
	case errors.Is(err, change.ErrNoChange):
		return http.StatusNotFound, v.words.Failure("no-change")
	}
	var refused *echo.HTTPError
	if errors.As(err, &refused) {
		return refused.Code, v.words.Failure(httpFailure(refused.Code))
	}
	return http.StatusInternalServerError, v.words.Failure("internal")
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

// logFailure is the kind of a failure of the audit log in front of a change that was to be made.
func logFailure(err error) string {
	if errors.Is(err, change.ErrUnreadable) {
		return "log-away"
	}
	return "log"
}

func waitOf(err error) time.Duration {
	var known *pageError
	if errors.As(err, &known) && known.wait > 0 {
		return known.wait
	}
	var api *protime.Error
	if errors.As(err, &api) {
		return cmp.Or(api.RetryAfter, tell.UsualWait)
	}
	return tell.UsualWait
}

// askToWait tells the browser when to try again, where that is what a status is about.
func (v *visit) askToWait(status int, err error) {
	if status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests {
		return
	}
	v.c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(waitOf(err).Seconds()))))
}

// retry gives a form back whole that could not even be drawn, nil where there is none or where it would end the same
// way. A form that was sent after all is known by its id.
func (v *visit) retry(status int) *views.Retry {
	r := v.request()
	again := status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
	if !again || r.Method != http.MethodPost || v.session == nil || !parkable(r.URL.EscapedPath()) {
		return nil
	}
	form, err := v.posted()
	if err != nil {
		return nil
	}
	retry := &views.Retry{Action: v.path()}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			retry.Values = append(retry.Values, views.Pair{Name: name, Value: value})
		}
	}
	return retry
}

// drawLastResort renders the page for a failure to draw a page, once, at start.
func (s *Server) drawLastResort() error {
	words := s.Lang.Printer(s.Config.DefaultLanguage)
	page := &views.Page{
		Printer: words, Texts: s.texts[words.Tag], Title: words.T("error.internal.title"), Problem: true, Base: s.base, Assets: s.links,
	}
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

// unsureStatus is ours for a change that nobody knows the outcome of. Where Protime, or a gateway before it, asked to
// wait, so do we.
func (v *visit) unsureStatus(r change.Receipt) int {
	switch {
	case r.State == change.Sending, r.Failure == "timeout":
		return http.StatusGatewayTimeout
	case r.Status == http.StatusServiceUnavailable:
		v.askToWait(http.StatusServiceUnavailable, protime.Refusal(tell.Answer(r)))
		return http.StatusServiceUnavailable
	}
	return http.StatusBadGateway
}

// unsentStatus is what we answer for a change that was not sent.
func (v *visit) unsentStatus(r change.Receipt) int {
	if r.Failure != "paused" {
		return http.StatusBadGateway
	}
	v.askToWait(http.StatusServiceUnavailable, &pageError{wait: r.Wait})
	return http.StatusServiceUnavailable
}
