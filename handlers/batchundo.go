package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// whyNotUndo says why a batch cannot be taken back by this person now, "" where it can.
func (x *exchange) whyNotUndo(b batch.Batch) string {
	c, ok := x.s.Contract.Collection(b.Collection)
	if !ok {
		return x.words.T("why.contract")
	}
	for _, verb := range x.batchVerbs(b) {
		if why := x.whyNot(c, inverseOf(verb)); why != "" {
			return why
		}
	}
	return ""
}

// undoID is the id of the draft that takes back what a batch has done so far. It is the same in every tab, so that they
// make one.
func undoID(b batch.Batch, c batch.Counts) string {
	space, err := uuid.Parse(b.ID)
	if err != nil {
		return newID()
	}
	return uuid.NewSHA1(space, fmt.Appendf(nil, "undo of %d after %d undone, %s", c.ByState[change.Applied], c.Undone, endOf(b))).String()
}

// POST /batches/{id}/undo makes a draft that takes back what the batch did, for its page to show before anything is sent.
// The form's id is the id of that draft, so that a double click makes one.
func (s *Server) undoBatch(x *exchange) error {
	b, err := x.batchToChange()
	if err != nil {
		return err
	}
	values, err := x.posted()
	if err != nil {
		return err
	}
	id := values.Get(form.InputChange)
	if b.IsSending() || b.State == batch.Draft || !isID(id) {
		return x.to("/batches/" + b.ID)
	}
	c, ok := s.Contract.Collection(b.Collection)
	if !ok {
		return change.ErrNoChange
	}
	for _, verb := range x.batchVerbs(b) {
		if why := x.whyNot(c, inverseOf(verb)); why != "" {
			return x.refuse(c, inverseOf(verb), why)
		}
	}
	undo := batch.Batch{
		ID: id, Actor: x.actor, Operation: batch.Undo, Collection: b.Collection, List: b.List, Source: batch.Undone,
		Name: b.Name, Columns: []batch.Column{{Input: batch.InputChange, How: batch.ByHand}}, State: batch.Draft,
		Reason: change.Reason{Code: x.lastReason()}, Undoes: b.ID, Made: s.Now(),
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.request().Context()), undoTimeout)
	defer cancel()
	if err := s.Batches.Make(ctx, undo); err != nil && !errors.Is(err, batch.ErrExists) {
		return err
	}
	if undo, err = s.Batches.Batch(ctx, id); err != nil {
		return err
	}
	if undo.Undoes == b.ID && undo.State == batch.Draft && undo.Checked != undo.Revision {
		// With two requests at once, the one that is behind stops.
		if err := s.fillUndo(ctx, b, undo); err != nil && !errors.Is(err, batch.ErrRevision) {
			return err
		}
	}
	return x.to("/batches/" + id)
}

// undoConsequenceKey says what the rows of an undo do.
func undoConsequenceKey(verb contract.Verb) string {
	switch verb {
	case contract.Create:
		return "batchrun.undo.creates"
	case contract.Delete:
		return "batchrun.undo.deletes"
	}
	return "batchrun.undo.puts-back"
}

// undoTimeout bounds how long the rows of an undo are written: 200,000 of them take some seconds.
const undoTimeout = time.Minute

// fillUndo adds a row for each change of a batch that was applied and not taken back.
func (s *Server) fillUndo(ctx context.Context, of, undo batch.Batch) error {
	revision, after := undo.Revision, 0
	for {
		found, err := s.Batches.Slice(ctx, of.ID, batch.SelectUndoable, after, batch.MostAtOnce)
		if err != nil {
			return err
		}
		rows := make([]batch.Row, 0, len(found))
		for _, row := range found {
			after = row.Number
			rows = append(rows, undoRow(row))
		}
		last := len(found) == 0
		if revision, err = s.Batches.PutRows(ctx, undo.ID, revision, rows, last); err != nil || last {
			return err
		}
	}
}

// undoRow is the row that takes a change back. What the change left is its Base, for the page to name it; the run reads
// the record again.
func undoRow(row batch.Result) batch.Row {
	r := row.Change
	base := r.After
	if len(base) == 0 {
		base = r.Before
	}
	return batch.Row{
		Number: row.Number, Cells: []string{r.ID},
		Check: batch.Check{Verdict: batch.Ready, Base: base, Path: r.Path, Person: r.Person, Date: r.Date},
	}
}

