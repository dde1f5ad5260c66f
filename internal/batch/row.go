package batch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// Why the run did not send a row: Row.Held.
const (
	HeldMoved         = "moved"          // the record was changed since the check
	HeldGone          = "gone"           // there is no such record any more
	HeldNothing       = "nothing"        // the record is as the row would leave it
	HeldSent          = "sent"           // another batch has sent the same
	HeldUndone        = "undone"         // the change is undone already
	HeldNotUndoable   = "not-undoable"   // the change was not applied, or cannot be taken back
	HeldRole          = "role"           // the person may not do this
	HeldOwnRecord     = "own-record"     // it is the person's own record
	HeldThere         = "there"          // Protime has a record like it, which the check did not say
	HeldNotComparable = "not-comparable" // whose record it is cannot be told
	HeldInvalid       = "invalid"        // the collection does not take this
)

// HeldForGood are the reasons that no other try can change; such rows have none.
func HeldForGood() []string { return []string{HeldSent, HeldUndone, HeldGone} }

// change is the change that the present try of a row is, without its request.
func (b *Batch) change(row Row) change.Change {
	c := change.Change{
		ID: ChangeID(b.ID, row.Number, row.Try), Actor: b.Actor, Collection: b.Collection, Path: row.Check.Path,
		Reason: b.reason(row), Before: row.Check.Base, After: row.Check.After, Person: row.Check.Person,
		Part: b.part(row), RequestID: b.RequestID, Fingerprint: b.fingerprint(row),
	}
	switch b.Operation {
	case Create:
		c.Verb = contract.Create
	case Replace:
		c.Verb = contract.Replace
	case Delete:
		c.Verb = contract.Delete
	}
	return c
}

func (b *Batch) part(row Row) *change.Part {
	return &change.Part{Batch: b.ID, Row: row.Number, Try: row.Try}
}

// reason is why a row is sent: its own note stands for that of the batch.
func (b *Batch) reason(row Row) change.Reason {
	reason := b.Reason
	if note := strings.TrimSpace(b.cell(row, InputNote)); note != "" {
		reason.Note = note
	}
	return reason
}

// cell is what a row has in the column of an input, "" when there is none.
func (b *Batch) cell(row Row, input string) string {
	at := slices.IndexFunc(b.Columns, func(c Column) bool { return c.Input == input })
	if at < 0 || at >= len(row.Cells) {
		return ""
	}
	return row.Cells[at]
}

// fingerprint digests what a row asks for.
func (b *Batch) fingerprint(row Row) []byte {
	digest := sha256.Sum256(fmt.Appendf(nil, "%s %s %q %q %q %q", b.Operation, b.Collection, row.Check.Path, row.Check.Base,
		row.Check.After, b.cell(row, InputChange)))
	return digest[:]
}

// prepare fills in the request of a row's change.
func (b *Batch) prepare(ctx context.Context, desk *change.Desk, row Row, c change.Change) (change.Change, error) {
	if b.Operation != Undo {
		return desk.Afresh(ctx, c)
	}
	inverse, differences, err := desk.Inverse(ctx, b.Actor, b.cell(row, InputChange))
	if err != nil {
		return change.Change{}, err
	}
	if len(differences) > 0 {
		return change.Change{}, change.ErrMoved
	}
	inverse.ID, inverse.Part, inverse.Reason, inverse.RequestID, inverse.Fingerprint = c.ID, c.Part, c.Reason, c.RequestID, c.Fingerprint
	return inverse, nil
}

// heldFor returns why a row is held that an error kept from being sent; "" for an error that is not the row's.
func heldFor(err error) string {
	switch {
	case errors.Is(err, change.ErrMoved):
		return HeldMoved
	case errors.Is(err, change.ErrGone):
		return HeldGone
	case errors.Is(err, change.ErrNothing):
		return HeldNothing
	case errors.Is(err, change.ErrSentBefore):
		return HeldSent
	case errors.Is(err, change.ErrUndone):
		return HeldUndone
	case errors.Is(err, change.ErrNotUndoable), errors.Is(err, change.ErrNoChange):
		return HeldNotUndoable
	case errors.Is(err, change.ErrRole):
		return HeldRole
	case errors.Is(err, change.ErrOwnRecord):
		return HeldOwnRecord
	case errors.Is(err, change.ErrWhose):
		return HeldNotComparable
	case errors.Is(err, change.ErrVerb):
		return HeldInvalid
	}
	return ""
}

// knownToBeThere reports whether the check said of a row that Protime has a record like it, or will have it of another row.
func knownToBeThere(row Row) bool {
	return slices.ContainsFunc(row.Check.Warnings, func(f Finding) bool {
		return f.Key == WarningTwin || f.Key == WarningDouble || f.Key == WarningSent
	})
}
