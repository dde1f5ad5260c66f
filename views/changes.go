package views

import "strings"

// Changes is a page of the log.
type Changes struct {
	Views          *ViewsMenu
	Heading, Intro string
	Record         Link  // of a record's own history
	Unknown        Link  // to the unknown outcomes, zero when there are none
	Find           *List // its filters
	Tabs           []Tab
	Ask            *Choices
	Files          []Link // the changes as a file, for those who may have it
	Days           []ChangeDay
	Count          string
	More, Start    string
}

// Tab is one way to look at a list.
type Tab struct {
	Text, Href string
	Current    bool
}

// ChangeDay is the changes of one day.
type ChangeDay struct {
	Text, Count string
	Rows        []ChangeRow
}

// ChangeRow is one change of the log.
type ChangeRow struct {
	When, Time string // Time is the hour of When
	Receipt    string // "" for those who may not see it
	Said       []Piece
	What       string // the same as one text
	Reason     string
	Icon, Tone string // of the state
	State      string // in words, "200 OK" where the answer says all
	Status     string // of the answer beside the state, ""
	Tags       []string
	Part       Link         // to its row of a batch, zero for a change that is of none
	Batch      *ChangeBatch // that the line stands for, nil for one change
	Check      string       // paths of what can be done, "" for nothing
	Undo       string
}

// ChangeBatch is what a line that stands for a batch unfolds to. Page and Log are the paths of the batch and of its
// changes.
type ChangeBatch struct {
	Counts    []BatchStat
	Page, Log string
}

// Piece is a part of a sentence. Tone is "who", "was", "now" or "".
type Piece struct {
	Text, Href, Tone string
}

// Plain is a sentence as one text.
func Plain(pieces []Piece) string {
	var b strings.Builder
	for _, piece := range pieces {
		b.WriteString(piece.Text)
	}
	return b.String()
}
