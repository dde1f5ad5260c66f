package audit

import (
	"context"
	"fmt"
	"strings"

	"protime-admin/internal/change"
)

// row is a row of the table changes, by which pages find a change. It is computed from the events of the change only:
// when they are written, when the table is rebuilt, and when verify compares.
type row struct {
	sequence   int64
	id         string
	last       int64 // sequence of the change's last event
	at         int64
	instance   string
	state      string
	collection string
	path       string
	verb       string
	subject    string
	person     string
	reason     string // code and note, in small letters
	undoes     string
	date       string // of the record
	batch      string // that it is a row of, "" otherwise
	batchRow   int64
	batchTry   int64
	batchLater int64 // 1: the log has an earlier change of the same batch; no change's own events tell
}

const rowColumns = `sequence, id, last, at, instance, state, collection, path, verb, subject, person, reason, undoes, date,
	batch, batch_row, batch_try, batch_later`

func (r *row) fields() []any {
	return []any{&r.sequence, &r.id, &r.last, &r.at, &r.instance, &r.state, &r.collection, &r.path, &r.verb,
		&r.subject, &r.person, &r.reason, &r.undoes, &r.date,
		&r.batch, &r.batchRow, &r.batchTry, &r.batchLater}
}

func (r *row) values() []any {
	return []any{r.sequence, r.id, r.last, r.at, r.instance, r.state, r.collection, r.path, r.verb,
		r.subject, r.person, r.reason, r.undoes, r.date,
		r.batch, r.batchRow, r.batchTry, r.batchLater}
}

// actor is a row of the table actors but for `last`.
type actor struct{ subject, issuer, name, email string }

// search is the text that the filter by actor searches.
func (a actor) search() string { return strings.ToLower(a.subject + " " + a.name + " " + a.email) }

// project computes the row of a change, and who made it: nobody when retention has removed that. instance is the
// process that prepared it.
func project(id, instance string, events []change.Event) (row, actor, error) {
	r, err := change.Fold(id, events)
	if err != nil {
		return row{}, actor{}, fmt.Errorf("audit: change %s: %w", id, err)
	}
	by := actor{text(r.Actor.Subject), text(r.Actor.Issuer), text(r.Actor.Name), text(r.Actor.Email)}
	found := row{
		sequence: r.Sequence, id: id, last: events[len(events)-1].Sequence, at: micros(r.At), instance: instance,
		state: string(r.State), collection: text(r.Collection), path: text(r.Path), verb: text(string(r.Verb)),
		subject: by.subject, person: text(r.Person),
		reason: text(strings.ToLower(strings.TrimSpace(r.Reason.Code + " " + r.Reason.Note))),
		undoes: text(r.Undoes), date: text(r.Date),
	}
	if r.Part != nil {
		found.batch, found.batchRow, found.batchTry = text(r.Part.Batch), int64(r.Part.Row), int64(r.Part.Try)
	}
	if r.Erased {
		found.reason = ""
		return found, actor{}, nil
	}
	return found, by, nil
}

// text replaces what PostgreSQL refuses: NUL, and bytes that are not UTF-8.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// addRow writes the row of a change that the projection does not have yet, and returns who made it. later says that an
// earlier change is of the same batch.
func (t *transaction) addRow(ctx context.Context, id, instance string, events []change.Event, later bool) (actor, error) {
	r, by, err := project(id, instance, events)
	if err != nil {
		return actor{}, err
	}
	if later {
		r.batchLater = 1
	}
	if _, err := t.exec(ctx, insertChange, r.values()...); err != nil {
		return actor{}, fmt.Errorf("audit: change: %w", err)
	}
	return by, nil
}

// addActor writes who made a change, unless retention has removed that.
func (t *transaction) addActor(ctx context.Context, by actor, sequence int64) error {
	if by == (actor{}) {
		return nil
	}
	_, err := t.exec(ctx, insertActor, by.subject, by.issuer, by.name, by.email, by.search(), sequence)
	if err != nil {
		return fmt.Errorf("audit: actor: %w", err)
	}
	return nil
}

// update writes what later events change in the row of a change.
func (t *transaction) update(ctx context.Context, id, instance string, events []change.Event) error {
	r, _, err := project(id, instance, events)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, updateChange, r.state, r.last, r.sequence); err != nil {
		return fmt.Errorf("audit: change: %w", err)
	}
	return nil
}

// withoutEffect lists the states of changes that are known to have changed nothing, for SQL. An undo in one of them
// does not count: the change can be undone again.
const withoutEffect = `('refused', 'not-sent', 'not-applied')`

// reversal selects the change.Reversal of c, NULL where nobody undid it: an undo can be undone in turn, and the last one
// tells. Most are not, so that few need the recursion; its end is for logs that somebody altered.
const reversal = `(CASE WHEN EXISTS (SELECT 1 FROM changes AS u JOIN changes AS v ON v.undoes = u.id AND v.undoes <> ''
	WHERE u.undoes = c.id AND u.undoes <> '') THEN (WITH RECURSIVE undos (id, state, n) AS (
	SELECT u.id, u.state, 1 FROM changes AS u WHERE u.undoes = c.id AND u.undoes <> '' AND u.state NOT IN ` + withoutEffect + `
	UNION ALL SELECT u.id, u.state, undos.n + 1 FROM undos JOIN changes AS u ON u.undoes = undos.id AND u.undoes <> ''
	AND u.state NOT IN ` + withoutEffect + ` WHERE undos.n < 1000)
	SELECT CASE WHEN state <> 'applied' THEN 'unknown' WHEN n % 2 = 1 THEN 'taken-back' ELSE 'restored' END
	FROM undos ORDER BY n DESC, CASE state WHEN 'applied' THEN 0 ELSE 1 END LIMIT 1)
	ELSE (SELECT CASE u.state WHEN 'applied' THEN 'taken-back' ELSE 'unknown' END FROM changes AS u
	WHERE u.undoes = c.id AND u.undoes <> '' AND u.state NOT IN ` + withoutEffect + `
	ORDER BY CASE u.state WHEN 'applied' THEN 0 ELSE 1 END LIMIT 1) END)`

// takenBack is the condition that what the change c did was undone, and is so for all the log knows.
const takenBack = `coalesce(` + reversal + `, '') = 'taken-back'`

// undoneBy selects the id of the change that undoes c: the first that is not known to be without effect.
const undoneBy = `(SELECT u.id FROM changes AS u WHERE u.undoes = c.id AND u.undoes <> ''
	AND u.state NOT IN ` + withoutEffect + ` ORDER BY u.sequence LIMIT 1)`
