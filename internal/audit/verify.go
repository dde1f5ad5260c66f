package audit

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"protime-admin/internal/change"
)

// Report is what Verify found.
type Report struct {
	Events  int64 // walked without a fault
	Changes int64
	Erased  int64 // events whose personal data retention has removed
	Head    Head  // of the last event walked
	// Broken is the first event that is not what was written, 0 when none is. Fault says what is wrong with it or with
	// the log, "" when nothing was altered.
	Broken int64
	Fault  string
	// Schema says which table, index or trigger is not the migrations' own, "" when all are.
	Schema string
	// Unchecked says what could not be checked, "" when everything was.
	Unchecked string
}

// Intact reports whether nothing was found.
func (r Report) Intact() bool { return r.Fault == "" && r.Schema == "" }

// ErrNoKey says that heads cannot be verified: neither AUDIT_KEY nor AUDIT_PUBLIC_KEY is known.
var ErrNoKey = errors.New("audit: verify needs AUDIT_KEY, or AUDIT_PUBLIC_KEY as `audit key` prints it")

// errAltered stops a walk at the first fault, which stands in the report.
var errAltered = errors.New("audit: altered")

// Verify reads the log in one snapshot and checks the schema, the chain, the digests, what retention removed and when,
// the projection, the revocations and the signature of the head, and runs the database's own integrity check. With an
// earlier head (as Head prints it, or a signed note; "" for none) it checks that the chain contains it, which is the
// only protection against an old copy with its signature. An error says that the log could not be read; an altered log
// is none.
func (l *Log) Verify(ctx context.Context, head string) (Report, error) {
	v, err := l.newVerifier(head)
	if err != nil {
		return Report{}, err
	}
	tx, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: l.dialect.snapshot})
	if err != nil {
		return Report{}, fmt.Errorf("%w: %w", change.ErrUnreadable, err)
	}
	defer func() { _ = tx.Rollback() }() // it only read
	for _, step := range []func(context.Context, *sql.Tx) error{
		v.schema, v.erasuresOf, v.walk, v.end, v.tables, v.due, v.integrity,
	} {
		err := step(ctx, tx)
		switch {
		case errors.Is(err, errAltered):
			return v.report, nil
		case damaged(err):
			_ = v.fault(v.report.Events+1, "the database: %v", err) // the report says it
			return v.report, nil
		case err != nil && v.report.Schema != "":
			return v.report, nil // what could not be read is what was changed
		case err != nil:
			return v.report, fmt.Errorf("%w: verify: %w", change.ErrUnreadable, err)
		}
	}
	return v.report, nil
}

// verifier is one verification. Its memory does not grow with the log: it holds the end of the chain, counters, and the
// changes between their first and their last event.
type verifier struct {
	log         *Log
	report      Report
	wanted      *Head
	found       bool // the wanted head is in the chain
	hash        []byte
	at          time.Time // of the last event
	last        int64     // the last event whose personal data is gone
	through     int64     // erasures say that personal data is gone up to here
	erasures    []document
	erasedEarly int64 // the first event whose personal data is gone too early; 0 for none
	open        map[string]*openChange
	actors      map[actor]int64      // and the sequence of the last change of each
	batches     map[string]bool      // of which a change was walked
	looks       map[string]time.Time // when the changes in doubt are looked for, by their ids
}

// openChange is a change between its first and its last event.
type openChange struct {
	row      row
	instance string
	later    bool // an earlier change is of the same batch
	events   []change.Event
}

func (l *Log) newVerifier(head string) (*verifier, error) {
	if l.verifier == nil {
		return nil, ErrNoKey
	}
	v := &verifier{log: l, hash: make([]byte, 32), found: true,
		open: map[string]*openChange{}, actors: map[actor]int64{}, batches: map[string]bool{}, looks: map[string]time.Time{}}
	v.report.Head.Hash = v.hash
	if head == "" {
		return v, nil
	}
	parse := ParseHead
	if strings.HasPrefix(head, noteLabel) {
		parse = func(text string) (Head, error) { return headOfNote(text, l.verifier) }
	}
	wanted, err := parse(head)
	if err != nil {
		return nil, err
	}
	v.wanted, v.found = &wanted, wanted.Sequence <= 0 && bytes.Equal(wanted.Hash, v.hash)
	return v, nil
}

func (v *verifier) fault(sequence int64, format string, arguments ...any) error {
	v.report.Broken, v.report.Fault = sequence, fmt.Sprintf(format, arguments...)
	return errAltered
}

