package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/field"
	"protime-admin/internal/spreadsheet"
	"protime-admin/views"
)

// mostColumns is how many columns a sheet can have.
const mostColumns = 100

// fewRows is how many rows show what a column holds.
const fewRows = 3

// columnsPage asks what each column means.
func (x *exchange) columnsPage(d draft) error {
	first, err := x.s.Batches.Rows(x.request().Context(), d.ID, batch.All, 0, fewRows)
	if err != nil {
		return err
	}
	counts, err := x.s.Batches.Count(x.request().Context(), d.ID)
	if err != nil {
		return err
	}
	posted := d.values.Get(inputDo) == doColumns
	presets := d.values
	if posted {
		d.Columns = x.postedColumns(d)
		d.Preset, _ = x.postedPreset(d)
	} else {
		presets = storedPreset(d)
	}
	view := &views.BatchColumns{
		Head:   x.batchHead(d.Batch, stepColumns, x.words.T("batch.columns.intro")),
		Action: "/batches/" + d.ID, Revision: strconv.FormatInt(d.Revision, 10),
		Headings: hasHeadings(d.Columns), Button: x.words.N("batch.check", counts.Rows),
		Discard: x.discardOf(d.Batch, counts.Rows),
	}
	if posted {
		view.Headings = d.values.Has(inputHeadings)
	}
	if len(d.problems) > 0 {
		view.Problem = d.problems[0]
	}
	if d.isChecked() {
		view.Cancel = "/batches/" + d.ID
	}
	inputs := x.s.dryrun.Inputs(d.c, d.Operation)
	for i, column := range d.Columns {
		view.Columns = append(view.Columns, x.columnView(i, column, inputs, first))
	}
	if missing := x.s.dryrun.Missing(d.Batch); len(missing) > 0 {
		view.Missing = x.words.T("batch.missing", "inputs", x.inputNames(missing))
	}
	view.Unsent = x.unsentTimes(d, first)
	view.Presets = x.presetForm(d, presets)
	view.Preset = x.presetText(d)
	page := x.page(view.Head.Heading)
	page.Kind = views.BatchOnly
	page.Problem = d.status >= http.StatusBadRequest
	return x.show(max(d.status, http.StatusOK), views.BatchColumnsPage(page, view))
}

// hasHeadings reports whether a sheet has a line of headings.
func hasHeadings(columns []batch.Column) bool {
	return slices.ContainsFunc(columns, func(c batch.Column) bool { return c.Header != "" })
}

// columnName is the heading of a column, or its letter.
func (x *exchange) columnName(i int, column batch.Column) string {
	if name := strings.TrimSpace(column.Header); name != "" {
		return name
	}
	return x.words.T("batch.column-letter", "letter", spreadsheet.ColumnName(i+1))
}

func (x *exchange) columnView(i int, column batch.Column, inputs []dryrun.Input, first []batch.Result) views.BatchColumn {
	view := views.BatchColumn{
		Name: x.columnName(i, column), Input: inputColumn + strconv.Itoa(i),
		Choices: []views.Choice{{Text: x.words.T("batch.not-used"), Selected: column.Input == ""}},
	}
	for _, in := range inputs {
		view.Choices = append(view.Choices, views.Choice{Value: in.Name, Text: x.inputName(in), Selected: in.Name == column.Input})
	}
	var cells []string
	for _, row := range first {
		if i < len(row.Cells) && strings.TrimSpace(row.Cells[i]) != "" {
			cells = append(cells, clipped(row.Cells[i]))
		}
	}
	view.First = strings.Join(cells, ", ")
	switch {
	case column.How == batch.ByHeader:
		view.How, view.Icon, view.Tone = x.words.T("batch.by-header"), "check", "quiet"
	case column.How == batch.ByValues && column.Input != "":
		view.How, view.Icon, view.Tone = x.words.T("batch.by-values"), "warn", "warn"
	case column.How == batch.ByHand:
		view.How, view.Icon, view.Tone = x.words.T("batch.by-hand"), "check", "quiet"
	}
	return view
}

// longestSample is how many characters of a cell show what a column holds.
const longestSample = 40

func clipped(text string) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) <= longestSample {
		return string(runes)
	}
	return string(runes[:longestSample-1]) + "…"
}

// inputName is the label of what a column can mean.
func (x *exchange) inputName(in dryrun.Input) string {
	name := x.words.First(in.Labels, in.Human)
	if in.Row > 0 {
		return name + " " + strconv.Itoa(in.Row)
	}
	return name
}

func (x *exchange) inputNames(inputs []dryrun.Input) string {
	names := make([]string, len(inputs))
	for i, in := range inputs {
		names[i] = x.inputName(in)
	}
	return strings.Join(names, ", ")
}

// isPlain reports whether a value is one input.
func isPlain(k field.Kind) bool {
	switch k {
	case field.Group, field.Translated, field.Keyed, field.Rows, field.Values, field.Raw:
		return false
	}
	return true
}

