// Package form is a record's worth of inputs: a Plan computed once per collection and verb from the contract, a State
// for the page to draw, and a Submission decoded from what was posted, which merges onto a record.
//
// Inputs are named by JSON path with positions ("activityLevels.0.level"). What a person did not touch is never
// rewritten: an input whose text still is what the form showed at opening leaves the record's bytes alone, and so does
// an input that was not posted at all. Every sentence is a message key; nothing here knows a language.
package form

import (
	"context"
	"encoding/json"

	"protime-admin/internal/field"
	"protime-admin/protime/contract"
)

// Names of our own inputs beside those of the record.
const (
	InputChange = "change"   // the form's id
	InputOpened = "opened"   // the writable members as they were at opening, one JSON object
	InputWhy    = "why"      // the reason's code
	InputNote   = "why.note" // the reason's text
	InputReturn = "return"   // where to go after the change
	SuffixFind  = "~find"    // what was typed into a picker
	SuffixWas   = "~was"     // what the picker showed at opening
	SuffixDay   = ".day"     // the day beside a time
	SuffixKept  = "~kept"    // "keep" or "remove", where the widget cannot show the value
	SuffixKey   = "~key"     // the name of a new entry of a Keyed value, with its number: "translations~key.0"
	SuffixValue = "~value"   // and its value
	SuffixNew   = "~new"     // the two together, for the button that takes them away
	PrefixPick  = "pick."    // which side of a conflict: "server" or "mine"
	InputAdd    = "add"      // button: the name of the rows that get one more
	InputRemove = "remove"   // button: the name of the row that goes
)

// What the page of a conflict sends along for each value in conflict, as JSON.
const (
	suffixOpened = "~opened" // as it was at opening, so that the page can be drawn again
	suffixInput  = "~input"  // as it stands in the input, "" where it is not readable: what differs was typed since
)

// Plan is the form of one collection and verb, computed once at start.
type Plan struct {
	Collection *contract.Collection
	Verb       contract.Verb // Create, Replace, Delete or Read
	Inputs     []Input       // writable fields in the contract's order; none on Read
	Shown      []Input       // read-only fields in the contract's order; all of them on Read

	fields  []contract.Field    // of the record that the form is about
	slots   map[string]int      // of the fields' members: their positions in fields
	targets map[string][]string // predefined external references by collection
}

// Input is one field of a plan.
type Input struct {
	Field  contract.Field
	Kind   field.Kind
	Group  string   // message key of the fieldset it stands in: "form.group.who", ".what", ".where", ".other"
	Labels []string // LabelKeys; the last resort is Human
	Human  string   // the humanised name
	Inputs []Input  // of a Group, or of one row

	slot    int                 // of the record's own fields: its position in Plan.fields
	quoted  string              // the member's name as JSON writes it
	full    string              // the input's name where it stands in no row
	tail    string              // what it adds to its row's name: ".level", ".activityDefinition.id"
	self    bool                // the element of an array, not a member of one
	options map[string][]Option // of Choice, YesNo and Clock, by what is selected
}

// Hit is one record that a picker found.
type Hit struct {
	ID     string
	Label  string // "Jan Maes"
	Detail string // "670012", employee number or code
}

// Text is what a picker shows: "Jan Maes · 670012".
func (h Hit) Text() string {
	switch {
	case h.Label == "":
		return h.ID
	case h.Detail == "":
		return h.Label
	}
	return h.Label + " · " + h.Detail
}

// Finder looks records up for pickers, from memory: it makes no call per input.
type Finder interface {
	// Offered says whether the collection can be searched; where it cannot, the picker is a plain id.
	Offered(collection string) bool
	// Find returns at most limit records that match a name, a number or a badge.
	Find(ctx context.Context, collection, text string, limit int) []Hit
	// Label names a record by id; false when it is not known (yet).
	Label(collection, id string) (Hit, bool)
}

// Cell is one input in its present state, for a page to draw.
type Cell struct {
	Input          *Input
	Name           string // the input's name with positions
	Typed          field.Typed
	Find           string          // Reference: what the picker shows
	Was            string          // Reference: what the picker showed at opening
	Plain          bool            // Reference: no lookup is possible, the id is typed
	Hits           []Hit           // Reference: several records match what was typed
	Hit            Hit             // Reference: the record that was found by what was typed, or that stands there
	Options        []Option        // of Choice and YesNo, and the days of Clock
	UnshownOptions []Option        // of `~kept`, where Unshown and the kind has no options of its own
	Raw            json.RawMessage // the value at opening; nil: not given
	Unshown        bool            // the widget cannot show Raw: it stays selectable as it is
	Problem        *field.Problem
	Conflict       *Conflict
	Applies        bool   // false: the record's kind does not take it
	Removed        bool   // a row that was removed: its inputs are hidden and empty
	Cells          []Cell // of a Group, of one row, or of Keyed and Values entries
	Rows           []Cell // of Rows: one Cell each, with Cells
	Key            string // of an entry of a Keyed value: its name, such as "nl-BE"

	posted  bool            // the input came with what was posted
	touched bool            // what was posted is not what the form showed at opening
	value   json.RawMessage // what was typed, where touched; nil: emptied
	index   int             // of a row: its position at opening, or behind those
}

// Option is one choice of an enum, of yes/no, or a value kept as it is.
type Option struct {
	Value    string
	Labels   []string // message keys to try; Value is the last resort
	Selected bool
}

// Conflict is one field that changed at the server since the form was opened.
type Conflict struct {
	Opened, Server, Mine json.RawMessage // nil: not given
	Input                json.RawMessage // what stands in the input, Mine even where the kind does not take it; nil: not readable
	Pick                 string          // "mine", "server" or "" while nothing was picked
	Said                 Sides           // set by who draws the form
}

// Sides are the values of a conflict as a person reads them.
type Sides struct {
	Opened, Server, Mine string
}

// Problem is a sentence for one input, or for the whole record where Name is "".
type Problem struct {
	Name string // the input's name
	field.Problem
}
