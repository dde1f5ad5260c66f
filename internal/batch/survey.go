package batch

import (
	"context"
	"errors"
	"time"

	"protime-admin/internal/change"
)

// Rows that are read and surveyed together are those that are sent within sentWithin; by a survey that is older than
// oldestSurvey, or than callsBetween take, no row is sent.
const (
	mostRows     = 200
	sentWithin   = 10 * time.Second
	oldestSurvey = 30 * time.Second
	callsBetween = 5.0
)

// prepared is a row with the change that it will be.
type prepared struct {
	row    Row
	change change.Change
	// Where it is surveyed: since when its list was read, and until when the row may be sent for all that stands there.
	read, until time.Time
}

// feed reads rows, some at a time, and hands them to those who send.
func (j *job) feed(ctx context.Context, rows chan<- prepared) (some bool, err error) {
	for after := 0; ; {
		found, err := j.Store.Slice(ctx, j.batch.ID, SelectUnsent, after, j.rowsTogether())
		if err != nil || len(found) == 0 {
			return some, err
		}
		some = true
		for _, p := range j.surveyed(ctx, found) {
			select {
			case rows <- p:
			case <-ctx.Done():
				return some, nil
			}
		}
		after = found[len(found)-1].Number
	}
}

func (j *job) rowsTogether() int {
	return min(max(int(j.Pace.Rate()*sentWithin.Seconds()), 1), mostRows)
}

// surveyed returns the changes that rows are; creates with what stands in their lists.
func (j *job) surveyed(ctx context.Context, rows []Result) []prepared {
	all := make([]prepared, len(rows))
	changes := make([]change.Change, len(rows))
	for i, row := range rows {
		changes[i] = j.batch.change(row.Row)
		all[i].row = row.Row
	}
	// No list is read during a pause: the time limit of its reading and its age begin after it.
	_ = sleep(ctx, time.Until(j.Pace.Until()))
	read := time.Now()
	if j.batch.Operation == Create {
		changes = j.desk.SurveyAll(ctx, changes)
	}
	// At a pace of seconds for a call, some calls are always between the list and the row.
	until := time.Now().Add(max(oldestSurvey, time.Duration(callsBetween/j.Pace.Rate()*float64(time.Second))))
	for i := range all {
		all[i].change, all[i].read, all[i].until = changes[i], read, until
	}
	return all
}

// turn returns when a row may be sent. It is false where what stands in its list would be old by then: during a pause people
// go on by hand. The row is read again with others, and their lists.
func (j *job) turn(ctx context.Context, p prepared) bool {
	if !p.change.Surveyed {
		return j.Pace.Wait(ctx) == nil
	}
	waiting, stop := context.WithDeadline(ctx, p.until)
	defer stop()
	return j.Pace.Wait(waiting) == nil
}

// heldAsThere holds a create for whose record Protime has one that the check did not say, unless a person has asked for it
// since.
func (j *job) heldAsThere(ctx context.Context, row Row, c change.Change) bool {
	if !c.Surveyed || len(c.Standing.Paths) == 0 || knownToBeThere(row) || j.askedFor(ctx, row) {
		return false
	}
	j.hold(ctx, row, HeldThere)
	return true
}

// askedFor reports whether a person has tried a row again that was held. A row that failed has its try before in the log.
func (j *job) askedFor(ctx context.Context, row Row) bool {
	if row.Try == 0 {
		return false
	}
	_, err := j.desk.Log.Receipt(ctx, ChangeID(j.batch.ID, row.Number, row.Try-1))
	return errors.Is(err, change.ErrNoChange)
}
