package handlers

import (
	"path"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/tell"
)

// GET /batches/{id}/rejected.csv: the rows that are not in Protime for all that is known, as they were typed, with the
// reason in a column that a later upload of the file leaves out.
func (s *Server) rejectedRows(x *exchange) error {
	b, err := x.batchOfPath()
	if err != nil {
		return err
	}
	rows := batchFile{
		x: x, b: b, which: batch.SelectRejected, head: []string{x.words.T("batchrun.why-column")},
		cells: func(row batch.Result) []string { return []string{x.whyRejected(row)} },
	}
	return rows.send("rejected", path.Ext(x.address().Path))
}

// batchRows is GET /batches/{id}.csv: every row as it was typed, with what became of it.
func (x *exchange) batchRows(b batch.Batch, suffix string) error {
	rows := batchFile{
		x: x, b: b, which: batch.All, before: []string{x.words.T("batchrun.number")},
		head: []string{
			x.words.T("batchrun.happened"), x.words.T("batchrun.why-column"), x.words.T("change.status"), "Location", x.words.T("change.id"),
		},
		cells: x.resultCells,
	}
	return rows.send("result", suffix)
}

// resultCells are what became of a row, in the columns of batchRows.
func (x *exchange) resultCells(row batch.Result) []string {
	mark, notes := x.rowOutcome(row)
	cells := []string{mark.Text, strings.Join(notes, " "), "", "", ""}
	if r := row.Change; r != nil {
		if r.Status != 0 {
			cells[2] = tell.Status(r.Status)
		}
		cells[3], cells[4] = r.Location, r.ID
	}
	return cells
}

// whyRejected says in one cell why a row is not in Protime.
func (x *exchange) whyRejected(row batch.Result) string {
	mark, notes := x.rowOutcome(row)
	return strings.Join(append([]string{mark.Text}, notes...), ". ")
}

// batchFile is a file of the rows of a batch with columns of ours beside those of the sheet.
type batchFile struct {
	x      *exchange
	b      batch.Batch
	which  batch.Selection
	before []string // heading of the column with the row's number, none where the file is to be uploaded again
	head   []string // of our columns behind those of the sheet
	cells  func(batch.Result) []string
}

// send streams the file. A failure half-way breaks the connection, so that an incomplete file does not look complete.
func (f batchFile) send(name, suffix string) error {
	x := f.x
	head := append([]string{}, f.before...)
	for _, column := range f.b.Columns {
		head = append(head, column.Header)
	}
	file := &csvFile{x: x, name: name + "-" + f.b.Made.In(x.words.TimeZone).Format("2006-01-02"), head: append(head, f.head...)}
	after := 0
	for {
		rows, err := x.s.Batches.Rows(x.request().Context(), f.b.ID, f.which, after, flushEvery)
		if err != nil {
			return err // a page of its own before the first row was sent; fail breaks the connection after it
		}
		for _, row := range rows {
			after = row.Number
			if err := file.write(f.row(row)); err != nil {
				return err
			}
		}
		if err := file.flush(); err != nil || len(rows) < flushEvery {
			return err
		}
	}
}

// row is one line of the file: as many cells as the sheet has columns, and ours.
func (f batchFile) row(row batch.Result) []string {
	line := make([]string, 0, len(f.before)+len(f.b.Columns)+len(f.head))
	if len(f.before) > 0 {
		line = append(line, strconv.Itoa(row.Number))
	}
	for i := range f.b.Columns {
		cell := ""
		if i < len(row.Cells) {
			cell = row.Cells[i]
		}
		line = append(line, cell)
	}
	return append(line, f.cells(row)...)
}

// fileKind is one of the kinds of files that pages offer.
type fileKind struct{ name, suffix string }

func fileKinds() []fileKind { return []fileKind{{"CSV", ".csv"}} }
