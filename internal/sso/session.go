package sso

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"
)

// Session is one signed-in browser, or frame.
type Session struct {
	ID       string // 128 random bits, new at every sign-in; fit for logs
	Identity Identity
	Started  time.Time // of the sign-in
	Seen     time.Time // of the last request that was counted, at most a minute behind
	Expires  time.Time // when it ends without another request
	// Final is true when Expires is the absolute limit, which no request moves.
	Final bool
	// Unconfirmed is true when the store of revocations did not answer: the session is good for reading only.
	Unconfirmed bool

	family string    // id of the first session: a frame's session has its window's
	issued time.Time // by the provider's clock: when the person authenticated there
	listed time.Time // when it was last written to the list of sessions
	sid    string    // key of the provider's session, "" when it has none
	groups []group   // those that give roles
	hint   []byte    // the ID token, packed, for sign-out at the provider; nil when it does not fit
}

// SubjectDigest identifies the person in logs without naming them: "sub:" and 22 letters, the same for every session of
// the person.
func (s Session) SubjectDigest() string {
	return storeKey("sub", s.Identity.Issuer, s.Identity.Subject)
}

// key is under what the session itself is revoked and listed.
func (s Session) key() string { return storeKey("id", s.Identity.Issuer, s.family) }

// keys are all keys under which the session can be revoked.
func (s Session) keys() []string { return revocable(s.key(), s.SubjectDigest(), s.sid) }

// revocable returns the keys of a session's own, of its subject and of the provider's session, which may be "".
func revocable(key, subject, sid string) []string {
	keys := []string{key, subject}
	if sid != "" {
		keys = append(keys, sid)
	}
	return keys
}

const sessionVersion = 2

// encode writes the record of the cookie. realm stands for issuer and client, which are configuration.
func (s Session) encode(realm group) []byte {
	w := &wireWriter{b: make([]byte, 0, 512)}
	w.number(sessionVersion)
	w.group(realm)
	w.text(s.ID)
	w.text(s.family)
	w.text(s.sid)
	w.text(s.Identity.Subject)
	w.text(s.Identity.Name)
	w.text(s.Identity.Email)
	w.text(s.Identity.EmployeeNumber)
	w.text(s.Identity.Locale)
	for _, at := range []time.Time{s.Started, s.Seen, s.issued, s.listed} {
		w.time(at)
	}
	w.number(uint64(len(s.groups)))
	for _, g := range s.groups {
		w.group(g)
	}
	w.bytes(s.hint)
	return w.b
}

// decodeSession reads what encode wrote, for the same realm.
func decodeSession(data []byte, realm group) (Session, error) {
	r := &wireReader{b: data}
	if version := r.number(); r.err == nil && version != sessionVersion {
		return Session{}, fmt.Errorf("version %d of a session", version)
	}
	if got := r.group(); r.err == nil && got != realm {
		return Session{}, fmt.Errorf("session of another identity provider or client")
	}
	s := Session{ID: r.text(), family: r.text(), sid: r.text()}
	s.Identity = Identity{Subject: r.text(), Name: r.text(), Email: r.text(), EmployeeNumber: r.text(), Locale: r.text()}
	for _, at := range []*time.Time{&s.Started, &s.Seen, &s.issued, &s.listed} {
		*at = r.time()
	}
	for range min(r.number(), maxGroups) {
		s.groups = append(s.groups, r.group())
	}
	s.hint = bytes.Clone(r.bytes())
	if err := r.done(); err != nil {
		return Session{}, err
	}
	if s.ID == "" || s.family == "" || s.Identity.Subject == "" {
		return Session{}, errWire
	}
	return s, nil
}

// packHint decodes the base64 of a signed token and deflates it; nil for what is no token.
func packHint(jwt string) []byte {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return nil
	}
	w := &wireWriter{}
	for _, part := range parts {
		data, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			return nil
		}
		w.bytes(data)
	}
	return deflate(w.b)
}

// unpackHint returns the token that packHint took, "" when there is none.
func unpackHint(hint []byte) string {
	if len(hint) == 0 {
		return ""
	}
	data, err := inflate(hint, 16<<10)
	if err != nil {
		return ""
	}
	r := &wireReader{b: data}
	parts := []string{}
	for range 3 {
		parts = append(parts, base64.RawURLEncoding.EncodeToString(r.bytes()))
	}
	if r.done() != nil {
		return ""
	}
	return strings.Join(parts, ".")
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil // only for a level that does not exist
	}
	if _, err := w.Write(data); err != nil {
		return nil // a bytes.Buffer takes everything
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return b.Bytes()
}

// inflate undoes deflate; ErrTooLarge for more than limit bytes.
func inflate(data []byte, limit int64) ([]byte, error) {
	r := flate.NewReader(bytes.NewReader(data))
	defer r.Close()
	plain, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}
	if int64(len(plain)) > limit {
		return nil, ErrTooLarge
	}
	return plain, nil
}
