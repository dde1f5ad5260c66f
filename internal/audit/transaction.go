package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"protime-admin/internal/change"
)

// A write is one unit of the queue. It shares its transaction with others, so it must decide before it writes anything:
// an error that matches refusal means that it wrote nothing, and fails this write only; any other error rolls the whole
// transaction back.
type write func(ctx context.Context, t *transaction) error

// transaction is one of the queue, and the end of the chain in it.
type transaction struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
	bound    map[string]*sql.Stmt // of prepared, in the transaction
	instance string
	now      time.Time // by the database's clock

	end     end
	moved   bool // the end has to be written
	revoked bool // the digest of the revocations has to be computed again
}

// errCommit says that a transaction failed at its very end, where it is not known whether it was written.
var errCommit = errors.New("audit: commit")

// transact runs the entries in one transaction and returns the refusals among their results. Only the queue's goroutine
// calls it.
func (l *Log) transact(entries []*entry) (results []error, err error) {
	limit := longestWrite
	if l.unwritable.now() != nil {
		limit = longestTry
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", err, ctx.Err()) // the error of database/sql may not say that the time was over
		}
	}()
	if err := l.files.check(); err != nil {
		return nil, err
	}
	tx, err := l.writes.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("audit: begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit there is nothing to undo
	t := &transaction{tx: tx, prepared: l.writing.parsed, instance: l.instance}
	if err := l.openTransaction(ctx, t, l.checkpoint); err != nil {
		if errors.Is(err, ErrHead) && l.checkpoint.note != "" {
			l.altered(ctx, err)
		}
		return nil, err
	}
	results = make([]error, len(entries))
	for i, e := range entries {
		err := e.write(ctx, t)
		var no refusal
		if err != nil && !errors.As(err, &no) {
			return nil, err
		}
		results[i] = err
	}
	if err := l.closeTransaction(ctx, t); err != nil {
		return nil, err
	}
	l.checkpoint.tried = t.end.note
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("%w: %w", errCommit, err)
	}
	l.checkpoint.note, l.checkpoint.sequence = t.end.note, t.end.Sequence
	return results, nil
}

// openTransaction reads the end of the chain and locks it for the transaction. Nothing is added to an end that is not signed:
// the next signature would cover what somebody forged.
func (l *Log) openTransaction(ctx context.Context, t *transaction, last checkpoint) error {
	var server sql.NullInt64
	err := t.row(ctx, l.dialect.head).Scan(append(t.end.fields(), &server)...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrHead
	case err != nil:
		return fmt.Errorf("audit: head: %w", err)
	case !last.precedes(t.end, l.alone()):
		return ErrHead
	}
	t.now = moment(micros(l.now()))
	if server.Valid && l.options.Now == nil {
		t.now = moment(server.Int64)
	}
	if t.end.isNew() {
		nothing := sha256.Sum256(nil)
		t.end.revocations, t.moved = nothing[:], true
		return nil
	}
	if !t.end.signed(l.verifier, last.note) {
		return ErrHead
	}
	return nil
}

// add writes an event at the end of the chain.
func (t *transaction) add(ctx context.Context, d document, personal change.Personal) (*event, error) {
	d.Sequence, d.At, d.Instance = t.end.Sequence+1, t.now, t.instance
	e, err := seal(d, personal, t.end.Hash)
	if err != nil {
		return nil, err
	}
	if _, err := t.exec(ctx, insertEvent, e.values()...); err != nil {
		return nil, fmt.Errorf("audit: %s: %w", d.Kind, err)
	}
	t.end.Head, t.end.at, t.moved = Head{Sequence: e.sequence, Hash: e.hash}, micros(d.At), true
	return e, nil
}

// closeTransaction signs and writes where the chain ends now.
func (l *Log) closeTransaction(ctx context.Context, t *transaction) error {
	if !t.moved && !t.revoked {
		return nil
	}
	if t.revoked {
		digest, err := revocationsDigest(ctx, t.tx)
		if err != nil {
			return fmt.Errorf("audit: revocations: %w", err)
		}
		t.end.revocations = digest
	}
	if err := t.end.sign(l.signer); err != nil {
		return err
	}
	if _, err := t.exec(ctx, updateHead, t.end.values()...); err != nil {
		return fmt.Errorf("audit: head: %w", err)
	}
	return nil
}
