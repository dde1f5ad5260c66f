package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"protime-admin/internal/change"
)

// A write is one thing to be written. It runs inside a transaction that it shares with others, so it must decide
// before it writes anything: an error that matches refusal leaves nothing behind and is its caller's alone, any
// other error undoes the whole batch.
type write func(ctx context.Context, b *batch) error

// batch is one transaction of the queue, and the end of the chain in it.
type batch struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
	dialect  dialect
	instance string
	now      int64 // microseconds, never before the last event

	sequence int64
	hash     []byte
	erased   int64 // retention has removed the personal values up to here
	moved    bool  // the head has to be written
}

// refusal is an answer of the log to a write, such as change.ErrSpent, unlike a failure of the database.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// longestBatch bounds how many writes share a transaction.
const longestBatch = 256

// queue commits everything that waits in one transaction. While one transaction is flushed the next writes gather,
// so that a busy log costs one flush for many and a quiet one waits for nobody.
type queue struct {
	log     *Log
	most    int // writes that share a transaction
	pending chan *entry
	stop    chan struct{}
	done    chan struct{}
	once    sync.Once
}

// entry is a write that waits, and where its result goes.
type entry struct {
	write  write
	result chan error
	state  atomic.Int32
}

// The states of an entry. Who moves it on from waiting decides whether it is written.
const (
	entryWaiting int32 = iota
	entryTaken
	entryWithdrawn
)

func newQueue(l *Log) *queue {
	q := &queue{
		log:     l,
		most:    longestBatch,
		pending: make(chan *entry, longestBatch),
		stop:    make(chan struct{}),
		done:    make(chan struct{}),
	}
	go q.run()
	return q
}

// close writes what waits and stops.
func (q *queue) close() {
	q.once.Do(func() { close(q.stop) })
	<-q.done
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

// commit writes the entries together, and one by one when that fails, so that nobody fails for another's sake.
func (q *queue) commit(entries []*entry) {
	results, err := q.log.transact(entries)
	if err != nil && len(entries) > 1 && !errors.Is(err, errCommit) {
		for _, e := range entries {
			q.commit([]*entry{e})
		}
		return
	}
	for i, e := range entries {
		if err != nil {
			e.result <- err
			continue
		}
		e.result <- results[i]
	}
}

// errCommit says that a transaction failed at its very end, where it is not known whether it was written.
var errCommit = errors.New("audit: commit")

// longestWrite bounds one transaction: a database that hangs must not hang every change with it.
const longestWrite = 15 * time.Second

// transact runs the entries in one transaction and returns the refusals among their results.
func (l *Log) transact(entries []*entry) ([]error, error) {
	ctx, cancel := context.WithTimeout(context.Background(), longestWrite)
	defer cancel()
	tx, err := l.writes.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("audit: begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit there is nothing to undo
	b := &batch{tx: tx, prepared: l.prepared, dialect: l.dialect, instance: l.instance}
	if err := b.open(ctx, l.options.Now); err != nil {
		return nil, err
	}
	results := make([]error, len(entries))
	for i, e := range entries {
		err := e.write(ctx, b)
		var no refusal
		if err != nil && !errors.As(err, &no) {
			return nil, err
		}
		results[i] = err
	}
	if err := b.close(ctx); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("%w: %w", errCommit, err)
	}
	return results, nil
}

// open reads where the chain ends, and keeps other replicas from adding to it until the transaction is over.
func (b *batch) open(ctx context.Context, clock func() time.Time) error {
	var last int64
	var server sql.NullInt64
	row := b.row(ctx, b.dialect.head)
	if err := row.Scan(&b.sequence, &b.hash, &last, &b.erased, &server); err != nil {
		return fmt.Errorf("audit: head: %w", err)
	}
	switch {
	case clock != nil:
		b.now = micros(clock())
	case server.Valid:
		b.now = server.Int64
	default:
		b.now = micros(time.Now())
	}
	b.now = max(b.now, last) // a clock that goes back must not: pages find a period by the order of events
	return nil
}

// add writes an event at the end of the chain and returns its sequence.
func (b *batch) add(ctx context.Context, e *event) error {
	e.sequence, e.at, e.instance = b.sequence+1, b.now, b.instance
	e.seal(b.hash)
	if _, err := b.exec(ctx, insertEvent, e.values()...); err != nil {
		return fmt.Errorf("audit: %s: %w", e.kind, err)
	}
	b.sequence, b.hash, b.moved = e.sequence, e.hash, true
	return nil
}

// close writes where the chain ends now.
func (b *batch) close(ctx context.Context) error {
	if !b.moved {
		return nil
	}
	if _, err := b.exec(ctx, updateHead, b.sequence, b.hash, b.now, b.erased); err != nil {
		return fmt.Errorf("audit: head: %w", err)
	}
	return nil
}

// write queues a write and returns when it is durable, or certainly is not. A refusal comes back as it is; anything
// else matches change.ErrLog. When ctx ends before the write's turn came it is withdrawn.
func (l *Log) write(ctx context.Context, w write) error {
	if l.queue == nil {
		return fmt.Errorf("%w: %w", change.ErrLog, ErrReadOnly)
	}
	e := &entry{write: w, result: make(chan error, 1)}
	select {
	case <-l.queue.stop:
		return fmt.Errorf("%w: it is closed", change.ErrLog)
	default:
	}
	select {
	case l.queue.pending <- e:
	case <-l.queue.done:
		return fmt.Errorf("%w: it is closed", change.ErrLog)
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", change.ErrLog, ctx.Err())
	}
	select {
	case err := <-e.result:
		return answered(err)
	case <-ctx.Done():
		if e.state.CompareAndSwap(entryWaiting, entryWithdrawn) {
			return fmt.Errorf("%w: %w", change.ErrLog, ctx.Err())
		}
	case <-l.queue.done:
		if e.state.CompareAndSwap(entryWaiting, entryWithdrawn) {
			return fmt.Errorf("%w: it is closed", change.ErrLog)
		}
	}
	return answered(<-e.result)
}

func answered(err error) error {
	var no refusal
	if errors.As(err, &no) {
		return no.error
	}
	if err != nil {
		return fmt.Errorf("%w: %w", change.ErrLog, err)
	}
	return nil
}
