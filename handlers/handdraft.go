package handlers

import (
	"errors"
	"net/url"

	"github.com/google/uuid"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
)

// draftOf is the draft of a batch without a sheet, from a form's values. Its id comes from the form's and from what was
// sent: a form that comes twice makes one batch, and one that was changed in between, as after Back, makes another.
func (x *exchange) draftOf(c *contract.Collection, operation batch.Operation, source batch.Source, values url.Values) batch.Batch {
	space := uuid.MustParse(values.Get(form.InputChange))
	return batch.Batch{
		ID: uuid.NewSHA1(space, []byte(values.Encode())).String(), Actor: x.actor, Operation: operation, Collection: c.Name,
		List: c.URL(), Source: source, Reason: change.Reason{Code: x.lastReason()}, RequestID: x.id, Made: x.s.Now(),
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

// makeDraft keeps a draft with its rows checked, and leads to its check. A form that was sent before leads to the batch
// that it made; where that has not got its rows, as the process ended meanwhile, it gets them.
func (x *exchange) makeDraft(b batch.Batch, rows []batch.Row) error {
	ctx := x.request().Context()
	page := "/batches/" + b.ID
	if err := x.s.Batches.Make(ctx, b); err != nil && !errors.Is(err, batch.ErrExists) {
		return err
	}
	b, err := x.s.Batches.Batch(ctx, b.ID)
	if err != nil {
		return err
	}
	counts, err := x.s.Batches.Count(ctx, b.ID)
	if err != nil {
		return err
	}
	if b.State != batch.Draft || counts.Rows == len(rows) {
		return x.to(page)
	}
	checks, err := x.checking(ctx, b)
	if err != nil {
		return err
	}
	for len(rows) > 0 {
		some := rows[:min(len(rows), batch.MostAtOnce)]
		rows = rows[len(some):]
		if err := checks.put(&b, some, len(rows) == 0); err != nil {
			return err
		}
	}
	return x.to(page)
}
