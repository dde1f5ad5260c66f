package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"protime-admin/internal/change"
)

// Begin writes the intent of a change and spends its id: change.ErrSpent when it was spent before, change.ErrUndone
// when the change that it undoes was undone before, change.ErrNoChange when there is none to undo.
func (l *Log) Begin(ctx context.Context, c change.Change) error {
	e, err := intent(c)
	if err != nil {
		return fmt.Errorf("%w: %w", change.ErrLog, err)
	}
	return l.write(ctx, func(ctx context.Context, b *batch) error { return b.begin(ctx, e) })
}

// intent returns the event of a change that is about to be sent.
func intent(c change.Change) (*event, error) {
	if c.ID == "" {
		return nil, errors.New("the change has no id")
	}
	leftOut := ""
	if len(c.LeftOut) > 0 {
		text, err := json.Marshal(c.LeftOut)
		if err != nil {
			return nil, fmt.Errorf("left out: %w", err)
		}
		leftOut = string(text)
	}
	e := &event{
		changeID:     c.ID,
		kind:         kindIntent,
		state:        string(change.Sending),
		collection:   c.Collection,
		path:         c.Path,
		verb:         string(c.Verb),
		reasonCode:   c.Reason.Code,
		undoes:       c.Undoes,
		requestID:    c.RequestID,
		leftOut:      leftOut,
		method:       c.Request.Method,
		requestPath:  c.Request.Path,
		requestQuery: c.Request.Query,
		ifMatch:      c.Request.IfMatch,
	}
	e.by(c.Actor)
	e.personal[person] = []byte(c.Person)
	e.personal[note] = []byte(c.Reason.Note)
	e.personal[fingerprint] = c.Fingerprint
	e.personal[recordBefore] = c.Before
	e.personal[recordAfter] = c.After
	e.personal[requestBody] = c.Request.Body
	return e, nil
}

// by writes who did it.
func (e *event) by(a change.Actor) {
	roles := make([]string, len(a.Roles))
	for i, role := range a.Roles {
		roles[i] = string(role)
	}
	e.roles = strings.Join(roles, ",")
	e.issuer = a.Issuer
	e.personal[subject] = []byte(a.Subject)
	e.personal[name] = []byte(a.Name)
	e.personal[email] = []byte(a.Email)
	e.personal[number] = []byte(a.Number)
}

func (b *batch) begin(ctx context.Context, e *event) error {
	if _, _, err := b.stand(ctx, e.changeID); err == nil {
		return refusal{change.ErrSpent}
	} else if !errors.Is(err, change.ErrNoChange) {
		return err
	}
	if e.undoes != "" {
		if err := b.claim(ctx, e.undoes, e.changeID); err != nil {
			return err
		}
	}
	if err := b.add(ctx, e); err != nil {
		return err
	}
	_, err := b.exec(ctx, insertChange,
		e.sequence, e.changeID, e.at, e.instance, e.state, e.collection, e.path, e.verb,
		string(e.personal[subject]), string(e.personal[person]), e.reason(), e.undoes)
	if err != nil {
		return fmt.Errorf("audit: begin: %w", err)
	}
	return b.meet(ctx, e)
}

// reason is what free text is searched in: code and note, in small letters.
func (e *event) reason() string {
	return strings.ToLower(strings.TrimSpace(e.reasonCode + " " + string(e.personal[note])))
}

// stand returns where a change stands, or change.ErrNoChange.
func (b *batch) stand(ctx context.Context, id string) (state change.State, undoes string, err error) {
	row := b.row(ctx, selectStand, id)
	switch err := row.Scan(&state, &undoes); {
	case errors.Is(err, sql.ErrNoRows):
		return "", "", refusal{change.ErrNoChange}
	case err != nil:
		return "", "", fmt.Errorf("audit: change: %w", err)
	}
	return state, undoes, nil
}

// claim makes a change the one that takes another back. There can be one; a refused one gives its place up.
func (b *batch) claim(ctx context.Context, undone, by string) error {
	result, err := b.tx.ExecContext(ctx,
		`UPDATE changes SET undone_by = $1 WHERE id = $2 AND undone_by = ''`, by, undone)
	if err != nil {
		return fmt.Errorf("audit: undo: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	if _, _, err := b.stand(ctx, undone); err != nil {
		return err
	}
	return refusal{change.ErrUndone}
}

// meet remembers who the actor of an intent is, so that a part of a name finds the subject.
func (b *batch) meet(ctx context.Context, e *event) error {
	who := [3]string{string(e.personal[subject]), string(e.personal[name]), string(e.personal[email])}
	_, err := b.exec(ctx, insertActor, who[0], e.issuer, who[1], who[2], searchable(who[:]...))
	if err != nil {
		return fmt.Errorf("audit: actor: %w", err)
	}
	return nil
}

// searchable is what a part of a name is looked for in.
func searchable(parts ...string) string { return strings.ToLower(strings.Join(parts, " ")) }
