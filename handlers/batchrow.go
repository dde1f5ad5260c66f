package handlers

import (
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/views"
)

// runRow is one row with what became of it.
func (x *exchange) runRow(b batch.Batch, row batch.Result) views.BatchRunRow {
	drawn := views.BatchRunRow{Number: strconv.Itoa(row.Number), What: x.rowWhat(b, row)}
	drawn.Mark, drawn.Notes = x.rowOutcome(b, row)
	r := row.Change
	if r == nil {
		return drawn
	}
	if r.Reversal == change.NotReversed {
		drawn.Standing = x.words.Standing(*r)
	}
	if r.Status != 0 {
		drawn.Status = tell.Status(r.Status)
	}
	drawn.Location = views.Link{Text: r.Location}
	if path := x.words.LocationPage(r.Location); path != "" {
		drawn.Location = x.words.Link(path)
	}
	if change.MaySee(x.actor, *r) {
		drawn.Receipt = "/changes/" + r.ID
		if x.rulePath(*r) != "" {
			drawn.Rule = drawn.Receipt + "#rule"
		}
	}
	return drawn
}

// rowWhat names the record of a row: "13:56, Ahmed Benali, Mon 26 Oct 2026"; where nothing is known of it, its cells.
func (x *exchange) rowWhat(b batch.Batch, row batch.Result) string {
	c, ok := x.s.Contract.Collection(b.Collection)
	raw := row.Check.After
	if len(raw) == 0 {
		raw = row.Check.Base
	}
	if r := row.Change; len(raw) == 0 && r != nil {
		if raw = r.After; len(raw) == 0 {
			raw = r.Before
		}
	}
	if ok && len(raw) > 0 {
		if record, err := protime.ParseRecord(raw); err == nil {
			return x.words.RecordName(c, record)
		}
	}
	var cells []string
	for _, cell := range row.Cells {
		if cell = strings.TrimSpace(cell); cell != "" {
			cells = append(cells, cell)
		}
	}
	return strings.Join(cells, ", ")
}

// rowOutcome is what became of a row in a few words, with what is known of why.
func (x *exchange) rowOutcome(b batch.Batch, row batch.Result) (views.BatchMark, []string) {
	switch {
	case row.Held != "":
		return views.BatchMark{Icon: "close", Tone: "bad", Text: x.words.T("batchrun.row.held")}, []string{x.heldText(b.Operation, row.Held)}
	case row.Change != nil:
		return x.changeOutcome(*row.Change)
	case row.LeftOut:
		return views.BatchMark{Icon: "close", Tone: "quiet", Text: x.words.T("batchrun.row.left-out")}, x.findings(b, row.Check.Warnings)
	case row.Check.Verdict == batch.Wrong:
		return views.BatchMark{Icon: "close", Tone: "bad", Text: x.words.T("batchrun.row.wrong")}, x.findings(b, row.Check.Problems)
	}
	return views.BatchMark{Icon: "info", Tone: "quiet", Text: x.words.T("batchrun.row.unsent")}, nil
}

// changeOutcome says what became of a change, never more than the log does.
func (x *exchange) changeOutcome(r change.Receipt) (views.BatchMark, []string) {
	drawn := x.words.ChangeRow(r)
	mark := views.BatchMark{Icon: drawn.Icon, Tone: drawn.Tone, Text: tell.UpperFirst(x.words.State(r.State))}
	switch r.State {
	case change.Applied:
		switch r.Reversal {
		case change.TakenBack:
			return views.BatchMark{Icon: "undo", Tone: "quiet", Text: x.words.T("batchrun.row.undone")}, nil
		case change.Restored:
			return mark, []string{x.words.T("batchrun.row.restored")}
		case change.ReversalDoubt:
			return mark, []string{x.words.T("batchrun.row.undo-doubt")}
		}
		return mark, x.words.OutcomeNotes(r)
	case change.Refused:
		mark.Text = tell.Status(r.Status)
		if said := protime.Refusal(tell.Answer(r)); said != nil {
			if reasons := tell.Reasons(said); len(reasons) > 0 {
				return mark, reasons
			}
			return mark, []string{x.words.APIFailure(said).Title}
		}
		return mark, nil
	case change.Unknown:
		mark.Text = x.words.T("batchrun.row.unknown")
		return mark, x.words.OutcomeNotes(r)[:1]
	}
	return mark, x.words.OutcomeNotes(r)
}

// heldText says why the run did not send a row.
func (x *exchange) heldText(operation batch.Operation, why string) string {
	switch why {
	case batch.HeldMoved:
		if operation == batch.Undo {
			return x.words.T("batchrun.held.moved-undo")
		}
		return x.words.T("batchrun.held.moved")
	case batch.HeldThere:
		return x.words.T("batchrun.held.there")
	case batch.HeldGone:
		return x.words.T("batchrun.held.gone")
	case batch.HeldSent:
		return x.words.T("batchrun.held.sent")
	case batch.HeldOwnRecord:
		return x.words.T("error.own-record")
	case batch.HeldNotComparable:
		return x.words.T("error.whose")
	case batch.HeldRole:
		return x.words.T("error.forbidden.text")
	case batch.HeldUndone:
		return x.words.T("error.undone.text")
	case batch.HeldNothing:
		if operation != batch.Undo {
			return x.words.T("batchrun.held.nothing")
		}
		return x.words.T("error.undo-nothing.text")
	case batch.HeldNotUndoable:
		return x.words.T("error.not-undoable.text")
	}
	return x.words.T("batchrun.held.other")
}

// findings are what the dry run said of a row, in sentences.
func (x *exchange) findings(b batch.Batch, found []batch.Finding) []string {
	var sentences []string
	for _, f := range found {
		sentences = append(sentences, x.finding(b, f))
	}
	return sentences
}
