package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes the log as it is at this moment to a new SQLite file, while others go on writing. Verify works on
// the copy, and a server can be started on it. A file that exists is not touched; one that is not whole never
// stands under the name.
func (l *Log) Backup(ctx context.Context, file string) (err error) {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("audit: backup: %s exists", file)
	}
	partial := file + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("audit: backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(partial) // the failure before says more
		}
	}()
	if err := createFile(partial); err != nil {
		return err
	}
	copyLog := l.copyRows
	if l.dialect.oneProcess {
		copyLog = l.copyFile
	}
	if err := copyLog(ctx, partial); err != nil {
		return fmt.Errorf("audit: backup: %w", err)
	}
	if err := flush(partial); err != nil {
		return fmt.Errorf("audit: backup: %w", err)
	}
	if err := os.Rename(partial, file); err != nil {
		return fmt.Errorf("audit: backup: %w", err)
	}
	return flush(filepath.Dir(file))
}

// copyFile lets SQLite write a compact copy of one snapshot.
func (l *Log) copyFile(ctx context.Context, file string) error {
	db, err := openSQLite(ctx, l.file, "mode=ro&_pragma=busy_timeout(10000)", 1)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, file)
	return errors.Join(err, db.Close())
}

// copyRows writes every event of one snapshot of PostgreSQL into a SQLite log.
func (l *Log) copyRows(ctx context.Context, file string) (err error) {
	from, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: l.dialect.snapshot})
	if err != nil {
		return err
	}
	defer func() { _ = from.Rollback() }() // it only read
	db, err := openSQLite(ctx, file, "_pragma=synchronous(OFF)&_pragma=journal_mode(DELETE)", 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	target := &Log{db: db, writes: db, dialect: sqliteDialect(), options: Options{Serve: true}.withDefaults()}
	if err := target.migrate(ctx); err != nil {
		return err
	}
	to, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = to.Rollback() }()               // after a commit there is nothing to undo
	insert, err := to.PrepareContext(ctx, insertEvent) // closed with its transaction
	if err != nil {
		return err
	}
	err = each(ctx, from, "", nil, func(e *event) error {
		_, err := insert.ExecContext(ctx, e.values()...)
		return err
	})
	if err != nil {
		return err
	}
	for _, table := range []copied{
		{`SELECT sequence, id, at, instance, state, last, collection, path, verb, subject, person, reason, undoes, undone_by
			FROM changes ORDER BY sequence`,
			`INSERT INTO changes (sequence, id, at, instance, state, last, collection, path, verb, subject, person, reason,
			undoes, undone_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, 14},
		{`SELECT subject, issuer, name, email, search FROM actors`,
			`INSERT INTO actors (subject, issuer, name, email, search) VALUES ($1, $2, $3, $4, $5)`, 5},
		{`SELECT sequence, hash, at, erased FROM head WHERE one = 1`,
			`UPDATE head SET sequence = $1, hash = $2, at = $3, erased = $4 WHERE one = 1`, 4},
	} {
		if err := table.copy(ctx, from, to); err != nil {
			return err
		}
	}
	return to.Commit()
}

// copied is one table beside the events.
type copied struct {
	read, write string
	columns     int
}

func (c copied) copy(ctx context.Context, from, to *sql.Tx) error {
	insert, err := to.PrepareContext(ctx, c.write) // closed with its transaction
	if err != nil {
		return err
	}
	rows, err := from.QueryContext(ctx, c.read)
	if err != nil {
		return err
	}
	values, places := make([]any, c.columns), make([]any, c.columns)
	for i := range values {
		places[i] = &values[i]
	}
	return scan(rows, func() error {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		_, err := insert.ExecContext(ctx, values...)
		return err
	})
}

// flush makes a file, or the names in a directory, durable.
func flush(name string) error {
	f, err := os.Open(name) //nolint:gosec // G304: the operator names the file
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
