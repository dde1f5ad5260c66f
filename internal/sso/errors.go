package sso

// Error is what went wrong, in the kinds that a page answers differently. Every error of this package matches one of
// them with errors.Is; the text around it says what exactly, for the log and not for the browser.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrUnavailable means: the identity provider, or the store behind one-time codes, does not answer. Try again later.
	ErrUnavailable Error = "sign-in is unavailable"
	// ErrAttempt means: the answer belongs to no sign-in that this browser has under way: too old, used before, another
	// browser's, or made up. Starting again helps.
	ErrAttempt Error = "no such sign-in under way"
	// ErrDenied means: the provider said no, or the person did, on the provider's page.
	ErrDenied Error = "sign-in was denied"
	// ErrAnswer means: the provider's answer fails a check (issuer, signature, audience, expiry, nonce, subject). Either
	// the configuration is wrong or somebody is trying something.
	ErrAnswer Error = "the identity provider's answer is not acceptable"
	// ErrNoRole means: the person is known and has no role here. The error is a *NoRoleError.
	ErrNoRole Error = "no role"
	// ErrNoSession means: the request carries no session that this server made.
	ErrNoSession Error = "no session"
	// ErrExpired means: the session is over, by its idle or its absolute limit. Whose it was is still known.
	ErrExpired Error = "session expired"
	// ErrRevoked means: the session was ended: signed out here, in another window, or by the provider.
	ErrRevoked Error = "session revoked"
	// ErrToken means: a sealed token (parked form, handoff code) was altered, or sealed with a key that is gone.
	ErrToken Error = "sealed token is not acceptable"
	// ErrLate means: a sealed token is past its time.
	ErrLate Error = "sealed token is too old"
	// ErrOtherSubject means: a parked form belongs to somebody else, or to nobody who is known.
	ErrOtherSubject Error = "sealed token belongs to another subject"
	// ErrUsed means: a one-time code or logout token was used before.
	ErrUsed Error = "used before"
	// ErrOtherFrame means: a handoff code was made for another frame.
	ErrOtherFrame Error = "handoff code belongs to another frame"
	// ErrTooLarge means: what should be kept does not fit.
	ErrTooLarge Error = "too large"
)

// NoRoleError says who got as far as the door: signed in at the provider, with no role here.
type NoRoleError struct {
	Identity Identity
	// Overage is true when the provider left the groups out because there are too many of them (Entra ID does at
	// 200): then the app registration has to give roles or only the groups assigned to it.
	Overage bool
}

func (e *NoRoleError) Error() string {
	if e.Overage {
		return "sso: no role: the provider left the groups out, there are too many of them"
	}
	return "sso: no role: no value of the roles claim gives one"
}

// Is makes errors.Is(err, ErrNoRole) hold.
func (e *NoRoleError) Is(target error) bool { return target == ErrNoRole }

// DeniedError is the provider's refusal with its code, for the page that says so.
type DeniedError struct {
	// Code is the `error` of the authorization response: lower case letters and underscores, at most 64 of them,
	// `access_denied` when the person said no.
	Code string
}

func (e *DeniedError) Error() string { return "sso: the identity provider refused: " + e.Code }

// Is makes errors.Is(err, ErrDenied) hold, and ErrUnavailable when the provider says that it is not well.
func (e *DeniedError) Is(target error) bool {
	if e.Code == "temporarily_unavailable" || e.Code == "server_error" {
		return target == ErrUnavailable
	}
	return target == ErrDenied
}
