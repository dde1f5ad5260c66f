package views

import (
	"strings"

	"github.com/a-h/templ"
)

// Changes is a page of the log.
type Changes struct {
	Views          *ViewsMenu
	Heading, Intro string
	Record         Link // of a record's own history
	Unknown        Link // to the unknown outcomes, zero when there are none
	Find           ChangesFind
	Tabs           []Tab
	Ask            *Choices
	CSV, NDJSON    string
	Days           []ChangeDay
	Count          string
	More, Start    string
}

// ChangesFind is the form that narrows the log.
type ChangesFind struct {
	Action  string
	Hidden  []Pair
	Periods []Link
	Period  string        // that is shown
	Open    bool          // the folded inputs are drawn open: one of them holds something, or is wrong
	Shown   []FilterInput // on the line
	Folded  []FilterInput
}

// Tab is one of the views of a page.
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
	State      string // in words
	Status     string // "200 OK", "" where no answer came
	Tags       []string
	Check      string // paths of what can be done, "" for nothing
	Undo       string
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

// problemOf ties an input to the sentence that says what is wrong with it.
func problemOf(f FilterInput) templ.Attributes {
	if f.Problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "f-" + f.Name + "-why"}
}
