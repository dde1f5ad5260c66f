package sso

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// Names of the cookies, before Cookies puts its prefix in front.
const (
	sessionCookie = "protime-session"
	lastCookie    = "protime-last" // who signed in or out here last: a form sent from a stale tab is theirs
)

// maxCookie is how long a session cookie's value may be, so that the whole cookie stays under 2 KB.
const maxCookie = 1880

// Sessions writes and reads the session cookie. The cookie lives until the browser closes; the limits count on the
// server, from the times inside, so that an expired one still says whose it was.
type Sessions struct {
	store     *sessions.CookieStore
	opened    opened
	cookies   Cookies
	last      *sealer
	roles     roleTable
	once      *ledger
	issuer    string
	realm     group
	idle, max time.Duration
	now       func() time.Time
}

func newSessions(c Config, cookies Cookies, roles roleTable, once *ledger) (*Sessions, error) {
	last, err := newSealer(c.SessionKeys, "last session")
	if err != nil {
		return nil, err
	}
	s := &Sessions{
		cookies: cookies, last: last, roles: roles, once: once, issuer: c.Issuer,
		realm: fingerprint(c.Issuer + "\x00" + c.ClientID), idle: c.Idle, max: c.Max, now: c.Now,
	}
	pattern := cookies.New(sessionCookie, "", 0)
	s.store = &sessions.CookieStore{Options: &sessions.Options{
		Path: pattern.Path, Secure: pattern.Secure, HttpOnly: pattern.HttpOnly,
		SameSite: pattern.SameSite, Partitioned: pattern.Partitioned,
	}}
	for _, key := range c.SessionKeys {
		codec := securecookie.New(key[:32], key[32:])
		codec.MaxAge(0) // the times inside count
		codec.SetSerializer(sessionSerializer{realm: s.realm})
		s.store.Codecs = append(s.store.Codecs, codec)
	}
	return s, nil
}

// Start begins a new session, with a new id whatever the browser had before, and sets its cookie.
func (s *Sessions) Start(w http.ResponseWriter, r *http.Request, in SignedIn) (Session, error) {
	now := s.now()
	session := Session{
		ID: random(), Identity: in.Identity, Started: now, Seen: now,
		sid: in.sid, groups: in.groups, hint: packHint(in.idToken),
	}
	session.family = session.ID
	session = s.limited(session)
	if err := s.set(w, session); err != nil {
		return Session{}, err
	}
	s.remember(w, session.Identity.Subject, false)
	return session, nil
}

// Read is the session that the request carries. The error is ErrNoSession, ErrExpired, ErrRevoked or ErrNoRole (the
// role was taken away meanwhile); with all but the first, the session is returned beside it, to say whose it was.
func (s *Sessions) Read(r *http.Request) (Session, error) {
	session, err := s.decode(r)
	if err != nil {
		return Session{}, fmt.Errorf("sso: %w: %w", ErrNoSession, err)
	}
	return s.check(r.Context(), session)
}

func (s *Sessions) check(ctx context.Context, session Session) (Session, error) {
	session = s.limited(session)
	if !s.now().Before(session.Expires) {
		return session, fmt.Errorf("sso: %w", ErrExpired)
	}
	revoked, confirmed := s.once.revoked(ctx, session.revocationKeys(), session.Started)
	if revoked {
		return session, fmt.Errorf("sso: %w", ErrRevoked)
	}
	session.Unconfirmed = !confirmed
	if len(session.Identity.Roles) == 0 {
		return session, &NoRoleError{Identity: session.Identity}
	}
	return session, nil
}

// Refresh counts a request as activity: when the last counted one is a minute ago (or a tenth of the idle limit), it
// sets the cookie anew. The session it returns has the times that hold now.
func (s *Sessions) Refresh(w http.ResponseWriter, session Session) (Session, error) {
	if s.now().Sub(session.Seen) < min(time.Minute, s.idle/10) {
		return session, nil
	}
	session.Seen = s.now()
	session = s.limited(session)
	if err := s.set(w, session); err != nil {
		return Session{}, err
	}
	return session, nil
}

// Remaining is how long the session lasts if nothing more is heard from it; never negative.
func (s *Sessions) Remaining(session Session) time.Duration {
	return max(0, session.Expires.Sub(s.now()))
}

