package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"protime-admin/internal/change"
)

// ending is an outcome that waits to be written.
type ending struct {
	id      string
	outcome change.Outcome
}

// End writes the outcome of a change that began. When it cannot be written now, Run tries again for as long as the
// process lives; the error says that until then the change counts as Sending. An outcome that comes after another
// replica took this process for gone still counts, even against what somebody's look showed meanwhile: what Protime
// answered is known, what a look shows is concluded.
func (l *Log) End(ctx context.Context, id string, o change.Outcome) error {
	err := l.end(ctx, id, o)
	if errors.Is(err, change.ErrLog) && l.queue != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		if len(l.unsent) < 10_000 {
			l.unsent = append(l.unsent, ending{id: id, outcome: o})
		}
	}
	return err
}

func (l *Log) end(ctx context.Context, id string, o change.Outcome) error {
	return l.write(ctx, func(ctx context.Context, b *batch) error {
		state, undoes, err := b.stand(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case state == change.Sending, state == change.Unknown:
		case concluded(state) && (o.State == change.Done || o.State == change.Refused):
			if err := b.reclaim(ctx, o.State, undoes, id); err != nil {
				return err
			}
		default:
			return nil // written before, by a commit whose answer was lost, or a look knows more
		}
		e, err := outcome(kindOutcome, id, o)
		if err != nil {
			return err
		}
		return b.settle(ctx, e, undoes)
	})
}

// concluded reports whether a change's state comes from a look at the server, not from its answer.
func concluded(s change.State) bool { return s == change.Applied || s == change.NotApplied }

// reclaim gives an undo its place back when a look took it for without effect and its answer says otherwise. Where
// another undo was made meanwhile, the place stays that one's: both happened, and both events say so.
func (b *batch) reclaim(ctx context.Context, s change.State, undoes, id string) error {
	if undoes == "" || withoutEffect(s) {
		return nil
	}
	_, err := b.tx.ExecContext(ctx, `UPDATE changes SET undone_by = $1 WHERE id = $2 AND undone_by = ''`, id, undoes)
	if err != nil {
		return fmt.Errorf("audit: undo: %w", err)
	}
	return nil
}

// Resolve writes what a look at the server showed of a change whose outcome was not known, and who looked:
// change.ErrNotUnknown when it is known by now.
func (l *Log) Resolve(ctx context.Context, id string, by change.Actor, o change.Outcome) error {
	return l.write(ctx, func(ctx context.Context, b *batch) error {
		state, undoes, err := b.stand(ctx, id)
		if err != nil {
			return err
		}
		if state != change.Unknown && state != change.Accepted {
			return refusal{change.ErrNotUnknown}
		}
		e, err := outcome(kindCheck, id, o)
		if err != nil {
			return err
		}
		e.by(by)
		return b.settle(ctx, e, undoes)
	})
}

// outcome returns the event of what became of a change.
func outcome(kind, id string, o change.Outcome) (*event, error) {
	header := ""
	if len(o.Header) > 0 {
		text, err := json.Marshal(o.Header)
		if err != nil {
			return nil, fmt.Errorf("audit: header: %w", err)
		}
		header = string(text)
	}
	e := &event{
		changeID:          id,
		kind:              kind,
		state:             string(o.State),
		status:            int64(o.Status),
		location:          o.Location,
		operationLocation: o.OperationLocation,
		header:            header,
		duration:          o.Duration.Microseconds(),
		url:               o.URL,
		failure:           o.Failure,
	}
	e.personal[responseBody] = o.Body
	e.personal[evidence] = []byte(o.Evidence)
	return e, nil
}

// settle adds an outcome and moves the change to its state. An undo that changed nothing gives its place up.
func (b *batch) settle(ctx context.Context, e *event, undoes string) error {
	if err := b.add(ctx, e); err != nil {
		return err
	}
	if _, err := b.exec(ctx, updateStand, e.state, e.sequence, e.changeID); err != nil {
		return fmt.Errorf("audit: %s: %w", e.kind, err)
	}
	if undoes == "" || !withoutEffect(change.State(e.state)) {
		return nil
	}
	_, err := b.tx.ExecContext(ctx, `UPDATE changes SET undone_by = '' WHERE id = $1 AND undone_by = $2`,
		undoes, e.changeID)
	if err != nil {
		return fmt.Errorf("audit: undo: %w", err)
	}
	return nil
}

// withoutEffect reports whether a change is known to have changed nothing.
func withoutEffect(s change.State) bool { return s == change.Refused || s == change.NotApplied }

// catchUp writes the outcomes that could not be written when they came, oldest first, until one fails again.
func (l *Log) catchUp(ctx context.Context) {
	for {
		l.mu.Lock()
		if len(l.unsent) == 0 {
			l.mu.Unlock()
			return
		}
		next := l.unsent[0]
		l.mu.Unlock()
		if err := l.end(ctx, next.id, next.outcome); errors.Is(err, change.ErrLog) {
			return
		}
		l.options.Logger.LogAttrs(ctx, slog.LevelInfo, "an outcome was written late",
			slog.String("change", next.id), slog.String("state", string(next.outcome.State)))
		l.mu.Lock()
		l.unsent = l.unsent[1:]
		l.mu.Unlock()
	}
}

// headerOf reads a header as outcome wrote it; what cannot be read is not shown.
func headerOf(text string) http.Header {
	var h http.Header
	if text == "" || json.Unmarshal([]byte(text), &h) != nil {
		return nil
	}
	return h
}
