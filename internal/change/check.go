package change

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Check looks at the server for what became of a change whose answer never came, or that was accepted only, and
// writes what it saw to the log: Applied, NotApplied, or the same state as before with the evidence why it cannot be
// told. It sends nothing but GETs. It is for the editor who made the change.
//
// Errors: ErrNoChange, ErrRole, ErrRunning while the answer may still come, ErrNotUnknown when there is nothing to
// look up, ErrLog, and the *protime.Error of a look that failed.
func (d *Desk) Check(ctx context.Context, actor Actor, id string) (Receipt, error) {
	r, err := d.Log.Receipt(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	switch {
	case !MayTouch(actor, r):
		return Receipt{}, ErrRole
	case r.State == Sending:
		return Receipt{}, ErrRunning
	case r.State != Unknown && r.State != Accepted:
		return Receipt{}, ErrNotUnknown
	}
	o, err := d.look(ctx, r)
	if err != nil {
		return Receipt{}, err
	}
	if err := d.resolve(ctx, id, actor, o); err != nil {
		return Receipt{}, err
	}
	return d.Log.Receipt(ctx, id)
}

func (d *Desk) resolve(ctx context.Context, id string, by Actor, o Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.logTimeout())
	defer cancel()
	return d.Log.Resolve(ctx, id, by, o)
}

// look finds out what became of a change. The outcome is the one that was known, with another state.
func (d *Desk) look(ctx context.Context, r Receipt) (Outcome, error) {
	o := r.Outcome
	col, ok := d.Contract.Collection(r.Collection)
	if !ok || r.Erased {
		o.Evidence = evidence(SeenUnclear)
		return o, nil
	}
	var (
		state State
		seen  string
		err   error
	)
	switch {
	case col.Rows != "":
		state, seen, err = d.lookAtRows(ctx, col, r)
	case r.Verb == contract.Create:
		state, seen, err = d.lookForCreated(ctx, col, r)
	default:
		state, seen, err = d.lookAtRecord(ctx, col, r)
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("change: check: %w", err)
	}
	if state != "" {
		o.State = state
	}
	o.Evidence = seen
	if s, paths := o.Proof(); s == SeenFound && o.Location == "" && len(paths) == 1 {
		o.Location = paths[0]
	}
	return o, nil
}

// lookAtRecord compares a record with what it was before the change and what it would be after it.
func (d *Desk) lookAtRecord(ctx context.Context, col *contract.Collection, r Receipt) (State, string, error) {
	now, _, err := d.API.Get(ctx, r.Path, r.Request.Query)
	missing := errors.Is(err, protime.NotFound) || errors.Is(err, protime.Gone)
	if err != nil && !missing {
		return "", "", err
	}
	gone, seen := missing, SeenMissing
	if !missing && deleted(col, now) {
		gone, seen = true, SeenDeleted
	}
	before, errBefore := protime.ParseRecord(r.Before)
	if r.Verb == contract.Delete {
		switch {
		case gone:
			return Applied, evidence(seen, r.Path), nil
		case errBefore == nil && sameRecord(col.Fields, now, before):
			return NotApplied, evidence(SeenBefore, r.Path), nil
		}
		return NotApplied, evidence(SeenThere, r.Path), nil
	}
	after, errAfter := protime.ParseRecord(r.After)
	switch {
	case gone && len(r.Before) == 0: // it would have been created under its key
		return NotApplied, evidence(seen, r.Path), nil
	case gone:
		return "", evidence(seen, r.Path), nil
	case errAfter == nil && sameRecord(col.Fields, now, after):
		return Applied, evidence(SeenAfter, r.Path), nil
	case errBefore == nil && sameRecord(col.Fields, now, before):
		return NotApplied, evidence(SeenBefore, r.Path), nil
	}
	return "", evidence(SeenOtherwise, r.Path), nil
}

// lookAtRows does the same for rows that have no record of their own: the API gives all of them in one object.
func (d *Desk) lookAtRows(ctx context.Context, col *contract.Collection, r Receipt) (State, string, error) {
	_, params, _, ok := d.Contract.Match(r.Path)
	if !ok {
		return "", evidence(SeenUnclear), nil
	}
	path := col.URL(params...)
	document, _, err := d.API.Get(ctx, path, "")
	missing := errors.Is(err, protime.NotFound) || errors.Is(err, protime.Gone)
	if err != nil && !missing {
		return "", "", err
	}
	if col.Whole {
		return wholeRows(col, document, r, path)
	}
	has := func(record []byte) bool {
		wanted, err := protime.ParseRecord(record)
		if err != nil || missing {
			return false
		}
		for row := range rowsOf(col, document) {
			if samePaths(col.Key, row, wanted) {
				return true
			}
		}
		return false
	}
	before, after := has(r.Before), has(r.After)
	switch {
	case r.Verb == contract.Delete && before:
		return NotApplied, evidence(SeenBefore, path), nil
	case r.Verb == contract.Delete:
		return Applied, evidence(SeenMissing, path), nil
	case after && r.Verb == contract.Create:
		return Applied, evidence(SeenFound, path), nil
	case after:
		return Applied, evidence(SeenAfter, path), nil
	case r.Verb == contract.Create:
		return NotApplied, evidence(SeenNone, path), nil
	case before:
		return NotApplied, evidence(SeenBefore, path), nil
	}
	return "", evidence(SeenOtherwise, path), nil
}

func wholeRows(col *contract.Collection, document protime.Record, r Receipt, path string) (State, string, error) {
	now := allRows(col, document.Raw())
	switch {
	case equal(now, allRows(col, r.After)):
		return Applied, evidence(SeenAfter, path), nil
	case equal(now, allRows(col, r.Before)):
		return NotApplied, evidence(SeenBefore, path), nil
	}
	return "", evidence(SeenOtherwise, path), nil
}

// deleted reports whether a record is one that stays in lists after it was deleted.
func deleted(col *contract.Collection, record protime.Record) bool {
	return col.SoftDelete != "" && record.Text("status") == col.SoftDelete
}

// mostLocations bounds how many of our own creates are held against what a look finds.
const mostLocations = 2000

// ours returns the paths of records that other changes of this log created, as far as they could be the same.
func (d *Desk) ours(ctx context.Context, r Receipt) ([]string, error) {
	var paths []string
	q := Query{Collection: r.Collection, Verb: contract.Create, Person: r.Person}
	for other, err := range d.Log.All(ctx, q) {
		if err != nil {
			return nil, err
		}
		if other.ID != r.ID && other.Location != "" {
			paths = append(paths, other.Location)
		}
		if len(paths) == mostLocations {
			break
		}
	}
	return paths, nil
}

// createdBy reports whether one of the locations is the path: the API's have its base in front.
func createdBy(locations []string, path string) bool {
	for _, location := range locations {
		if strings.HasSuffix(location, path) {
			return true
		}
	}
	return false
}
