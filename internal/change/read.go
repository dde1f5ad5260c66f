package change

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// readTimeout bounds one reading of the log: a person waits for it.
const readTimeout = 5 * time.Second

// read returns one change from the log. ErrUnreadable when the log does not answer in time.
func (d *Desk) read(ctx context.Context, id string) (Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, min(readTimeout, d.logTimeout()))
	defer cancel()
	r, err := d.Log.Receipt(ctx, id)
	return r, overdue(err, ErrUnreadable)
}

// overdue marks an error as the kind that it is for callers when the log did not answer in time.
func overdue(err, kind error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return err
}

// Receipt returns one change to those who may see it: auditors, the editor who made it, and every editor where it is
// or was in doubt. Errors: ErrNoChange, ErrRole, ErrUnreadable.
func (d *Desk) Receipt(ctx context.Context, actor Actor, id string) (Receipt, error) {
	r, err := d.read(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	if !MaySee(actor, r) {
		return Receipt{}, ErrRole
	}
	return r, nil
}

// Changes returns a page of changes, newest first, and the cursor of the next page ("" at the end). Auditors see
// every one; editors the history of one record (Query.Path) or of the records of some days (Query.FirstDate and
// Query.LastDate), their own changes (Query.Subject) and those that wait to be resolved (Query.State Unknown or
// Accepted). ErrRole otherwise; ErrUnreadable.
func (d *Desk) Changes(ctx context.Context, actor Actor, q Query) ([]Receipt, string, error) {
	history := (q.Path != "" || q.FirstDate != "" && q.LastDate != "") && Has(actor.Roles, SeeHistory)
	own := q.Subject != "" && q.Subject == actor.Subject && Has(actor.Roles, Make)
	unclear := (q.State == Unknown || q.State == Accepted) && Has(actor.Roles, Resolve)
	if !Has(actor.Roles, SeeLog) && !history && !own && !unclear {
		return nil, "", ErrRole
	}
	ctx, cancel := context.WithTimeout(ctx, min(readTimeout, d.logTimeout()))
	defer cancel()
	found, next, err := d.Log.Changes(ctx, q)
	return found, next, overdue(err, ErrUnreadable)
}

// Actors returns who made changes, whoever did last first, up to a limit, for auditors. ErrRole otherwise; ErrUnreadable.
func (d *Desk) Actors(ctx context.Context, actor Actor, limit int) ([]Actor, error) {
	if !Has(actor.Roles, SeeLog) {
		return nil, ErrRole
	}
	ctx, cancel := context.WithTimeout(ctx, min(readTimeout, d.logTimeout()))
	defer cancel()
	found, err := d.Log.Actors(ctx, limit)
	return found, overdue(err, ErrUnreadable)
}

// Unknown counts the changes of everybody whose state is Unknown, up to a limit, for those who may resolve them.
// ErrRole otherwise; ErrUnreadable.
func (d *Desk) Unknown(ctx context.Context, actor Actor, limit int) (int, error) {
	if !Has(actor.Roles, Resolve) {
		return 0, ErrRole
	}
	ctx, cancel := context.WithTimeout(ctx, min(readTimeout, d.logTimeout()))
	defer cancel()
	n, err := d.Log.Unknown(ctx, limit)
	return n, overdue(err, ErrUnreadable)
}

// All iterates over every change of the filter, newest first; one error, then it stops. It is for auditors: ErrRole
// is the only value that anybody else gets.
func (d *Desk) All(ctx context.Context, actor Actor, q Query) iter.Seq2[Receipt, error] {
	if !Has(actor.Roles, ExportLog) {
		return func(yield func(Receipt, error) bool) { yield(Receipt{}, ErrRole) }
	}
	return func(yield func(Receipt, error) bool) {
		for r, err := range d.Log.All(ctx, q) {
			if !yield(r, overdue(err, ErrUnreadable)) {
				return
			}
		}
	}
}
