// Package batch is many changes of one kind that are made as one job: a pasted sheet, a team after a dead terminal, the
// rows that were ticked in a list, or the undo of such a batch.
//
// A batch is a draft while its rows are filled in, checked and corrected: nothing is sent. Once it is started a Runner
// sends its rows, each as a change of its own through a change.Desk. What became of a row is not stored here: it is the
// state of its change in the audit log, whose id comes from the batch, the row and the try (ChangeID). So a row is never
// sent twice, whoever runs the batch, and a batch goes on after a restart where it was.
package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/change"
)

// Operation is what every row of a batch does.
type Operation string

// The operations.
const (
	Create  Operation = "create"
	Replace Operation = "replace"
	Delete  Operation = "delete"
	Undo    Operation = "undo" // takes the changes of another batch back
)

// State is the state of a batch.
type State string

// The states of a batch. Draft becomes Running; Running becomes Paused, Done or Canceled; Paused becomes Running or
// Canceled; Done and Canceled become Running when rows are tried again.
const (
	Draft    State = "draft"
	Running  State = "running"
	Paused   State = "paused"
	Canceled State = "canceled"
	Done     State = "done"
)

// Source is where the rows of a batch come from.
type Source string

// The sources.
const (
	Pasted Source = "paste"
	File   Source = "file"
	People Source = "people" // picked people, one date and time
	Ticked Source = "ticked" // rows of a list or of the worklist
	Undone Source = "undo"   // the changes of another batch
)

// Batch is one batch without its rows.
type Batch struct {
	ID         string       // id of the form that made it, a UUIDv7
	Actor      change.Actor // who made it, with the roles of then
	Operation  Operation
	Collection string // contract.Collection.Name
	List       string // path of the list that the records are in or go into, "/clockings"
	Source     Source
	Name       string // the file's name or what the person called it, "" otherwise
	Columns    []Column
	// Preset are values that every row has unless a cell of it says otherwise, typed once: by input name.
	Preset map[string]string
	State  State
	// Revision counts the changes of the draft. Whatever changes a draft names the revision that it was read at.
	Revision int64
	// Checked is the revision at which the dry run of all rows was complete; only then can it be started.
	Checked int64
	// CheckedAt is when the check of all rows began: none was checked longer ago. Zero where that is not known.
	CheckedAt time.Time
	Reason    change.Reason
	Undoes    string // id of the batch that this one takes back, "" otherwise
	Back      string // path of the page with the rows that it was made of, "" where it has none
	// Pause is the key of why a batch paused by itself, "" when a person did it: PausedUnreachable, ...
	Pause string
	// Waits is until when nothing is sent because the API asked to wait; zero or past where it did not.
	Waits     time.Time
	RequestID string // of the browser's request that started it

	Made    time.Time
	Started time.Time // zero before
	Ended   time.Time // zero before
}

// IsSending reports whether rows are being sent, or wait for somebody to go on.
func (b Batch) IsSending() bool { return b.State == Running || b.State == Paused }

// Why a batch paused by itself.
const (
	PausedUnreachable = "unreachable" // several rows in a row had no answer, or could not be sent
	PausedForbidden   = "forbidden"   // Protime refused several rows in a row for the product, not for what they hold
	PausedLimit       = "limit"       // Protime asks to wait, and has taken no row for long
	PausedLog         = "log"         // the audit log cannot be written
	PausedRole        = "role"        // the person may not do this
	PausedForgotten   = "forgotten"   // nobody has sent anything of it for long: the database may be an older copy
	PausedFailed      = "failed"      // the work on a row ended in a panic
)

// Column is one column of a sheet and the input of the form that it fills.
type Column struct {
	Header string `json:"header"`
	// Input is the name of an input of the form, "timeOfDayInMinutes"; "id" names the record of a Replace or Delete; "" is
	// not used. Several columns may say who a person is (PersonBadge, ...): the first that is filled in a row does.
	Input string `json:"input"`
	How   How    `json:"how"`
	// Months and Hours say what its cells together leave open of each: whether the month comes before the day, and whether
	// 8.20 is 08:12.
	Months Doubt `json:"months,omitempty"`
	Hours  Doubt `json:"hours,omitempty"`
}

// Doubt is how many cells of a column are written in another way than sheets are read.
type Doubt string

// The doubts.
const (
	NoDoubt   Doubt = ""
	Doubtful  Doubt = "some" // some may be
	Otherwise Doubt = "most" // most of those are that can be read in one way only
	// Converted is Otherwise where a spreadsheet has perhaps read some dates with their day first, and left those as text of
	// which that makes no date.
	Converted Doubt = "converted"
)

