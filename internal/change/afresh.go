package change

import (
	"context"
	"errors"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// ErrMoved says that a record was changed since a change of it was worked out.
var ErrMoved = errors.New("change: the record was changed meanwhile")

// ErrVerb says that the collection has no such verb, or that the path is none of its pages.
var ErrVerb = errors.New("change: the collection does not take this")

// Afresh fills in the request of a change that was worked out earlier, with what the record is now: a create is sent
// as it is; a replace sets what differs between Before and After in the record of now, of which everything else stays
// byte for byte; a delete is of the record of now. It sends a GET at most. Errors: ErrMoved when a member that a client
// can set is not as in Before, ErrGone, ErrNothing when the record is already as the change would leave it, and the
// *protime.Error of a GET that failed.
func (d *Desk) Afresh(ctx context.Context, c Change) (Change, error) {
	col, ok := d.Contract.Collection(c.Collection)
	if !ok {
		return Change{}, ErrVerb
	}
	c.Secret = col.Secret
	u := undo{desk: d, col: col, query: c.Request.Query, inverse: c}
	var err error
	switch c.Verb {
	case contract.Create:
		err = u.ask(contract.Create, c.Path, "", nil, c.After)
	case contract.Replace:
		// The change is what takes back the one that made Before out of After.
		u.of = Receipt{Change: Change{Path: c.Path, Before: c.After, After: c.Before, Request: c.Request}}
		err = u.restore(ctx)
	case contract.Delete:
		err = u.removeAsItIs(ctx, c)
	default:
		return Change{}, ErrVerb
	}
	if errors.Is(err, ErrNotUndoable) {
		return Change{}, ErrVerb
	}
	if err != nil {
		return Change{}, err
	}
	if len(u.differences) > 0 || moved(col, c, u.inverse) {
		return Change{}, ErrMoved
	}
	return u.inverse, nil
}

func (u *undo) removeAsItIs(ctx context.Context, c Change) error {
	now, etag, err := u.now(ctx, c.Path)
	if err != nil {
		return err
	}
	return u.ask(contract.Delete, c.Path, etag, now.Raw(), nil)
}

// moved reports whether a record differs from what a change was worked out from: in anything that a client can set, or
// within what the change sets.
func moved(col *contract.Collection, planned, now Change) bool {
	if planned.Verb == contract.Create {
		return false
	}
	base, errBase := protime.ParseRecord(planned.Before)
	is, errNow := protime.ParseRecord(now.Before)
	if errBase != nil || errNow != nil || !sameRecord(col.Fields, base, is) {
		return true
	}
	after, _ := protime.ParseRecord(planned.After) // the zero record on a delete
	if planned.Verb == contract.Delete {
		return false
	}
	for _, f := range changed(col.Fields, base, after) {
		was, _ := base.Lookup(f.Name)
		if value, _ := is.Lookup(f.Name); !protime.EqualOrEmpty(was, value) {
			return true
		}
	}
	return false
}
