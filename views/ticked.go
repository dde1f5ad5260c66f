package views

// Ticks is the bar of a table whose rows can be ticked: what can be done with them together. Its form owns the rows'
// checkboxes, which stand outside of it.
type Ticks struct {
	Hidden []Pair
	Name   string // of the rows' checkboxes
	Days   bool   // a row is a person's day; else it is a record
	// What may be done. Likely: the rows know the times that are likely missing.
	Add, Likely, Move, Terminal, Delete bool
	Low                                 bool // it stands below the table, which scrolls sideways
}

// Ticked is the page that asks what the bar left open about ticked rows, or says why nothing was made of them.
type Ticked struct {
	Heading string
	Text    string   // what happens next
	Note    string   // why the page is shown again, "" where something was only left open
	Problem string   // of the value
	Changed []string // rows that are not as they were shown, which are not ticked any more
	Rows    []TickedRow
	Name    string // of the rows' checkboxes
	Action  string
	Hidden  []Pair
	Do      string // "add", "move", "terminal", "delete"
	Label   string // of the value, "" where none is needed
	Hint    string
	Input   string   // name of the value's input
	Value   string   // as it was typed
	Options []Choice // to choose the value from; nil: it is typed
	Likely  bool     // the likely times can be taken instead
	Button  string
	Cancel  string
}

// TickedRow is one row that was ticked.
type TickedRow struct {
	Value, Text, Detail string
}

// PickPeople is the page that gives many people the same record.
type PickPeople struct {
	Heading    string
	Action     string
	Collection string
	Return     string
	Form       *Form // of the record, without its person
	Groups     []FilterInput
	Who        string // badges, employee numbers and names as they were typed
	Notes      []string
}
