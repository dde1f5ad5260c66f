package handlers

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
)

// recheck checks some rows of a draft again and keeps them, with other rows that are their doubles now, or were. Rows that
// cannot be checked now are kept without a check. Those of an undo have none: the run reads what they change.
func (x *exchange) recheck(d *draft, rows []batch.Row) error {
	if len(rows) == 0 {
		return nil
	}
	ctx, whole := x.request().Context(), d.isChecked()
	if d.Operation == batch.Undo {
		return x.putRows(d, rows, whole)
	}
	checker, err := x.s.dryrun.Checker(d.Batch, x.finder())
	if err != nil {
		return err
	}
	checked, err := checker.Recheck(ctx, rows)
	if err != nil {
		x.s.Logger.WarnContext(ctx, "rows of a batch cannot be checked", "id", x.id, "error", err)
		d.failure, whole, checked = err, false, rows
		for i := range checked {
			checked[i].Check = batch.Check{}
		}
	}
	return x.putRows(d, checked, whole)
}

// putRows keeps rows of a draft. whole says that all of them are checked.
func (x *exchange) putRows(d *draft, rows []batch.Row, whole bool) error {
	revision, err := x.s.Batches.PutRows(x.request().Context(), d.ID, d.Revision, rows, whole)
	if err != nil {
		return err
	}
	if d.Revision = revision; whole {
		d.Checked = revision
	}
	return nil
}

// checkHolds is for how long rows are sent as they were checked.
const checkHolds = 15 * time.Minute

// isStale reports whether the check of a draft is too old to send its rows by it, or of a time that cannot be.
func (x *exchange) isStale(d draft) bool { return x.s.Now().Sub(d.CheckedAt).Abs() > checkHolds }

// reached is how far a check of all rows has come that takes more than one request.
type reached struct {
	last    int  // number of the last row that was checked, 0: the check begins
	renews  bool // the rows are compared with what the check before found
	changed int  // rows that are not as they were then
}

// text is the parameter of a draft's page that says where its check goes on, "" where it begins. The revision is the one at
// which it stopped.
func (r reached) text(revision int64) string {
	if r.last == 0 && !r.renews {
		return ""
	}
	text := strconv.FormatInt(revision, 10) + "." + strconv.Itoa(r.last)
	if r.renews {
		text += "." + strconv.Itoa(r.changed)
	}
	return text
}

// reachedAt reads what text wrote; a check that stopped at another revision begins again.
func reachedAt(text string, revision int64) (r reached) {
	at, text, _ := strings.Cut(text, ".")
	if at != strconv.FormatInt(revision, 10) {
		return r
	}
	last, changed, renews := strings.Cut(text, ".")
	r.renews = renews
	r.last, _ = strconv.Atoi(last)       // what is no number is the beginning
	r.changed, _ = strconv.Atoi(changed) // as is what was changed by hand
	return r
}

// reached is how far the check of a draft had come when its page was drawn. What was kept since is checked.
func (d *draft) reached() reached {
	posted, _ := strconv.ParseInt(d.values.Get(inputRevision), 10, 64)
	return reachedAt(d.values.Get(inputFrom), posted)
}

// beginCheck begins a check of all rows of a draft, whose description is kept with that.
func (x *exchange) beginCheck(d *draft) error {
	revision, err := x.s.Batches.Describe(x.request().Context(), d.Batch)
	if err != nil {
		return err
	}
	now, err := x.s.Batches.Batch(x.request().Context(), d.ID)
	d.Revision, d.CheckedAt = revision, now.CheckedAt
	return err
}

// checkRest goes on with the check of a draft.
func (x *exchange) checkRest(d draft) error {
	at := d.reached()
	if at.last == 0 {
		if err := x.beginCheck(&d); err != nil {
			return x.notKept(d, err)
		}
	}
	return x.checkOn(d, at)
}

