package handlers

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/lang"
	"protime-admin/internal/web"
	"protime-admin/views"
)

// fail is the one place that turns errors into pages. Nothing of an error's own text reaches the browser.
func (s *Server) fail(err error, c echo.Context) {
	r := c.Request()
	if web.ClientGone(r.Context()) {
		panic(http.ErrAbortHandler) // the connection is closed, and the request's log line says so
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
	if !errors.Is(err, errDeleted) {
		failure.Request = x.id // nobody has to look for the cause of what is deleted
	}
	if failure.Retry == nil {
		failure.Retry = x.retry(status)
	}
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

// retry gives the values of a form back that could not be drawn, nil where there is none or where another try would end
// the same way. A form that was sent after all is known by its id.
func (x *exchange) retry(status int) *views.Retry {
	again := status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
	if !again || x.session == nil {
		return nil
	}
	return x.sendAgain()
}

// sendAgain gives the values of the form back that was posted, nil where none was.
func (x *exchange) sendAgain() *views.Retry {
	if !x.posting() || !x.onForm() {
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
	failure := &views.Failure{Title: page.Title, Text: words.T("error.internal.text"), Links: myChanges(words)}
	var b bytes.Buffer
	if err := views.Error(page, failure).Render(context.Background(), &b); err != nil {
		return err
	}
	s.last = b.Bytes()
	return nil
}

// myChanges is the way to a change of which the page could not be shown.
func myChanges(words *lang.Printer) []views.Link {
	return []views.Link{{Text: words.T("nav.my-changes"), Href: "/changes?mine=1"}}
}

func (s *Server) lastResort(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Del("Content-Encoding")
	h.Del("Content-Length")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(s.last) // when this fails, nothing else can be sent
}
