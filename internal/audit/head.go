package audit

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Head is the end of the chain. A copy elsewhere proves that nothing before it was removed or altered since.
type Head struct {
	Sequence int64
	Hash     []byte
}

// String is how a head is printed and given back to verify: "1234:9f86d0...".
func (h Head) String() string { return fmt.Sprintf("%d:%x", h.Sequence, h.Hash) }

// ParseHead reads a head as String prints it, or its hash alone; the sequence is -1 then.
func ParseHead(text string) (Head, error) {
	h := Head{Sequence: -1}
	number, digits, both := strings.Cut(strings.TrimSpace(text), ":")
	if both {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 {
			return Head{}, fmt.Errorf("audit: %q is no head", text)
		}
		h.Sequence = n
	} else {
		digits = number
	}
	hash, err := hex.DecodeString(digits)
	if err != nil || len(hash) != 32 {
		return Head{}, fmt.Errorf("audit: %q is no head: 64 hexadecimal digits are expected", text)
	}
	h.Hash = hash
	return h, nil
}

// end is the row that says where the chain ends, and what its note signs.
type end struct {
	Head
	at          int64  // of the last event
	erased      int64  // retention has removed personal data up to here
	revocations []byte // digest of the table of revocations
	note        string // the signed note; "" until the first process that serves has signed it
}

const endColumns = `sequence, hash, at, erased, revocations, note`

func (e *end) fields() []any {
	return []any{&e.Sequence, &e.Hash, &e.at, &e.erased, &e.revocations, &e.note}
}

// values are in the order of updateHead.
func (e *end) values() []any { return []any{e.Sequence, e.Hash, e.at, e.erased, e.revocations, e.note} }

// noteLabel is the first line of every note.
const noteLabel = "protime-admin audit head 1\n"

// text is what the note signs: one line for each field, in this order.
func (e *end) text() string {
	return noteLabel + fmt.Sprintf("sequence %d\nhash %s\nat %d\nerased %d\nrevocations %s\n", e.Sequence,
		base64.StdEncoding.EncodeToString(e.Hash), e.at, e.erased, base64.StdEncoding.EncodeToString(e.revocations))
}

// sign writes the note.
func (e *end) sign(by note.Signer) error {
	signed, err := note.Sign(&note.Note{Text: e.text()}, by)
	if err != nil {
		return fmt.Errorf("audit: head: %w", err)
	}
	e.note = string(signed)
	return nil
}

// signed reports whether the note says what the row says and its signature is valid. A trusted note is not verified
// again.
func (e *end) signed(verifier note.Verifier, trusted string) bool {
	if !strings.HasPrefix(e.note, e.text()+"\n") {
		return false
	}
	if e.note == trusted {
		return true
	}
	_, err := note.Open([]byte(e.note), note.VerifierList(verifier))
	return err == nil
}

// headOfNote reads the head that a signed note names.
func headOfNote(text string, verifier note.Verifier) (Head, error) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return Head{}, fmt.Errorf("audit: the note: %w", err)
	}
	var h Head
	var hash string
	rest, ok := strings.CutPrefix(opened.Text, noteLabel)
	if _, err := fmt.Sscanf(rest, "sequence %d\nhash %s\n", &h.Sequence, &hash); err != nil || !ok {
		return Head{}, errors.New("audit: the note is not that of an audit log's head")
	}
	if h.Hash, err = base64.StdEncoding.DecodeString(hash); err != nil {
		return Head{}, fmt.Errorf("audit: the note: %w", err)
	}
	return h, nil
}

// checkpoint is the last end of the chain that this process wrote or read, the zero value before its first transaction.
type checkpoint struct {
	note     string
	sequence int64
	tried    string // the note of the last commit, whose result may not be known
}

// precedes reports whether an end can follow the checkpoint. Where no other process writes it has to be the same.
func (c checkpoint) precedes(e end, alone bool) bool {
	return c.note == "" || e.note == c.note || e.note == c.tried || !alone && e.note != "" && e.Sequence >= c.sequence
}

// ErrHead says that the end of the log is not signed with AUDIT_KEY, or older than one that this process has seen: the
// log belongs to another key, or somebody wrote to the database who is not this program. Nothing is added to it.
var ErrHead = errors.New("audit: the end of the log is not signed with this AUDIT_KEY, or older than it was before: " +
	"run audit verify")

// Head returns the end of the chain as the log says it is; Verify holds it against the events.
func (l *Log) Head(ctx context.Context) (Head, error) {
	var e end
	err := l.read(ctx, func(ctx context.Context) (err error) {
		e, err = endOf(l.db.QueryRowContext(ctx, selectEnd))
		return err
	})
	return e.Head, err
}

const selectEnd = `SELECT ` + endColumns + ` FROM head WHERE one = 1`

func endOf(row *sql.Row) (end, error) {
	var e end
	err := row.Scan(e.fields()...)
	return e, err
}

// isNew reports whether this is the end that the migrations make, which the first process that serves signs.
func (e *end) isNew() bool {
	return e.note == "" && e.Sequence == 0 && len(e.revocations) == 0 && bytes.Equal(e.Hash, make([]byte, 32))
}

// report writes the head to the process's log, which is stored elsewhere.
func (l *Log) report(ctx context.Context) {
	head, err := l.Head(ctx)
	if err != nil {
		l.failed(ctx, "reading the head", err)
		return
	}
	l.options.Logger.LogAttrs(ctx, slog.LevelInfo, "audit log head", slog.String("head", head.String()))
}
