package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// The statements of every write.
const (
	insertEvent = `INSERT INTO events (` + eventColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	updateHead  = `UPDATE head SET sequence = $1, hash = $2, at = $3, erased = $4, revocations = $5, note = $6
		WHERE one = 1`
	insertChange = `INSERT INTO changes (` + rowColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`
	updateChange = `UPDATE changes SET state = $1, last = $2 WHERE sequence = $3`
	insertActor  = `INSERT INTO actors (subject, issuer, name, email, search, last) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (subject, issuer, name, email) DO UPDATE
		SET last = CASE WHEN excluded.last > actors.last THEN excluded.last ELSE actors.last END`
	selectChange = `SELECT 1 FROM changes WHERE id = $1`
	selectUndo   = `SELECT 1 FROM changes WHERE undoes = $1 AND undoes <> '' AND state NOT IN ` + withoutEffect
	selectBatch  = `SELECT 1 FROM changes WHERE batch = $1 AND batch <> '' LIMIT 1`
	selectPart   = `SELECT 1 FROM changes WHERE batch = $1 AND batch_row = $2 AND batch_try = $3 AND batch <> ''`
	// selectStopped finds a batch of which nothing further is to be sent.
	selectStopped = `SELECT 1 FROM batches WHERE id = $1 AND state IN ('paused', 'canceled')`
	// selectSame finds a row of another batch that sends the same as a row about which nobody decided, and that may have
	// had an effect and was not taken back.
	selectSame = `SELECT 1 FROM batch_rows AS r JOIN batch_rows AS o ON o.digest = r.digest AND o.digest <> '' AND o.batch <> r.batch
		JOIN changes AS c ON c.batch = o.batch AND c.batch <> '' AND c.batch_row = o.number
		WHERE r.batch = $1 AND r.number = $2 AND r.chosen = 0 AND r.digest <> '' AND c.state NOT IN ` + withoutEffect + `
		AND NOT ` + takenBack + ` LIMIT 1`
	selectEvents = `SELECT ` + eventColumns + ` FROM events WHERE change_id = $1 ORDER BY sequence`
)

// statements caches the prepared statements of SQLite: parsing a text takes longer than running it. The driver of
// PostgreSQL has a cache of its own, so that db is nil there.
type statements struct {
	db     *sql.DB // nil: nothing is cached
	mu     sync.Mutex
	parsed map[string]*sql.Stmt
}

// mostStatements bounds the cache: the filters of pages combine.
const mostStatements = 200

// get returns the prepared statement of a text, nil where none is cached.
func (s *statements) get(ctx context.Context, text string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement := s.parsed[text]; statement != nil || s.db == nil || len(s.parsed) >= mostStatements {
		return statement, nil
	}
	statement, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if s.parsed == nil {
		s.parsed = make(map[string]*sql.Stmt)
	}
	s.parsed[text] = statement
	return statement, nil
}

// query runs a query on the connections for reading.
func (l *Log) query(ctx context.Context, text string, arguments ...any) (*sql.Rows, error) {
	statement, err := l.reading.get(ctx, text)
	switch {
	case err != nil:
		return nil, err
	case statement != nil:
		return statement.QueryContext(ctx, arguments...)
	}
	return l.db.QueryContext(ctx, text, arguments...)
}

// prepare parses the statements of every write. A transaction holds the one connection and cannot prepare them.
func (l *Log) prepare(ctx context.Context) error {
	if l.dialect.server {
		return nil
	}
	l.writing.db = l.writes
	for _, text := range []string{l.dialect.head, insertEvent, updateHead, insertChange, updateChange, insertActor,
		selectChange, selectUndo, selectBatch, selectPart, selectStopped, selectSame, selectEvents, insertBatchRows(insertAtOnce)} {
		if _, err := l.writing.get(ctx, text); err != nil {
			return fmt.Errorf("audit: %w", err)
		}
	}
	return nil
}

// scan calls do for each row and closes the rows.
func scan(rows *sql.Rows, do func() error) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := do(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// exec, query and row run a statement in the transaction.
func (t *transaction) exec(ctx context.Context, text string, arguments ...any) (sql.Result, error) {
	if statement := t.statement(ctx, text); statement != nil {
		return statement.ExecContext(ctx, arguments...)
	}
	return t.tx.ExecContext(ctx, text, arguments...)
}

func (t *transaction) query(ctx context.Context, text string, arguments ...any) (*sql.Rows, error) {
	if statement := t.statement(ctx, text); statement != nil {
		return statement.QueryContext(ctx, arguments...)
	}
	return t.tx.QueryContext(ctx, text, arguments...)
}

func (t *transaction) row(ctx context.Context, text string, arguments ...any) *sql.Row {
	if statement := t.statement(ctx, text); statement != nil {
		return statement.QueryRowContext(ctx, arguments...)
	}
	return t.tx.QueryRowContext(ctx, text, arguments...)
}

// statement returns the prepared statement of a text in the transaction, nil where none is prepared. A transaction
// holds every bound statement until it ends, so that each is bound once.
func (t *transaction) statement(ctx context.Context, text string) *sql.Stmt {
	statement := t.bound[text]
	if prepared := t.prepared[text]; statement == nil && prepared != nil {
		statement = t.tx.StmtContext(ctx, prepared)
		if t.bound == nil {
			t.bound = make(map[string]*sql.Stmt)
		}
		t.bound[text] = statement
	}
	return statement
}
