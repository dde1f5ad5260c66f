package handlers

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
)

// recheck checks some rows of a draft again and keeps them, with other rows that are their doubles now, or were. Rows that
// cannot be checked now are kept without a check.
func (x *exchange) recheck(d *draft, rows []batch.Row) error {
	if len(rows) == 0 {
		return nil
	}
	ctx, whole := x.request().Context(), d.isChecked()
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
	revision, err := x.s.Batches.PutRows(ctx, d.ID, d.Revision, checked, whole)
	if err != nil {
		return err
	}
	if d.Revision = revision; whole {
		d.Checked = revision
	}
	return nil
}

// checkRest checks the rows that follow the last one that was checked, for as long as a request may.
func (x *exchange) checkRest(d draft) error {
	ctx := x.request().Context()
	from := 0
	if at, text, ok := strings.Cut(d.values.Get(inputFrom), "."); ok && at == strconv.FormatInt(d.Revision, 10) {
		from, _ = strconv.Atoi(text)
	}
	checks, err := x.checking(ctx, d.Batch)
	if err != nil {
		return err
	}
	checks.last = from
	slice := dryrun.Slice(d.Operation)
	for !checks.over() {
		results, err := x.s.Batches.Rows(ctx, d.ID, batch.All, checks.last, slice+1)
		if err != nil {
			return err
		}
		last := len(results) <= slice
		rows := make([]batch.Row, 0, slice)
		for _, result := range results[:min(len(results), slice)] {
			rows = append(rows, result.Row)
		}
		if len(rows) == 0 {
			break
		}
		if err := checks.put(&d.Batch, rows, last); err != nil {
			return x.notKept(d, err)
		}
		if checks.failure != nil {
			d.failure, d.values = checks.failure, nil
			return x.draftPage(d)
		}
		if last {
			return x.to("/batches/" + d.ID)
		}
	}
	d.values = url.Values{inputFrom: {checks.from(d.Batch)}}
	return x.to(x.draftPath(d))
}

// takeSentBefore takes the rows in that were left out because they were sent before.
func (x *exchange) takeSentBefore(d draft) error {
	ctx, after := x.request().Context(), 0
	for {
		results, err := x.s.Batches.Rows(ctx, d.ID, batch.SelectLeftOut, after, dryrun.Slice(d.Operation))
		if err != nil {
			return err
		}
		if len(results) == 0 {
			return x.to("/batches/" + d.ID)
		}
		after = results[len(results)-1].Number
		var rows []batch.Row
		for _, result := range results {
			if row := result.Row; !row.Chosen && slices.ContainsFunc(row.Check.Warnings, sentBefore) {
				row.LeftOut, row.Chosen = false, true
				rows = append(rows, row)
			}
		}
		if err := x.recheck(&d, rows); err != nil {
			return x.notKept(d, err)
		}
		if d.failure != nil {
			d.values = nil
			return x.draftPage(d)
		}
	}
}

// sentBefore reports whether a warning says that another batch has sent the same.
func sentBefore(f batch.Finding) bool { return f.Key == batch.WarningSent }

// checking checks the rows of a draft in slices, for as long as a request may and until a check fails.
type checking struct {
	*dryrun.Checker

	x       *exchange
	ctx     context.Context //nolint:containedctx // of one request
	until   time.Time
	stopped bool  // the rows that follow are kept without a check
	failure error // of the check that failed
	last    int   // number of the last row that was checked
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
		checked, err := c.Check(c.ctx, rows)
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

// from is the parameter of the page of a draft that says where an unfinished check goes on, "" where it begins.
func (c *checking) from(b batch.Batch) string {
	if c.last == 0 {
		return ""
	}
	return strconv.FormatInt(b.Revision, 10) + "." + strconv.Itoa(c.last)
}