// Inputs of columns beside those of the form.
const (
	InputRecord  = "id"       // id or path of the record that is replaced or deleted
	InputNote    = "why.note" // note of the reason, of this row
	InputChange  = "change"   // id of the change that an undo takes back
	InputOpened  = "opened"   // values of the record when its row was made, as a form's input `opened`
	SuffixBadge  = "~badge"   // "person.id~badge": the badge of a person
	SuffixNumber = "~number"  // "person.id~number": the employee number
	SuffixName   = "~name"    // "person.id~name": a name
)

// How a column came to its meaning.
type How string

// The ways.
const (
	ByHeader How = "header"
	ByValues How = "values" // the person is asked whether it is right
	ByHand   How = "hand"
	Nobody   How = ""
)

// Row is one row of a batch.
type Row struct {
	Number  int      // as the sheet counts it, from 1 with the line of headings
	Cells   []string // as typed, one for each column
	LeftOut bool     // it is not sent
	Chosen  bool     // a person decided about LeftOut
	Try     int      // 0: the first
	Check   Check
	// Held is the key of why the run did not send it ("moved", "own-record", "gone", ...), "" otherwise.
	Held string
}

// Verdict is what the dry run says of a row.
type Verdict string

// The verdicts.
const (
	Unchecked Verdict = ""
	Ready     Verdict = "ready"
	Warned    Verdict = "warned"
	Wrong     Verdict = "wrong" // it cannot be sent
)

// Check is what the dry run found of a row, and what will be sent.
type Check struct {
	Verdict Verdict `json:"-"` // in a column of its own
	// After is the record as it will be sent or stored; nil on Delete and Undo.
	After json.RawMessage `json:"after,omitempty"`
	// Base is the record as the dry run read it on Replace and Delete: the run sends nothing where a writable member of
	// it has changed since.
	Base json.RawMessage `json:"base,omitempty"`
	// Path is that of the record on Replace and Delete, of the list on Create.
	Path   string `json:"path,omitempty"`
	Person string `json:"person,omitempty"` // id of the person concerned
	Date   string `json:"date,omitempty"`   // yyyy-mm-dd
	// Key is equal for two rows that would make the same record twice: of a clocking its person, date and minute.
	Key string `json:"-"`
	// Digest is equal for two rows that send the same, in whatever batch.
	Digest   []byte    `json:"-"`
	Problems []Finding `json:"problems,omitempty"`
	Warnings []Finding `json:"warnings,omitempty"`
}

// Finding is a problem of a cell or a warning about a row: a message's key with its arguments, never a sentence.
type Finding struct {
	Column int               `json:"column"` // index of the column, -1 for the row as a whole
	Key    string            `json:"key"`
	Args   map[string]string `json:"args,omitempty"`
	// Offers are values that could be meant instead, as they would be typed into the cell, with what a person reads.
	Offers []Offer `json:"offers,omitempty"`
}

// Warnings of the check that say that a record is there, or will be.
const (
	WarningDouble = "dryrun.double" // of another row of the batch
	WarningTwin   = "dryrun.twin"   // in Protime: of the same kind, at the same minute
	WarningSent   = "dryrun.sent"   // of a row of another batch
)

// WarningChanged is how the keys of the warnings begin that say that a row is not as the check before found it.
const WarningChanged = "dryrun.changed"

// Offer is a value that a person can take for a cell.
type Offer struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Date  string `json:"date,omitempty"` // that the value is, yyyy-mm-dd; "" for what is no date
}

// Errors that callers act on.
var (
	// ErrNoBatch says that there is no such batch.
	ErrNoBatch = errors.New("batch: no such batch")
	// ErrExists says that a batch with this id was made before.
	ErrExists = errors.New("batch: this form was sent before")
	// ErrRevision says that the draft was changed since it was read, or is no draft any more.
	ErrRevision = errors.New("batch: changed since it was read")
	// ErrState says that a batch cannot go from the state that it is in to the one that was asked for.
	ErrState = errors.New("batch: not possible in this state")
)

// ChangeID is the id of the change that a try of a row is: always the same one, so that no try is sent twice.
func ChangeID(batch string, row, try int) string {
	space, err := uuid.Parse(batch)
	if err != nil {
		space = uuid.NewSHA1(uuid.Nil, []byte(batch))
	}
	return uuid.NewSHA1(space, fmt.Appendf(nil, "row %d try %d", row, try)).String()
}
