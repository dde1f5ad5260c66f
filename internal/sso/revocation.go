package sso

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// RevocationStore holds ended sessions and used one-time values for all replicas. Keys are a kind and a digest ("sid:"
// and 22 letters). Times are compared with times of the same origin only, so that no two clocks have to agree: issued is
// the identity provider's time.
type RevocationStore interface {
	// Revoke ends every session under key that was issued at issued or before; the record may be removed after until.
	// It changes nothing when the same or a later time is recorded for key.
	Revoke(ctx context.Context, key string, issued, until time.Time) error
	// Revoked reports whether a session issued at issued was ended under one of keys.
	Revoked(ctx context.Context, keys []string, issued time.Time) (bool, error)
	// UseOnce returns true for the first call with key, on whichever replica, and false afterwards; the record may be
	// removed after until.
	UseOnce(ctx context.Context, key string, until time.Time) (bool, error)
}

// MemoryRevocations is the RevocationStore of a single process. The zero value is ready for use. Its methods never fail
// and are safe for concurrent use.
type MemoryRevocations struct {
	Now func() time.Time // time.Now when nil

	mu      sync.Mutex
	records map[string]memoryRecord
	sweep   int // number of records at which expired ones are removed
}

type memoryRecord struct{ issued, until time.Time }

// Revoke implements RevocationStore.
func (m *MemoryRevocations) Revoke(_ context.Context, key string, issued, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.records[key]; !ok || issued.After(old.issued) {
		m.put(key, memoryRecord{issued, until})
	}
	return nil
}

// Revoked implements RevocationStore.
func (m *MemoryRevocations) Revoked(_ context.Context, keys []string, issued time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		if record, ok := m.records[key]; ok && !record.issued.Before(issued) {
			return true, nil
		}
	}
	return false, nil
}

// UseOnce implements RevocationStore.
func (m *MemoryRevocations) UseOnce(_ context.Context, key string, until time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.records[key]; ok {
		return false, nil
	}
	m.put(key, memoryRecord{until: until})
	return true, nil
}

func (m *MemoryRevocations) put(key string, record memoryRecord) {
	now := time.Now()
	if m.Now != nil {
		now = m.Now()
	}
	if m.records == nil {
		m.records = map[string]memoryRecord{}
		m.sweep = 1024
	}
	if len(m.records) >= m.sweep {
		for k, old := range m.records {
			if old.until.Before(now) {
				delete(m.records, k)
			}
		}
		m.sweep = max(1024, 2*len(m.records))
	}
	m.records[key] = record
}

// stores bounds calls of the shared stores in time, and keeps what this process revoked itself: with a store that is
// down, a session that was ended here stays ended here, and everybody else can read. (Changes are refused then: the
// audit log is in the same database.)
type stores struct {
	revocations RevocationStore
	own         MemoryRevocations
	list        SessionList // nil: none
	log         *slog.Logger

	mu          sync.Mutex
	pausedUntil time.Time // the stores are not called for a page before, because a call timed out
}

const (
	storeTimeout = time.Second
	storePause   = 3 * time.Second
)

// revoke returns ErrUnavailable when the revocation holds in this process only.
func (s *stores) revoke(ctx context.Context, key string, issued, until time.Time) error {
	_ = s.own.Revoke(ctx, key, issued, until) // in memory: cannot fail
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if err := s.revocations.Revoke(ctx, key, issued, until); err != nil {
		return fmt.Errorf("sso: revoke a session: %w: %w", ErrUnavailable, err)
	}
	return nil
}

// revoked reports whether a session was ended; confirmed is false when the shared store did not answer.
func (s *stores) revoked(ctx context.Context, keys []string, issued time.Time) (revoked, confirmed bool) {
	if revoked, _ = s.own.Revoked(ctx, keys, issued); revoked {
		return true, true
	}
	err := s.call(ctx, func(ctx context.Context) (err error) {
		revoked, err = s.revocations.Revoked(ctx, keys, issued)
		return err
	})
	if err != nil && !errors.Is(err, errPaused) {
		s.log.WarnContext(ctx, "revoked sessions cannot be looked up", "error", err)
	}
	return revoked && err == nil, err == nil
}

var errPaused = errors.New("sso: the store timed out a moment ago")

// call limits do in time. After a time-out it returns errPaused for storePause, so that one page waits and not all.
func (s *stores) call(ctx context.Context, do func(context.Context) error) error {
	s.mu.Lock()
	paused := time.Now().Before(s.pausedUntil)
	s.mu.Unlock()
	if paused {
		return errPaused
	}
	limited, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err := do(limited)
	if err != nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		s.mu.Lock()
		s.pausedUntil = time.Now().Add(storePause)
		s.mu.Unlock()
	}
	return err
}

// useOnce returns nil for the first use, ErrUsed afterwards, and ErrUnavailable when the shared store does not answer.
func (s *stores) useOnce(ctx context.Context, key string, until time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	first, err := s.revocations.UseOnce(ctx, key, until)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if !first {
		return ErrUsed
	}
	return nil
}

// useOnceHere is useOnce without ErrUnavailable: when the shared store does not answer, this process's own memory
// decides. It is for values that the provider guards as well.
func (s *stores) useOnceHere(ctx context.Context, key string, until time.Time) error {
	if first, _ := s.own.UseOnce(ctx, key, until); !first {
		return ErrUsed
	}
	err := s.useOnce(ctx, key, until)
	if errors.Is(err, ErrUnavailable) {
		s.log.WarnContext(ctx, "used sign-ins cannot be looked up", "error", err)
		return nil
	}
	return err
}

// storeKey is the key of a value of one kind at an issuer.
func storeKey(kind, issuer, value string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + issuer + "\x00" + value))
	return kind + ":" + base64.RawURLEncoding.EncodeToString(sum[:16])
}
