package protime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Error is the failure of a call. Callers test its behaviour: errors.Is(err, Conflict). Its fields hold what the API
// said, in any of its shapes; they are empty when the body has none of them.
type Error struct {
	Op      string // "send", "list" or "token"
	Method  string
	Path    string // relative to the API's base
	Status  int    // kept even when the body is HTML; 0 when no status came
	Code    string // as the API names it: "BadRequest"; at the token endpoint "invalid_client"
	Message string
	Reasons []string     // of a broken business rule
	Fields  []FieldError // of a body that fails validation
	// FromAPI says that the body is an error of the API in one of its documented shapes (documentation: responses): the
	// wrapper with code and message, or validationErrors without it. It is false without a body.
	FromAPI bool
	// HTML says that the body is a web page, as gateways send it.
	HTML bool
	// RetryAfter is how long to wait: what the server asks for, or what is left of this client's pause, in whole
	// seconds; 0 when there is neither.
	RetryAfter time.Duration
	// Fresh says that the token was under a minute old, or renewed for this call: a 401 then is a missing scope.
	Fresh bool
	// Body is the beginning of the answer's body, at most 2 KB, for a log of failures; never for a page's sentence.
	Body []byte
	// Earlier are the attempts before the one that this error is about, oldest first.
	Earlier []Attempt

	kinds        []Kind
	cause        error
	left         bool
	invalidToken bool // the answer says that the token was refused for itself
}

// FieldError is one complaint about a field. Path is as the server wrote it ("person.id", "$.date", "Person.Id"),
// "" when it named none.
type FieldError struct {
	Path    string
	Message string
}

// Error names the operation, the status and what the API said, and nothing secret. Logs take LogValue instead.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("protime: " + e.call())
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	for _, part := range []string{e.Code, e.Message, strings.Join(e.Reasons, "; ")} {
		if part != "" {
			b.WriteString(": " + part)
		}
	}
	for _, f := range e.Fields {
		b.WriteString(": " + strings.TrimPrefix(f.Path+" "+f.Message, " "))
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	for _, a := range e.Earlier {
		if a.Status != 0 {
			fmt.Fprintf(&b, " (after an attempt that ended with %d)", a.Status)
		}
	}
	return b.String()
}

// call names what was called.
func (e *Error) call() string {
	if e.Op == "token" {
		return "token"
	}
	return e.Method + " " + e.Path
}

// Is reports whether the error behaves as a Kind.
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && slices.Contains(e.kinds, kind)
}

// Unwrap returns the failure beneath, such as context.Canceled; nil when the server's answer is the failure.
func (e *Error) Unwrap() error { return e.cause }

// Kinds returns every behaviour of the error, the status's first.
func (e *Error) Kinds() []Kind { return slices.Clone(e.kinds) }

// Left reports whether the attempt that this error is about was handed to a connection: the server may have seen it.
// False means that it certainly did not leave. Earlier attempts have left.
func (e *Error) Left() bool { return e.left }

// statusError is the error of an answer whose status is no success.
func statusError(a Answer, path string, fresh bool) *Error {
	e := &Error{
		Op: "send", Method: a.Method, Path: path, Status: a.Status, RetryAfter: a.RetryAfter,
		Fresh: fresh && a.Status == http.StatusUnauthorized,
		Body:  beginning(a.Body), HTML: isHTML(a.Header, a.Body), kinds: []Kind{kindOf(a.Status)}, left: true,
	}
	readErrorBody(e, a.Body)
	challenge := strings.ToLower(strings.Join(a.Header.Values("WWW-Authenticate"), ","))
	e.invalidToken = e.Code == "invalid_token" ||
		strings.Contains(challenge, `error="invalid_token"`) || strings.Contains(challenge, "error=invalid_token")
	return e
}

// badAnswer is the error of a success with a body that is not the expected one.
func badAnswer(a Answer, path string, cause error) *Error {
	e := &Error{
		Op: "send", Method: a.Method, Path: path, Status: a.Status, Body: beginning(a.Body),
		HTML: isHTML(a.Header, a.Body), kinds: []Kind{BadAnswer}, cause: cause, left: true,
	}
	if errors.As(cause, new(tooMuch)) {
		e.kinds = append(e.kinds, TooMuch)
	}
	return e
}

// noAnswer is the error of an exchange without a complete answer. The address in the transport's own message is left
// out: it repeats the path and holds the whole filter.
func noAnswer(a Answer, path string, cause error) *Error {
	var inURL *url.Error
	if errors.As(cause, &inURL) {
		cause = inURL.Err
	}
	e := &Error{Op: "send", Method: a.Method, Path: path, Status: a.Status, Body: beginning(a.Body), cause: cause, left: a.Sent}
	if a.Status != 0 {
		e.kinds = append(e.kinds, BadAnswer)
	}
	outcome := Unreached
	if a.Sent {
		outcome = Unanswered
	}
	e.kinds = append(e.kinds, outcome)
	return e.addTimeout(cause)
}

// notSent is the error of a request that was not sent.
func notSent(r Request, cause error) *Error {
	e := &Error{Op: "send", Method: r.Method, Path: r.Path, kinds: []Kind{Unreached}, cause: cause}
	return e.addTimeout(cause)
}

// addTimeout adds Timeout or Canceled where they are the cause.
func (e *Error) addTimeout(cause error) *Error {
	var network net.Error
	switch {
	case errors.Is(cause, context.DeadlineExceeded), errors.As(cause, &network) && network.Timeout():
		e.kinds = append(e.kinds, Timeout)
	case errors.Is(cause, context.Canceled):
		e.kinds = append(e.kinds, Canceled)
	}
	return e
}

// beginning copies the first 2 KB of a body, for a log.
func beginning(body []byte) []byte {
	return slices.Clone(body[:min(len(body), 2<<10)])
}

// Refusal returns the error that a stored answer stands for, as far as its status, headers and body tell; nil for a
// success.
func Refusal(a Answer) *Error {
	if a.Status < http.StatusMultipleChoices {
		return nil
	}
	if a.RetryAfter == 0 {
		a.RetryAfter = retryAfter(a.Header.Get("Retry-After"), time.Now())
	}
	return statusError(a, a.URL, false)
}
