package change

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Check looks at Protime for the effect of a change in doubt and logs what it saw. It sends GETs only. It is for every
// editor and auditor. Errors: ErrNoChange, ErrRole, ErrRunning while the answer may still come,
// ErrNotInDoubt, ErrLog, and the *protime.Error of a look that failed.
func (d *Desk) Check(ctx context.Context, actor Actor, id string) (Receipt, error) {
	r, err := d.inDoubt(ctx, actor, id)
	if err != nil {
		return Receipt{}, err
	}
	if err := d.lookAt(ctx, actor, r); err != nil {
		return Receipt{}, err
	}
	return d.read(ctx, id)
}

// Look is Check by the program itself, at the times of NextLook. It does nothing for a change that is not in doubt.
func (d *Desk) Look(ctx context.Context, id string) error {
	r, err := d.read(ctx, id)
	switch {
	case err != nil:
		return err
	case !r.InDoubt():
		return nil
	}
	return d.lookAt(ctx, System(), r)
}

// lookTimeout bounds what one look reads: a person waits for it.
const lookTimeout = 45 * time.Second

// lookAt looks once and logs it. What is logged beside the finding is how long the look took: the verdict counts the
// time from the end of the request to the beginning of a look.
func (d *Desk) lookAt(ctx context.Context, actor Actor, r Receipt) error {
	began := time.Now()
	e := by(KindLooked, actor)
	limited, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	seen := d.monitor(limited, r, &e)
	look, err := d.look(limited, r)
	if errors.Is(err, errTooMany) {
		look, err = unclear(SeenUnclear), nil
	}
	if err != nil {
		return fmt.Errorf("change: look: %w", err)
	}
	look.Monitor, look.Micros = seen, time.Since(began).Microseconds()
	e.Facts.Look = &look
	return d.append(ctx, r.ID, e)
}

// monitor reads the status monitor of an accepted change into the event. Its shape is not published: it is for a person
// to read, and the verdict does not depend on it.
func (d *Desk) monitor(ctx context.Context, r Receipt, e *Event) (status int) {
	if r.OperationLocation == "" {
		return 0
	}
	answer, err := d.API.StatusMonitor(ctx, r.OperationLocation)
	if err != nil && answer.Status == 0 {
		return 0
	}
	e.Personal.Response = cut(answer.Body)
	return answer.Status
}

// look reads what tells whether a change was applied.
func (d *Desk) look(ctx context.Context, r Receipt) (Look, error) {
	col, ok := d.Contract.Collection(r.Collection)
	switch {
	case !ok, r.Erased:
		return unclear(SeenUnclear), nil
	case col.Rows != "":
		return d.lookAtRows(ctx, col, r)
	case r.Verb == contract.Create:
		return d.lookForCreated(ctx, col, r)
	case r.Verb == contract.Delete:
		return d.lookForDeleted(ctx, col, r)
	}
	return d.lookForValues(ctx, col, r)
}

// The three findings, with what was seen and at which paths.
func ours(seen Seen, paths ...string) Look   { return Look{Finding: Ours, Seen: seen, Paths: paths} }
func absent(seen Seen, paths ...string) Look { return Look{Finding: Absent, Seen: seen, Paths: paths} }
func unclear(seen Seen, paths ...string) Look {
	return Look{Finding: Unclear, Seen: seen, Paths: paths}
}

// find reads a record as it is. missing is true when there is none.
func (d *Desk) find(ctx context.Context, r Receipt) (now protime.Record, missing bool, err error) {
	now, _, err = d.API.Get(ctx, r.Path, r.Request.Query)
	if gone(err) {
		return protime.Record{}, true, nil
	}
	return now, false, err
}

// gone reports whether the API itself says that there is no such record: a gateway has pages for that, too.
func gone(err error) bool {
	var failure *protime.Error
	return errors.As(err, &failure) && failure.FromAPI && (failure.Is(protime.NotFound) || failure.Is(protime.Gone))
}

// deleted reports whether a record is one that stays in lists after it was deleted.
func deleted(col *contract.Collection, record protime.Record) bool {
	return col.SoftDelete != "" && record.Text("status") == col.SoftDelete
}

// lookForDeleted looks whether a record is gone that was there when the change was prepared. Where another change of
// this log may have deleted it, that is no evidence.
func (d *Desk) lookForDeleted(ctx context.Context, col *contract.Collection, r Receipt) (Look, error) {
	now, missing, err := d.find(ctx, r)
	seen := SeenMissing
	switch {
	case err != nil:
		return Look{}, err
	case !missing && !deleted(col, now):
		return absent(SeenThere, r.Path), nil
	case !missing:
		seen = SeenDeleted
	}
	earlier, later, err := d.otherChanges(ctx, r)
	if err != nil {
		return Look{}, err
	}
	rival := func(o Receipt) bool { return o.Verb == contract.Delete && !o.withoutEffect() }
	if slices.ContainsFunc(earlier, rival) || slices.ContainsFunc(later, rival) {
		return unclear(seen, r.Path), nil
	}
	return ours(seen, r.Path), nil
}

