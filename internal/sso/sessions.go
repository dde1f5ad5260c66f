package sso

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
)

// Names of the cookies, without the prefix that Cookies adds.
const (
	sessionCookie = "protime-session"
	lastCookie    = "protime-last" // who signed in or out in this browser last: the author of a form from a stale tab
)

// maxRecord is the size in bytes above which a session does without the ID token, so that its cookie stays under 2 KB:
// browsers refuse cookies over 4 KB, and an ID token with hundreds of groups is larger.
const maxRecord = 1380

// Sessions keeps sessions in cookies. A cookie lasts until the browser closes; the limits are checked on the server
// against the times inside, so that the cookie of an expired session still says whose it was.
type Sessions struct {
	store     *sessions.CookieStore
	codec     sessionCodec
	cache     sessionCache
	cookies   Cookies
	last      *sealer
	listed    *sealer
	roles     roleTable
	stores    *stores
	issuer    string
	idle, max time.Duration
	now       func() time.Time
}

func newSessions(c Config, cookies Cookies, roles roleTable, shared *stores, seals map[string]*sealer) *Sessions {
	pattern := cookies.New(sessionCookie, "", 0)
	codec := sessionCodec{seal: seals["session"], realm: digest(c.Issuer + "\x00" + c.ClientID)}
	store := &sessions.CookieStore{Options: &sessions.Options{
		Path: pattern.Path, Secure: pattern.Secure, HttpOnly: pattern.HttpOnly,
		SameSite: pattern.SameSite, Partitioned: pattern.Partitioned,
	}}
	store.Codecs = append(store.Codecs, codec)
	return &Sessions{
		store: store, codec: codec, cookies: cookies, last: seals["last session"], listed: seals["listed session"],
		roles: roles, stores: shared, issuer: c.Issuer, idle: c.Idle, max: c.Max, now: c.Now,
	}
}

// Start begins a session with a new id and sets its cookie. The error is ErrRevoked when the provider has ended the
// sign-in meanwhile.
func (s *Sessions) Start(w http.ResponseWriter, r *http.Request, in SignedIn) (Session, error) {
	now := s.now()
	session := Session{
		ID: random(), Identity: in.Identity, Started: now, Seen: now,
		issued: in.issued, listed: now, sid: in.sid, groups: in.groups, hint: packHint(in.idToken),
	}
	session.family = session.ID
	session, err := s.check(r.Context(), session)
	if err != nil {
		return Session{}, err
	}
	if err := s.set(w, session); err != nil {
		return Session{}, err
	}
	s.enlist(r, session)
	s.setLast(w, session.Identity.Subject, false)
	return session, nil
}

// Read returns the request's session. The error is ErrNoSession, ErrExpired, ErrRevoked or ErrNoRole (the role was taken
// away); with all but the first, the session is returned beside it, to say whose it was.
func (s *Sessions) Read(r *http.Request) (Session, error) {
	session, err := s.decode(r)
	if err != nil {
		return Session{}, fmt.Errorf("sso: %w: %w", ErrNoSession, err)
	}
	return s.check(r.Context(), session)
}

func (s *Sessions) check(ctx context.Context, session Session) (Session, error) {
	session = s.computed(session)
	if !s.now().Before(session.Expires) {
		return session, fmt.Errorf("sso: %w", ErrExpired)
	}
	revoked, confirmed := s.stores.revoked(ctx, session.keys(), session.issued)
	if revoked {
		return session, fmt.Errorf("sso: %w", ErrRevoked)
	}
	session.Unconfirmed = !confirmed
	if len(session.Identity.Roles) == 0 {
		return session, &NoRoleError{Identity: session.Identity}
	}
	return session, nil
}

// computed fills in what follows from configuration and times.
func (s *Sessions) computed(session Session) Session {
	session.Identity.Issuer = s.issuer
	session.Identity.Roles = s.roles.roles(session.groups)
	session.Expires, session.Final = session.Seen.Add(s.idle), false
	if end := session.Started.Add(s.max); !end.After(session.Expires) {
		session.Expires, session.Final = end, true
	}
	return session
}

// Refresh counts a request as activity. It sets the cookie at most once a minute (or a tenth of the idle limit), and
// writes to the list of sessions at most every five minutes. The session it returns has the times that hold now.
func (s *Sessions) Refresh(w http.ResponseWriter, r *http.Request, session Session) (Session, error) {
	now := s.now()
	if now.Sub(session.Seen) < min(time.Minute, s.idle/10) {
		return session, nil
	}
	session.Seen = now
	session = s.computed(session)
	if now.Sub(session.listed) >= listInterval {
		session.listed = now
		s.enlist(r, session)
	}
	if err := s.set(w, session); err != nil {
		return Session{}, err
	}
	return session, nil
}

