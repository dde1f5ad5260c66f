package handlers

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/form"
	"protime-admin/internal/spreadsheet"
	"protime-admin/protime/contract"
)

// How long a request may fill and check a draft. Rows that are not checked by then are kept and checked by the next one, so
// that no request holds a browser, or a proxy in between, for minutes.
const (
	fillTime  = 90 * time.Second
	checkTime = 10 * time.Second
)

// sheetsAtOnce is how many files are read at the same time; the others wait.
const sheetsAtOnce = 2

// sheetSource is pasted text or a file.
type sheetSource struct {
	text io.ReaderAt
	size int64
	name string // of the file, "" for pasted text
}

// filling is a sheet that is read into a draft. Until all of its rows are kept the draft has no columns: one that was
// left half-way, as by the end of the process, is told by that.
type filling struct {
	x       *exchange
	ctx     context.Context //nolint:containedctx // of one fillDraft
	b       batch.Batch
	columns []batch.Column
	rows    int
	slice   []batch.Row
	text    int // bytes of the cells of slice
	doubts  dryrun.Doubts
	begun   bool
	checks  *checking
}

// fillDraft makes a draft of a sheet. Its rows are checked as they are read where each column's meaning is certain. It
// goes on when the browser goes away, so that the sheet need not be sent again. It returns the query of the draft's page.
// The error is batch.ErrExists where the form was sent before, a *spreadsheet.Error where the sheet is to blame.
func (x *exchange) fillDraft(b batch.Batch, source sheetSource) (url.Values, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.request().Context()), fillTime)
	defer cancel()
	f := &filling{x: x, ctx: ctx, b: b}
	sheet, err := x.s.sheets.Read(ctx, source.text, source.size, source.name, f.add)
	if err == nil {
		err = f.end()
	}
	if err != nil && f.begun {
		err = errors.Join(err, x.s.Batches.Discard(context.WithoutCancel(ctx), b.ID))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = &pageError{status: http.StatusServiceUnavailable, failure: x.words.Failure("batch-busy"), cause: err}
	}
	if err != nil {
		return nil, err
	}
	query := unread(sheet)
	if from := f.checks.text(f.b.Revision); from != "" && f.checks.stopped {
		query.Set(inputFrom, from)
	}
	return query, nil
}

// unread is what a draft's page tells of a file that a person may not expect: rows that its spreadsheet hides are in the
// draft, other sheets are not.
func unread(sheet spreadsheet.Sheet) url.Values {
	query := url.Values{}
	if sheet.Hidden > 0 {
		query.Set(inputHidden, strconv.Itoa(sheet.Hidden))
	}
	if len(sheet.Others) > 0 {
		query.Set(inputOthers, strconv.Itoa(len(sheet.Others)))
	}
	return query
}

// add takes the next row.
func (f *filling) add(row spreadsheet.Row) error {
	if f.rows++; f.b.Operation != batch.Create && f.rows > dryrun.MostRead+1 { // one is the line of headings
		return &spreadsheet.Error{Key: "batch.too-many", Args: map[string]string{"max": f.x.words.Count(dryrun.MostRead)}}
	}
	if len(f.slice) == dryrun.Slice(f.b.Operation) || f.text >= batch.SliceBytes {
		if err := f.flush(); err != nil {
			return err
		}
	}
	f.slice = append(f.slice, batch.Row{Number: row.Number, Cells: slices.Clone(row.Cells)})
	f.doubts.Add(row.Cells, f.x.words.Today)
	for _, cell := range row.Cells {
		f.text += len(cell)
	}
	return nil
}

// flush keeps the rows so far.
func (f *filling) flush() error {
	if err := f.begin(); err != nil {
		return err
	}
	err := f.checks.put(&f.b, f.slice, false)
	clear(f.slice)
	f.slice, f.text = f.slice[:0], 0
	return err
}

// begin finds out what the columns are and makes the draft.
func (f *filling) begin() error {
	if f.begun {
		return nil
	}
	x, s := f.x, f.x.s
	c, _ := s.Contract.Collection(f.b.Collection)
	first := make([]spreadsheet.Row, len(f.slice))
	for i, row := range f.slice {
		first[i] = spreadsheet.Row{Number: row.Number, Cells: row.Cells}
	}
	var headings []string
	if number := spreadsheet.HeadingRow(first, s.dryrun.Headings(c, f.b.Operation)); number > 0 {
		at := slices.IndexFunc(f.slice, func(r batch.Row) bool { return r.Number == number })
		headings, f.slice = f.slice[at].Cells, f.slice[at+1:]
	}
	if len(f.slice) == 0 {
		return &spreadsheet.Error{Key: "batch.only-headings"}
	}
	var lines [][]string
	for _, row := range f.slice {
		lines = append(lines, row.Cells)
	}
	meant, err := s.Batches.Meanings(f.ctx, f.b.Actor.Issuer, f.b.Actor.Subject, f.b.Collection)
	if err != nil {
		return err
	}
	f.columns = s.dryrun.Meaning(c, f.b.Operation, headings, lines, meant)
	f.doubts.Note(f.columns)
	maps.DeleteFunc(meant, func(header, _ string) bool {
		return !slices.ContainsFunc(f.columns, func(c batch.Column) bool { return c.Header == header })
	})
	if err := s.Batches.Mean(f.ctx, f.b.Actor.Issuer, f.b.Actor.Subject, f.b.Collection, meant); err != nil {
		return err
	}
	if err := s.Batches.Make(f.ctx, f.b); err != nil {
		return err
	}
	f.begun = true
	if f.b, err = s.Batches.Batch(f.ctx, f.b.ID); err != nil {
		return err
	}
	described := f.b
	described.Columns = f.columns
	f.checks, err = x.checking(f.ctx, described)
	if err == nil && x.asksColumns(described) {
		f.checks.stopped = true
	}
	return err
}

// end keeps the last rows, and the columns before them.
func (f *filling) end() error {
	if err := f.begin(); err != nil {
		return err
	}
	f.doubts.Note(f.columns)
	if !f.checks.ReadsAlike(f.columns) { // by later rows the cells of earlier ones can be read in another way
		f.checks.stopped, f.checks.reached = true, reached{}
	}
	f.b.Columns = f.columns
	revision, err := f.x.s.Batches.Describe(f.ctx, f.b)
	if err != nil {
		return err
	}
	f.b.Revision = revision
	return f.checks.put(&f.b, f.slice, true)
}

// draftOf is the draft of a batch without a sheet, from a form's values. Its id comes from the form's and from what was
// sent: a form that comes twice makes one batch, and one that was changed in between, as after Back, makes another.
func (x *exchange) draftOf(c *contract.Collection, operation batch.Operation, source batch.Source, values url.Values) batch.Batch {
	space := uuid.MustParse(values.Get(form.InputChange))
	return batch.Batch{
		ID: uuid.NewSHA1(space, []byte(values.Encode())).String(), Actor: x.actor, Operation: operation, Collection: c.Name,
		List: c.URL(), Source: source, RequestID: x.id, Reason: change.Reason{Code: x.lastReason()},
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
