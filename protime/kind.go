package protime

import "net/http"

// Kind is a behaviour of an error, for errors.Is: errors.Is(err, protime.NotFound). One error can have several:
// a write that timed out matches Timeout and Unanswered.
type Kind string

// Error makes a kind usable as the target of errors.Is.
func (k Kind) Error() string { return "protime: " + string(k) }

// The kinds that follow from the status of an answer (documentation: responses).
const (
	Invalid      Kind = "invalid"      // 400 and 422: see Reasons and Fields
	Unauthorized Kind = "unauthorized" // 401: see Error.Fresh
	Forbidden    Kind = "forbidden"    // 403: a scope is missing, or the tenant's settings forbid it
	NotFound     Kind = "not found"    // 404
	NotOffered   Kind = "not offered"  // 405 and 501: this tenant's API does not have the verb
	Conflict     Kind = "conflict"     // 409 and 412; on a list 409 is a paging token that expired
	Gone         Kind = "gone"         // 410
	TooLong      Kind = "uri too long" // 414: more than 4096 characters
	Refused      Kind = "refused"      // any other 4xx
	RateLimited  Kind = "rate limited" // 429: see RetryAfter
	Unavailable  Kind = "unavailable"  // 503: see RetryAfter
	ServerFault  Kind = "server fault" // any other 5xx
	BadAnswer    Kind = "bad answer"   // a redirect, or a 2xx whose body is cut off, HTML or not JSON
	TooMuch      Kind = "too much"     // a body, a page or a list is over a bound of this client; matches BadAnswer too
)

// The kinds that say how far a request came.
const (
	Timeout    Kind = "timeout"    // the time for the exchange, or the caller's deadline, was over
	Canceled   Kind = "canceled"   // the caller gave up
	Unreached  Kind = "unreached"  // it never left: no connection, no token, a pause, or the request is invalid
	Unanswered Kind = "unanswered" // it left, or may have, and no complete answer came: the outcome is unknown
	NoToken    Kind = "no token"   // the token endpoint gave none; matches Unreached too
	Paused     Kind = "paused"     // not sent, because the API or the token endpoint asked to wait; matches Unreached too
)

// kindOf returns the kind of a status that is not a success.
func kindOf(status int) Kind {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return Invalid
	case http.StatusUnauthorized:
		return Unauthorized
	case http.StatusForbidden:
		return Forbidden
	case http.StatusNotFound:
		return NotFound
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return NotOffered
	case http.StatusConflict, http.StatusPreconditionFailed:
		return Conflict
	case http.StatusGone:
		return Gone
	case http.StatusRequestURITooLong:
		return TooLong
	case http.StatusTooManyRequests:
		return RateLimited
	case http.StatusServiceUnavailable:
		return Unavailable
	}
	switch {
	case status >= 500:
		return ServerFault
	case status >= 400:
		return Refused
	}
	return BadAnswer
}
