package change

import (
	"context"
	"iter"
)

// Receipt returns one change to those who may see it: auditors, and the editor who made it. Errors: ErrNoChange,
// ErrRole.
func (d *Desk) Receipt(ctx context.Context, actor Actor, id string) (Receipt, error) {
	r, err := d.Log.Receipt(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	if !MaySee(actor, r) {
		return Receipt{}, ErrRole
	}
	return r, nil
}

// Changes returns a page of changes, newest first, and the cursor of the next page ("" at the end). Auditors see
// every one; editors the history of one record (Query.Path) and their own changes (Query.Subject). ErrRole otherwise.
func (d *Desk) Changes(ctx context.Context, actor Actor, q Query) ([]Receipt, string, error) {
	history := q.Path != "" && Has(actor.Roles, SeeHistory)
	own := q.Subject != "" && q.Subject == actor.Subject && Has(actor.Roles, Make)
	if !Has(actor.Roles, SeeLog) && !history && !own {
		return nil, "", ErrRole
	}
	return d.Log.Changes(ctx, q)
}

// All iterates over every change of the filter, newest first; one error, then it stops. It is for auditors: ErrRole
// is the only value that anybody else gets.
func (d *Desk) All(ctx context.Context, actor Actor, q Query) iter.Seq2[Receipt, error] {
	if !Has(actor.Roles, ExportLog) {
		return func(yield func(Receipt, error) bool) { yield(Receipt{}, ErrRole) }
	}
	return d.Log.All(ctx, q)
}
