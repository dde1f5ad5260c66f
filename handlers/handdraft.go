package handlers

import (
	"errors"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
)

// draftOf is the draft of a batch without a sheet, from a form's values. Its id comes from the form's and from what was
// sent: a form that comes twice makes one batch, and one that was changed in between, as after Back, makes another.
func (x *exchange) draftOf(c *contract.Collection, operation batch.Operation, source batch.Source, values url.Values) batch.Batch {
	space := uuid.MustParse(values.Get(form.InputChange))
	return batch.Batch{
		ID: uuid.NewSHA1(space, []byte(values.Encode())).String(), Actor: x.actor, Operation: operation, Collection: c.Name,
		List: c.URL(), Source: source, RequestID: x.id,
		Back: x.safe(values.Get(form.InputReturn)),
	}
}

// handColumns are the columns of rows that no sheet has, by the inputs that they fill.
func (x *exchange) handColumns(c *contract.Collection, operation batch.Operation, inputs ...string) []batch.Column {
	columns := make([]batch.Column, len(inputs))
	for i, input := range inputs {
		columns[i] = batch.Column{Input: input, How: batch.ByHand}
		if in, ok := x.s.dryrun.Input(c, operation, input); ok {
			columns[i].Header = x.words.First(in.Labels, in.Human)
		}
	}
	return columns
}

// makeDraft keeps a draft with its rows checked, and leads to its check. A form that was sent before leads to the draft that
// it made. As that of a sheet, a draft has columns once all of its rows are kept: one that was left half-way gets them again.
func (x *exchange) makeDraft(b batch.Batch, rows []batch.Row) error {
	err := x.fillByHand(b, rows)
	if err != nil && !errors.Is(err, batch.ErrRevision) { // another press of the button fills it
		return err
	}
	return x.to("/batches/" + b.ID)
}

func (x *exchange) fillByHand(made batch.Batch, rows []batch.Row) error {
	ctx := x.request().Context()
	empty := made
	empty.Columns = nil
	if err := x.s.Batches.Make(ctx, empty); err != nil && !errors.Is(err, batch.ErrExists) {
		return err
	}
	b, err := x.s.Batches.Batch(ctx, made.ID)
	if err != nil || b.State != batch.Draft || len(b.Columns) > 0 {
		return err
	}
	made.Revision = b.Revision
	checks, err := x.checking(ctx, made)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(rows, dryrun.Slice(made.Operation)) {
		if err := checks.put(&made, some, false); err != nil {
			return err
		}
	}
	if made.Revision, err = x.s.Batches.Describe(ctx, made); err != nil {
		return err
	}
	return checks.put(&made, nil, true)
}
