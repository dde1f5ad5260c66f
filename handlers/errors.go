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
	x := s.exchangeOf(c)
	status, failure := s.explain(x, err)
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Logger.LogAttrs(r.Context(), level, "refused", slog.Int("status", status),
		slog.Any("error", err))
	failure.Request = x.id
	failure.Retry = x.retry(status)
	x.askToWait(status, waitOf(err))
	page := x.page(failure.Title)
	page.Problem, page.Notice = true, ""
	if x.session != nil && r.Method == http.MethodGet && r.URL.Query().Get("done") != "" {
		// The change was made, whatever became of the page to go back to.
		page.Banner = x.banner()
	}
	if err := x.show(status, views.Error(page, &failure)); err != nil {
		s.Logger.ErrorContext(r.Context(), "error page", "error", err)
		s.lastResort(c.Response())
	}
}

// explain is the table from errors to statuses and words.
func (s *Server) explain(x *exchange, err error) (int, views.Failure) {
	var known *pageError
	if errors.As(err, &known) {
		return known.status, known.failure
	}
	var api *protime.Error
	if errors.As(err, &api) {
		return apiStatus(api), x.words.APIFailure(api)
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge, x.words.Failure("too-large")
	}
	var refused *echo.HTTPError
	if errors.As(err, &refused) {
		return refused.Code, x.words.Failure(httpFailure(refused.Code))
	}
	status, kind := changeFailure(err)
	return status, x.words.Failure(kind)
}

// changeFailure is the status and the kind of failure of an error of package change, and of a record that is gone.
func changeFailure(err error) (status int, kind string) {
	switch {
	case errors.Is(err, change.ErrLog):
		return http.StatusServiceUnavailable, "log"
	case errors.Is(err, change.ErrUnreadable):
		return http.StatusServiceUnavailable, "log-unread"
	case errors.Is(err, change.ErrNoChange):
		return http.StatusNotFound, "no-change"
	case errors.Is(err, change.ErrRole):
		return http.StatusForbidden, "not-your-change"
	case errors.Is(err, change.ErrOwnRecord), errors.Is(err, change.ErrWhose):
		return http.StatusForbidden, "forbidden"
	case errors.Is(err, change.ErrUndone):
		return http.StatusConflict, "undone"
	case errors.Is(err, change.ErrNotUndoable):
		return http.StatusConflict, "not-undoable"
	case errors.Is(err, change.ErrGone):
		return http.StatusConflict, "undo-gone"
	case errors.Is(err, change.ErrNothing):
		return http.StatusConflict, "undo-nothing"
	case errors.Is(err, change.ErrNotInDoubt):
		return http.StatusConflict, "not-in-doubt"
	case errors.Is(err, change.ErrRunning):
		return http.StatusConflict, "still-running"
	case errors.Is(err, errDeleted):
		return http.StatusConflict, "deleted"
	case errors.Is(err, errNoRow):
		return http.StatusNotFound, "not-found"
	}
	return http.StatusInternalServerError, "internal"
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

// askToWait tells the browser when to try again, where that is what a status is about. wait is 0 where nobody knows.
func (x *exchange) askToWait(status int, wait time.Duration) {
	if status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests {
		return
	}
	x.c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(cmp.Or(wait, tell.UsualWait).Seconds()))))
}

// retry gives the values of a form back that could not be drawn, nil where there is none or where another try would end
// the same way. A form that was sent after all is known by its id.
func (x *exchange) retry(status int) *views.Retry {
	again := status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
	if !again || !x.posting() || x.session == nil || !x.onForm() {
		return nil
	}
	form, err := x.posted()
	if err != nil {
		return nil
	}
	retry := &views.Retry{Action: x.path()}
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
