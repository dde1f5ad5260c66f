package batch

import (
	"context"
	"time"

	"protime-admin/internal/change"
)

// Store keeps batches and their rows; package audit implements it beside the log. Every write is durable when the method
// returns. Errors that match change.ErrLog or change.ErrUnreadable: the database cannot be written or read now.
type Store interface {
	// Make keeps a new draft without rows, at revision 1 and not checked; CheckedAt is now. ErrExists when the id was used
	// before.
	Make(ctx context.Context, b Batch) error
	// Batch returns one batch, or ErrNoBatch.
	Batch(ctx context.Context, id string) (Batch, error)
	// Batches returns the batches of a person, newest first, of everybody when both are "", with their counts.
	Batches(ctx context.Context, issuer, subject string, limit int) ([]Summary, error)
	// Undoing returns the batches that take one back, drafts too, in the order in which they were made.
	Undoing(ctx context.Context, id string) ([]Batch, error)
	// Describe stores Name, Columns, Preset and Reason of a draft that is at b.Revision, and returns the next revision. With it
	// a check of all rows begins: it sets CheckedAt. ErrRevision when the draft is not at the revision.
	Describe(ctx context.Context, b Batch) (int64, error)
	// Explain stores the reason of a draft, and returns the next revision. Rows that are checked stay so. ErrRevision as above.
	Explain(ctx context.Context, id string, revision int64, reason change.Reason) (int64, error)
	// PutRows adds rows to a draft or replaces those with the same number. The caller passes at most MostAtOnce rows.
	// complete says that with them all rows are checked: it sets Checked. ErrRevision as above; the next revision is
	// returned.
	PutRows(ctx context.Context, id string, revision int64, rows []Row, complete bool) (int64, error)
	// Discard removes a draft with its rows.
	Discard(ctx context.Context, id string) error

	// Rows returns the rows of a selection in order, after a number, with what became of those that were sent.
	Rows(ctx context.Context, id string, which Selection, after, limit int) ([]Result, error)
	// Slice returns rows as Rows does, fewer of them where they are long: it ends after the row with which they have SliceBytes
	// of text. None: there are no more.
	Slice(ctx context.Context, id string, which Selection, after, limit int) ([]Result, error)
	// Numbered returns the rows with these numbers, in order.
	Numbered(ctx context.Context, id string, numbers []int) ([]Result, error)
	// Count counts the rows of a batch.
	Count(ctx context.Context, id string) (Counts, error)
	// HowMany counts the rows of a selection.
	HowMany(ctx context.Context, id string, which Selection) (int, error)
	// SameKey returns the numbers of the rows of a batch that have one of the keys, by key, in order; rows that a person
	// has left out are not among them.
	SameKey(ctx context.Context, id string, keys []string) (map[string][]int, error)
	// SentBefore returns, by digest, the latest row of another batch that sends the same and was applied or may have been.
	SentBefore(ctx context.Context, id string, digests [][]byte) (map[string]Sent, error)

	// Start makes a checked draft run: ErrRevision when it is not at the revision, or not checked at it.
	Start(ctx context.Context, id string, revision int64, reason change.Reason, requestID string) error
	// Move changes the state; ErrState when the batch is in none of the states of from. pause is the key of why a batch
	// paused by itself. Done: ErrState also where rows wait that were tried again meanwhile; a batch that was canceled and
	// then ran again for some of its rows becomes Canceled instead.
	Move(ctx context.Context, id string, to State, pause string, from ...State) error
	// Retry makes rows whose last try was refused, not sent or not applied, or that were held, be tried again, and the
	// batch run. nil: all of them. It returns how many rows there are. Of a canceled batch those rows are sent and no others.
	// ErrState on a draft.
	Retry(ctx context.Context, id string, rows []int) (int, error)
	// Again gives rows whose present try certainly had no effect another try: for the run, where a row could not be sent.
	// A batch that is done runs again for them; one that was canceled does not.
	Again(ctx context.Context, id string, rows []int) error
	// Hold notes why the run did not send rows, by number. Rows that were sent meanwhile stay as they are.
	Hold(ctx context.Context, id string, why map[int]string) error

	// PauseForgotten pauses all batches that run where nobody has had one of them for an hour: the database may be an older
	// copy, which does not know what was sent since.
	PauseForgotten(ctx context.Context) error
	// Wait notes that the batch that owner runs sends nothing for some time because the API asked to wait.
	Wait(ctx context.Context, id, owner string, length time.Duration) error
	// Due returns the ids of running batches that nobody has a lease on.
	Due(ctx context.Context) ([]string, error)
	// Lease makes owner the only one who runs a batch for some time by the database's clock, or renews that; false when
	// another one has it, or when the batch does not run any more. What Wait noted of another owner is forgotten.
	Lease(ctx context.Context, id, owner string, length time.Duration) (bool, error)
	// Release ends owner's lease.
	Release(ctx context.Context, id, owner string) error

	// Meanings returns what a person's columns meant last time, the input by header. Mean keeps it, or notes that it was
	// used: what nobody uses is removed in time.
	Meanings(ctx context.Context, issuer, subject, collection string) (map[string]string, error)
	Mean(ctx context.Context, issuer, subject, collection string, inputs map[string]string) error
}

