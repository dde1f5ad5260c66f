package audit

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"protime-admin/internal/change"
)

// defaultLimit is how many changes a page has, exportLimit how many All reads at once.
const (
	defaultLimit = 50
	exportLimit  = 500
)

// Changes returns a page of changes, newest first, and the cursor of the next page, "" at the end. The cursor is the
// sequence of the page's last change: new changes do not move a page. The order is that of the log; with a period, and
// folded, it is that of time, which differs where the clock was wrong.
func (l *Log) Changes(ctx context.Context, q change.Query) ([]change.Receipt, string, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	w, err := l.conditions(q)
	if err != nil {
		return nil, "", err
	}
	receipts, err := l.receipts(ctx, w.newest(l.dialect, limit+1), w.order("c."), w.arguments...)
	if err != nil {
		return nil, "", err
	}
	if len(receipts) <= limit {
		return receipts, "", nil
	}
	receipts = receipts[:limit]
	return receipts, strconv.FormatInt(receipts[limit-1].Sequence, 10), nil
}

// All iterates over every change of the filter, newest first, a few hundred in memory at a time; one error, then it
// stops. Changes that are made meanwhile do not appear.
func (l *Log) All(ctx context.Context, q change.Query) iter.Seq2[change.Receipt, error] {
	return func(yield func(change.Receipt, error) bool) {
		q.Limit = exportLimit
		for {
			page, next, err := l.Changes(ctx, q)
			if err != nil {
				yield(change.Receipt{}, err)
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			q.Cursor = next
		}
	}
}

// Unknown counts the changes whose state is unknown, up to a limit, in the index of states alone.
func (l *Log) Unknown(ctx context.Context, limit int) (n int, err error) {
	err = l.read(ctx, func(ctx context.Context) error {
		rows, err := l.query(ctx, `SELECT count(*) FROM (SELECT 1 FROM changes WHERE state = $1 LIMIT $2) AS u`,
			string(change.Unknown), limit)
		if err != nil {
			return err
		}
		return scan(rows, func() error { return rows.Scan(&n) })
	})
	return n, err
}

// Actors returns who made changes, whoever did last first, each under the name of then, up to a limit.
func (l *Log) Actors(ctx context.Context, limit int) (found []change.Actor, err error) {
	err = l.read(ctx, func(ctx context.Context) error {
		found = nil
		rows, err := l.query(ctx, `SELECT subject, issuer, name, email FROM actors AS a
			WHERE last = (SELECT max(last) FROM actors AS b WHERE b.subject = a.subject AND b.issuer = a.issuer)
			ORDER BY last DESC LIMIT $1`, limit)
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var a change.Actor
			err := rows.Scan(&a.Subject, &a.Issuer, &a.Name, &a.Email)
			found = append(found, a)
			return err
		})
	})
	return found, err
}

// Receipt returns one change, or change.ErrNoChange.
func (l *Log) Receipt(ctx context.Context, id string) (change.Receipt, error) {
	receipts, err := l.receipts(ctx, `SELECT at, sequence, id FROM changes WHERE id = $1`, "c.sequence DESC", text(id))
	if err != nil {
		return change.Receipt{}, err
	}
	if len(receipts) == 0 {
		return change.Receipt{}, change.ErrNoChange
	}
	return receipts[0], nil
}

// receipts reads the changes that a query selects by time, sequence and id, in an order.
func (l *Log) receipts(ctx context.Context, selected, order string, arguments ...any) (receipts []change.Receipt, err error) {
	err = l.read(ctx, func(ctx context.Context) (err error) {
		receipts, err = l.folded(ctx, selected, order, arguments...)
		return err
	})
	return receipts, err
}

func (l *Log) folded(ctx context.Context, selected, order string, arguments ...any) ([]change.Receipt, error) {
	rows, err := l.query(ctx, `SELECT `+undoneBy+`, coalesce(`+reversal+`, ''), e.sequence, e.change_id, e.document, e.digest, e.hash, e.salt, e.personal
		FROM (`+selected+`) AS c JOIN events AS e ON e.change_id = c.id ORDER BY `+order+`, e.sequence`, arguments...)
	if err != nil {
		return nil, err
	}
	var (
		receipts []change.Receipt
		events   []*event // of one change
		undone   string
		reversed change.Reversal
	)
	fold := func() error {
		if len(events) == 0 {
			return nil
		}
		read, _, err := facts(events)
		if err != nil {
			return err
		}
		r, err := change.Fold(events[0].changeID, read)
		r.UndoneBy, r.Reversal = undone, reversed
		receipts, events = append(receipts, r), nil
		return err
	}
	err = scan(rows, func() error {
		var by *string
		var now change.Reversal
		e := new(event)
		if err := rows.Scan(append([]any{&by, &now}, e.fields()...)...); err != nil {
			return err
		}
		if len(events) > 0 && events[0].changeID != e.changeID {
			if err := fold(); err != nil {
				return err
			}
		}
		events, undone, reversed = append(events, e), "", now
		if by != nil {
			undone = *by
		}
		return nil
	})
	return receipts, errors.Join(err, fold())
}