// Remaining returns how long the session lasts without another request; never negative.
func (s *Sessions) Remaining(session Session) time.Duration {
	return max(0, session.Expires.Sub(s.now()))
}

// End signs out: it removes the cookie and revokes the session on every replica, together with the sessions of frames
// that came from it, or of the window that it came from. The cookie is removed even when the error is ErrUnavailable: the
// revocation then holds in this process only.
func (s *Sessions) End(w http.ResponseWriter, r *http.Request, session Session) error {
	http.SetCookie(w, s.cookies.Clear(sessionCookie))
	if session.Identity.Subject == "" {
		return nil
	}
	s.setLast(w, session.Identity.Subject, true)
	return s.revoke(r.Context(), session.key())
}

func (s *Sessions) revoke(ctx context.Context, key string) error {
	until := s.now().Add(s.max + time.Minute)
	if err := s.stores.revoke(ctx, key, until, until); err != nil { // whenever it was issued
		return err
	}
	s.stores.unlist(ctx, key)
	return nil
}

// Subject returns the subject of the request's session, ended or not, else who signed in or out in this browser last;
// "" when neither is known.
func (s *Sessions) Subject(r *http.Request) string {
	if session, err := s.decode(r); err == nil {
		return session.Identity.Subject
	}
	subject, _ := s.readLast(r)
	return subject
}

// SignedOut reports whether somebody signed out in this browser and nobody signed in since.
func (s *Sessions) SignedOut(r *http.Request) bool {
	if _, err := s.decode(r); err == nil {
		return false
	}
	_, out := s.readLast(r)
	return out
}

// setLast records who signed in, or out. The record outlives the session's cookie, which the browser drops when it
// closes: a form in a restored tab has an author then.
func (s *Sessions) setLast(w http.ResponseWriter, subject string, out bool) {
	record := &wireWriter{}
	record.time(s.now())
	record.text(subject)
	record.text(map[bool]string{true: "out", false: "in"}[out])
	http.SetCookie(w, s.cookies.New(lastCookie, s.last.seal(record.b), int(s.max/time.Second)))
}

func (s *Sessions) readLast(r *http.Request) (subject string, out bool) {
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

func (s *Sessions) decode(r *http.Request) (Session, error) {
	name := s.cookies.Name(sessionCookie)
	switch sent := r.CookiesNamed(name); len(sent) {
	case 0:
		return Session{}, http.ErrNoCookie
	case 1:
		return s.decodeValue(r, name, sent[0].Value)
	}
	return Session{}, ErrTwoCookies
}

func (s *Sessions) decodeValue(r *http.Request, name, value string) (Session, error) {
	if session, ok := s.cache.get(value); ok {
		return session, nil
	}
	held, err := s.store.New(r, name)
	if err != nil {
		return Session{}, err
	}
	session, ok := held.Values[sessionKey{}].(Session)
	if !ok {
		return Session{}, errors.New("no session in the cookie")
	}
	session.Identity.Issuer = s.issuer
	s.cache.put(value, session)
	return session, nil
}

func (s *Sessions) set(w http.ResponseWriter, session Session) error {
	if len(session.encode(s.codec.realm)) > maxRecord {
		session.hint = nil
	}
	name := s.cookies.Name(sessionCookie)
	value, err := s.codec.Encode(name, map[any]any{sessionKey{}: session})
	if err != nil {
		return fmt.Errorf("sso: write the session cookie: %w", err)
	}
	http.SetCookie(w, sessions.NewCookie(name, value, s.store.Options))
	return nil
}

// sessionKey is the key of a Session among the values of a gorilla session.
type sessionKey struct{}

// sessionCodec is the codec of the gorilla store: a Session in the package's own encoding, sealed like every other value
// that leaves the server. Gorilla's own codec seals in another way, and compiles a gob decoder at every request.
type sessionCodec struct {
	seal  *sealer
	realm group
}

// Encode implements securecookie.Codec.
func (c sessionCodec) Encode(_ string, value any) (string, error) {
	values, _ := value.(map[any]any)
	session, ok := values[sessionKey{}].(Session)
	if !ok {
		return "", errors.New("no session to write")
	}
	return c.seal.seal(session.encode(c.realm)), nil
}

// Decode implements securecookie.Codec.
func (c sessionCodec) Decode(_, value string, dst any) error {
	values, ok := dst.(*map[any]any)
	if !ok || len(value) > 4096 {
		return errors.New("not a session cookie")
	}
	plain, err := c.seal.open(value)
	if err != nil {
		return err
	}
	session, err := decodeSession(plain, c.realm)
	if err != nil {
		return err
	}
	(*values)[sessionKey{}] = session
	return nil
}
