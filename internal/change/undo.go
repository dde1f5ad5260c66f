package change

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Inverse prepares the undo of a change, for a page to show and then to pass to Do: a create is deleted, an update puts
// the old values into the record as it is now, a delete is created again, with a new number. It sends a GET only. The
// caller sets ID, Reason, Fingerprint and RequestID; Undoes is set, and the log accepts one undo of a change, however
// many are sent at the same time. An undo can be undone like any change.
//
// The differences are what somebody changed at Protime since: Opened as the change left it, Now, and Mine as the undo
// would have it. Where there are any, the person decides before Do is called. It is for the editor who made the
// change. Errors: ErrNoChange, ErrRole, ErrUndone, ErrNotUndoable, ErrGone, ErrNothing, and the *protime.Error of a
// look that failed.
func (d *Desk) Inverse(ctx context.Context, actor Actor, id string) (Change, []Difference, error) {
	r, err := d.read(ctx, id)
	if err != nil {
		return Change{}, nil, err
	}
	switch {
	case !MayUndo(actor, r):
		return Change{}, nil, ErrRole
	case r.UndoneBy != "":
		return Change{}, nil, ErrUndone
	case r.Erased || r.State != Applied:
		return Change{}, nil, ErrNotUndoable
	}
	col, ok := d.Contract.Collection(r.Collection)
	if !ok {
		return Change{}, nil, ErrNotUndoable
	}
	u := undo{desk: d, col: col, of: r, inverse: Change{
		Actor: actor, Collection: r.Collection, Person: r.Person, Undoes: r.ID, Secret: col.Secret,
	}}
	if err := u.prepare(ctx); err != nil {
		return Change{}, nil, err
	}
	return u.inverse, u.differences, nil
}

// undo is one inverse while it is made.
type undo struct {
	desk        *Desk
	col         *contract.Collection
	of          Receipt
	query       string // the kind of key that the path ends in, where it is not the API's own id
	inverse     Change
	differences []Difference
}

func (u *undo) prepare(ctx context.Context) error {
	switch u.of.Verb {
	case contract.Create:
		return u.remove(ctx)
	case contract.Replace:
		return u.restore(ctx)
	case contract.Delete:
		return u.again()
	}
	return ErrNotUndoable
}

// remove deletes what was created.
func (u *undo) remove(ctx context.Context) error {
	path, ok, err := u.created(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return ErrNotUndoable
	}
	now, etag, err := u.now(ctx, path)
	if err != nil {
		return err
	}
	made, err := protime.ParseRecord(u.of.After)
	if err != nil {
		return ErrNotUndoable
	}
	for _, f := range u.col.Fields {
		if f.ReadOnly {
			continue
		}
		was, _ := made.Lookup(f.Name)
		is, _ := now.Lookup(f.Name)
		if len(was) > 0 && !sameMember(f, was, is) {
			u.differences = append(u.differences, Difference{Path: f.Name, Opened: was, Now: is})
		}
	}
	if u.of.How != ByAnswer && (len(u.differences) > 0 || !u.certain(now)) {
		return ErrNotUndoable
	}
	return u.ask(contract.Delete, path, etag, now.Raw(), nil)
}

// certain reports whether a record that a look found is as the look saw it, long enough after the request ended that
// no other record is likely to come of it: that the record is ours was concluded from what it holds.
func (u *undo) certain(now protime.Record) bool {
	look := u.of.LastLook()
	return look != nil && look.Finding == Ours && look.Version == now.Text("changeVersion") &&
		u.desk.now().Sub(u.of.Ended) >= absentAfter
}

// created returns the path of the record that a create made; false where that is not certain: an answer can name a
// record that was there before, or that another change of this log made.
func (u *undo) created(ctx context.Context) (string, bool, error) {
	if len(u.col.Key) > 0 {
		_, params, _, ok := u.desk.Contract.Match(u.of.Path)
		row, err := protime.ParseRecord(u.of.After)
		if !ok || err != nil {
			return "", false, nil
		}
		return u.col.ItemURL(append(params, keyOf(u.col, row))...), true, nil
	}
	path, ok := u.desk.place(u.col, u.of)
	if !ok {
		return "", false, nil
	}
	others := u.desk.Log.All(ctx, Query{Collection: u.of.Collection, Verb: contract.Create, Person: u.of.Person})
	for other, err := range others {
		if err != nil {
			return "", false, err
		}
		if other.ID != u.of.ID && strings.HasSuffix(other.Location, path) {
			return "", false, nil
		}
	}
	return path, true, nil
}

