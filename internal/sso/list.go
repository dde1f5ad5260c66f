package sso

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// SessionList holds a record of every session for all replicas, so that people can list and end their sessions. Keys are
// those of RevocationStore, and records are encrypted: the store learns nothing of a person.
type SessionList interface {
	// Put adds or replaces the record of the session at key; it may be removed after until. sid is the key of the
	// provider's session, or "".
	Put(ctx context.Context, key, subject, sid, record string, until time.Time) error
	// List returns the records of a subject's sessions by key.
	List(ctx context.Context, subject string) (map[string]string, error)
	// Remove removes the records whose key or sid is key.
	Remove(ctx context.Context, key string) error
}

// listInterval is how old the list may be, since reading pages must not write each time.
const listInterval = 5 * time.Minute

// ListedSession is one session in the list of a person's sessions.
type ListedSession struct {
	ID      string // for Sessions.EndListed; 22 letters, digits, - and _
	Started time.Time
	Seen    time.Time // of the last request, at most listInterval and a minute behind
	Browser string    // such as "Firefox, Windows"; "" when not recognised
	Current bool      // the session that asks

	key    string
	issued time.Time // as in Session
	sid    string    // as in Session
}

// List returns the sessions of a person that have not ended, the current one first, then the last seen first. The error
// is ErrUnavailable.
func (s *Sessions) List(r *http.Request, session Session) ([]ListedSession, error) {
	ctx, subject := r.Context(), storeKey("sub", s.issuer, session.Identity.Subject)
	records, err := s.stores.listed(ctx, subject)
	if err != nil {
		return nil, err
	}
	current := ListedSession{Started: session.Started, Seen: session.Seen, Browser: browserOf(r.UserAgent()), Current: true, key: session.key()}
	all := []ListedSession{current}
	for key, record := range records {
		entry, ok := s.openListed(key, record)
		if !ok || key == current.key {
			continue
		}
		if revoked, _ := s.stores.revoked(ctx, revocable(key, subject, entry.sid), entry.issued); !revoked {
			all = append(all, entry)
		}
	}
	for i := range all {
		_, all[i].ID, _ = strings.Cut(all[i].key, ":")
	}
	slices.SortFunc(all[1:], func(a, b ListedSession) int {
		return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.key, b.key))
	})
	return all, nil
}

// EndListed ends the person's session with this ListedSession.ID, or every session but the current one when id is "". It
// is no error when the session has ended already. The error is ErrUnavailable.
func (s *Sessions) EndListed(r *http.Request, session Session, id string) error {
	all, err := s.List(r, session)
	if err != nil {
		return err
	}
	for _, entry := range all {
		if entry.ID == id || id == "" && !entry.Current {
			err = errors.Join(err, s.revoke(r.Context(), entry.key))
		}
	}
	return err
}

// enlist writes the session to the list. A list that cannot be written keeps nobody from signing in; the next write is
// tried after listInterval.
func (s *Sessions) enlist(r *http.Request, session Session) {
	w := &wireWriter{}
	w.text(session.key())
	w.time(session.Started)
	w.time(session.Seen)
	w.text(browserOf(r.UserAgent()))
	w.time(session.issued)
	w.text(session.sid)
	s.stores.enlist(r.Context(), session.key(), storeKey("sub", s.issuer, session.Identity.Subject), session.sid,
		s.listed.seal(w.b), session.Started.Add(s.max))
}

// openListed decrypts a record; ok is false for one that is not authentic and for a session that has ended by itself.
func (s *Sessions) openListed(key, record string) (entry ListedSession, ok bool) {
	plain, err := s.listed.open(record)
	if err != nil {
		return ListedSession{}, false
	}
	r := &wireReader{b: plain}
	entry = ListedSession{
		key: r.text(), Started: r.time(), Seen: r.time(), Browser: r.text(), issued: r.time(), sid: r.text(),
	}
	now := s.now()
	ended := !now.Before(entry.Started.Add(s.max)) || !now.Before(entry.Seen.Add(s.idle+listInterval))
	return entry, r.done() == nil && entry.key == key && !ended
}

func (s *stores) enlist(ctx context.Context, key, subject, sid, record string, until time.Time) {
	if s.list == nil {
		return
	}
	err := s.call(ctx, func(ctx context.Context) error { return s.list.Put(ctx, key, subject, sid, record, until) })
	if err != nil && !errors.Is(err, errPaused) {
		s.log.WarnContext(ctx, "the list of sessions cannot be written", "error", err)
	}
}

func (s *stores) listed(ctx context.Context, subject string) (records map[string]string, err error) {
	if s.list == nil {
		return nil, nil
	}
	err = s.call(ctx, func(ctx context.Context) (err error) {
		records, err = s.list.List(ctx, subject)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sso: list sessions: %w: %w", ErrUnavailable, err)
	}
	return records, nil
}

// unlist removes ended sessions from the list. What stays behind after an error is not shown: it is revoked.
func (s *stores) unlist(ctx context.Context, key string) {
	if s.list == nil {
		return
	}
	if err := s.call(ctx, func(ctx context.Context) error { return s.list.Remove(ctx, key) }); err != nil {
		s.log.WarnContext(ctx, "the list of sessions cannot be written", "error", err)
	}
}

// browserOf names browser and system of a User-Agent header, by the first words that match: Edge and Chrome name Safari
// too, and Android names Linux. It names nothing that it does not know, since the header can hold anything.
func browserOf(userAgent string) string {
	browser := firstIn(userAgent, "Edg Edge", "OPR Opera", "Firefox Firefox", "FxiOS Firefox", "Chrome Chrome", "CriOS Chrome",
		"Safari Safari")
	system := firstIn(userAgent, "Windows Windows", "Android Android", "iPhone iPhone", "iPad iPad", "Macintosh macOS",
		"CrOS ChromeOS", "Linux Linux")
	return strings.Trim(browser+", "+system, ", ")
}

// firstIn returns the second word of the first pair whose first word is in text, or "".
func firstIn(text string, pairs ...string) string {
	for _, pair := range pairs {
		if word, name, _ := strings.Cut(pair, " "); strings.Contains(text, word) {
			return name
		}
	}
	return ""
}
