package audit

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date when the log serves, and otherwise only looks whether it is. Replicas that
// start together wait for one another.
func (l *Log) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, l.dialect.migrations)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	var options []goose.ProviderOption
	if l.dialect.goose == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	db := l.db
	if l.writes != nil {
		db = l.writes
	}
	provider, err := goose.NewProvider(l.dialect.goose, db, files, options...)
	if err != nil {
		return fmt.Errorf("audit: migrations: %w", err)
	}
	known := provider.ListSources()
	newest := known[len(known)-1].Version
	if !l.options.Serve {
		return l.upToDate(ctx, newest)
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("audit: the schema's version cannot be read: %w", err)
	}
	if version > newest {
		return fmt.Errorf("%w: schema %d, this version knows %d", ErrNewerSchema, version, newest)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("audit: migration: %w", err)
	}
	return nil
}

// upToDate compares the schema's version without writing: reading commands may hold no right to.
func (l *Log) upToDate(ctx context.Context, newest int64) error {
	var version int64
	row := l.db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`)
	if err := row.Scan(&version); err != nil {
		return fmt.Errorf("audit: this is no audit log: %w", err)
	}
	switch {
	case version > newest:
		return fmt.Errorf("%w: schema %d, this version knows %d", ErrNewerSchema, version, newest)
	case version < newest:
		return fmt.Errorf("audit: the log has schema %d, not %d: start the server once to bring it up to date",
			version, newest)
	}
	return nil
}
