package handlers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"protime-admin/internal/batch"
	"protime-admin/internal/day"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Inputs of the form of a clocking that batches without a sheet fill.
const (
	inputOfPerson   = "person.id"
	inputOfTime     = "timeOfDayInMinutes"
	inputOfTerminal = "terminal.id"
)

// draft is the batch that was asked for with its rows: nil where the value is missing, none where the days that were ticked
// have no clockings. problem is that of a value that is none.
func (t *tickedForm) draft() (b batch.Batch, rows []batch.Row, problem *field.Problem) {
	b = t.x.draftOf(t.c, t.do.operation(), batch.Ticked, t.values)
	switch t.do {
	case doAdd, doLikely:
		b.Preset = maps.Clone(t.c.Preset)
		b.Columns = t.x.handColumns(t.c, b.Operation, inputOfPerson, inputDate, inputOfTime)
		rows, problem = t.added()
	case doMove:
		var inputs []string
		rows, inputs, problem = t.moved()
		b.Columns = t.x.handColumns(t.c, b.Operation, slices.Concat([]string{batch.InputRecord}, inputs, []string{batch.InputOpened})...)
	case doTerminal:
		b.Columns = t.x.handColumns(t.c, b.Operation, batch.InputRecord, inputOfTerminal, batch.InputOpened)
		if terminal := t.values.Get(inputTerminal); terminal != "" {
			rows = t.replaced(func(day.Clocking) []string { return []string{terminal} })
		}
	case doDelete:
		b.Columns = t.x.handColumns(t.c, b.Operation, batch.InputRecord, batch.InputOpened)
		rows = t.replaced(func(day.Clocking) []string { return nil })
	}
	return b, rows, problem
}

// added are the rows that add a clocking to each day.
func (t *tickedForm) added() ([]batch.Row, *field.Problem) {
	typed := t.values.Get(inputTime)
	if t.do == doAdd {
		if typed == "" {
			return nil, nil
		}
		f, _ := t.c.Field(inputOfTime)
		if _, problem := field.Parse(f, field.Typed{Text: typed}, t.x.words.Today); problem != nil {
			return nil, problem
		}
	}
	var rows []batch.Row
	for _, d := range t.days {
		date, clock := d.date, typed
		if t.do == doLikely {
			clock = "" // the check asks for it where none is known
			if d.likely != nil {
				date, clock = tell.DateOf(d.date, *d.likely), tell.ClockText(*d.likely)
			}
			clock = cmp.Or(d.typed, clock)
		}
		rows = append(rows, batch.Row{Number: len(rows) + 1, Cells: []string{d.person, date, clock}})
	}
	return rows, nil
}

// mostMinutes is how far a time can be moved.
const mostMinutes = 24 * 60

// moved are the rows that move the times of the clockings by the minutes that were typed, and the inputs that they fill.
func (t *tickedForm) moved() (rows []batch.Row, inputs []string, problem *field.Problem) {
	typed := t.values.Get(inputMinutes)
	if typed == "" {
		return nil, nil, nil
	}
	raw, problem := field.ParseAs(field.Duration, contract.Field{}, field.Typed{Text: typed}, t.x.words.Today)
	if problem != nil {
		return nil, nil, problem
	}
	minutes, ok := field.Minutes(raw)
	if !ok || minutes == 0 || minutes < -mostMinutes || minutes > mostMinutes {
		return nil, nil, &field.Problem{Key: "ticked.minutes.range"}
	}
	otherDay := false
	rows = t.replaced(func(c day.Clocking) []string {
		was, is := clockCells(c.Minute), clockCells(c.Minute+minutes)
		otherDay = otherDay || was[1] != "0" || is[1] != "0"
		return is
	})
	if otherDay {
		return rows, []string{inputOfTime, inputOfTime + form.SuffixDay}, nil
	}
	for i := range rows {
		rows[i].Cells = slices.Delete(rows[i].Cells, 2, 3)
	}
	return rows, []string{inputOfTime}, nil
}

// clockCells are the time of a minute and its day as the inputs of a form have them. A minute that no clocking can have is
// written as none is, so that the check says so at the cell.
func clockCells(minute int) []string {
	text, offset := field.ClockText(minute)
	if minute < -mostMinutes || minute > 2*mostMinutes {
		return []string{fmt.Sprintf("%d min", minute), ""}
	}
	return []string{text, strconv.Itoa(offset)}
}

// replaced are a row for each clocking that was ticked, alone or with its day: its id, the cells, and what is known of it.
func (t *tickedForm) replaced(cells func(day.Clocking) []string) []batch.Row {
	rows := []batch.Row{}
	add := func(id, opened string, c day.Clocking) {
		all := append([]string{id}, cells(c)...)
		rows = append(rows, batch.Row{Number: len(rows) + 1, Cells: append(all, opened)})
	}
	if !isByDay(t.c) {
		for _, r := range t.rows {
			add(r.id, "", day.Clocking{})
		}
		return rows
	}
	plan := t.x.s.plan(t.c, contract.Replace)
	var records []protime.Record
	for _, d := range t.days {
		sorted := slices.Clone(d.now)
		slices.SortStableFunc(sorted, func(a, b protime.Record) int { return minuteOf(a) - minuteOf(b) })
		records = append(records, sorted...)
	}
	for _, r := range t.rows {
		records = append(records, r.now)
	}
	for _, record := range records {
		if c, ok := day.ClockingOf(record); ok {
			add(c.ID, plan.Opened(record), c)
		}
	}
	return rows
}

func minuteOf(record protime.Record) int {
	c, _ := day.ClockingOf(record)
	return c.Minute
}
