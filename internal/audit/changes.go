package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"protime-admin/internal/change"
)

// Prepare writes the first event of a change and spends its id. Errors as change.Log says.
func (l *Log) Prepare(ctx context.Context, id string, prepared change.Event) error {
	if id == "" || id != text(id) || prepared.Facts.Prepared == nil {
		return fmt.Errorf("%w: this is no change", change.ErrLog)
	}
	return l.write(ctx, func(ctx context.Context, t *transaction) error { return t.prepare(ctx, id, prepared) })
}

func (t *transaction) prepare(ctx context.Context, id string, prepared change.Event) error {
	if spent, err := t.exists(ctx, selectChange, id); spent || err != nil {
		return errors.Join(err, when(spent, change.ErrSpent))
	}
	if undoes := prepared.Facts.Prepared.Undoes; undoes != "" {
		if there, err := t.exists(ctx, selectChange, text(undoes)); !there || err != nil {
			return errors.Join(err, when(!there, change.ErrNoChange))
		}
		if undone, err := t.exists(ctx, selectUndo, text(undoes)); undone || err != nil {
			return errors.Join(err, when(undone, change.ErrUndone))
		}
	}
	later, err := t.laterOfBatch(ctx, prepared.Facts.Prepared.Part)
	if err != nil {
		return err
	}
	e, err := t.add(ctx, document{Change: id, Facts: prepared.Facts}, prepared.Personal)
	if err != nil {
		return err
	}
	read, instance, err := facts([]*event{e})
	if err != nil {
		return err
	}
	by, err := t.addRow(ctx, id, instance, read, later)
	if err != nil {
		return err
	}
	return t.addActor(ctx, by, e.sequence)
}

// laterOfBatch reports whether the log has a change of the same batch. A refusal when it has one of the same
// row and try, when the batch was paused or canceled, or when another batch has sent what the row sends.
func (t *transaction) laterOfBatch(ctx context.Context, part *change.Part) (bool, error) {
	if part == nil || part.Batch == "" {
		return false, nil
	}
	if spent, err := t.exists(ctx, selectPart, text(part.Batch), part.Row, part.Try); spent || err != nil {
		return false, errors.Join(err, when(spent, change.ErrSpent))
	}
	if stopped, err := t.exists(ctx, selectStopped, text(part.Batch)); stopped || err != nil {
		return false, errors.Join(err, when(stopped, change.ErrStopped))
	}
	if same, err := t.exists(ctx, selectSame, text(part.Batch), part.Row); same || err != nil {
		return false, errors.Join(err, when(same, change.ErrSentBefore))
	}
	return t.exists(ctx, selectBatch, text(part.Batch))
}

// when returns a refusal with err where a condition holds.
func when(holds bool, err error) error {
	if !holds {
		return nil
	}
	return refusal{err}
}

func (t *transaction) exists(ctx context.Context, query string, arguments ...any) (bool, error) {
	var one int
	switch err := t.row(ctx, query, arguments...).Scan(&one); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("audit: change: %w", err)
	}
	return true, nil
}

// Append adds events to a change. Errors as change.Log says.
func (l *Log) Append(ctx context.Context, id string, events ...change.Event) error {
	err := l.append(ctx, id, events)
	if errors.Is(err, change.ErrLog) && l.queue != nil {
		l.addLate(id, events)
	}
	return err
}

func (l *Log) append(ctx context.Context, id string, events []change.Event) error {
	return l.write(ctx, func(ctx context.Context, t *transaction) error { return t.append(ctx, id, events) })
}

func (t *transaction) append(ctx context.Context, id string, events []change.Event) error {
	known, err := t.events(ctx, id)
	if err != nil {
		return err
	}
	if id == "" || len(known) == 0 {
		return refusal{change.ErrNoChange}
	}
	read, instance, err := facts(known)
	if err != nil {
		return err
	}
	before := len(known)
	for _, fact := range events {
		if repeated(read, fact) {
			continue // written before, by a commit whose answer was lost
		}
		e, err := t.add(ctx, document{Change: id, Facts: fact.Facts}, fact.Personal)
		if err != nil {
			return err
		}
		fact.Sequence, fact.At = e.sequence, t.now
		read = append(read, fact)
	}
	if len(read) == before {
		return nil
	}
	if err := t.schedule(ctx, id, read[:before], read); err != nil {
		return err
	}
	return t.update(ctx, id, instance, read)
}

// repeated reports whether an attempt is among the events.
func repeated(events []change.Event, attempt change.Event) bool {
	if attempt.Facts.Attempt == nil {
		return false
	}
	for _, e := range events {
		if e.Facts.Attempt != nil && e.Facts.Kind == attempt.Facts.Kind &&
			e.Facts.Attempt.Number == attempt.Facts.Attempt.Number {
			return true
		}
	}
	return false
}

// events reads the events of a change.
func (t *transaction) events(ctx context.Context, id string) ([]*event, error) {
	var found []*event
	rows, err := t.query(ctx, selectEvents, id)
	err = scanEvents(rows, err, func(e *event) error {
		found = append(found, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("audit: change: %w", err)
	}
	return found, nil
}

// lateAttempts are attempts of a change that could not be written when they ended.
type lateAttempts struct {
	id       string
	attempts []change.Event
}

// maxLate bounds how many changes' attempts are in memory at once.
const maxLate = 10_000

// addLate queues attempts to be written later: Protime does not repeat an answer.
func (l *Log) addLate(id string, events []change.Event) {
	var attempts []change.Event
	for _, e := range events {
		if e.Facts.Attempt != nil {
			attempts = append(attempts, e)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(attempts) > 0 && len(l.late) < maxLate {
		l.late = append(l.late, lateAttempts{id, attempts})
	}
}

// writeLate writes the late attempts, oldest first, until one fails again.
func (l *Log) writeLate(ctx context.Context) {
	for {
		l.mu.Lock()
		if len(l.late) == 0 {
			l.mu.Unlock()
			return
		}
		next := l.late[0]
		l.mu.Unlock()
		if err := l.append(ctx, next.id, next.attempts); errors.Is(err, change.ErrLog) {
			return
		}
		l.options.Logger.LogAttrs(ctx, slog.LevelInfo, "an outcome was written late", slog.String("change", next.id))
		l.mu.Lock()
		l.late = l.late[1:]
		l.mu.Unlock()
	}
}

// lateIDs are the changes of which this process has attempts to write.
func (l *Log) lateIDs() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make(map[string]bool, len(l.late))
	for _, u := range l.late {
		ids[u.id] = true
	}
	return ids
}
