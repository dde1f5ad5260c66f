package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// How long connections to PostgreSQL wait. What the URL sets stays.
const connectTimeout = 5 * time.Second

// perSession are settings of every connection: a commit is on the server's disk, and on that of its synchronous
// standbys, when it is reported.
func perSession() map[string]string { return map[string]string{"synchronous_commit": "on"} }

// perWrite are settings of connections that write. A replica that stops in the middle of a transaction holds the lock
// of the head: the server ends its transaction before the others time out.
func perWrite() map[string]string {
	return map[string]string{
		"statement_timeout": "8s", "lock_timeout": "6s", "idle_in_transaction_session_timeout": "4s",
	}
}

// connectPostgres opens two pools, so that exports and pages never use up the connections for writing.
func (l *Log) connectPostgres(ctx context.Context, address string) error {
	l.dialect = postgresDialect()
	reads, err := pgx.ParseConfig(address)
	if err != nil {
		return errors.New("audit: the address of PostgreSQL cannot be read") // the driver's words may quote it
	}
	if reads.ConnectTimeout == 0 {
		reads.ConnectTimeout = connectTimeout
	}
	preset(reads, perSession())
	l.db = pool(reads, 12)
	if err := l.ping(ctx); err != nil || !l.options.Serve {
		return err
	}
	writes := reads.Copy()
	preset(writes, perWrite())
	l.writes = pool(writes, 3)
	var commits string
	if err := l.writes.QueryRowContext(ctx, `SHOW synchronous_commit`).Scan(&commits); err != nil {
		return fmt.Errorf("audit: PostgreSQL: %w", err)
	}
	if !slices.Contains([]string{"on", "remote_apply"}, commits) {
		return fmt.Errorf("audit: PostgreSQL would lose changes when it stops: synchronous_commit is %s, not on", commits)
	}
	return nil
}

// preset sets parameters that the address leaves open.
func preset(config *pgx.ConnConfig, parameters map[string]string) {
	for name, value := range parameters {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
}

func pool(config *pgx.ConnConfig, connections int) *sql.DB {
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// ping waits for the first answer of PostgreSQL, and logs that it waits after two seconds.
func (l *Log) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*connectTimeout)
	defer cancel()
	defer time.AfterFunc(2*time.Second, func() {
		l.options.Logger.Warn("waiting for the audit log's database")
	}).Stop()
	if err := l.db.PingContext(ctx); err != nil {
		return fmt.Errorf("audit: PostgreSQL cannot be reached: %w", err)
	}
	return nil
}
