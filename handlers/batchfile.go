package handlers

import (
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/tell"
	"protime-admin/views"
)

// GET /batches/{id}/rejected.csv and .xlsx: the rows that are not in Protime for all that is known, as they were typed,
// with the reason in a column that an upload of the file does not use.
func (s *Server) rejectedRows(format spreadsheet.Format) func(*exchange) error {
	return func(x *exchange) error {
		b, err := x.batchOfPath()
		if err != nil {
			return err
		}
		rows := batchFile{x: x, b: b, which: batch.SelectRejected, head: []string{x.words.T("batchrun.why-column")}, cells: x.whyRejected}
		return rows.send(format, "rejected")
	}
}

// batchRows is GET /batches/{id}.csv and .xlsx: every row as it was typed, with what became of it.
func (x *exchange) batchRows(b batch.Batch, format spreadsheet.Format) error {
	rows := batchFile{
		x: x, b: b, which: batch.All, numbered: true,
		head: []string{
			x.words.T("batchrun.happened"), x.words.T("batchrun.why-column"), x.words.T("change.status"), "Location", x.words.T("change.id"),
		},
		cells: x.resultCells,
	}
	return rows.send(format, "result")
}

// resultCells are what became of a row, in the columns of batchRows.
func (x *exchange) resultCells(b batch.Batch, row batch.Result) []string {
	mark, notes := x.rowOutcome(b, row)
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
func (x *exchange) whyRejected(b batch.Batch, row batch.Result) []string {
	mark, notes := x.rowOutcome(b, row)
	said := append([]string{mark.Text}, notes...)
	for i := range said {
		said[i] = strings.TrimRight(said[i], ".") + "."
	}
	return []string{strings.Join(said, " ")}
}

// batchFile is a file of the rows of a batch with columns of ours behind those of the sheet.
type batchFile struct {
	x        *exchange
	b        batch.Batch
	which    batch.Selection
	numbered bool // the first column is the row's number
	head     []string
	cells    func(batch.Batch, batch.Result) []string
}

// send streams the file.
func (f batchFile) send(format spreadsheet.Format, name string) error {
	x := f.x
	var head []string
	if f.numbered {
		head = append(head, x.words.T("batchrun.number"))
	}
	for _, column := range f.b.Columns {
		head = append(head, column.Header)
	}
	file := x.file(format, name+"-"+f.b.Made.In(x.words.TimeZone).Format(time.DateOnly), append(head, f.head...))
	after := 0
	for {
		rows, err := x.s.Batches.Slice(x.request().Context(), f.b.ID, f.which, after, batch.MostAtOnce)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return file.close()
		}
		for _, row := range rows {
			after = row.Number
			if err := file.write(spreadsheet.Texts(f.line(row)...)); err != nil {
				return err
			}
		}
	}
}

// line is one line of the file: as many cells as the sheet has columns, and ours.
func (f batchFile) line(row batch.Result) []string {
	var line []string
	if f.numbered {
		line = append(line, strconv.Itoa(row.Number))
	}
	for i := range f.b.Columns {
		cell := ""
		if i < len(row.Cells) {
			cell = row.Cells[i]
		}
		line = append(line, cell)
	}
	return append(line, f.cells(f.b, row)...)
}

// withoutFormat cuts the format of a file off an id.
func withoutFormat(id string) (string, spreadsheet.Format) {
	for _, kind := range fileKinds() {
		if bare, ok := strings.CutSuffix(id, "."+string(kind.format)); ok {
			return bare, kind.format
		}
	}
	return id, ""
}

// fileKind is a kind of file under the name that people know it by.
type fileKind struct {
	name   string
	format spreadsheet.Format
}

func fileKinds() []fileKind {
	return []fileKind{{"Excel", spreadsheet.XLSX}, {"CSV", spreadsheet.CSV}}
}

// batchFiles are the links to the files of a batch.
func (x *exchange) batchFiles(b batch.Batch, rejected bool) []views.Link {
	path := "/batches/" + b.ID
	var links []views.Link
	for _, kind := range fileKinds() {
		links = append(links, views.Link{Text: x.words.T("batchrun.file.all", "kind", kind.name), Href: path + "." + string(kind.format)})
	}
	for _, kind := range fileKinds() {
		if rejected {
			links = append(links, views.Link{
				Text: x.words.T("batchrun.file.rejected", "kind", kind.name), Href: path + "/rejected." + string(kind.format),
			})
		}
	}
	return links
}

// GET /batches/template.csv and .xlsx: a sheet with headings alone, which are understood when it comes back filled in.
func (s *Server) template(format spreadsheet.Format) func(*exchange) error {
	return func(x *exchange) error {
		f, err := x.readBatchForm(x.address().Query())
		if err != nil {
			return err
		}
		var headings []string
		for _, in := range s.dryrun.Inputs(f.c, f.operation) {
			if inTemplate(in, f.operation) {
				headings = append(headings, x.inputName(in))
			}
		}
		return x.file(format, f.c.Name, headings).close()
	}
}

// inTemplate reports whether a template has a column for an input: whoever fills it in knows badges and names, not ids.
func inTemplate(in dryrun.Input, o batch.Operation) bool {
	switch {
	case in.Row > 1, strings.HasSuffix(in.Name, dryrun.SuffixTime):
		return false
	case in.Person:
		return o == batch.Create && (strings.HasSuffix(in.Name, batch.SuffixBadge) || strings.HasSuffix(in.Name, batch.SuffixName))
	}
	return in.Required || in.Name == batch.InputNote || o == batch.Replace && in.Usual
}
