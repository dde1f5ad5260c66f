package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// The statements of every write. SQLite would parse them anew each time, which takes longer than running them; the
// driver of PostgreSQL keeps what it has parsed by itself.
const (
	insertEvent = `INSERT INTO events (` + eventColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
		$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33,
		$34, $35, $36, $37, $38, $39, $40, $41, $42)`
	updateHead   = `UPDATE head SET sequence = $1, hash = $2, at = $3, erased = $4 WHERE one = 1`
	insertChange = `INSERT INTO changes (sequence, id, at, instance, state, last, collection, path, verb, subject,
		person, reason, undoes, undone_by) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, '')`
	selectStand = `SELECT state, undoes FROM changes WHERE id = $1`
	updateStand = `UPDATE changes SET state = $1, last = $2 WHERE id = $3`
	insertActor = `INSERT INTO actors (subject, issuer, name, email, search) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`
)

// prepare parses the statements of every write once.
func (l *Log) prepare(ctx context.Context) error {
	if !l.dialect.oneProcess {
		return nil
	}
	l.prepared = make(map[string]*sql.Stmt)
	all := []string{l.dialect.head, insertEvent, updateHead, insertChange, selectStand, updateStand, insertActor}
	for _, text := range all {
		statement, err := l.writes.PrepareContext(ctx, text)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		l.prepared[text] = statement
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

// exec runs a statement in the batch's transaction.
func (b *batch) exec(ctx context.Context, text string, arguments ...any) (sql.Result, error) {
	if statement := b.prepared[text]; statement != nil {
		return b.tx.StmtContext(ctx, statement).ExecContext(ctx, arguments...)
	}
	return b.tx.ExecContext(ctx, text, arguments...)
}

// row runs a query for one row in the batch's transaction.
func (b *batch) row(ctx context.Context, text string, arguments ...any) *sql.Row {
	if statement := b.prepared[text]; statement != nil {
		return b.tx.StmtContext(ctx, statement).QueryRowContext(ctx, arguments...)
	}
	return b.tx.QueryRowContext(ctx, text, arguments...)
}