// restore puts the old values of what was changed into the record as it is now.
func (u *undo) restore(ctx context.Context) error {
	before, errBefore := protime.ParseRecord(u.of.Before)
	after, errAfter := protime.ParseRecord(u.of.After)
	if errBefore != nil || errAfter != nil {
		return ErrNotUndoable
	}
	path := u.of.Path
	if len(u.col.Key) > 0 {
		_, params, _, ok := u.desk.Contract.Match(path)
		if !ok || len(params) == 0 {
			return ErrNotUndoable
		}
		path = u.col.ItemURL(append(params[:len(params)-1:len(params)-1], keyOf(u.col, after))...)
	}
	u.query = u.of.Request.Query
	now, etag, err := u.now(ctx, path)
	if err != nil {
		return err
	}
	if u.col.ReplacesRows {
		return u.restoreRows(path, etag, before, after, now)
	}
	restored := now
	for _, f := range u.col.Fields {
		if f.ReadOnly || f.CreateOnly {
			continue
		}
		if restored, err = u.put(f, restored, before, after, now); err != nil {
			return fmt.Errorf("change: undo: %w", err)
		}
	}
	if sameRecord(u.col.Fields, restored, now) {
		return ErrNothing
	}
	return u.ask(contract.Replace, path, etag, now.Raw(), restored.Raw())
}

// put restores one member that the change had changed.
func (u *undo) put(f contract.Field, restored, before, after, now protime.Record) (protime.Record, error) {
	was, _ := before.Lookup(f.Name)
	became, _ := after.Lookup(f.Name)
	is, _ := now.Lookup(f.Name)
	if sameMember(f, was, became) || sameMember(f, is, was) {
		return restored, nil
	}
	if !sameMember(f, is, became) {
		u.differences = append(u.differences, Difference{Path: f.Name, Opened: became, Now: is, Mine: was})
	}
	if protime.EqualOrEmpty(was, nil) {
		return restored.Without(f.Name), nil
	}
	return restored.Set(was, f.Name)
}

// restoreRows does the same where the API takes all rows at once.
func (u *undo) restoreRows(path, etag string, before, after, now protime.Record) error {
	was, became, is := allRows(u.col, before.Raw()), allRows(u.col, after.Raw()), allRows(u.col, now.Raw())
	if protime.EqualOrEmpty(was, is) {
		return ErrNothing
	}
	if !protime.EqualOrEmpty(became, is) {
		u.differences = append(u.differences, Difference{Path: u.col.Rows, Opened: became, Now: is, Mine: was})
	}
	if was == nil {
		was = json.RawMessage("[]")
	}
	restored, err := now.Set(was, u.col.Rows)
	if err != nil {
		return fmt.Errorf("change: undo: %w", err)
	}
	return u.ask(contract.Replace, path, etag, now.Raw(), restored.Raw())
}

// again creates what was deleted, without read-only members and without the mark that it is deleted.
func (u *undo) again() error {
	col, params, _, ok := u.desk.Contract.Match(u.of.Path)
	if !ok || col != u.col {
		return ErrNotUndoable
	}
	record, err := protime.ParseRecord(u.of.Before)
	if err != nil {
		return ErrNotUndoable
	}
	record = withoutReadOnly(u.col.Fields, record)
	if u.col.SoftDelete != "" {
		record = record.Without("status")
	}
	return u.ask(contract.Create, col.URL(params...), "", nil, record.Raw())
}

// now reads the record as it is, ErrGone when there is none any more.
func (u *undo) now(ctx context.Context, path string) (protime.Record, string, error) {
	if len(u.col.Key) > 0 {
		return u.row(ctx, path)
	}
	now, answer, err := u.desk.API.Get(ctx, path, u.query)
	switch {
	case gone(err):
		return protime.Record{}, "", ErrGone
	case err != nil:
		return protime.Record{}, "", fmt.Errorf("change: undo: %w", err)
	case deleted(u.col, now):
		return protime.Record{}, "", ErrGone
	}
	return now, answer.ETag, nil
}

// row reads the one row that the path of a page names.
func (u *undo) row(ctx context.Context, path string) (protime.Record, string, error) {
	_, params, _, ok := u.desk.Contract.Match(path)
	if !ok || len(params) == 0 {
		return protime.Record{}, "", ErrNotUndoable
	}
	document, _, err := u.desk.rows(ctx, u.col, path)
	if err != nil {
		return protime.Record{}, "", fmt.Errorf("change: undo: %w", err)
	}
	for row := range rowsOf(u.col, document) {
		if keyOf(u.col, row) == params[len(params)-1] {
			return row, "", nil // the ETag is the whole document's
		}
	}
	return protime.Record{}, "", ErrGone
}

// keyOf is a row's id in the paths of pages.
func keyOf(col *contract.Collection, row protime.Record) string {
	values := make([]string, len(col.Key))
	for i, path := range col.Key {
		values[i] = row.Text(strings.Split(path, ".")...)
	}
	return strings.Join(values, "~")
}

// ask sets the one request of the inverse.
func (u *undo) ask(verb contract.Verb, path, etag string, before, after json.RawMessage) error {
	operation := u.col.Operations[verb]
	_, params, _, ok := u.desk.Contract.Match(path)
	if operation == nil || !ok {
		return ErrNotUndoable
	}
	body, err := body(u.col, verb, before, after)
	if err != nil {
		return fmt.Errorf("change: undo: %w", err)
	}
	c := &u.inverse
	c.Verb, c.Path, c.Before, c.After = verb, path, slices.Clone(before), slices.Clone(after)
	c.Request = Request{
		Method: operation.Method, Path: operation.URL(params...), Query: u.query, Body: body, IfMatch: etag,
	}
	return nil
}
