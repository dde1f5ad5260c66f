package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"protime-admin/internal/change"
)

// How long Health takes at most, and for how long what it found counts.
const (
	longestHealth = time.Second
	healthFor     = 2 * time.Second
	fullFor       = 30 * time.Second // then a change may find out again
)

// health is the last write that was made to find out whether one can be made.
type health struct {
	mu     sync.Mutex
	last   *attempt
	full   error     // why the last change could not be logged, when the disk was full
	fullAt time.Time // when that was
}

type attempt struct {
	began time.Time
	done  chan struct{}
	err   error // once done is closed
}

// Health reports whether a change could be logged now, which it finds out by a durable write that leaves nothing
// behind. It answers within a second, and what it found counts for two, so that probes are no load. Errors match
// change.ErrLog.
func (l *Log) Health(ctx context.Context) error {
	if l.queue == nil {
		return fmt.Errorf("%w: %w", change.ErrLog, ErrReadOnly)
	}
	if l.life.Err() != nil {
		return errClosed
	}
	ctx, cancel := context.WithTimeout(ctx, longestHealth)
	defer cancel()
	last := l.attempt()
	select {
	case <-last.done:
		return last.err
	case <-ctx.Done():
		return fmt.Errorf("%w: a write has not ended: %w", change.ErrLog, ctx.Err())
	}
}

// wrote notes what became of changes. On a disk that is full a small write may succeed when a change does not.
func (h *health) wrote(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full = nil; full(err) {
		h.full, h.fullAt = err, time.Now()
	}
}

// attempt returns the write of the last two seconds, or begins another.
func (l *Log) attempt() *attempt {
	l.health.mu.Lock()
	defer l.health.mu.Unlock()
	if l.health.full != nil && time.Since(l.health.fullAt) < fullFor {
		return ended(l.health.full)
	}
	if away := l.unwritable.now(); away != nil {
		return ended(away)
	}
	if last := l.health.last; last != nil {
		select {
		case <-last.done:
			if time.Since(last.began) < healthFor {
				return last
			}
		default:
			return last
		}
	}
	next := &attempt{began: time.Now(), done: make(chan struct{})}
	l.health.last = next
	go func() {
		defer close(next.done)
		next.err = l.try(l.life)
	}()
	return next
}

// ended is an attempt that need not be made.
func ended(err error) *attempt {
	a := &attempt{done: make(chan struct{}), err: fmt.Errorf("%w: %w", change.ErrLog, err)}
	close(a.done)
	return a
}

// touch is a write that leaves nothing behind.
func touch(ctx context.Context, b *batch) error {
	_, err := b.tx.ExecContext(ctx, `UPDATE head SET at = at WHERE one = 1`)
	return err
}

// errMoved says that what is written would not be found again.
var errMoved = errors.New("audit: the log's file was moved, removed or replaced while the process serves from it")

// place is the files of a SQLite log as they were opened.
type place map[string]os.FileInfo

// newPlace notes which files a log consists of: the database and the journal beside it.
func newPlace(file string) (place, error) {
	p := place{}
	for _, name := range []string{file, file + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("audit: %s: %w", filepath.Base(name), err)
		}
		p[name] = info
	}
	return p, nil
}

// kept is nil while the files are where they were. A process that has a file open goes on writing to it wherever it
// is, and after it was removed, too.
func (p place) kept() error {
	for name, opened := range p {
		if now, err := os.Stat(name); err != nil || !os.SameFile(opened, now) {
			return fmt.Errorf("%w: %s", errMoved, filepath.Base(name))
		}
	}
	return nil
}
