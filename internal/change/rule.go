package change

import (
	"context"
	"strings"
)

// Rule records what a person found in Protime of a change that is in doubt. It is for every editor and auditor, and
// can be corrected by another ruling; a look that sees the change's effect later outranks both. Errors: ErrNoChange,
// ErrRole, ErrRunning while the answer may still come, ErrNotInDoubt, ErrNoReason, ErrLog.
func (d *Desk) Rule(ctx context.Context, actor Actor, id string, ruling Ruling, why string) (Receipt, error) {
	r, err := d.inDoubt(ctx, actor, id)
	if err != nil {
		return Receipt{}, err
	}
	if r.State == Applied && r.How == ByLook {
		return Receipt{}, ErrNotInDoubt
	}
	if ruling != RuledThere && ruling != RuledNotThere {
		return Receipt{}, ErrNoReason
	}
	if why = strings.TrimSpace(why); why == "" {
		return Receipt{}, ErrNoReason
	}
	e := by(KindRuled, actor)
	e.Facts.Ruling, e.Personal.Note = ruling, why
	if err := d.append(ctx, id, e); err != nil {
		return Receipt{}, err
	}
	return d.read(ctx, id)
}

// inDoubt returns a change that may be looked for or ruled on by the actor.
func (d *Desk) inDoubt(ctx context.Context, actor Actor, id string) (Receipt, error) {
	if !Has(actor.Roles, Resolve) {
		return Receipt{}, ErrRole
	}
	r, err := d.read(ctx, id)
	switch {
	case err != nil:
		return Receipt{}, err
	case r.State == Sending:
		return Receipt{}, ErrRunning
	case !r.InDoubt():
		return Receipt{}, ErrNotInDoubt
	}
	return r, nil
}
