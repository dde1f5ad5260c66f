package change

import (
	"errors"
	"fmt"
)

// Errors that callers act on.
var (
	// ErrSpent says that the id of a form was used before.
	ErrSpent = errors.New("change: this form was sent before")
	// ErrLog says that the audit log cannot be written: no change can be made, reading works.
	ErrLog = errors.New("change: the audit log cannot be written")
	// ErrUnreadable says that the audit log cannot be read now.
	ErrUnreadable = errors.New("change: the audit log cannot be read")
	// ErrOutage says, beside ErrLog or ErrUnreadable, that the log's database did not answer the last attempt. The log
	// tells operators when that begins and when it ends.
	ErrOutage = errors.New("change: the audit log's database does not answer")
	// ErrNoChange says that the log has no such change.
	ErrNoChange = errors.New("change: no such change")
	// ErrRole says that the actor's roles do not allow what was asked.
	ErrRole = errors.New("change: not allowed by role")
	// ErrOwnRecord says that the record is the actor's own and that OWN_RECORDS forbids to change it.
	ErrOwnRecord = errors.New("change: an editor may not change their own records")
	// ErrWhose says that OWN_RECORDS=forbid cannot be applied now, because the person of the record cannot be read.
	ErrWhose = errors.New("change: cannot tell whose record this is")
	// ErrNotComparable is an ErrWhose that stays: the actor or the person of the record has nothing to compare.
	ErrNotComparable = fmt.Errorf("%w: nothing to compare", ErrWhose)
	// ErrUndone says that the change is undone, or that an undo of it is in progress.
	ErrUndone = errors.New("change: already undone")
	// ErrSentBefore says that a row of another batch that sends the same may have had an effect and was not taken back.
	ErrSentBefore = errors.New("change: another batch has sent the same")
	// ErrStopped says that the batch of a row was paused or canceled.
	ErrStopped = errors.New("change: the batch does not run")
	// ErrNotUndoable says that the change was refused, was not applied or has no known outcome, or that the log no longer
	// holds what an undo needs.
	ErrNotUndoable = errors.New("change: cannot be undone")
	// ErrGone says that the record of an undo does not exist any more.
	ErrGone = errors.New("change: the record is gone")
	// ErrNothing says that the record is already as the undo would leave it.
	ErrNothing = errors.New("change: nothing to undo")
	// ErrNotInDoubt says that the outcome of a change is known: there is nothing to look for or to rule on.
	ErrNotInDoubt = errors.New("change: the outcome is known")
	// ErrNoReason says that a ruling came without a reason, or is none.
	ErrNoReason = errors.New("change: a ruling needs a reason")
	// ErrRunning says that a change still waits for its answer.
	ErrRunning = errors.New("change: still running")
)

// SpentError is a form's id that comes again with other content: nothing was sent. It matches ErrSpent.
type SpentError struct {
	// First is the receipt of the first change; nil when the actor may not see it.
	First *Receipt
}

func (e *SpentError) Error() string {
	if e.First == nil {
		return ErrSpent.Error()
	}
	return fmt.Sprintf("%v, as change %s", ErrSpent, e.First.ID)
}

// Is reports whether target is ErrSpent.
func (e *SpentError) Is(target error) bool { return target == ErrSpent }
