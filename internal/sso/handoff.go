package sso

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"
)

const (
	frameCookie = "protime-frame"
	handoffFor  = time.Minute
)

// Handoff carries a sign-in from a window of its own into the frame that opened it. The frame keeps a random state in
// its own (partitioned) cookie and shows the window a digest of it, the challenge; the window, signed in, gets a code
// for that challenge and posts it to the frame; the frame trades code and cookie for a session of its own. A code
// serves once, for a minute, and for nobody who has not the frame's cookie.
type Handoff struct {
	seal     *sealer
	sessions *Sessions
	once     *ledger
	now      func() time.Time
}

// Frame gives the framed page its state, in a cookie unless it has one, and returns the challenge for the window's
// address.
func (h *Handoff) Frame(w http.ResponseWriter, r *http.Request) (challenge string) {
	state := h.sessions.cookies.Value(r, frameCookie)
	if !frameState(state) {
		b := make([]byte, 32)
		rand.Read(b) // never fails: the program ends when the system has no randomness
		state = base64.RawURLEncoding.EncodeToString(b)
	}
	http.SetCookie(w, h.sessions.cookies.New(frameCookie, state, 3600))
	return challengeOf(state)
}

// Code is the one-time code that hands session over to the frame with this challenge. The error is ErrOtherFrame when
// that is no challenge.
func (h *Handoff) Code(session Session, challenge string) (string, error) {
	if !frameState(challenge) {
		return "", fmt.Errorf("sso: make a handoff code: %w", ErrOtherFrame)
	}
	session.hint = nil // the window keeps it; the frame signs out with it through the window's family
	w := &wireWriter{}
	w.time(h.now())
	w.text(random())
	w.text(challenge)
	w.bytes(session.encode(h.sessions.realm))
	return h.seal.seal(w.b), nil
}

// Redeem trades the code for a session of the frame's own and sets its cookie. It lasts no longer than the window's,
// and signing out of either ends both. The error is ErrToken, ErrLate, ErrOtherFrame, ErrUsed, ErrExpired, ErrRevoked,
// ErrNoRole, or ErrUnavailable when it cannot be known whether the code was used.
func (h *Handoff) Redeem(w http.ResponseWriter, r *http.Request, code string) (Session, error) {
	state := h.sessions.cookies.Value(r, frameCookie)
	http.SetCookie(w, h.sessions.cookies.Clear(frameCookie))
	session, err := h.redeem(r, code, state)
	if err != nil {
		return Session{}, fmt.Errorf("sso: redeem a handoff code: %w", err)
	}
	if err := h.sessions.set(w, session); err != nil {
		return Session{}, err
	}
	h.sessions.remember(w, session.Identity.Subject, false)
	return session, nil
}

func (h *Handoff) redeem(r *http.Request, code, state string) (Session, error) {
	if len(code) > 4096 {
		return Session{}, fmt.Errorf("%w: %w", ErrToken, ErrTooLarge)
	}
	plain, err := h.seal.open(code)
	if err != nil {
		return Session{}, err
	}
	record := &wireReader{b: plain}
	at, id, challenge, data := record.time(), record.text(), record.text(), record.bytes()
	if err := record.done(); err != nil {
		return Session{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if !frameState(state) || subtle.ConstantTimeCompare([]byte(challengeOf(state)), []byte(challenge)) != 1 {
		return Session{}, ErrOtherFrame
	}
	if h.now().Sub(at) > handoffFor {
		return Session{}, ErrLate
	}
	if err := h.once.useOnce(r.Context(), revocationKey("code", h.sessions.issuer, id), at.Add(2*handoffFor)); err != nil {
		return Session{}, err
	}
	session, err := decodeSession(data, h.sessions.realm)
	if err != nil {
		return Session{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	session.ID, session.Seen = random(), h.now()
	return h.sessions.check(r.Context(), session)
}

// frameState tells whether s looks like 32 bytes in base64, as states and challenges do.
func frameState(s string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == 32
}

func challengeOf(state string) string {
	sum := sha256.Sum256([]byte(state))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
