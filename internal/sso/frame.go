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
	frameCookie  = "protime-frame"
	frameCodeFor = time.Minute
)

// Frames gives a framed page a session, after sign-in in a window that the frame opened. The frame has a random state in
// its own (partitioned) cookie and gives the window a digest of it, the challenge. The window gets a code for that
// challenge after sign-in and posts it to the frame, which exchanges code and cookie for its session. A code is good
// once, for a minute, and with the frame's cookie only.
type Frames struct {
	seal     *sealer
	sessions *Sessions
	now      func() time.Time
}

// Challenge returns the challenge of the frame's state, and sets the cookie of the state.
func (f *Frames) Challenge(w http.ResponseWriter, r *http.Request) (challenge string) {
	state := f.sessions.cookies.Value(r, frameCookie)
	if !frameState(state) {
		b := make([]byte, 32)
		rand.Read(b) // never fails: the program ends when the system has no randomness
		state = base64.RawURLEncoding.EncodeToString(b)
	}
	http.SetCookie(w, f.sessions.cookies.New(frameCookie, state, 3600))
	return challengeOf(state)
}

// Code returns a one-time code with which the frame of the challenge gets a session like session. The error is
// ErrOtherFrame for what is no challenge.
func (f *Frames) Code(session Session, challenge string) (string, error) {
	if !frameState(challenge) {
		return "", fmt.Errorf("sso: make a frame code: %w", ErrOtherFrame)
	}
	session.hint = nil // the window keeps it for sign-out at the provider
	w := &wireWriter{}
	w.time(f.now())
	w.text(random())
	w.text(challenge)
	w.bytes(session.encode(f.sessions.codec.realm))
	return f.seal.seal(w.b), nil
}

// Redeem exchanges the code for a session of the frame and sets its cookie. The session lasts no longer than the
// window's, and signing out of either ends both. The error is ErrToken, ErrLate, ErrOtherFrame, ErrUsed, ErrExpired, ErrRevoked,
// ErrNoRole, or ErrUnavailable when it cannot be known whether the code was used.
func (f *Frames) Redeem(w http.ResponseWriter, r *http.Request, code string) (Session, error) {
	state := f.sessions.cookies.Value(r, frameCookie)
	http.SetCookie(w, f.sessions.cookies.Clear(frameCookie))
	session, err := f.redeem(r, code, state)
	if err != nil {
		return Session{}, fmt.Errorf("sso: redeem a frame code: %w", err)
	}
	if err := f.sessions.set(w, session); err != nil {
		return Session{}, err
	}
	f.sessions.setLast(w, session.Identity.Subject, false)
	return session, nil
}

func (f *Frames) redeem(r *http.Request, code, state string) (Session, error) {
	if len(code) > 4096 {
		return Session{}, fmt.Errorf("%w: %w", ErrToken, ErrTooLarge)
	}
	plain, err := f.seal.open(code)
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
	if f.now().Sub(at) > frameCodeFor {
		return Session{}, ErrLate
	}
	if err := f.sessions.stores.useOnce(r.Context(), storeKey("code", f.sessions.issuer, id), at.Add(2*frameCodeFor)); err != nil {
		return Session{}, err
	}
	session, err := decodeSession(data, f.sessions.codec.realm)
	if err != nil {
		return Session{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	session.ID, session.Seen = random(), f.now()
	return f.sessions.check(r.Context(), session)
}

// frameState reports whether s is 32 bytes in base64, as states and challenges are.
func frameState(s string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == 32
}

func challengeOf(state string) string {
	sum := sha256.Sum256([]byte(state))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
