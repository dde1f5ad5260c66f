package views

// Receipt is all that the log has of one change.
type Receipt struct {
	Said      []Piece // "Els Peeters changed 08:05 to 08:00 for Jan Maes on Mon 5 Jan"
	Outcome   string  // "Clocking changed."
	By        string  // who, when, and why
	State     string  // "unknown"
	Icon      string
	Tone      string // "good", "warn" or "bad"
	Notes     []string
	Facts     []Part
	Rows      []PreviewRow
	Log       Link // back to the log
	Record    Link
	Open      string // says that it leads to the record
	Person    Link
	Part      Link // to its row of a batch, zero for a change that is of none
	History   Link // all changes to the record, zero where there is none
	Since     []Past
	Undoes    string // paths; "" where there is none
	UndoneBy  string
	Undo      string
	WhyNot    string // why it cannot be taken back
	Check     string
	Standing  Pointers
	Timeline  []Fact
	Rule      *Rule // nil where there is nothing to rule on
	Call      *Call // nil once retention took it
	Permalink string
}

// Fact is one event of a change.
type Fact struct {
	Kind    string // "prepared", "answered", "lost", "looked" or "ruled"
	When    string
	Text    string
	Links   []Link // what a look saw
	Monitor string // that a status monitor was read, "" when none was
	Body    string // what it said
}

// Rule is the form in which a person states what they found in Protime, when the outcome is unknown.
type Rule struct {
	Action                    string
	Choices                   []Choice
	Why                       string
	RulingProblem, WhyProblem string
}

// Past is one change of a record, in the list of them.
type Past struct {
	When, Href string // Href is "" for those who may not see it, and for the one that is shown
	Said       []Piece
	Current    bool
}
