package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"protime-admin/internal/change"
)

// refusal is an answer of the log to a write, such as change.ErrSpent, unlike a failure of the database.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// mostWrites bounds how many writes share a transaction.
const mostWrites = 256

// queue groups commits: while one transaction is flushed the next writes queue up, so that a busy log has one flush for
// many writes and a quiet one has no delay.
type queue struct {
	log     *Log
	most    int // writes that share a transaction
	pending chan *entry
	stop    chan struct{}
	done    chan struct{}
	once    sync.Once
}

// entry is a queued write, and where its result goes.
type entry struct {
	write  write
	probe  bool // a test write, which is made during an outage too
	result chan error
	state  atomic.Int32
}

// The states of an entry. Whoever moves it on from waiting decides whether it is written.
const (
	entryWaiting int32 = iota
	entryTaken
	entryWithdrawn
)

func newQueue(l *Log) *queue {
	q := &queue{
		log:     l,
		most:    mostWrites,
		pending: make(chan *entry, mostWrites),
		stop:    make(chan struct{}),
		done:    make(chan struct{}),
	}
	go q.run()
	return q
}

// close writes what is queued and stops. It returns when ctx ends, and the writing goes on.
func (q *queue) close(ctx context.Context) {
	q.once.Do(func() { close(q.stop) })
	select {
	case <-q.done:
	case <-ctx.Done():
	}
}

func (q *queue) run() {
	defer close(q.done)
	for {
		select {
		case e := <-q.pending:
			q.commit(q.gather(e))
		case <-q.stop:
			for {
				select {
				case e := <-q.pending:
					q.commit(q.gather(e))
				default:
					return
				}
			}
		}
	}
}

// gather takes what waits behind the first entry.
func (q *queue) gather(first *entry) []*entry {
	var taken []*entry
	take := func(e *entry) {
		if e.state.CompareAndSwap(entryWaiting, entryTaken) {
			taken = append(taken, e)
		}
	}
	take(first)
	for len(taken) < q.most {
		select {
		case e := <-q.pending:
			take(e)
		default:
			return taken
		}
	}
	return taken
}

// commit writes the entries together. Where one of them makes the transaction fail, they are written one by one, so
// that only that one fails; where the database does not answer, they fail together and an outage begins.
func (q *queue) commit(entries []*entry) {
	if outage := q.log.unwritable.now(); outage != nil {
		entries = slices.DeleteFunc(entries, func(e *entry) bool {
			if !e.probe {
				e.result <- outage
			}
			return !e.probe
		})
	}
	if len(entries) == 0 {
		return
	}
	results, err := q.log.transact(entries)
	if err != nil && len(entries) > 1 && !errors.Is(err, errCommit) && !unavailable(err) {
		for _, e := range entries {
			q.commit([]*entry{e})
		}
		return
	}
	if err != nil {
		q.log.suspend(&q.log.unwritable, "writing", err, q.log.probe)
	}
	if slices.ContainsFunc(entries, func(e *entry) bool { return !e.probe }) {
		q.log.health.wrote(err)
	}
	for i, e := range entries {
		if err != nil {
			e.result <- err
			continue
		}
		e.result <- results[i]
	}
}

// write queues a write and returns when it is durable, or certainly is not. A refusal comes back as it is; anything
// else matches change.ErrLog. When ctx ends before the write's turn came it is withdrawn.
func (l *Log) write(ctx context.Context, w write) error {
	if l.queue == nil {
		return fmt.Errorf("%w: %w", change.ErrLog, ErrReadOnly)
	}
	if err := l.unwritable.now(); err != nil {
		return fmt.Errorf("%w: %w", change.ErrLog, err)
	}
	return l.queue.put(ctx, &entry{write: w, result: make(chan error, 1)})
}

// probe makes a test write, during an outage too.
func (l *Log) probe(ctx context.Context) error {
	return l.queue.put(ctx, &entry{write: noop, probe: true, result: make(chan error, 1)})
}

// longestWait bounds put where the operating system hangs, which no context ends. It exceeds that of a transaction.
const longestWait = longestWrite + time.Second

// put hands an entry to the queue and waits for its result.
func (q *queue) put(ctx context.Context, e *entry) error {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestWait)
	defer cancel()
	select {
	case <-q.stop:
		return errClosed
	default:
	}
	var ended error
	select {
	case q.pending <- e:
	case <-q.done:
		return errClosed
	case <-limit.Done():
		return fmt.Errorf("%w: %w", change.ErrLog, limit.Err())
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", change.ErrLog, ctx.Err())
	}
	select {
	case err := <-e.result:
		return result(err)
	case <-limit.Done():
		ended = limit.Err()
	case <-ctx.Done():
		ended = ctx.Err()
	case <-q.done:
		ended = errClosed
	}
	if e.state.CompareAndSwap(entryWaiting, entryWithdrawn) {
		return result(ended)
	}
	select {
	case err := <-e.result:
		return result(err)
	case <-limit.Done(): // nobody knows whether it was written
		return result(limit.Err())
	}
}

// errClosed says that the log is closed.
var errClosed = fmt.Errorf("%w: it is closed", change.ErrLog)

// result is what the caller of a write gets.
func result(err error) error {
	var no refusal
	switch {
	case errors.As(err, &no):
		return no.error
	case err != nil && !errors.Is(err, change.ErrLog):
		return fmt.Errorf("%w: %w", change.ErrLog, err)
	}
	return err
}
