package views

import (
	"iter"
	"slices"
	"strconv"

	"github.com/a-h/templ"
)

// List is a page of records of one collection.
type List struct {
	Up      Link // to the record that the list belongs to, where there is one
	Heading string
	Intro   string // a note on these records, may be ""
	Filters []FilterInput
	Action  string // path that the filter form is sent to
	Hidden  []Pair // inputs of the form that are not filters: sorting
	Deleted *Toggle
	Period  *Period // nil where the list has none
	Views   *ViewsMenu
	Tabs    []Tab  // ways to look at the same records, nil for one
	Change  string // path of the page that changes the rows as a whole, "" when there is none
	History string // path of the rows' own changes, ""
	ByKey   string // path of the page that creates or replaces under one's own key, ""
	Search  string // path that finds records by name, ""
	New     string // path of the page that adds a record, "" when it may not
	WhyNot  string // why nothing can be added, "" when it can or is not expected
	Files   []Link // the list as a file
	Columns []Column
	// Rows are read while the page is written.
	Rows iter.Seq[Row]
	// Bands take the place of Rows where clockings are shown by day.
	Bands        iter.Seq[DayBand]
	Places       bool // times can be changed where they stand in the bands
	DeletePlaces bool // and deleted from there
	Ticks        *Ticks
	Sheet        string // path of the page that takes a sheet of such records, ""
	People       string // path of the page that adds the same for many people, ""
	// End is complete once Rows or Bands have ended.
	End *ListEnd
	// Ask is the choice that must be made before anything can be listed.
	Ask    *Choices
	Naming string // says why ids stand where names are due, "" when names are known
	Sorted string // says that sorting is over what the page holds, "" when it is not sorted
}

// FilterInput is one condition of the filter form.
type FilterInput struct {
	Name, Label, Value string
	Kind               string // "date", "text", "number", "choice", "person"
	More               bool   // behind "More filters"
	Hint               string
	Options            []Choice
	Hidden             string // person: the ids
	Problem            string
}

// Choice is one option.
type Choice struct {
	Value, Text string
	Selected    bool
}

// Toggle is a link that shows or hides something.
type Toggle struct {
	Text, Href, Title string
}

// Column is one column, with the link that sorts by it.
type Column struct {
	Name, Label string
	Sort        string // path, "" when the column cannot be sorted
	Direction   string // "ascending", "descending" or ""
	Class       string // "num" for numbers, "day" for dates, or ""
}

// Row is one record, or a failure or a flush between records.
type Row struct {
	Cells   []Value
	Tags    []Tag
	Href    string // page of the record
	ID      string // element id, for the link to the row after a change
	Tick    string // value of its checkbox, "" where it cannot be ticked
	Edit    string
	Delete  string
	Again   string // path that creates a deleted record again
	Name    string // names the record in the labels of its actions
	Deleted bool
	Marked  bool // the last change was made to this record
	Flush   bool // no record: the rows so far are sent
	Failure *Failure
}

// Tag is a label on a row. Tone is "warn", "good", "bad" or "".
type Tag struct {
	Text, Tone string
}

// DayBand is one date of a list by day, or the failure that ends the list.
type DayBand struct {
	Heading string // "Monday 16 November 2026"
	Summary string // "7 people, 28 clockings, 52:10 worked"
	Marked  string // "2 to check", ""
	New     string // path of the form of a new clocking of the date, "" where none may be added
	Rows    []BandRow
	Failure *Failure
}

// BandRow is one person's date.
type BandRow struct {
	Name, Number, Href string // Href leads to the person's week
	Tick               string // value of its checkbox, "" where it cannot be ticked
	Day                Day
	New                string // path of the form of a new clocking of the person and date, ""
	Marked             bool   // the last change was made here
	Locked             bool   // the date is in the person's closed period
}

// ListEnd is what stands below the rows, known once they have ended.
type ListEnd struct {
	Count  string // "104 clockings shown", no total
	More   string // path of the next page, "" on the last
	Start  string // path of the first page, "" on it
	Every  string // "All clockings of this filter", "" where the page has all of them or none can be ticked
	Empty  bool
	Advice string // what to do about an empty list
}

// Choices are records that match what was typed.
type Choices struct {
	Title string
	Items []Link
}

// Dates are the inputs of the period.
func (l *List) Dates() []FilterInput {
	return l.inputs(func(f FilterInput) bool { return l.Period != nil && f.Kind == "date" })
}

// More are the inputs behind "More filters".
func (l *List) More() []FilterInput { return l.inputs(func(f FilterInput) bool { return f.More }) }

// Picked are the inputs in the line of filters.
func (l *List) Picked() []FilterInput {
	return l.inputs(func(f FilterInput) bool { return !f.More && (l.Period == nil || f.Kind != "date") })
}

func (l *List) inputs(keep func(FilterInput) bool) []FilterInput {
	var kept []FilterInput
	for _, f := range l.Filters {
		if keep(f) {
			kept = append(kept, f)
		}
	}
	return kept
}

// wrong reports whether one of the inputs has a problem: a menu with it stands open.
func wrong(inputs []FilterInput) bool {
	return slices.ContainsFunc(inputs, func(f FilterInput) bool { return f.Problem != "" })
}

func wrongInput(f FilterInput) templ.Attributes {
	if f.Problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "f-" + f.Name + "-why"}
}

// columnsOf is how many columns a table has beside the one of the ticks.
func columnsOf(t *Ticks, n int) string {
	if t != nil {
		n++
	}
	return strconv.Itoa(n)
}
