package handlers

import (
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/views"
)

// rowTeller draws the rows of a draft.
type rowTeller struct {
	x       *exchange
	d       draft
	inputs  []dryrun.Input
	columns []pageColumn
	typed   map[int]map[int]string // cells that were posted and are not kept
	shown   map[int]bool           // rows of which a tick was posted or left out, and is not kept
	ticked  map[int]bool           // those of them that were ticked
	focused bool                   // an input has the focus already
	only    bool                   // the rows are looked at: nothing is corrected
}

func (x *exchange) rowTeller(d draft) *rowTeller {
	t := &rowTeller{x: x, d: d, inputs: x.s.dryrun.Inputs(d.c, d.Operation), typed: typedCells(d.values)}
	if d.unkept {
		t.shown, t.ticked = numberSet(d.values[inputShown]), numberSet(d.values[inputRow])
	}
	for i, column := range d.Columns {
		if column.Input == "" || column.Input == batch.InputOpened {
			continue
		}
		input, _, _ := strings.Cut(column.Input, "~")
		input = strings.TrimSuffix(input, form.SuffixDay)
		at := slices.IndexFunc(t.columns, func(c pageColumn) bool { return c.input == input })
		if at < 0 {
			at = len(t.columns)
			t.columns = append(t.columns, t.column(input))
		}
		t.columns[at].sheet = append(t.columns[at].sheet, i)
		t.columns[at].labels[i] = x.columnName(i, column)
		t.addTime(column.Input)
	}
	return t
}

// row draws one row.
func (t *rowTeller) row(row batch.Row) views.BatchRow {
	number := strconv.Itoa(row.Number)
	view := views.BatchRow{
		Number: number, Label: t.x.words.T("batch.send-row", "row", number), LeftOut: row.LeftOut,
		Ticks: canBeSent(row), Ticked: !row.LeftOut,
	}
	if t.shown[row.Number] {
		view.Ticked = t.ticked[row.Number]
	}
	for _, column := range t.columns {
		view.Cells = append(view.Cells, t.cell(column, row))
	}
	view.Marks = t.marks(row)
	if len(row.Check.Warnings) > 0 {
		view.Day = t.x.dayLink(row.Check)
	}
	return view
}

// canBeSent reports whether the check found nothing wrong with a row.
func canBeSent(row batch.Row) bool {
	return row.Check.Verdict == batch.Ready || row.Check.Verdict == batch.Warned
}

// moved is how many more of some rows are sent by the ticks that were posted than by those that are kept.
func (t *rowTeller) moved(rows []batch.Result) int {
	more := 0
	for _, row := range rows {
		switch sends := t.ticked[row.Number]; {
		case !t.shown[row.Number] || !canBeSent(row.Row) || sends != row.LeftOut:
		case sends:
			more++
		default:
			more--
		}
	}
	return more
}

// cell draws what a row has in one column of the page: what will be sent, what Protime has now where that differs, and an
// input for each cell of the sheet that is to be corrected.
func (t *rowTeller) cell(column pageColumn, row batch.Row) views.BatchCell {
	cell := views.BatchCell{Label: column.label, Day: column.member.Format == "date"}
	for _, i := range column.sheet {
		if t.only {
			break
		}
		problem := slices.IndexFunc(row.Check.Problems, func(f batch.Finding) bool { return f.Column == i })
		typed, wasTyped := t.typed[row.Number][i]
		if problem < 0 && !wasTyped {
			continue
		}
		in := views.BatchInput{
			ID: "c-" + strconv.Itoa(row.Number) + "-" + strconv.Itoa(i), Name: prefixCell + strconv.Itoa(row.Number) + "." + strconv.Itoa(i),
			Label: t.x.words.T("batch.cell", "column", column.labels[i], "row", strconv.Itoa(row.Number)),
			Value: cellOf(row, i), Short: column.short,
		}
		if wasTyped {
			in.Value = typed
		}
		if problem >= 0 {
			t.problem(&in, row.Check.Problems[problem])
		}
		if !t.focused && in.Why != "" {
			in.Focus, t.focused = true, true
		}
		cell.Inputs = append(cell.Inputs, in)
	}
	cell.Value = t.value(column, row, row.Check.After)
	if t.d.Operation == batch.Replace && row.Check.After != nil {
		was := t.value(column, row, row.Check.Base)
		if was.Text != cell.Value.Text {
			cell.Was = t.x.words.OrNothing(was)
			cell.Value.Strong = true
		}
	}
	if cell.Value.Empty() && len(cell.Inputs) == 0 {
		cell.Value = views.Value{Text: t.asTyped(column, row)}
	}
	return cell
}

