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

// RevocationStore remembers which sessions were put out and which one-time values were used, for all replicas. Keys
// are short opaque texts ("sid:" and 22 letters) that hold nothing personal. In SQL it is one table, key, at and until
// in milliseconds since 1970, of which rows past `until` may be deleted at any time.
type RevocationStore interface {
	// Revoke records that everything under key which began before now is over; the record may go at until. A second
	// call moves both times forward.
	Revoke(ctx context.Context, key string, until time.Time) error
	// Revoked tells whether any of keys was revoked at since or later.
	Revoked(ctx context.Context, keys []string, since time.Time) (bool, error)
	// UseOnce is true the first time that it is asked about key and false from then on, whichever replica asks; the
	// record may go at until. In SQL: an insert that does nothing on conflict, and whether it inserted.
	UseOnce(ctx context.Context, key string, until time.Time) (bool, error)
}

// MemoryRevocations is the RevocationStore of a single process. The zero value is ready for use; its methods never
// fail and may be called at the same time.
type MemoryRevocations struct {
	Now func() time.Time // time.Now when nil

	mu      sync.Mutex
	records map[string]memoryRecord
	sweep   int // how many records there may be before old ones are looked for
}

type memoryRecord struct{ at, until time.Time }

// Revoke implements RevocationStore.
func (m *MemoryRevocations) Revoke(_ context.Context, key string, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(key, until)
	return nil
}

// Revoked implements RevocationStore.
func (m *MemoryRevocations) Revoked(_ context.Context, keys []string, since time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		if record, ok := m.records[key]; ok && !record.at.Before(since.Truncate(time.Millisecond)) {
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
	m.put(key, until)
	return true, nil
}

func (m *MemoryRevocations) put(key string, until time.Time) {
	now := time.Now()
	if m.Now != nil {
		now = m.Now()
	}
	if m.records == nil {
		m.records = map[string]memoryRecord{}
		m.sweep = 1024
	}
	if len(m.records) >= m.sweep {
		for k, record := range m.records {
			if record.until.Before(now) {
				delete(m.records, k)
			}
		}
		m.sweep = max(1024, 2*len(m.records))
	}
	if old, ok := m.records[key]; ok && old.until.After(until) {
		until = old.until
	}
	m.records[key] = memoryRecord{at: now.Truncate(time.Millisecond), until: until}
}

// ledger asks the store that all replicas share and keeps what this process did itself, so that a store that is down
// for a while neither lets a person back in here who was put out here, nor locks everybody out of reading. (Changes
// stop by themselves then: the log lives in the same database.)
type ledger struct {
	store RevocationStore
	own   MemoryRevocations
	log   *slog.Logger

	mu    sync.Mutex
	quiet time.Time // until when the store is not asked about sessions, because it did not answer in time
}

// Limits towards a store that hangs. Every signed-in request asks it, so that after one that waited in vain the
// others do not wait, too; their sessions are unconfirmed meanwhile.
const (
	storeTimeout = time.Second
	storePause   = 3 * time.Second
)

func (l *ledger) revoke(ctx context.Context, key string, until time.Time) error {
	_ = l.own.Revoke(ctx, key, until) // in memory: cannot fail
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if err := l.store.Revoke(ctx, key, until); err != nil {
		return fmt.Errorf("sso: revoke a session: %w: %w", ErrUnavailable, err)
	}
	return nil
}

// revoked tells whether any of keys is revoked, and whether the shared store said so.
func (l *ledger) revoked(ctx context.Context, keys []string, since time.Time) (revoked, confirmed bool) {
	if out, _ := l.own.Revoked(ctx, keys, since); out {
		return true, true
	}
	if l.isQuiet() {
		return false, false
	}
	limited, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	out, err := l.store.Revoked(limited, keys, since)
	if err != nil {
		l.fell(limited)
		l.log.WarnContext(ctx, "revoked sessions cannot be looked up", "error", err)
		return false, false
	}
	return out, true
}

func (l *ledger) isQuiet() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Before(l.quiet)
}

// fell begins the pause when what failed took all of its time.
func (l *ledger) fell(limited context.Context) {
	if !errors.Is(limited.Err(), context.DeadlineExceeded) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet = time.Now().Add(storePause)
}

// useOnce is nil the first time, ErrUsed afterwards, and ErrUnavailable when the shared store does not answer.
func (l *ledger) useOnce(ctx context.Context, key string, until time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	first, err := l.store.UseOnce(ctx, key, until)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if !first {
		return ErrUsed
	}
	return nil
}

// useOnceHere is useOnce for what is guarded elsewhere as well: when the shared store does not answer, what this
// process remembers has to do.
func (l *ledger) useOnceHere(ctx context.Context, key string, until time.Time) error {
	if first, _ := l.own.UseOnce(ctx, key, until); !first {
		return ErrUsed
	}
	err := l.useOnce(ctx, key, until)
	if errors.Is(err, ErrUsed) {
		return err
	}
	if err != nil {
		l.log.WarnContext(ctx, "used sign-ins cannot be looked up", "error", err)
	}
	return nil
}

// revocationKey names what is revoked or used: kind, and a digest of the value within the issuer.
func revocationKey(kind, issuer, value string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + issuer + "\x00" + value))
	return kind + ":" + base64.RawURLEncoding.EncodeToString(sum[:16])
}