// undoDraftPage shows what an undo will do, before anything is sent.
func (x *exchange) undoDraftPage(d draft) error {
	ctx, b := x.request().Context(), d.Batch
	counts, err := x.s.Batches.Count(ctx, b.ID)
	if err != nil {
		return err
	}
	of, err := x.s.Batches.Batch(ctx, b.Undoes)
	if err != nil {
		return err
	}
	query := x.address().Query()
	if d.values != nil {
		query = d.values
	}
	after, _ := strconv.Atoi(query.Get(inputAfter)) // a number that is none is the first page
	rows, err := x.s.Batches.Rows(ctx, b.ID, batch.All, after, resultRows+1)
	if err != nil {
		return err
	}
	more := len(rows) > resultRows
	rows = rows[:min(len(rows), resultRows)]
	path, reason, teller := "/batches/"+b.ID, d.reasonShown(), x.rowTeller(d)
	n := counts.Sendable() + teller.moved(rows)
	view := &views.BatchUndo{
		Head: x.batchHead(b, 0, x.words.T("batchrun.undo.intro")), Action: path + "/start", Discard: path + "/discard",
		Revision: strconv.FormatInt(b.Revision, 10), Sends: strconv.Itoa(n),
		Of:    views.Link{Text: x.words.T("batchrun.undoes", "batch", x.batchName(of)), Href: "/batches/" + of.ID},
		Count: x.words.N("batchrun.undo.rows", counts.Rows), Sentences: d.problems,
		Reasons: x.reasons(reason.Code), Why: reason.Code, Note: reason.Note, WhyNot: d.whyNot,
	}
	for _, verb := range x.batchVerbs(b) {
		view.Consequence = x.words.T(undoConsequenceKey(verb))
	}
	steers := d.isChecked() && x.maySteer(b)
	switch {
	case counts.Rows == 0:
		view.Unable = x.words.T("batchrun.undo.nothing")
	case !d.isChecked():
		view.Unable = x.words.T("batchrun.undo.incomplete")
	case !steers:
		view.Unable = x.words.T("batchrun.undo.not-yours")
	case n == 0:
		view.Unable = x.words.T("batchrun.undo.no-row")
	default:
		view.Unable = x.whyNotSend(b)
	}
	if view.Unable == "" {
		view.Button, view.ButtonOne = x.words.N("batchrun.undo.button", n), x.words.N("batchrun.undo.button", 1)
		view.ButtonMany = x.words.T("batchrun.undo.any")
	}
	if more {
		view.More = batchPath(b, paramAfter, strconv.Itoa(rows[resultRows-1].Number))
	}
	if after > 0 {
		view.Start, view.After = path, strconv.Itoa(after)
	}
	if steers {
		view.Keep = path
	}
	for _, row := range rows {
		drawn := x.undoRowView(row, teller.row(row.Row))
		if drawn.Ticks = drawn.Ticks && steers; drawn.Ticks {
			view.Shown = strings.TrimPrefix(view.Shown+","+drawn.Number, ",")
		}
		drawn.What = x.rowWhat(b, row)
		view.Rows = append(view.Rows, drawn)
	}
	page := x.page(view.Head.Heading)
	page.Kind, page.Problem = views.BatchOnly, d.status >= http.StatusBadRequest
	return x.show(cmp.Or(d.status, http.StatusOK), views.BatchUndoPage(page, view))
}

// undoRowView is a row that takes a change back, with the tick that a draft's row has.
func (x *exchange) undoRowView(row batch.Result, ticked views.BatchRow) views.BatchUndoRow {
	drawn := views.BatchUndoRow{
		Number: ticked.Number, Ticks: ticked.Ticks, Ticked: ticked.Ticked, LeftOut: ticked.LeftOut,
		Label: x.words.T("batchrun.undo.row", "row", ticked.Number),
	}
	if len(row.Cells) > 0 {
		drawn.Receipt = "/changes/" + row.Cells[0]
	}
	return drawn
}