// problem is what is wrong with a cell, and what could be meant instead.
func (t *rowTeller) problem(in *views.BatchInput, f batch.Finding) {
	in.Why = t.x.finding(t.d.Batch, f)
	for _, offer := range f.Offers {
		in.Offers = append(in.Offers, views.BatchOffer{
			Value: strings.TrimPrefix(in.Name, prefixCell) + "=" + offer.Value,
			Text:  t.x.words.T("batch.use", "value", t.x.offered(offer)),
		})
	}
}

// offered names a value that could be meant: "670051, Dries Wouters", "Mon 2 Nov".
func (x *exchange) offered(o batch.Offer) string {
	if o.Date != "" {
		return x.words.NearDay(o.Date)
	}
	if o.Label == "" || o.Label == o.Value {
		return o.Value
	}
	return o.Value + ", " + o.Label
}

// value is what a record has in a column of the page.
func (t *rowTeller) value(column pageColumn, row batch.Row, record []byte) views.Value {
	words := t.x.words
	switch {
	case column.input == batch.InputRecord:
		if row.Check.Base == nil {
			return views.Value{}
		}
		return views.Value{Text: words.RecordName(t.d.c, field.Record(row.Check.Base)), Href: row.Check.Path}
	case record == nil && column.member.Ref == "people" && row.Check.Person != "":
		hit, _ := t.x.finder().Label("people", row.Check.Person)
		return views.Value{Text: hit.Label, Detail: hit.Detail}
	case record == nil && column.member.Format == "date" && row.Check.Date != "":
		return views.Value{Text: words.NearDay(row.Check.Date)}
	case record == nil || column.member.Name == "":
		return views.Value{}
	}
	raw, _ := field.Record(record).Lookup(column.member.Name)
	if field.For(column.member) == field.Date {
		return views.Value{Text: words.NearDay(field.Plain(raw))}
	}
	value := words.Value(column.member, raw)
	value.Href = "" // nobody leaves what they correct by a slip
	return value
}

// asTyped is what stands in the sheet.
func (t *rowTeller) asTyped(column pageColumn, row batch.Row) string {
	var texts []string
	for _, i := range column.sheet {
		if text := clipped(cellOf(row, i)); text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ", ")
}

func cellOf(row batch.Row, i int) string {
	if i >= len(row.Cells) {
		return ""
	}
	return row.Cells[i]
}

// marks say what becomes of a row, and why.
func (t *rowTeller) marks(row batch.Row) []views.BatchMark {
	words := t.x.words
	var marks []views.BatchMark
	if row.Check.Verdict == batch.Unchecked {
		return []views.BatchMark{{Icon: "info", Tone: "quiet", Text: words.T("batch.mark.unchecked")}}
	}
	if row.LeftOut {
		marks = append(marks, views.BatchMark{Icon: "close", Tone: "quiet", Text: words.T("batch.mark.left-out")})
	}
	if row.Check.Verdict == batch.Wrong {
		marks = append(marks, views.BatchMark{Icon: "close", Tone: "bad", Text: words.T("batch.mark.wrong")})
	}
	for _, f := range row.Check.Problems {
		if !t.atCell(f) {
			marks = append(marks, views.BatchMark{Icon: "warn", Tone: "bad", Text: t.x.finding(t.d.Batch, f)})
		}
	}
	for _, f := range row.Check.Warnings {
		tone := "warn"
		if row.LeftOut {
			tone = "quiet"
		}
		marks = append(marks, views.BatchMark{Icon: "warn", Tone: tone, Text: t.x.finding(t.d.Batch, f)})
	}
	if len(marks) == 0 {
		marks = append(marks, views.BatchMark{Icon: "check", Tone: "good", Text: words.T("batch.mark.ready")})
	}
	return marks
}

// atCell reports whether a finding stands at an input of the page.
func (t *rowTeller) atCell(f batch.Finding) bool {
	return !t.only && slices.ContainsFunc(t.columns, func(c pageColumn) bool { return slices.Contains(c.sheet, f.Column) })
}

// finding is a finding about a row of a batch in words.
func (x *exchange) finding(b batch.Batch, f batch.Finding) string {
	args := map[string]string{}
	for name, value := range f.Args {
		switch name {
		case "input":
			value = x.nameOfInput(b, value)
		case "member":
			value = x.nameOfMember(b, value)
		case "date":
			value = x.words.NearDay(value)
		}
		args[name] = value
	}
	return x.batchKeyed(f.Key, args)
}

// nameOfMember is the label of a member of the record that a batch is about.
func (x *exchange) nameOfMember(b batch.Batch, name string) string {
	c, ok := x.s.Contract.Collection(b.Collection)
	if !ok {
		return name
	}
	f, ok := c.Field(name)
	if !ok {
		return name
	}
	return x.words.Label(c, f)
}