// End signs out: the cookie goes and the session is revoked on every replica, with the frame's session that came from
// it or the window's that it came from, and all others of the same session at the provider. The cookie goes even when
// the error is ErrUnavailable: the revocation then holds on this replica only.
func (s *Sessions) End(w http.ResponseWriter, r *http.Request, session Session) error {
	http.SetCookie(w, s.cookies.Clear(sessionCookie))
	if session.Identity.Subject == "" {
		return nil
	}
	s.remember(w, session.Identity.Subject, true)

	until := s.now().Add(s.max + time.Minute)
	err := s.once.revoke(r.Context(), revocationKey("id", s.issuer, session.family), until)
	if session.sid == "" {
		return err
	}
	return errors.Join(err, s.once.revoke(r.Context(), session.sid, until))
}

// Subject is whose browser this is, or was: the subject of the session even when it is over, or of who signed in or out
// here last. "" when nothing says so.
func (s *Sessions) Subject(r *http.Request) string {
	if session, err := s.decode(r); err == nil {
		return session.Identity.Subject
	}
	subject, _ := s.lastHere(r)
	return subject
}

// SignedOut tells whether the last thing that happened in this browser is that somebody signed out.
func (s *Sessions) SignedOut(r *http.Request) bool {
	if _, err := s.decode(r); err == nil {
		return false
	}
	_, out := s.lastHere(r)
	return out
}

// remember notes who signed in here, or out. The note outlives the session's cookie, which the browser drops when it
// closes, so that a form of a tab that was opened again has an author.
func (s *Sessions) remember(w http.ResponseWriter, subject string, out bool) {
	record := &wireWriter{}
	record.time(s.now())
	record.text(subject)
	record.text(map[bool]string{true: "out", false: "in"}[out])
	http.SetCookie(w, s.cookies.New(lastCookie, s.last.seal(record.b), int(s.max/time.Second)))
}

func (s *Sessions) lastHere(r *http.Request) (subject string, out bool) {
	plain, err := s.last.open(s.cookies.Value(r, lastCookie))
	if err != nil {
		return "", false
	}
	record := &wireReader{b: plain}
	at, subject, what := record.time(), record.text(), record.text()
	if record.done() != nil || s.now().Sub(at) > s.max {
		return "", false
	}
	return subject, what == "out"
}

// limited fills in what follows from configuration and times.
func (s *Sessions) limited(session Session) Session {
	session.Identity.Issuer = s.issuer
	session.Identity.Roles = s.roles.roles(session.groups)
	session.Expires, session.Final = session.Seen.Add(s.idle), false
	if end := session.Started.Add(s.max); !end.After(session.Expires) {
		session.Expires, session.Final = end, true
	}
	return session
}

// sessionKey is where a Session stands among the values of a gorilla session.
type sessionKey struct{}

func (s *Sessions) decode(r *http.Request) (Session, error) {
	value := s.cookies.Value(r, sessionCookie)
	if session, ok := s.opened.get(value); ok {
		return session, nil
	}
	held, err := s.store.New(r, s.cookies.Name(sessionCookie))
	if err != nil {
		return Session{}, err
	}
	session, ok := held.Values[sessionKey{}].(Session)
	if !ok {
		return Session{}, errors.New("no cookie")
	}
	session.Identity.Issuer = s.issuer
	s.opened.put(value, session)
	return session, nil
}

func (s *Sessions) set(w http.ResponseWriter, session Session) error {
	name := s.cookies.Name(sessionCookie)
	value, err := s.encoded(name, session)
	if err != nil {
		return err
	}
	if len(value) > maxCookie && session.hint != nil {
		session.hint = nil // sign-out then asks the provider by client id
		if value, err = s.encoded(name, session); err != nil {
			return err
		}
	}
	http.SetCookie(w, sessions.NewCookie(name, value, s.store.Options))
	return nil
}

func (s *Sessions) encoded(name string, session Session) (string, error) {
	value, err := securecookie.EncodeMulti(name, map[any]any{sessionKey{}: session}, s.store.Codecs...)
	if err != nil {
		return "", fmt.Errorf("sso: write the session cookie: %w", err)
	}
	return value, nil
}

// sessionSerializer lets a gorilla session hold one Session, written by hand: gob would compile a decoder at every
// request.
type sessionSerializer struct{ realm group }

// Serialize implements securecookie.Serializer.
func (z sessionSerializer) Serialize(src any) ([]byte, error) {
	values, _ := src.(map[any]any)
	session, ok := values[sessionKey{}].(Session)
	if !ok {
		return nil, errors.New("no session to write")
	}
	return session.encode(z.realm), nil
}

// Deserialize implements securecookie.Serializer.
func (z sessionSerializer) Deserialize(src []byte, dst any) error {
	values, ok := dst.(*map[any]any)
	if !ok {
		return errors.New("no place for a session")
	}
	session, err := decodeSession(src, z.realm)
	if err != nil {
		return err
	}
	(*values)[sessionKey{}] = session
	return nil
}
