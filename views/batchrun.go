package views

// BatchRun is the page of a batch that was started: what is being sent, or the result.
type BatchRun struct {
	Head    BatchHead
	Path    string // of the batch
	Links   []Link // to the batch that it takes back, and to those that take it back
	Events  string // path of the stream of what changes, "" where nothing does
	Sending *Sending
	Result  *BatchResult // nil while rows are sent
}

// Sending is how far a batch has come.
type Sending struct {
	Heading, Text string
	Steps         []string // what to do where it paused by itself
	Paused        bool
	Line, Pace    string // "48 of 76 sent", "about 6 a second, 5 seconds left"
	Done, All     string // of the bar
	Say           string // what is read out, which changes at every tenth
	Counts        []BatchMark
	Troubles      []BatchRunRow
	// Paths of what can be done, "" for nothing.
	Pause, Resume, Cancel string
	CancelText            string // what stopping means
	WhyNot                string // why it cannot go on
}

// BatchResult is what became of the rows of a batch.
type BatchResult struct {
	Stats       []BatchStat
	Say         string
	Notes       []string
	Tabs        []BatchTab
	Rows        []BatchRunRow
	More, Start string // paths of the next rows and of the first
	Others      string // "The other 74 were added."
	OthersHref  string
	Ended       string
	RetryAll    string // text of the button, "" for none
	Return      string // path of the page, for looks at single rows
	End         string // which end of the sending this is
	Undo        string // text of the button, "" for none
	UndoID      string
	Files       []Link
	Log         string // path, "" for who may not see it
}

// BatchStat is how many rows something became of.
type BatchStat struct {
	Label, Count string
}

// BatchRunRow is one row and what became of it.
type BatchRunRow struct {
	Number, What string
	Mark         BatchMark
	Status       string // "201 Created", "" without an answer
	Notes        []string
	Standing     Pointers // what Protime already had like it
	Location     Link
	Receipt      string // paths, "" for none
	Check, Rule  string
	Retry        bool
}

// BatchUndoRow is a row of a batch that an undo takes back, or leaves out.
type BatchUndoRow struct {
	Number, What, Receipt  string
	Ticks, Ticked, LeftOut bool
	Label                  string // of the tick: "Undo row 5"
}

// BatchUndo is an undo of a batch before it is sent.
type BatchUndo struct {
	Head              BatchHead
	Of                Link
	Consequence       string
	Count             string // "74 rows"
	Rows              []BatchUndoRow
	More, Start       string
	Action, Discard   string
	Keep              string // path that keeps what stands in the page, "" for who may not
	Revision          string
	After             string // number of the last row of the page before
	Shown             string // numbers of the rows with a tick, for the form to say which were there
	Sends             string // how many rows the button takes back
	Button            string // "" where it cannot be sent
	ButtonOne         string // for one row
	ButtonMany        string // for any number
	Unable            string // why not
	Sentences         []string
	Reasons           []string
	Why, Note, WhyNot string
}
