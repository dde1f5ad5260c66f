package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

// Backup writes a snapshot of the log to a new SQLite file, while others go on writing. Verify works on
// the copy, and a server can be started on it. An existing file is not overwritten; an incomplete
// copy never has the name.
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
	if !l.dialect.server {
		copyLog = l.copyFile
	}
	if err := errors.Join(copyLog(ctx, partial), flush(partial)); err != nil {
		return fmt.Errorf("audit: backup: %w", err)
	}
	if err := os.Rename(partial, file); err != nil {
		return fmt.Errorf("audit: backup: %w", err)
	}
	return flush(filepath.Dir(file))
}

// copyFile lets SQLite write a compact copy of one snapshot.
func (l *Log) copyFile(ctx context.Context, file string) error {
	db, err := readSQLite(ctx, l.file, 1)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, file)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	copied, err := openSQLite(ctx, file, "_pragma=journal_mode(DELETE)", 1)
	if err != nil {
		return err
	}
	_, err = copied.ExecContext(ctx, pauseCopied, batch.PausedForgotten)
	return errors.Join(err, copied.Close())
}

// pauseCopied pauses the batches that run: a copy does not know what is sent after it.
const pauseCopied = `UPDATE batches SET state = 'paused', pause = $1 WHERE state = 'running'`

// newSQLite migrates an empty SQLite database on one connection.
func newSQLite(ctx context.Context, file string) (*Log, error) {
	db, err := openSQLite(ctx, file, "_pragma=synchronous(OFF)&_pragma=journal_mode(DELETE)&_pragma=cache_size(-"+rebuildCache+")", 1)
	if err != nil {
		return nil, err
	}
	l := &Log{db: db, writes: db, dialect: sqliteDialect(), options: Options{Serve: true}.withDefaults()}
	if err := l.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l, nil
}

// copyRows writes every event of one snapshot of PostgreSQL into a SQLite log, and computes the rest from them.
func (l *Log) copyRows(ctx context.Context, file string) (err error) {
	from, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: l.dialect.snapshot})
	if err != nil {
		return err
	}
	defer func() { _ = from.Rollback() }() // it only read
	target, err := newSQLite(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.db.Close()) }()
	to, err := target.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = to.Rollback() }() // after a commit there is nothing to undo
	insert, err := to.PrepareContext(ctx, insertEvent)
	if err != nil {
		return err
	}
	err = eachEvent(ctx, from, "", func(e *event) error {
		_, err := insert.ExecContext(ctx, e.values()...)
		return err
	})
	if err != nil {
		return err
	}
	end, err := endOf(from.QueryRowContext(ctx, selectEnd))
	if err != nil {
		return err
	}
	if _, err := to.ExecContext(ctx, updateHead, end.values()...); err != nil {
		return err
	}
	if err := copyRevocations(ctx, from, to); err != nil {
		return err
	}
	if err := copyUnsigned(ctx, from, to); err != nil {
		return err
	}
	if err := copyBatches(ctx, from, to); err != nil {
		return err
	}
	if _, err := (&transaction{tx: to}).rebuild(ctx); err != nil {
		return err
	}
	return to.Commit()
}

func copyRevocations(ctx context.Context, from, to *sql.Tx) error {
	rows, err := from.QueryContext(ctx, selectRevocations)
	return revocations(rows, err, func(key string, row revocation) error {
		_, err := to.ExecContext(ctx, `INSERT INTO revocations (key, at, until) VALUES ($1, $2, $3)`, key, row.at, row.until)
		return err
	})
}

// copyUnsigned copies what is neither signed nor computed from events.
func copyUnsigned(ctx context.Context, from, to *sql.Tx) error {
	rows, err := from.QueryContext(ctx, selectAcknowledgements+` ORDER BY sequence`)
	err = acknowledgements(rows, err, func(a change.Acknowledgement) error {
		_, err := to.ExecContext(ctx, insertAcknowledgement, acknowledgementValues(a)...)
		return err
	})
	if err != nil {
		return err
	}
	rows, err = from.QueryContext(ctx, `SELECT issuer, subject, name, path FROM saved_views`)
	if err != nil {
		return err
	}
	return scan(rows, func() error {
		var issuer, subject, name, path string
		if err := rows.Scan(&issuer, &subject, &name, &path); err != nil {
			return err
		}
		_, err := to.ExecContext(ctx, `INSERT INTO saved_views (issuer, subject, name, path) VALUES ($1, $2, $3, $4)`,
			issuer, subject, name, path)
		return err
	})
}

// copyBatches copies batches with their rows, paused where they run, and what columns meant.
func copyBatches(ctx context.Context, from, to *sql.Tx) error {
	for _, table := range []struct{ name, columns string }{
		{"batches", batchColumns + `, touched, round, owner, lease, erased`}, {"batch_rows", rowOfBatchColumns},
		{"batch_columns", `issuer, subject, collection, header, input, used`},
	} {
		if err := copyTable(ctx, from, to, table.name, table.columns); err != nil {
			return err
		}
	}
	_, err := to.ExecContext(ctx, pauseCopied, batch.PausedForgotten)
	return err
}

// copyTable copies columns of a table whose values both databases have alike: texts and integers.
func copyTable(ctx context.Context, from, to *sql.Tx, name, columns string) (err error) {
	n := strings.Count(columns, ",") + 1
	places := make([]string, n)
	for i := range places {
		places[i] = "$" + strconv.Itoa(i+1)
	}
	//nolint:gosec // G202: text of our own
	insert, err := to.PrepareContext(ctx, `INSERT INTO `+name+` (`+columns+`) VALUES (`+strings.Join(places, ", ")+`)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	rows, err := from.QueryContext(ctx, `SELECT `+columns+` FROM `+name) //nolint:gosec // G202: text of our own
	if err != nil {
		return err
	}
	values, into := make([]any, n), make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	return scan(rows, func() error {
		if err := rows.Scan(into...); err != nil {
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
