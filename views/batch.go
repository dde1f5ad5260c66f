package views

// BatchHead stands above every page of a batch.
type BatchHead struct {
	Heading string
	Name    string // of the batch, "" for none
	Back    string // path of the page with the rows that it was made of, ""
	Intro   string
	Step    int  // of batchSteps, 0 where there are none
	Sheet   bool // its rows have columns, which is a step of its own
	Actions []BatchAction
}

// BatchAction is a link beside the heading.
type BatchAction struct {
	Link

	Download bool
}

// Batches is the list of batches.
type Batches struct {
	New    string // path, "" for who may not make one
	Rows   []BatchLine
	Makers bool // the rows name who made them
}

// BatchLine is one batch of a list.
type BatchLine struct {
	Name, Href string
	Source     string // where its rows come from, "" where the name says it
	When, Who  string
	Icon, Tone string // of the state
	State      string // "76 rows to check", "74 added, 1 refused"
}

// BatchNew is the page on which a sheet is pasted or uploaded.
type BatchNew struct {
	Head    BatchHead
	Change  string // the form's id
	List    string // path of the list of a collection that needs one, ""
	Sheet   string // what was pasted
	Problem string // of the sheet; FileProblem of the file
	// FileProblem is what is wrong with the file, or that a file has to be chosen again.
	FileProblem string
	Collections []Choice
	Operations  []Choice
	What        string // "Add clockings": the summary of the two
	People      string // path of the page that chooses people, "" for none
	Templates   []Link
	Earlier     []BatchLine
	Cancel      string
}

// BatchColumns is the page that says what each column means.
type BatchColumns struct {
	Head     BatchHead
	Action   string
	Revision string
	Headings bool // the first line is a line of headings
	Columns  []BatchColumn
	// Missing are the values that every row needs and no column gives, as a sentence, "" for none.
	Missing string
	Unsent  string // whose times are not sent, as a sentence, "" for none
	Problem string
	Presets *Form // inputs of what every row gets
	Preset  string
	Button  string // "Check 80 rows"
	Cancel  string // path of the check, "" before there was one
	Discard BatchDiscard
}

// BatchColumn is one column of a sheet.
type BatchColumn struct {
	Name    string // its heading, or "Column C"
	Input   string // name of the select
	First   string // values of the first rows
	Choices []Choice
	How     string // "By its name"
	Icon    string
	Tone    string
}

// BatchDiscard asks before a draft is thrown away.
type BatchDiscard struct {
	Action, Text string // Action is "" for who may not
}

// BatchCheck is the page that shows every row before anything is sent.
type BatchCheck struct {
	Head     BatchHead
	Action   string
	Start    string // path that sends the rows, "" where that is not possible now
	Revision string
	Rows     []BatchRow
	Which    string // the selection that is shown
	After    string // number of the last row of the page before
	Shown    string // numbers of the rows with a tick, for the form to say which were there
	Sends    string // how many rows Start sends
	Tabs     []BatchTab
	Columns  []string
	Files    []Link
	Ready    bool // nothing is to be read before sending
	Deletes  bool // what Start sends deletes
	ReadOnly bool // somebody else's: it is looked at

	Summary  string   // "80 rows: 76 ready, 3 with an error"
	Notes    []string // what is to be known before sending
	Problems []string // why nothing was sent
	Trouble  *Failure
	Again    []BatchAgain
	Rest     *BatchRest
	Foot     string

	Button, ButtonOne, ButtonMany string // "Send 76 rows"; for one; for any number
	Reasons                       *Form
	AskWhy                        bool // the reason is asked for, and not folded
	Back                          string
	BackText                      string
	More                          string
	Discard                       BatchDiscard
}

// BatchAgain offers to send rows that the check left out.
type BatchAgain struct {
	Text, Button string
	Do           string // value of the button
	Links        []Link
}

// BatchRest is how far a long check has come.
type BatchRest struct {
	Text, Button string
	Done, All    string
	From         string // where it goes on
}

// BatchTab is a selection of rows.
type BatchTab struct {
	Text, Href, Count string
	Current           bool
}

// BatchRow is one row of a sheet.
type BatchRow struct {
	Number  string
	Ticks   bool // it can be ticked
	Ticked  bool
	Label   string // "Send row 5"
	Focus   bool   // the page begins at its tick
	LeftOut bool
	Cells   []BatchCell
	Marks   []BatchMark
	Day     Link
}

// BatchMark is what the check says of a row.
type BatchMark struct {
	Icon, Tone, Text string
}

// BatchCell is what a row has in one column of the page.
type BatchCell struct {
	Label  string
	Value  Value
	Was    string // what Protime has now, where a row changes it
	Day    bool   // a date, in one line
	Inputs []BatchInput
}

// BatchInput is a cell of the sheet that is to be corrected.
type BatchInput struct {
	ID, Name, Label string
	Value           string
	Why             string
	Short, Focus    bool
	Offers          []BatchOffer
}

// BatchOffer is a value that could be meant.
type BatchOffer struct {
	Value, Text string
}
