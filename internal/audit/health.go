package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"protime-admin/internal/change"
)

// How long Health takes at most, and how long its result is reused.
const (
	longestHealth = time.Second
	healthFor     = 2 * time.Second
	fullFor       = 30 * time.Second // after a change that failed because the disk was full
)

// health is what is known from the last test write and from the last change.
type health struct {
	tests singleflight.Group

	mu     sync.Mutex
	tested time.Time // when the last test write began
	err    error     // of the last test write
	full   error     // why the last change could not be logged, when the disk was full
	fullAt time.Time // when that was
}

// Health reports whether a change could be logged now, by a durable write that changes nothing. It takes at most a
// second, and its result is reused for two, so that probes are no load. Errors match change.ErrLog.
func (l *Log) Health(ctx context.Context) error {
	if l.queue == nil {
		return fmt.Errorf("%w: %w", change.ErrLog, ErrReadOnly)
	}
	if l.life.Err() != nil {
		return errClosed
	}
	if err := l.unwritable.now(); err != nil {
		return fmt.Errorf("%w: %w", change.ErrLog, err)
	}
	if known, err := l.health.recent(); known {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longestHealth)
	defer cancel()
	select {
	case result := <-l.health.tests.DoChan("", l.testWrite):
		return result.Err
	case <-ctx.Done():
		return fmt.Errorf("%w: a write has not ended: %w", change.ErrLog, ctx.Err())
	}
}

// testWrite makes a test write and records its result.
func (l *Log) testWrite() (any, error) {
	began := time.Now()
	err := l.probe(l.life)
	l.health.mu.Lock()
	defer l.health.mu.Unlock()
	l.health.tested, l.health.err = began, err
	return nil, err
}

// recent returns a result that still counts; known is false when there is none.
func (h *health) recent() (known bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full != nil && time.Since(h.fullAt) < fullFor {
		return true, fmt.Errorf("%w: %w", change.ErrLog, h.full)
	}
	return time.Since(h.tested) < healthFor, h.err
}

// wrote records the result of writing changes: on a full disk the test write may succeed when a change does not.
func (h *health) wrote(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full = nil; full(err) {
		h.full, h.fullAt = err, time.Now()
	}
}

// noop is a write that changes nothing.
func noop(ctx context.Context, t *transaction) error {
	_, err := t.tx.ExecContext(ctx, `UPDATE head SET at = at WHERE one = 1`)
	return err
}

// errMoved says that what is written now would be lost.
var errMoved = errors.New("audit: the log's file was moved, removed or replaced while the process serves from it")

// openFiles are the files of a SQLite log as they were when it was opened, by name.
type openFiles map[string]os.FileInfo

// statFiles notes which files a log consists of: the database and the journal beside it.
func statFiles(file string) (openFiles, error) {
	f := openFiles{}
	for _, name := range []string{file, file + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("audit: %s: %w", filepath.Base(name), err)
		}
		f[name] = info
	}
	return f, nil
}

// check returns errMoved when a file is not where it was: a process that has a file open goes on writing to it after it
// was moved or removed.
func (f openFiles) check() error {
	for name, opened := range f {
		if now, err := os.Stat(name); err != nil || !os.SameFile(opened, now) {
			return fmt.Errorf("%w: %s", errMoved, filepath.Base(name))
		}
	}
	return nil
}