// checkAgain checks all rows of a draft that were checked before, and says what has changed.
func (x *exchange) checkAgain(d draft) error {
	if err := x.beginCheck(&d); err != nil {
		return x.notKept(d, err)
	}
	return x.checkOn(d, reached{renews: true})
}

// checkOn checks rows of a draft for as long as a request may, and leads to its page.
func (x *exchange) checkOn(d draft, at reached) error {
	done, err := x.checkRows(&d, &at)
	query := url.Values{}
	switch {
	case err != nil:
		return x.notKept(d, err)
	case d.failure != nil:
		d.at, d.values = at, nil
		return x.draftPage(d)
	case !done:
		query = d.selection()
		query.Set(inputFrom, at.text(d.Revision))
	case at.changed > 0:
		query.Set(inputRows, string(batch.SelectChanged))
	case at.renews:
		query = d.selection()
		query.Set(inputRenewed, "1")
	}
	return x.to(x.draftPath(d, query))
}

// checkRows checks the rows that follow the last one that was checked, for as long as a request may. done says that none is
// left. A check that fails is in d.failure.
func (x *exchange) checkRows(d *draft, at *reached) (done bool, err error) {
	ctx := x.request().Context()
	checks, err := x.checking(ctx, d.Batch)
	if err != nil {
		return false, err
	}
	checks.reached = *at
	defer func() { *at, d.failure = checks.reached, checks.failure }()
	for {
		results, err := x.s.Batches.Slice(ctx, d.ID, batch.All, checks.last, dryrun.Slice(d.Operation))
		switch {
		case err != nil:
			return false, err
		case len(results) == 0: // all are checked
			d.Revision, err = x.s.Batches.PutRows(ctx, d.ID, d.Revision, nil, true)
			d.Checked = d.Revision
			return err == nil, err
		case checks.over():
			return false, nil
		}
		rows := make([]batch.Row, len(results))
		for i, result := range results {
			rows[i] = result.Row
		}
		if err := checks.put(&d.Batch, rows, false); err != nil {
			return false, err
		}
	}
}

// checking checks the rows of a draft in slices, for as long as a request may and until a check fails.
type checking struct {
	*dryrun.Checker

	x       *exchange
	ctx     context.Context //nolint:containedctx // of one request
	until   time.Time
	stopped bool  // the rows that follow are kept without a check
	failure error // of the check that failed
	reached
}

// checking begins to check the rows of a batch whose columns are known.
func (x *exchange) checking(ctx context.Context, b batch.Batch) (*checking, error) {
	checker, err := x.s.dryrun.Checker(b, x.finder())
	return &checking{Checker: checker, x: x, ctx: ctx, until: time.Now().Add(checkTime)}, err
}

// over reports whether the rows that follow are not checked in this request.
func (c *checking) over() bool {
	c.stopped = c.stopped || time.Now().After(c.until)
	return c.stopped
}

// put checks rows and keeps them; rows that cannot be checked now are kept without. last says that they are the last ones
// of the draft.
func (c *checking) put(b *batch.Batch, rows []batch.Row, last bool) error {
	if !c.over() {
		checked, err := c.check(rows)
		if err != nil {
			c.x.s.Logger.WarnContext(c.ctx, "rows of a batch cannot be checked", "id", c.x.id, "error", err)
			c.stopped, c.failure = true, err
			checked = rows
		}
		if rows = checked; !c.stopped && len(rows) > 0 {
			c.last = rows[len(rows)-1].Number
		}
	}
	revision, err := c.x.s.Batches.PutRows(c.ctx, b.ID, b.Revision, rows, last && !c.stopped)
	if err != nil {
		return err
	}
	b.Revision = revision
	return nil
}

// check checks rows, and counts those that are not as they were where that is asked.
func (c *checking) check(rows []batch.Row) ([]batch.Row, error) {
	if !c.renews {
		return c.Check(c.ctx, rows)
	}
	checked, changed, err := c.Renew(c.ctx, rows)
	c.changed += changed
	return checked, err
}
