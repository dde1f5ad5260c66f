package audit

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Report is what Verify found.
type Report struct {
	Events  int64 // walked without a fault
	Changes int64
	Erased  int64 // events whose personal values retention has removed
	Head    Head  // of the last event walked
	// Broken is the first event that is not what was written, 0 when none is; Fault says what is wrong with it, or
	// with the log as a whole. Fault is "" when the log is whole.
	Broken int64
	Fault  string
}

// Whole reports whether nothing was found.
func (r Report) Whole() bool { return r.Fault == "" }

// errAltered stops a walk at the first fault, which stands in the report.
var errAltered = errors.New("audit: altered")

// Verify walks the whole chain in one snapshot, event by event, and holds against it what pages are found by and the
// database's own integrity check. With an earlier head ("" for none) it makes sure that the chain still contains it:
// that alone shows that the last events were removed, by somebody who rewrote the rest. An error says that the log
// could not be read; an altered log is no error.
func (l *Log) Verify(ctx context.Context, head string) (Report, error) {
	var v verifier
	if head != "" {
		wanted, err := ParseHead(head)
		if err != nil {
			return Report{}, err
		}
		v.wanted = &wanted
	}
	tx, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: l.dialect.snapshot})
	if err != nil {
		return Report{}, fmt.Errorf("audit: verify: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it only read
	for _, step := range []func(context.Context, *sql.Tx) error{
		v.walk, v.end, v.retention, v.standing, v.undone, l.integrity(&v),
	} {
		err := step(ctx, tx)
		if errors.Is(err, errAltered) {
			return v.report, nil
		}
		if damaged(err) {
			_ = v.fault(v.report.Events+1, "the database: %v", err) // the report says it
			return v.report, nil
		}
		if err != nil {
			return v.report, fmt.Errorf("audit: verify: %w", err)
		}
	}
	return v.report, nil
}

// verifier is one walk. It keeps the last event's hash and a few counters, whatever the log's length.
type verifier struct {
	report     Report
	wanted     *Head
	found      bool // the wanted head is in the chain
	hash       []byte
	at         int64
	through    int64 // retention events say that personal values are gone up to here
	lastErased int64 // the last event whose personal values are gone
	lastSeen   int64 // changes whose last outcome was met
	actors     map[[4]string]bool
}

// standing is a row of changes beside an event.
type standing struct {
	sequence, at, last                                                           *int64
	id, instance, state, collection, path, verb, subject, person, reason, undoes []byte
}

func (s *standing) fields() []any {
	return []any{&s.sequence, &s.id, &s.at, &s.instance, &s.state, &s.last, &s.collection, &s.path, &s.verb, &s.subject,
		&s.person, &s.reason, &s.undoes}
}

func (v *verifier) fault(sequence int64, format string, arguments ...any) error {
	v.report.Broken, v.report.Fault = sequence, fmt.Sprintf(format, arguments...)
	return errAltered
}

// walk reads every event in order, each beside where its change stands.
func (v *verifier) walk(ctx context.Context, tx *sql.Tx) error {
	if err := v.meet(ctx, tx); err != nil {
		return err
	}
	v.hash = make([]byte, 32)
	v.found = v.wanted == nil || v.wanted.Sequence <= 0 && bytes.Equal(v.wanted.Hash, v.hash)
	columns := "e." + strings.Join(strings.Fields(strings.ReplaceAll(eventColumns, ",", " ")), ", e.")
	//nolint:gosec // G202: text of our own, values are arguments
	query := `SELECT ` + columns + `, c.sequence, c.id, c.at, c.instance, c.state, c.last, c.collection, c.path,
		c.verb, c.subject, c.person, c.reason, c.undoes
		FROM events AS e LEFT JOIN changes AS c ON c.id = e.change_id ORDER BY e.sequence`
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	return scan(rows, func() error {
		var (
			e event
			s standing
		)
		if err := rows.Scan(append(e.fields(), s.fields()...)...); err != nil {
			return err
		}
		return v.event(&e, &s)
	})
}

func (v *verifier) event(e *event, s *standing) error {
	if wrong := e.intact(v.report.Events, v.hash); wrong != "" {
		return v.fault(v.report.Events+1, "%s", wrong)
	}
	if e.at < v.at {
		return v.fault(e.sequence, "it is older than the event before it")
	}
	v.hash, v.at = e.hash, e.at
	v.report.Events, v.report.Head = e.sequence, Head{Sequence: e.sequence, Hash: e.hash}
	if v.wanted != nil && bytes.Equal(e.hash, v.wanted.Hash) && (v.wanted.Sequence < 0 || v.wanted.Sequence == e.sequence) {
		v.found = true
	}
	if e.erased() {
		v.report.Erased++
		v.lastErased = e.sequence
	}
	switch e.kind {
	case kindRetention:
		return v.forgotten(e)
	case kindIntent:
		v.report.Changes++
		return v.intent(e, s)
	default:
		return v.outcome(e, s)
	}
}

// intent holds a change's row against its intent.
func (v *verifier) intent(e *event, s *standing) error {
	if s.sequence == nil || *s.sequence != e.sequence {
		return v.fault(e.sequence, "the change is missing from the table of changes")
	}
	same := *s.at == e.at && string(s.instance) == e.instance && string(s.collection) == e.collection &&
		string(s.path) == e.path && string(s.verb) == e.verb && string(s.undoes) == e.undoes
	if e.erased() {
		same = same && len(s.subject)+len(s.person)+len(s.reason) == 0
	} else {
		same = same && bytes.Equal(s.subject, e.personal[subject]) && bytes.Equal(s.person, e.personal[person]) &&
			string(s.reason) == e.reason()
	}
	if *s.last == 0 {
		same = same && string(s.state) == e.state
	}
	if !same {
		return v.fault(e.sequence, "the table of changes says something else")
	}
	known := v.actors[[4]string{string(e.personal[subject]), e.issuer, string(e.personal[name]), string(e.personal[email])}]
	if !e.erased() && !known {
		return v.fault(e.sequence, "its actor is missing from the table of actors")
	}
	return nil
}

// outcome holds where a change stands against its last outcome.
func (v *verifier) outcome(e *event, s *standing) error {
	switch {
	case s.sequence == nil || *s.sequence >= e.sequence || *s.last < e.sequence:
		return v.fault(e.sequence, "the table of changes does not know it")
	case *s.last == e.sequence && string(s.state) != e.state:
		return v.fault(e.sequence, "the table of changes says %q, not %q", s.state, e.state)
	case *s.last == e.sequence:
		v.lastSeen++
	}
	return nil
}

// meet reads the few hundred people who ever made a change.
func (v *verifier) meet(ctx context.Context, tx *sql.Tx) error {
	v.actors = map[[4]string]bool{}
	rows, err := tx.QueryContext(ctx, `SELECT subject, issuer, name, email, search FROM actors`)
	if err != nil {
		return err
	}
	return scan(rows, func() error {
		var who [4]string
		var search string
		if err := rows.Scan(&who[0], &who[1], &who[2], &who[3], &search); err != nil {
			return err
		}
		if search == searchable(who[0], who[2], who[3]) {
			v.actors[who] = true
		}
		return nil
	})
}
