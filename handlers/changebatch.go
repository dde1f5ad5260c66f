package handlers

import (
	"errors"
	"strconv"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/views"
)

// batchesOf are the batches that changes are rows of and that this person may see, by their ids; with counts where the
// changes stand for all of them.
func (x *exchange) batchesOf(receipts []change.Receipt, counted bool) (map[string]batch.Summary, error) {
	ctx := x.request().Context()
	found := map[string]batch.Summary{}
	asked := map[string]bool{}
	for _, r := range receipts {
		if r.Part == nil || asked[r.Part.Batch] {
			continue
		}
		asked[r.Part.Batch] = true
		b, err := x.s.Batches.Batch(ctx, r.Part.Batch)
		if errors.Is(err, batch.ErrNoBatch) || err == nil && !x.maySeeBatch(b) {
			continue
		}
		one := batch.Summary{Batch: b}
		if err == nil && counted {
			one.Counts, err = x.s.Batches.Count(ctx, b.ID)
		}
		if err != nil {
			return nil, err
		}
		found[b.ID] = one
	}
	return found, nil
}

// batchRowOf is a line of the log that stands for a batch, given the change of it that was logged first.
func (x *exchange) batchRowOf(first change.Receipt, b batch.Summary) views.ChangeRow {
	row := x.words.ChangeRow(first)
	all, made := b.Counts.Sendable(), b.Counts.ByState[change.Applied]
	row.Said = x.words.SaidBatch(b.Batch, b.Counts)
	row.What = views.Plain(row.Said)
	row.Reason = x.words.Reason(change.Receipt{Change: change.Change{Reason: b.Reason}})
	row.State = x.words.T("log.batch.of", "done", x.words.Count(made), "all", x.words.Count(all))
	row.Status, row.Tags = "", nil
	switch {
	case b.Counts.Failed() > 0:
		row.Tone, row.Icon = "bad", "close"
	case made < all:
		row.Tone, row.Icon = "warn", "warn"
	default:
		row.Tone, row.Icon = "good", "check"
	}
	if isUndone(b.Counts) {
		row.Tags = append(row.Tags, x.words.T("changes.tag.undone"))
	} else {
		row.Tags = append(row.Tags, x.undoneNotes(b.Counts)...)
	}
	row.Receipt = "/batches/" + b.ID
	row.Batch = &views.ChangeBatch{
		Counts: x.batchStats(b.Batch, b.Counts), Page: row.Receipt, Log: x.batchLog(b.Batch),
	}
	return row
}

// batchRowLink leads from a change to its row on the page of its batch: "row 24 of gate-a.xlsx". Who may not see the batch
// reads the number.
func (x *exchange) batchRowLink(r change.Receipt, batches map[string]batch.Summary) views.Link {
	if r.Part == nil {
		return views.Link{}
	}
	row := strconv.Itoa(r.Part.Row)
	b, ok := batches[r.Part.Batch]
	if !ok {
		return views.Link{Text: x.words.T("log.batch.some-row", "row", row)}
	}
	return views.Link{
		Text: x.words.T("log.batch.row", "row", row, "name", x.batchName(b.Batch)),
		Href: "/batches/" + b.ID + "?rows=" + string(selectAll) + "&" + paramAfter + "=" + strconv.Itoa(r.Part.Row-1),
	}
}

// addBatch has the page of one batch's changes say which.
func (x *exchange) addBatch(view *views.Changes, id string) error {
	b, err := x.s.Batches.Batch(x.request().Context(), id)
	if errors.Is(err, batch.ErrNoBatch) || err == nil && !x.maySeeBatch(b) {
		return nil
	}
	if err != nil {
		return err
	}
	view.Record = views.Link{Text: x.batchName(b), Href: "/batches/" + b.ID}
	view.Heading, view.Intro = x.words.T("log.batch.heading", "batch", view.Record.Text), x.words.T("log.batch.intro")
	return nil
}
