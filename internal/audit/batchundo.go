package audit

import (
	"context"

	"protime-admin/internal/batch"
)

// Undoing returns the batches that take one back. Errors as batch.Store says.
func (b *Batches) Undoing(ctx context.Context, id string) ([]batch.Batch, error) {
	return b.batches(ctx, `undoes = $1 AND undoes <> '' AND state <> '`+stateDiscarded+`' ORDER BY made, id`, text(id))
}
