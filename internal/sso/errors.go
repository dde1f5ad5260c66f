package sso

import "fmt"

// Error is a kind of failure that a page answers in its own way. Every error of this package matches one with errors.Is;
// the text around it is for the log and not for the browser.
type Error string

func (e Error) Error() string { return string(e) }

// The kinds of failure.
const (
	// ErrUnavailable: the identity provider or a shared store does not answer. Trying again later helps.
	ErrUnavailable Error = "sign-in is unavailable"
	// ErrAttempt: the answer belongs to no sign-in that this browser has under way: too old, used before, another
	// browser's, or made up. Starting again helps.
	ErrAttempt Error = "no such sign-in under way"
	// ErrDenied: the provider refused, or the person did, on the provider's page. The error is a *DeniedError.
	ErrDenied Error = "sign-in was denied"
	// ErrAnswer: the provider's answer fails a check (issuer, signature, audience, expiry, nonce, subject). Either the
	// configuration is wrong or it is an attack.
	ErrAnswer Error = "the identity provider's answer is not acceptable"
	// ErrNoRole: the person is known and has no role here. The error is a *NoRoleError.
	ErrNoRole Error = "no role"
	// ErrNoSession: the request carries no session that this server made.
	ErrNoSession Error = "no session"
	// ErrTwoCookies: the request carries the session cookie twice, so that one of them was set by another site of the
	// domain. It comes with ErrNoSession.
	ErrTwoCookies Error = "two session cookies"
	// ErrExpired: the session is over by its idle or its absolute limit. Whose it was is known.
	ErrExpired Error = "session expired"
	// ErrRevoked: the session was ended: signed out here, in another window, or by the provider.
	ErrRevoked Error = "session revoked"
	// ErrToken: a sealed value (form, frame code) was altered, or sealed with a key that is gone.
	ErrToken Error = "sealed token is not acceptable"
	// ErrLate: a sealed value is too old.
	ErrLate Error = "sealed token is too old"
	// ErrOtherSubject: a sealed form belongs to somebody else, or to nobody who is known.
	ErrOtherSubject Error = "sealed token belongs to another subject"
	// ErrUsed: a one-time code was used before.
	ErrUsed Error = "used before"
	// ErrOtherFrame: a code was made for another frame.
	ErrOtherFrame Error = "code belongs to another frame"
	// ErrTooLarge: a value is larger than its limit.
	ErrTooLarge Error = "too large"
)

// NoRoleError is about a person who signed in at the provider and has no role here.
type NoRoleError struct {
	Identity Identity
	Claim    string // where roles were looked for; "" when a session lost its role later
	Given    bool   // the provider gave the claim
	Values   int    // how many texts the claim had
	// Overage is true when the provider left the groups out because there are too many of them (Entra ID does above
	// 200): the app registration then has to send roles, or only the groups assigned to it.
	Overage bool
}

func (e *NoRoleError) Error() string {
	switch {
	case e.Claim == "":
		return "sso: no role: the configuration gives the session's groups none"
	case e.Overage:
		return fmt.Sprintf("sso: no role: the provider left the claim %q out, because it has too many values", e.Claim)
	case !e.Given:
		return fmt.Sprintf("sso: no role: the provider gave no claim %q", e.Claim)
	}
	return fmt.Sprintf("sso: no role: the configuration gives none to the %d values of the claim %q", e.Values, e.Claim)
}

// Is makes errors.Is(err, ErrNoRole) hold.
func (e *NoRoleError) Is(target error) bool { return target == ErrNoRole }

// DeniedError is the provider's refusal.
type DeniedError struct {
	// Code is the `error` of the authorization response: lower case letters and underscores, at most 64 of them;
	// `access_denied` when the person refused.
	Code string
}

func (e *DeniedError) Error() string { return "sso: the identity provider refused: " + e.Code }

// Is makes errors.Is(err, ErrDenied) hold, or ErrUnavailable when the provider reports a failure of its own.
func (e *DeniedError) Is(target error) bool {
	if e.Code == "temporarily_unavailable" || e.Code == "server_error" {
		return target == ErrUnavailable
	}
	return target == ErrDenied
}
