package audit

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/spreadsheet"
)

// Format is how an export is written.
type Format string

// The formats. NDJSON is one JSON object per event and, last, one with the head: VerifyExport checks it by itself. CSV
// is one line per change, for spreadsheets.
const (
	NDJSON Format = "ndjson"
	CSV    Format = "csv"
)

// Export writes the whole log and returns the head of the chain at that moment. It streams: memory does not grow with
// the log.
func (l *Log) Export(ctx context.Context, w io.Writer, format Format) (Head, error) {
	if _, err := l.Head(ctx); err != nil { // fails fast where the database hangs
		return Head{}, err
	}
	tx, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: l.dialect.snapshot})
	if err != nil {
		return Head{}, fmt.Errorf("%w: export: %w", change.ErrUnreadable, err)
	}
	defer func() { _ = tx.Rollback() }() // it only read
	end, err := endOf(tx.QueryRowContext(ctx, selectEnd))
	if err != nil {
		return Head{}, fmt.Errorf("%w: export: %w", change.ErrUnreadable, err)
	}
	buffered := bufio.NewWriterSize(w, 64<<10)
	switch format {
	case NDJSON:
		err = exportLines(ctx, tx, buffered, end)
	case CSV:
		err = exportSheet(ctx, tx, buffered)
	default:
		err = fmt.Errorf("%q is no format: ndjson and csv are", format)
	}
	if err != nil {
		return Head{}, fmt.Errorf("audit: export: %w", err)
	}
	return end.Head, buffered.Flush()
}

// line is a line of an NDJSON export: an event as it is stored, or the head, which is the last line. What retention
// removed is absent.
type line struct {
	Document json.RawMessage `json:"document,omitempty"`
	Personal json.RawMessage `json:"personal,omitempty"`
	Salt     []byte          `json:"salt,omitempty"`
	Digest   []byte          `json:"digest,omitempty"`
	Hash     []byte          `json:"hash,omitempty"`
	Head     string          `json:"head,omitempty"`
	Note     string          `json:"note,omitempty"` // signed
}

// write writes the line in its canonical form, the only one that VerifyExport accepts.
func (l line) write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(l)
}

// is reports whether a text is the canonical form of the line.
func (l line) is(text []byte) bool {
	var written bytes.Buffer
	return l.write(&written) == nil && bytes.Equal(written.Bytes(), text)
}

func (e *event) line() line {
	return line{Document: e.document, Personal: e.personal, Salt: e.salt, Digest: e.digest, Hash: e.hash}
}

func exportLines(ctx context.Context, tx *sql.Tx, w io.Writer, end end) error {
	if err := eachEvent(ctx, tx, "", func(e *event) error { return e.line().write(w) }); err != nil {
		return err
	}
	return line{Head: end.String(), Note: end.note}.write(w)
}

// VerifyExport checks an NDJSON export by itself: that every line is as Export writes it, the chain, the digests, and
// the signature of its head. Of the options a key counts; head as in Log.Verify. An error says that the export could
// not be read.
func VerifyExport(r io.Reader, options Options, head string) (Report, error) {
	l := &Log{options: options}
	if err := l.keys(); err != nil {
		return Report{}, err
	}
	v, err := l.newVerifier(head)
	if err != nil {
		return Report{}, err
	}
	err = v.lines(bufio.NewReader(r))
	if errors.Is(err, errAltered) {
		err = nil
	}
	return v.report, err
}

func (v *verifier) lines(r *bufio.Reader) error {
	for {
		text, err := r.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF):
			return v.fault(v.report.Events+1, "the export ends before its head")
		case err != nil:
			return fmt.Errorf("audit: the export cannot be read: %w", err)
		}
		var next line
		err = json.Unmarshal(text, &next)
		if err == nil && next.Document == nil {
			return v.exportEnds(text, next.Note, r)
		}
		e := &event{sequence: v.report.Events + 1, document: next.Document, personal: next.Personal, salt: next.Salt,
			digest: next.Digest, hash: next.Hash}
		if err != nil || !e.line().is(text) {
			return v.fault(e.sequence, "the line is not as an export writes it")
		}
		if err := v.link(e, e.chain(v.hash), e.personalDigest()); err != nil {
			return err
		}
		d, err := e.read()
		if err != nil || d.Sequence != e.sequence {
			return v.fault(e.sequence, "its document is not about it")
		}
		if d.Prepared != nil {
			v.report.Changes++
		}
		if d.Erased == nil {
			continue
		}
		if err := v.erasure(d); err != nil {
			return err
		}
	}
}

// exportEnds checks the last line, and that nothing follows.
func (v *verifier) exportEnds(text []byte, signed string, r *bufio.Reader) error {
	head, err := headOfNote(signed, v.log.verifier)
	if err != nil {
		return v.fault(v.report.Events, "the head is not signed with the key")
	}
	if last := (line{Head: head.String(), Note: signed}); !last.is(text) {
		return v.fault(v.report.Events, "the head is not the one that is signed")
	}
	switch _, err := r.ReadByte(); {
	case err == nil:
		return v.fault(v.report.Events+1, "the export goes on after its head")
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("audit: the export cannot be read: %w", err)
	}
	return v.chainEnds(head)
}

func exportSheet(ctx context.Context, tx *sql.Tx, w io.Writer) error {
	sheet := spreadsheet.NewWriter(w, spreadsheet.CSV, []string{"sequence", "change", "at", "state", "known by", "known at", "name", "email", "subject",
		"issuer", "roles", "collection", "path", "verb", "person", "reason", "note", "undoes", "before", "after", "method",
		"url", "status", "location", "response", "duration micros", "failure", "erased",
		"batch", "batch row", "batch try"})
	err := eachChange(ctx, tx, func(events []*event) error {
		read, _, err := facts(events)
		if err != nil {
			return err
		}
		r, err := change.Fold(events[0].changeID, read)
		if err != nil {
			return err
		}
		return sheet.Write(spreadsheet.Texts(cells(r)...))
	})
	return errors.Join(err, sheet.Close())
}

func cells(r change.Receipt) []string {
	roles := make([]string, len(r.Actor.Roles))
	for i, role := range r.Actor.Roles {
		roles[i] = string(role)
	}
	part := []string{"", "", ""}
	if r.Part != nil {
		part = []string{r.Part.Batch, strconv.Itoa(r.Part.Row), strconv.Itoa(r.Part.Try)}
	}
	known := ""
	if !r.Verdict.At.IsZero() {
		known = r.Verdict.At.Format(time.RFC3339Nano)
	}
	return append([]string{
		strconv.FormatInt(r.Sequence, 10), r.ID, r.At.Format(time.RFC3339Nano), string(r.State), string(r.How), known,
		r.Actor.Name, r.Actor.Email, r.Actor.Subject, r.Actor.Issuer, strings.Join(roles, ","), r.Collection, r.Path,
		string(r.Verb), r.Person, r.Reason.Code, r.Reason.Note, r.Undoes, string(r.Before), string(r.After),
		r.Request.Method, r.URL, strconv.Itoa(r.Status), r.Location, string(r.Body),
		strconv.FormatInt(r.Duration.Microseconds(), 10), r.Failure, strconv.FormatBool(r.Erased),
	}, part...)
}
