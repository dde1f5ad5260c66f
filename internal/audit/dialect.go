package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is what differs between the two databases; all other SQL is the same, with $1 for the first argument.
type dialect struct {
	goose       goose.Dialect
	migrations  string             // directory in the embedded files
	definitions string             // selects a line for each thing in the schema of our tables
	head        string             // reads and locks the end; last the database's clock in microseconds, or NULL
	elements    string             // selects the texts of a JSON array
	integers    string             // selects the integers of a JSON array
	among       string             // holds for a number that a query selects, which is asked once: of a new batch PostgreSQL expects one row
	contains    string             // a function that is positive when its first argument contains its second
	snapshot    sql.IsolationLevel // of a read of one state of the log; every transaction of SQLite is one
	ofEach      string             // joins the changes c that a query of sequences selects for each row a
	now         string             // the time in microseconds where $1 is what Log.nowArgument returns
	server      bool               // a server with a clock of its own, and with connections that can hang
}

func sqliteDialect() dialect {
	return dialect{
		goose:       goose.DialectSQLite3,
		migrations:  "migrations/sqlite",
		head:        `SELECT ` + endColumns + `, NULL FROM head WHERE one = 1`,
		elements:    `SELECT value FROM json_each(%s)`,
		integers:    `SELECT value FROM json_each(%s)`,
		among:       `IN (%s)`,
		contains:    "instr",
		definitions: sqliteDefinitions,
		ofEach:      ` JOIN changes AS c ON c.sequence IN (%s)`,
		now:         `$1`,
	}
}

func postgresDialect() dialect {
	return dialect{
		goose:       goose.DialectPostgres,
		migrations:  "migrations/postgres",
		head:        `SELECT ` + endColumns + `, ` + serverNow + ` FROM head WHERE one = 1 FOR UPDATE`,
		elements:    `SELECT jsonb_array_elements_text(%s::jsonb)`,
		integers:    `SELECT jsonb_array_elements_text(%s::jsonb)::bigint`,
		among:       `= ANY(ARRAY(%s))`,
		contains:    "strpos",
		definitions: postgresDefinitions,
		ofEach:      ` CROSS JOIN LATERAL (%s) AS n JOIN changes AS c ON c.sequence = n.sequence`,
		snapshot:    sql.LevelRepeatableRead,
		now:         `COALESCE($1::bigint, ` + serverNow + `)`,
		server:      true,
	}
}

// serverNow is the clock of PostgreSQL in microseconds.
const serverNow = `(extract(epoch FROM clock_timestamp()) * 1000000)::bigint`

// connect opens the database that the URL names.
func (l *Log) connect(ctx context.Context, databaseURL string) error {
	if file, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return l.connectSQLite(ctx, strings.TrimPrefix(file, "//"))
	}
	if strings.HasPrefix(databaseURL, "postgres://") || strings.HasPrefix(databaseURL, "postgresql://") {
		return l.connectPostgres(ctx, databaseURL)
	}
	return errors.New("audit: the database's address begins with neither sqlite: nor postgres://")
}

func (l *Log) connectSQLite(ctx context.Context, file string) error {
	l.dialect = sqliteDialect()
	file, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	l.file = file
	if !l.options.Serve {
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("audit: the log cannot be read: %w", err)
		}
		l.db, err = readSQLite(ctx, file, 4)
		return err
	}
	if !l.options.Replicas {
		if l.unlock, err = lockFile(ctx, file); err != nil {
			return err
		}
	}
	if err := createFile(file); err != nil {
		return err
	}
	// Every commit is flushed (FULL), what retention removes is overwritten (secure_delete), and a transaction takes
	// the write lock when it begins, so that it never has to be retried.
	l.writes, err = openSQLite(ctx, file, "_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)"+
		"&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)&_pragma=foreign_keys(ON)", 1)
	if err != nil {
		return err
	}
	l.db, err = openSQLite(ctx, file, "_pragma=busy_timeout(10000)&_pragma=query_only(ON)", 8)
	return err
}

// readSQLite opens a file for reading. Where SQLite cannot create the shared-memory file of its readers, nobody can
// write to the log either, and the file is read as immutable, unless its write-ahead log holds a part of it.
func readSQLite(ctx context.Context, file string, connections int) (*sql.DB, error) {
	const parameters = "mode=ro&_pragma=busy_timeout(10000)&_pragma=cache_size(-65536)" // KiB; verify reads everything
	db, err := openSQLite(ctx, file, parameters, connections)
	if code := sqliteCode(err); code != sqlite3.SQLITE_CANTOPEN && code != sqlite3.SQLITE_READONLY {
		return db, err
	}
	if wal, err := os.Stat(file + "-wal"); err == nil && wal.Size() > 0 {
		return nil, fmt.Errorf("audit: %s-wal holds a part of the log and cannot be read where nothing can be written: "+
			"copy both files elsewhere", filepath.Base(file))
	}
	return openSQLite(ctx, file, parameters+"&immutable=1", connections)
}

// sqliteCode is the primary code of SQLite's error, 0 for any other.
func sqliteCode(err error) int {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return 0
	}
	return failure.Code() & 0xff
}

// openSQLite opens a file with a fixed number of connections.
func openSQLite(ctx context.Context, file, parameters string, connections int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", sqliteName(file)+"?"+parameters)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // the first error says more
		return nil, fmt.Errorf("audit: %s cannot be opened: %w", filepath.Base(file), err)
	}
	return db, nil
}

// sqliteName writes a path as SQLite's URI, where ?, # and % have a meaning.
func sqliteName(file string) string {
	escape := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")
	return "file:" + escape.Replace(filepath.ToSlash(file))
}

// createFile creates a file that its owner alone can read, because it holds personal data. One that exists is not
// opened: closing it again would release the locks that this process holds on it (fcntl(2)).
func createFile(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) //nolint:gosec // G304: the operator names the file
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("audit: the log cannot be created: %w", err)
	}
	return f.Close()
}

// lockFile locks a SQLite log for this process: an exclusive transaction on an empty database beside it. SQLite's locks
// work on every system and end with the process.
func lockFile(ctx context.Context, file string) (func() error, error) {
	name := file + ".lock"
	if err := createFile(name); err != nil {
		return nil, err
	}
	db, err := openSQLite(ctx, name, "_txlock=exclusive&_pragma=busy_timeout(0)", 1)
	if err != nil {
		return nil, taken(err, file)
	}
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		_ = db.Close() // the first error says more
		return nil, taken(err, file)
	}
	return func() error {
		if err := tx.Rollback(); err != nil {
			_ = db.Close() // closing releases the lock too
			return fmt.Errorf("audit: unlock: %w", err)
		}
		return db.Close()
	}, nil
}

// taken turns the error of a lock that another process holds into ErrServed.
func taken(err error, file string) error {
	if sqliteCode(err) == sqlite3.SQLITE_BUSY {
		return fmt.Errorf("%w: %s", ErrServed, filepath.Base(file))
	}
	return err
}
