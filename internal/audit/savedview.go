package audit

import (
	"context"
	"fmt"
)

// SavedViews holds addresses of lists that people have given a name. They are neither signed nor part of the chain.
type SavedViews struct {
	log *Log
}

// SavedViews returns the saved views in the log's database.
func (l *Log) SavedViews() *SavedViews { return &SavedViews{log: l} }

// Save gives a path a name of a person, in place of the one that had it. It saves nothing and returns false where the
// person has as many others as most.
func (v *SavedViews) Save(ctx context.Context, issuer, subject, name, path string, most int) (saved bool, err error) {
	err = v.log.write(ctx, func(ctx context.Context, t *transaction) error {
		var others int
		row := t.tx.QueryRowContext(ctx, `SELECT count(*) FROM saved_views WHERE issuer = $1 AND subject = $2 AND name <> $3`,
			text(issuer), text(subject), text(name))
		if err := row.Scan(&others); err != nil || others >= most {
			saved = false
			return err
		}
		saved = true
		_, err := t.tx.ExecContext(ctx, `INSERT INTO saved_views (issuer, subject, name, path) VALUES ($1, $2, $3, $4)
			ON CONFLICT (issuer, subject, name) DO UPDATE SET path = excluded.path`,
			text(issuer), text(subject), text(name), text(path))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("audit: saved views: %w", err)
	}
	return saved, nil
}

// List returns the paths of a person's views by name.
func (v *SavedViews) List(ctx context.Context, issuer, subject string) (map[string]string, error) {
	paths := map[string]string{}
	err := v.log.read(ctx, func(ctx context.Context) error {
		rows, err := v.log.query(ctx, `SELECT name, path FROM saved_views WHERE issuer = $1 AND subject = $2`,
			text(issuer), text(subject))
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var name, path string
			err := rows.Scan(&name, &path)
			paths[name] = path
			return err
		})
	})
	return paths, err
}

// Remove removes one of a person's views.
func (v *SavedViews) Remove(ctx context.Context, issuer, subject, name string) error {
	err := v.log.write(ctx, func(ctx context.Context, t *transaction) error {
		_, err := t.tx.ExecContext(ctx, `DELETE FROM saved_views WHERE issuer = $1 AND subject = $2 AND name = $3`,
			text(issuer), text(subject), text(name))
		return err
	})
	if err != nil {
		return fmt.Errorf("audit: saved views: %w", err)
	}
	return nil
}
