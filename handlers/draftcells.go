package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/form"
	"protime-admin/internal/spreadsheet"
)

// keep keeps what stands in the page of a draft: cells, ticks and the reason. It returns how many rows were changed by
// that. A reason that is too long is not kept: whyNot says so.
func (x *exchange) keep(d *draft) (rows int, err error) {
	if rows, _, err = x.correct(d); err != nil || !d.values.Has(form.InputNote) || d.reason == d.Reason {
		return rows, err
	}
	d.Reason = d.reason
	if isLong(d.reason) {
		d.whyNot, d.status = x.reasonProblem(d.reason), http.StatusUnprocessableEntity
		return rows, nil
	}
	whole := d.isChecked()
	if d.Revision, err = x.s.Batches.Explain(x.request().Context(), d.ID, d.Revision, d.reason); whole {
		d.Checked = d.Revision
	}
	return rows, err
}

// correct keeps what was typed into cells and which rows were ticked, and checks those rows. It returns how many rows that
// changes, and in how many of them a cell was changed. The error is a *spreadsheet.Error where a row has too much text.
func (x *exchange) correct(d *draft) (changed, corrected int, err error) {
	typed := typedCells(d.values)
	if d.Operation == batch.Undo {
		typed = nil // its rows name changes, of the batch that it takes back alone
	}
	var numbers []int
	shown, ticked := numbersOf(d.values.Get(inputShown)), numberSet(d.values[inputRow])
	for n := range typed {
		numbers = append(numbers, n)
	}
	numbers = append(numbers, shown...)
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	if len(numbers) == 0 {
		return 0, 0, nil
	}
	found, err := x.s.Batches.Numbered(x.request().Context(), d.ID, numbers[:min(len(numbers), batch.MostAtOnce)])
	if err != nil {
		return 0, 0, err
	}
	var rows []batch.Row
	for _, result := range found {
		row := result.Row
		changed := take(&row, typed[row.Number])
		if changed {
			corrected++
			if lengthOf(row.Cells) > spreadsheet.DefaultLimits().Line { // as of a sheet's row
				number := map[string]string{"row": strconv.Itoa(row.Number)}
				return 0, 0, &spreadsheet.Error{Key: "spreadsheet.long-row", Row: row.Number, Args: number}
			}
		}
		if slices.Contains(shown, row.Number) && tick(&row, ticked[row.Number]) || changed {
			rows = append(rows, row)
		}
	}
	return len(rows), corrected, x.recheck(d, rows)
}

// tick takes a row in or leaves it out, and reports whether that changes it.
func tick(row *batch.Row, ticked bool) bool {
	if ticked != row.LeftOut {
		return false
	}
	row.LeftOut, row.Chosen = !row.LeftOut, true
	return true
}

// typedCells are the cells of a posted form by row and column. A button that offers a value counts as typing it.
func typedCells(values url.Values) map[int]map[int]string {
	cells := map[int]map[int]string{}
	put := func(place, text string) {
		number, column, _ := strings.Cut(place, ".")
		n, err := strconv.Atoi(number)
		i, other := strconv.Atoi(column)
		if err != nil || other != nil || i < 0 {
			return
		}
		if cells[n] == nil {
			cells[n] = map[int]string{}
		}
		cells[n][i] = text
	}
	for name := range values {
		if place, ok := strings.CutPrefix(name, prefixCell); ok {
			put(place, strings.TrimSpace(values.Get(name)))
		}
	}
	if place, text, ok := strings.Cut(values.Get(inputUse), "="); ok {
		put(place, text)
	}
	return cells
}

// take puts typed cells into a row and reports whether that changes it.
func take(row *batch.Row, typed map[int]string) bool {
	changed := false
	for column, text := range typed {
		if column >= mostColumns {
			continue
		}
		if column >= len(row.Cells) {
			if text == "" {
				continue
			}
			row.Cells = append(row.Cells, make([]string, column+1-len(row.Cells))...)
		}
		if row.Cells[column] != text {
			row.Cells[column], changed = text, true
		}
	}
	return changed
}

// lengthOf is how many bytes the cells of a row have.
func lengthOf(cells []string) (n int64) {
	for _, cell := range cells {
		n += int64(len(cell))
	}
	return n
}

// numberSet are the numbers of some texts.
func numberSet(texts []string) map[int]bool {
	set := map[int]bool{}
	for _, text := range texts {
		for _, n := range numbersOf(text) {
			set[n] = true
		}
	}
	return set
}

// numbersOf reads "3,7,12".
func numbersOf(text string) []int {
	var numbers []int
	for part := range strings.SplitSeq(text, ",") {
		if n, err := strconv.Atoi(part); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