// erasuresOf reads what retention says that it removed.
func (v *verifier) erasuresOf(ctx context.Context, tx *sql.Tx) error {
	return eachEvent(ctx, tx, ` WHERE change_id = ''`, func(e *event) error {
		if d, err := e.read(); err == nil && d.Erased != nil { // the walk finds what is none
			v.erasures = append(v.erasures, d)
		}
		return nil
	})
}

// each calls do for every event that a condition selects, in the order of the log.
func eachEvent(ctx context.Context, tx *sql.Tx, condition string, do func(*event) error) error {
	//nolint:gosec // G202: text of our own
	rows, err := tx.QueryContext(ctx, `SELECT `+eventColumns+` FROM events`+condition+` ORDER BY sequence`)
	return scanEvents(rows, err, do)
}

// events calls do with each event that a query found.
func scanEvents(rows *sql.Rows, err error, do func(*event) error) error {
	if err != nil {
		return err
	}
	return scan(rows, func() error {
		e := new(event)
		if err := rows.Scan(e.fields()...); err != nil {
			return err
		}
		return do(e)
	})
}

// walked is an event with the row of the change that it begins, and with what is computed from it alone.
type walked struct {
	event
	previous []byte // the hash of the event before, as it is
	digested []byte // of salt and personal data, as they are
	chained  []byte
	row      row // the zero row for an event that begins no change
	document document
	fact     change.Event // of an event that begins a change with its personal data
	err      error        // that document or personal data could not be read
}

// compute takes most of the time, and runs on every processor.
func (w *walked) compute() {
	w.chained = w.chain(w.previous)
	if !w.erased() {
		w.digested = w.personalDigest()
	}
	if w.document, w.err = w.read(); w.err != nil {
		return
	}
	w.fact = change.Event{Sequence: w.sequence, At: w.document.At, Facts: w.document.Facts, Erased: w.erased()}
	if w.document.Prepared == nil || w.erased() {
		return
	}
	var p projected // decoding the bodies would take as long as all the rest
	w.err = json.Unmarshal(w.personal, &p)
	w.fact.Personal = change.Personal{Subject: p.Subject, Name: p.Name, Email: p.Email, Person: p.Person, Date: p.Date, Note: p.Note}
}

// projected is the part of change.Personal from which the projection is computed.
type projected struct {
	Subject string `json:"subject"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Person  string `json:"person"`
	Date    string `json:"date"`
	Note    string `json:"note"`
}

// walkedBatch are consecutive events, computed once ready is closed.
type walkedBatch struct {
	events []*walked
	ready  chan struct{}
}

// walk reads the events, computes on every processor what depends on one event alone, and checks them in their order.
func (v *verifier) walk(ctx context.Context, tx *sql.Tx) error {
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan walkedBatch, 2*runtime.GOMAXPROCS(0))
	group.Go(func() error {
		defer close(batches)
		return readAll(ctx, tx, func(events []*walked) error {
			batch := walkedBatch{events, make(chan struct{})}
			go func() {
				defer close(batch.ready)
				for _, w := range events {
					w.compute()
				}
			}()
			select {
			case batches <- batch:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	group.Go(func() error {
		for batch := range batches {
			<-batch.ready
			for _, w := range batch.events {
				if err := v.event(w); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return group.Wait()
}

// readAll reads the events with their rows, a few hundred at a time.
func readAll(ctx context.Context, tx *sql.Tx, do func([]*walked) error) error {
	const query = `SELECT e.sequence, e.change_id, e.document, e.digest, e.hash, e.salt, e.personal,
		coalesce(c.sequence, 0), coalesce(c.id, ''), coalesce(c.last, 0), coalesce(c.at, 0), coalesce(c.instance, ''),
		coalesce(c.state, ''), coalesce(c.collection, ''), coalesce(c.path, ''), coalesce(c.verb, ''),
		coalesce(c.subject, ''), coalesce(c.person, ''), coalesce(c.reason, ''), coalesce(c.undoes, ''),
		coalesce(c.date, ''), coalesce(c.batch, ''), coalesce(c.batch_row, 0), coalesce(c.batch_try, 0),
		coalesce(c.batch_later, 0)
		FROM events AS e LEFT JOIN changes AS c ON c.sequence = e.sequence ORDER BY e.sequence`
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	const size = 256
	var batch []*walked
	previous := make([]byte, 32)
	err = scan(rows, func() error {
		w := &walked{previous: previous}
		if err := rows.Scan(append(w.fields(), w.row.fields()...)...); err != nil {
			return err
		}
		previous = w.hash
		if batch = append(batch, w); len(batch) < size {
			return nil
		}
		full := batch
		batch = nil
		return do(full)
	})
	return errors.Join(err, do(batch))
}
