package audit

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date when the log serves, and otherwise checks that it is. Replicas that start
// together run one after the other.
func (l *Log) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, l.dialect.migrations)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	scripts, err := scripts(files)
	if err != nil {
		return fmt.Errorf("audit: migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithGoMigrations(scripts...)}
	if l.dialect.goose == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	db := l.db
	if l.writes != nil && !l.dialect.server { // on PostgreSQL writing connections have time limits that are too short here
		db = l.writes
	}
	provider, err := goose.NewProvider(l.dialect.goose, db, nil, options...)
	if err != nil {
		return fmt.Errorf("audit: migrations: %w", err)
	}
	known := provider.ListSources()
	newest := known[len(known)-1].Version
	limited, cancel := context.WithTimeout(ctx, longestRead)
	defer cancel()
	_, noHead := db.ExecContext(limited, `SELECT 1 FROM head WHERE 1 = 0`)
	var version int64 // read without the library's lock: reading commands may hold no right to write
	row := db.QueryRowContext(limited, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`)
	err = row.Scan(&version)
	// Versions before 1.0 had one column for each fact; their logs are not converted.
	_, noSalts := db.ExecContext(limited, `SELECT salts FROM events WHERE 1 = 0`)
	switch {
	case unavailable(err):
		return fmt.Errorf("audit: the schema's version cannot be read: %w", err)
	case noHead != nil && noSalts == nil:
		return ErrOlderSchema
	case noHead == nil && version == 0 && (err == nil || noTable(err)):
		return fmt.Errorf("%w: the log is there, and the table of its migrations does not say so", errAltered)
	case version > newest:
		return fmt.Errorf("%w: schema %d, this version knows %d", ErrNewerSchema, version, newest)
	case version == newest:
		return nil
	case !l.options.Serve && err != nil:
		return fmt.Errorf("audit: this is no audit log: %w", err)
	case !l.options.Serve:
		return fmt.Errorf("audit: the log has schema %d, not %d: start the server once to bring it up to date",
			version, newest)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("audit: migration: %w", err)
	}
	return nil
}

// scripts are the files as functions that run all statements of one at once. The parser of the library for such files
// takes three buffers of 4 MB at the first start.
func scripts(files fs.FS) ([]*goose.Migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	var all []*goose.Migration
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		script, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		run := func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, string(script))
			return err
		}
		all = append(all, goose.NewGoMigration(version, &goose.GoFunc{RunTx: run}, nil))
	}
	return all, nil
}