// lookForValues looks whether the members that a change set hold its values. They did not before, so that whoever
// finds them there has seen the change, unless another change of this log wrote the same.
func (d *Desk) lookForValues(ctx context.Context, col *contract.Collection, r Receipt) (Look, error) {
	before, _ := protime.ParseRecord(r.Before) // the zero record where the change was to create it under its key
	after, err := protime.ParseRecord(r.After)
	if err != nil {
		return unclear(SeenUnclear), nil
	}
	now, missing, err := d.find(ctx, r)
	if err != nil {
		return Look{}, err
	}
	set := changed(col.Fields, before, after)
	earlier, later, err := d.otherChanges(ctx, r)
	if err != nil {
		return Look{}, err
	}
	writesTheSame := func(other Receipt) bool {
		shall, err := protime.ParseRecord(other.After)
		return err == nil && agree(set, shall, after)
	}
	if slices.ContainsFunc(earlier, func(o Receipt) bool { return o.overlaps(r) && writesTheSame(o) }) {
		return unclear(SeenOtherwise, r.Path), nil
	}
	overwritten := false
	for _, other := range later {
		if base, err := protime.ParseRecord(other.Before); err == nil && agree(set, base, after) {
			return ours(SeenEarlier, "/changes/"+other.ID), nil
		}
		if other.withoutEffect() {
			continue
		}
		if writesTheSame(other) {
			return unclear(SeenOtherwise, r.Path), nil
		}
		overwritten = overwritten || other.writes(set)
	}
	switch {
	case missing && len(r.Before) == 0:
		return absent(SeenMissing, r.Path), nil
	case missing:
		return unclear(SeenMissing, r.Path), nil
	case deleted(col, now):
		return unclear(SeenDeleted, r.Path), nil
	case agree(set, now, after):
		return ours(SeenAfter, r.Path), nil
	case len(r.Before) > 0 && !overwritten && agree(set, now, before) && sameVersion(now, before):
		return absent(SeenBefore, r.Path), nil
	}
	return unclear(SeenOtherwise, r.Path), nil
}

// sameVersion reports whether nobody changed a record between two readings, as far as the API tells (documentation:
// changeVersion orders changes). Where somebody did, they may have put old values back.
func sameVersion(now, before protime.Record) bool {
	return now.Text("changeVersion") == before.Text("changeVersion")
}

// mostOthers bounds how many other changes a look reads; where there are more, a person has to tell.
const mostOthers = 20_000

// errTooMany says that the log has more changes that bear on one than a look reads.
var errTooMany = errors.New("change: too many other changes to look through")

// logged iterates over the changes of a query, newest first, up to mostOthers; errTooMany when there are more.
func (d *Desk) logged(ctx context.Context, q Query) iter.Seq2[Receipt, error] {
	return func(yield func(Receipt, error) bool) {
		read := 0
		for r, err := range d.Log.All(ctx, q) {
			if read++; err == nil && read > mostOthers {
				r, err = Receipt{}, errTooMany
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// otherChanges returns the other changes of the same record, before and after this one, oldest first.
func (d *Desk) otherChanges(ctx context.Context, r Receipt) (earlier, later []Receipt, err error) {
	for other, err := range d.logged(ctx, Query{Path: r.Path}) {
		if err != nil {
			return nil, nil, err
		}
		switch {
		case other.Collection != r.Collection || other.Erased:
		case other.Sequence < r.Sequence:
			earlier = append(earlier, other)
		case other.Sequence > r.Sequence:
			later = append(later, other)
		}
	}
	slices.Reverse(earlier)
	slices.Reverse(later)
	return earlier, later, nil
}

// overlaps reports whether an earlier change may have had its effect after a later one read its base.
func (r Receipt) overlaps(later Receipt) bool {
	return !r.withoutEffect() && (r.State == Sending || r.InDoubt() || r.Ended.After(later.At))
}

// withoutEffect reports whether a change certainly changed nothing.
func (r Receipt) withoutEffect() bool { return r.State == Refused || r.State == NotSent }

// writes reports whether a change sets any of the fields.
func (r Receipt) writes(fields []contract.Field) bool {
	before, _ := protime.ParseRecord(r.Before) // the zero record on a create
	after, err := protime.ParseRecord(r.After)
	return err != nil || len(changed(fields, before, after)) > 0
}

// changed returns the fields that a client can set and that differ between two records.
func changed(fields []contract.Field, before, after protime.Record) []contract.Field {
	var set []contract.Field
	for _, f := range fields {
		if f.ReadOnly || f.CreateOnly {
			continue
		}
		was, _ := before.Lookup(f.Name)
		is, _ := after.Lookup(f.Name)
		if !sameMember(f, was, is) {
			set = append(set, f)
		}
	}
	return set
}

// agree reports whether two records have the same values in the fields, of which there is at least one.
func agree(fields []contract.Field, a, b protime.Record) bool {
	return len(fields) > 0 && sameRecord(fields, a, b)
}
