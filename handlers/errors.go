package handlers

import (
	"cmp"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/access"
	"protime-admin/internal/change"
	"protime-admin/internal/sso"
	"protime-admin/internal/tell"
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
	failure := x.words.Failure(kind)
	if kind == "internal" && x.session != nil {
		failure.Links = myChanges(x.words.Printer)
	}
	return status, failure
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

var errDeleted = errors.New("the record is deleted")

var errNoRow = errors.New("no such row")

// logAway is the page of a change that cannot be made while the audit log cannot be reached.
func (x *exchange) logAway() *pageError {
	return &pageError{status: http.StatusServiceUnavailable, failure: x.words.Failure("log-away"), cause: change.ErrUnreadable}
}

// refusal is the failure of a verb that may not be used, with the status that fits the reason.
func (x *exchange) refusal(c *contract.Collection, verb contract.Verb, why string) *pageError {
	if x.stopped() && x.s.rules.WhyNot(c, verb, x.actor.Roles) == (access.Reason{}) {
		return x.logAway()
	}
	status := http.StatusForbidden
	if !c.Offers(verb) {
		status = http.StatusMethodNotAllowed
	}
	f := x.words.Failure("refused-verb", "collection", x.words.Collection(c), "why", why)
	return &pageError{status: status, failure: f}
}

// refuse is the page that says why a verb may not be used.
func (x *exchange) refuse(c *contract.Collection, verb contract.Verb, why string) error {
	refused := x.refusal(c, verb, why)
	if c.Offers(contract.List) && !nested(c) {
		refused.failure.Links = append(refused.failure.Links, views.Link{Text: x.words.Collection(c), Href: c.URL()})
	}
	refused.failure = x.words.AskSupport(refused.failure)
	return refused
}

// aboutChange adds the ways to the change, and to its undo, to an error that says why nothing can be done about it.
func (x *exchange) aboutChange(id string, err error) error {
	status, failure := x.s.explain(x, err)
	if status != http.StatusConflict {
		return err
	}
	failure.Links = append(failure.Links, views.Link{Text: x.words.T("change.details"), Href: "/changes/" + id})
	if errors.Is(err, change.ErrUndone) {
		if now, err := x.s.Desk.Receipt(x.request().Context(), x.actor, id); err == nil && now.UndoneBy != "" {
			failure.Links = append(failure.Links, views.Link{Text: x.words.T("change.undone-by"), Href: "/changes/" + now.UndoneBy})
		}
	}
	return &pageError{status: status, failure: failure, cause: err}
}

// noRole returns the error of a person who is signed in at the provider and has no role here.
func (x *exchange) noRole(err error) error {
	failure := x.words.Failure("no-role")
	var known *sso.NoRoleError
	if errors.As(err, &known) && known.Claim != "" {
		x.s.Logger.LogAttrs(x.request().Context(), slog.LevelWarn, "signed in without a role",
			slog.String("claim", known.Claim), slog.Bool("given", known.Given), slog.Int("values", known.Values),
			slog.Bool("too_many", known.Overage))
	}
	if known != nil && known.Identity.Email != "" {
		failure.Steps = append(failure.Steps, x.words.T("signin.known-as", "email", known.Identity.Email))
	}
	failure.Links = []views.Link{{Text: x.words.T("signin.other"), Href: "/login?prompt=login"}}
	return &pageError{status: http.StatusForbidden, failure: x.words.AskSupport(failure), cause: err}
}
