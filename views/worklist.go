package views

import (
	"iter"
	"strconv"
)

// Worklist is the page of the days that break a rule: filters, rows while they are read, and what is known at their end.
type Worklist struct {
	Caption  string // of the table: "Days to check from 16 Nov to 22 Nov, oldest first"
	Period   *Period
	Dates    []FilterInput // of the period
	Views    *ViewsMenu
	Files    []Link // the rows as a file
	Action   string // path that the filters are sent to
	Hidden   []Pair // inputs of the filters that have no field: the period
	Pickers  []FilterInput
	More     []FilterInput // filters behind "More filters"
	MoreText string        // its summary: "More filters", or those that are set
	Notes    []string      // what is not known, before any row
	Unknown  Link          // to the changes whose outcome is not known, zero when there are none
	Ask      *Choices      // people to choose from before anything is listed
	ReadOnly string        // why nothing can be corrected here, "" where it can
	Ticks    *Ticks
	People   string // path of the page that adds a clocking for many people, ""
	Legend   string // how in and out are found, and which reason goes with a correction
	// Bands and their rows are read while the page is written; nil where there is nothing to list.
	Bands iter.Seq[WorkBand]
	// End is complete once Bands have ended. Known says that it is complete before.
	End   *WorkEnd
	Known bool
}

// Period is the choice of days, with its neighbours and the usual ones.
type Period struct {
	Text, Days     string // "Week 47", "16 Nov – 22 Nov 2026"
	Earlier, Later Link   // zero where the page shows no period
	Choices        []Link
	Week           FilterInput // a week by its number
}

// WorkEnd is what is known of a worklist when it was read.
type WorkEnd struct {
	Done, All int
	DoneText  string // "12 of 31 done"
	Tabs      []WorkTab
	Shown     string // "100 of 107 shown."
	More      Link   // to the rest
	Every     string // "Tick all 107", "" where all are drawn
	Hide      Link   // hides, or shows, the days that are done
	Read      string // "Read at 09:14."
	Again     string // path that reads again
	First     string // element id of the first open row, where the focus found no later one; ""
	Empty     *Empty
	Failure   *Failure // the reading broke off: what is above is not all
	Unread    []string // what could not be read, so that rows may be wrong or missing
}

// WorkTab is one rule with the number of days that break it.
type WorkTab struct {
	Text, Count, Href string
	Current           bool
}

// Empty stands where a page has nothing to list.
type Empty struct {
	Title, Text string
	Good        bool // nothing is left to do
	Ways        []Link
}

// WorkBand is a date with its rows, or how far the reading is.
type WorkBand struct {
	Text     string // "Monday 16 November 2026"
	Counts   string // "3 to check, 2 done", "" while it is read
	Rows     iter.Seq[WorkRow]
	Progress *WorkProgress // no other member
}

// WorkRow is a person's day that breaks a rule, or did.
type WorkRow struct {
	ID        string // element id
	Tick      string // value of its checkbox, "" where it cannot be ticked
	Person    Link
	Number    string // employee number
	Current   bool   // where the work goes on: the filled button, and with Focus the focus
	Focus     bool
	Done      bool
	Last      bool // what was done last: the key for undo takes it back from anywhere on the page
	Marks     []Mark
	Stretches []Stretch
	Likely    string // "17:06"; the field of Add holds it already
	Source    string // where it comes from, or why there is none
	Open      string // path of the person's days

	Add      *WorkAdd   // the one field
	Way      *Link      // what to do where there is no field: delete a second touch, add a break
	Left     *WorkLeave // the day is being left as it is: which reason
	Answer   string     // what was done: "16:40 added"
	By       string     // who, where it was somebody else, and why
	Undo     *WorkUndo
	Leave    string // path that shows the choice of reasons, "" where it may not be left
	Form     string // path of the form with every field, ""
	Doubt    *Link  // a change of this day whose outcome is not known
	Failed   *Link  // the last correction, which was not made, and its receipt; nil: none failed
	WhyNot   string // why this day alone cannot be corrected
	MoreName string // names the row's menu: "More for Ivo Claes"
}

// WorkProgress is how far a reading is.
type WorkProgress struct {
	Text  string
	Value int // of Max; Max 0: nobody knows
	Max   int
}

// WorkAdd is the form of the one field: it adds a clocking.
type WorkAdd struct {
	Action, Label, Value string
	Name                 string // "Add out"
	Hidden               []Pair
	Days                 []Choice // the day beside the date, where the likely time is of the next one; nil: the date itself
	DayLabel             string
}

// WorkLeave is the form that leaves a day as it is.
type WorkLeave struct {
	Action  string
	Label   string
	Reasons []Choice
	Note    string
	Problem string
	Hidden  []Pair
	Cancel  string
}

// WorkUndo takes back what was done to a day.
type WorkUndo struct {
	Action string
	Name   string // "Undo: Jan Maes"
	Hidden []Pair
}

func percentOf(value, of int) string {
	if of == 0 {
		return "0 %"
	}
	return strconv.Itoa(value*100/of) + " %"
}