// postedColumns are the columns of a draft as its form says.
func (x *exchange) postedColumns(d draft) []batch.Column {
	inputs := x.s.dryrun.Inputs(d.c, d.Operation)
	columns := slices.Clone(d.Columns)
	for i := range columns {
		name := inputColumn + strconv.Itoa(i)
		input := d.values.Get(name)
		known := input == "" || slices.ContainsFunc(inputs, func(in dryrun.Input) bool { return in.Name == input })
		if !d.values.Has(name) || !known {
			continue
		}
		if input != columns[i].Input || columns[i].How != batch.ByHeader {
			columns[i].Input, columns[i].How = input, batch.ByHand
		}
	}
	return columns
}

// setColumns keeps what the columns mean and what every row has, remembers the former for the person's next sheet, and
// checks the rows.
func (x *exchange) setColumns(d draft) error {
	ctx := x.request().Context()
	headings := hasHeadings(d.Columns)
	described := d.Batch
	described.Columns = x.postedColumns(d)
	preset, readable := x.postedPreset(d)
	described.Preset = preset
	if !readable {
		d.status, d.problems = http.StatusUnprocessableEntity, []string{x.words.T("batch.preset.problem")}
		return x.draftPage(d)
	}
	if twice := twiceMeant(described.Columns); twice != "" {
		d.status, d.problems = http.StatusUnprocessableEntity, []string{x.words.T("batch.twice", "input", x.nameOfInput(d.Batch, twice))}
		return x.draftPage(d)
	}
	if missing := x.s.dryrun.Missing(described); len(missing) > 0 {
		d.status = http.StatusUnprocessableEntity
		d.problems = []string{x.words.T("batch.missing", "inputs", x.inputNames(missing))}
		return x.draftPage(d)
	}
	if asked := d.values.Has(inputHeadings); asked != headings {
		if err := x.moveHeadings(&described, asked); err != nil {
			return x.notKept(d, err)
		}
	}
	moved := d
	moved.Batch, moved.values = described, url.Values{}
	if err := x.beginCheck(&moved); err != nil {
		return x.notKept(d, err)
	}
	meant := map[string]string{}
	for _, column := range described.Columns {
		if column.Header != "" {
			meant[column.Header] = column.Input
		}
	}
	if err := x.s.Batches.Mean(ctx, x.actor.Issuer, x.actor.Subject, d.Collection, meant); err != nil {
		return err
	}
	return x.checkOn(moved, reached{})
}

// nameOfInput is the label of an input by its name.
func (x *exchange) nameOfInput(b batch.Batch, name string) string {
	if c, ok := x.s.Contract.Collection(b.Collection); ok {
		if in, ok := x.s.dryrun.Input(c, b.Operation, name); ok {
			return x.inputName(in)
		}
	}
	return name
}

// twiceMeant is an input that two columns mean, "" where there is none. The two parts of a name may be two columns.
func twiceMeant(columns []batch.Column) string {
	seen := map[string]bool{}
	for _, column := range columns {
		if column.Input == "" || strings.HasSuffix(column.Input, batch.SuffixName) {
			continue
		}
		if seen[column.Input] {
			return column.Input
		}
		seen[column.Input] = true
	}
	return ""
}

// moveHeadings takes the first row for headings, which leaves it out, or makes them a row again.
func (x *exchange) moveHeadings(b *batch.Batch, headings bool) error {
	first, err := x.s.Batches.Rows(x.request().Context(), b.ID, batch.All, 0, 1)
	if err != nil || len(first) == 0 {
		return err
	}
	row := first[0].Row
	columns := slices.Clone(b.Columns)
	if headings {
		for i := range columns {
			columns[i].Header = ""
			if i < len(row.Cells) {
				columns[i].Header = row.Cells[i]
			}
		}
		row.LeftOut, row.Chosen = true, true
	} else {
		number := row.Number - 1
		if row.LeftOut && row.Chosen && isHeadings(row.Cells, columns) {
			number = row.Number // it was left out when it was taken for headings
		}
		row = batch.Row{Number: number}
		for i := range columns {
			row.Cells = append(row.Cells, columns[i].Header)
			columns[i].Header = ""
		}
	}
	b.Columns = columns
	b.Revision, err = x.s.Batches.PutRows(x.request().Context(), b.ID, b.Revision, []batch.Row{row}, false)
	return err
}

// isHeadings reports whether the cells of a row are the headings of columns.
func isHeadings(cells []string, columns []batch.Column) bool {
	for i, column := range columns {
		if i < len(cells) && cells[i] != column.Header || i >= len(cells) && column.Header != "" {
			return false
		}
	}
	return true
}

// discardOf asks before a draft is thrown away.
func (x *exchange) discardOf(b batch.Batch, rows int) views.BatchDiscard {
	if !x.madeBatch(b) {
		return views.BatchDiscard{}
	}
	return views.BatchDiscard{Action: "/batches/" + b.ID + "/discard", Text: x.words.N("batch.discard.ask", rows)}
}
