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
	Expires  time.Time // when it ends if nothing more is heard
	// Final is true when Expires is the absolute limit, which no request moves.
	Final bool
	// Unconfirmed is true when the store of revocations did not answer: good for reading, and for nothing else.
	Unconfirmed bool

	family string  // what local sign-out revokes: a frame's session shares its window's
	sid    string  // revocation key of the provider's session, "" when it has none
	groups []group // what gave the roles
	hint   []byte  // the ID token, packed, for sign-out at the provider; nil when it would not fit
}

// revocationKeys are the names under which a session can be ended.
func (s Session) revocationKeys() []string {
	keys := []string{
		revocationKey("id", s.Identity.Issuer, s.family),
		revocationKey("sub", s.Identity.Issuer, s.Identity.Subject),
	}
	if s.sid != "" {
		keys = append(keys, s.sid)
	}
	return keys
}

const sessionVersion = 1

// encode writes the record that the cookie carries. realm stands for issuer and client, which are configuration.
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
	w.time(s.Started)
	w.time(s.Seen)
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
	s.Started, s.Seen = r.time(), r.time()
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

// packHint makes a signed token small: its base64 undone, header and payload deflated.
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

// unpackHint gives the token back as it was, "" when there is none.
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

// inflate undoes deflate, refusing more than limit bytes.
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