// MostAtOnce bounds how many rows one write takes, so that changes do not wait for it.
const MostAtOnce = 1000

// SliceBytes bounds how much text of rows is in memory at once where all rows of a batch are gone through.
const SliceBytes = 512 << 10

// Selection is which rows of a batch are meant.
type Selection string

// The selections. A row that is left out is in All, LeftOut, SentBefore, There and Changed alone.
const (
	All           Selection = ""
	SelectReady   Selection = "ready"  // without a warning
	SelectWarned  Selection = "warned" //
	SelectWrong   Selection = "wrong"
	SelectLeftOut Selection = "left-out"
	// Left out by the check alone, and no double of a row before: because another batch has sent the same, or else because
	// Protime has the same.
	SelectSentBefore Selection = "sent-before"
	SelectThere      Selection = "there"
	SelectChanged    Selection = "changed"  // since the check before: it has such a warning
	SelectUnsent     Selection = "unsent"   // to be sent, and its present try was not
	SelectApplied    Selection = "applied"  // and not taken back for all the log knows
	SelectUndoable   Selection = "undoable" // applied, without an undo that may have had an effect
	SelectFailed     Selection = "failed"   // refused, not sent, not applied, or held
	SelectUnknown    Selection = "unknown"  // unknown or accepted
	SelectRejected   Selection = "rejected" // wrong, left out, failed or unsent: everything that this batch has not made for all we know
)

// Result is a row with what became of its present try.
type Result struct {
	Row
	// Change is the receipt of the present try as the log's table of changes has it: id, state, status, location, undone
	// by; nil when it was not sent.
	Change *change.Receipt
}

// Counts are the rows of a batch by what became of them.
type Counts struct {
	Rows      int
	Unchecked int
	Ready     int
	Warned    int
	Wrong     int
	LeftOut   int

	Sent        int // of the sendable ones, with a change of the present try
	Held        int
	HeldForGood int // of those held, for one of HeldForGood
	ByState     map[change.State]int
	Stopped     int // while rows of a canceled batch are tried again: its other ones that were not sent, and will not be
	// Of those applied, how many have an undo that may have had an effect, so that there is no other; of those, how many
	// are taken back now, and of how many the undo was undone. Of the rest of them the outcome of an undo is not known.
	Undone, TakenBack, Restored int
}

// Sendable is how many rows a start sends.
func (c Counts) Sendable() int { return c.Ready + c.Warned }

// InRun is how many rows the present run sends or has sent.
func (c Counts) InRun() int { return c.Sendable() - c.Stopped }

// Applied is how many rows Protime has made and are not taken back for all the log knows.
func (c Counts) Applied() int { return c.ByState[change.Applied] - c.TakenBack }

// Undoable is how many rows can be taken back: each is once.
func (c Counts) Undoable() int { return c.ByState[change.Applied] - c.Undone }

// UndoDoubt is of how many rows nobody knows whether they are taken back.
func (c Counts) UndoDoubt() int { return c.Undone - c.TakenBack - c.Restored }

// Doubtful is of how many rows that were sent nobody knows whether they are in Protime.
func (c Counts) Doubtful() int { return c.ByState[change.Unknown] + c.ByState[change.Accepted] }

// Retryable is how many rows another try may help.
func (c Counts) Retryable() int { return c.Failed() - c.HeldForGood }

// Failed is how many rows are not in Protime although they were to be.
func (c Counts) Failed() int {
	return c.ByState[change.Refused] + c.ByState[change.NotSent] + c.ByState[change.NotApplied] + c.Held
}

// Attempted is how many rows left for Protime. One that is being sent may still wait, because Protime asks to.
func (c Counts) Attempted() int {
	return c.Sent - c.ByState[change.Sending] - c.ByState[change.NotSent]
}

// DealtWith is how many rows the run has done with.
func (c Counts) DealtWith() int { return c.Sent - c.ByState[change.Sending] + c.Held }

// Unsent is how many rows wait to be sent.
func (c Counts) Unsent() int { return max(0, c.InRun()-c.Sent-c.Held) }

// Summary is a batch with its counts.
type Summary struct {
	Batch
	Counts Counts
}

// Sent is a row that was sent before.
type Sent struct {
	Batch  string
	Row    int
	Change string
	At     time.Time
	Name   string // of the batch
}
