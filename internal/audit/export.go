package audit

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/change"
)

// Format is how an export is written.
type Format string

// The formats. NDJSON is one JSON object per event and, last, one with the head; CSV is for spreadsheets.
const (
	NDJSON Format = "ndjson"
	CSV    Format = "csv"
)

// Export writes the events of the changes that match, oldest first, and returns the head of the chain at that
// moment. The zero query means every event, those of retention too. It streams: memory does not grow with the log.
func (l *Log) Export(ctx context.Context, w io.Writer, format Format, q change.Query) (Head, error) {
	selected, arguments, err := l.exported(ctx, q)
	if err != nil {
		return Head{}, err
	}
	tx, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: l.dialect.snapshot})
	if err != nil {
		return Head{}, fmt.Errorf("audit: export: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it only read
	head, err := headOf(tx.QueryRowContext(ctx, selectHead))
	if err != nil {
		return Head{}, fmt.Errorf("audit: export: %w", err)
	}
	buffered := bufio.NewWriterSize(w, 64<<10)
	to, err := newExporter(buffered, format)
	if err != nil {
		return Head{}, err
	}
	if err := each(ctx, tx, selected, arguments, to.event); err != nil {
		return Head{}, fmt.Errorf("audit: export: %w", err)
	}
	if err := to.end(head); err != nil {
		return Head{}, fmt.Errorf("audit: export: %w", err)
	}
	return head, buffered.Flush()
}

// exported builds the condition on events that a query of changes means.
func (l *Log) exported(ctx context.Context, q change.Query) (string, []any, error) {
	if q == (change.Query{}) {
		return "", nil, nil
	}
	selected, arguments, err := l.selection(ctx, q, math.MaxInt32)
	if err != nil {
		return "", nil, err
	}
	if selected == "" {
		return ` WHERE 1 = 0`, nil, nil
	}
	return ` WHERE change_id IN (SELECT id FROM changes WHERE sequence IN
		(SELECT sequence FROM (` + selected + `) AS wanted))`, arguments, nil
}

// each calls do for every selected event, oldest first.
func each(ctx context.Context, tx *sql.Tx, condition string, arguments []any, do func(*event) error) error {
	//nolint:gosec // G202: text of our own, values are arguments
	query := `SELECT ` + eventColumns + ` FROM events` + condition + ` ORDER BY sequence`
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return err
	}
	return scan(rows, func() error {
		var e event
		if err := rows.Scan(e.fields()...); err != nil {
			return err
		}
		return do(&e)
	})
}

// exporter writes events in one format.
type exporter interface {
	event(*event) error
	end(Head) error
}

func newExporter(w io.Writer, format Format) (exporter, error) {
	switch format {
	case NDJSON:
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return lines{encoder}, nil
	case CSV:
		s := sheet{csv.NewWriter(w)}
		return s, s.w.Write(sheetColumns())
	default:
		return nil, fmt.Errorf("audit: %q is no format: ndjson and csv are", format)
	}
}

// lines writes NDJSON.
type lines struct{ encoder *json.Encoder }

// exportedEvent is an event as NDJSON has it. What retention removed is absent, and Erased says so.
type exportedEvent struct {
	Sequence          int64           `json:"sequence"`
	Change            string          `json:"change,omitempty"`
	Kind              string          `json:"kind"`
	At                string          `json:"at"`
	Instance          string          `json:"instance"`
	State             string          `json:"state,omitempty"`
	Subject           string          `json:"subject,omitempty"`
	Issuer            string          `json:"issuer,omitempty"`
	Name              string          `json:"name,omitempty"`
	Email             string          `json:"email,omitempty"`
	Number            string          `json:"number,omitempty"`
	Roles             string          `json:"roles,omitempty"`
	Collection        string          `json:"collection,omitempty"`
	Path              string          `json:"path,omitempty"`
	Verb              string          `json:"verb,omitempty"`
	Person            string          `json:"person,omitempty"`
	Reason            string          `json:"reason,omitempty"`
	Note              string          `json:"note,omitempty"`
	Undoes            string          `json:"undoes,omitempty"`
	Before            json.RawMessage `json:"before,omitempty"`
	After             json.RawMessage `json:"after,omitempty"`
	LeftOut           json.RawMessage `json:"leftOut,omitempty"`
	RequestID         string          `json:"requestId,omitempty"`
	Method            string          `json:"method,omitempty"`
	RequestPath       string          `json:"requestPath,omitempty"`
	RequestQuery      string          `json:"requestQuery,omitempty"`
	RequestBody       json.RawMessage `json:"requestBody,omitempty"`
	IfMatch           string          `json:"ifMatch,omitempty"`
	URL               string          `json:"url,omitempty"`
	Status            int64           `json:"status,omitempty"`
	Location          string          `json:"location,omitempty"`
	OperationLocation string          `json:"operationLocation,omitempty"`
	Header            json.RawMessage `json:"header,omitempty"`
	ResponseBody      json.RawMessage `json:"responseBody,omitempty"`
	DurationMicros    int64           `json:"durationMicros,omitempty"`
	Failure           string          `json:"failure,omitempty"`
	Evidence          string          `json:"evidence,omitempty"`
	Detail            json.RawMessage `json:"detail,omitempty"`
	Erased            bool            `json:"erased,omitempty"`
	Hash              string          `json:"hash"`
}

func (l lines) event(e *event) error {
	return l.encoder.Encode(exportedEvent{
		Sequence: e.sequence, Change: e.changeID, Kind: e.kind, At: stamp(e.at), Instance: e.instance, State: e.state,
		Subject: e.text(subject), Issuer: e.issuer, Name: e.text(name), Email: e.text(email), Number: e.text(number),
		Roles: e.roles, Collection: e.collection, Path: e.path, Verb: e.verb, Person: e.text(person),
		Reason: e.reasonCode, Note: e.text(note), Undoes: e.undoes,
		Before: rawJSON(e.personal[recordBefore]), After: rawJSON(e.personal[recordAfter]),
		LeftOut: rawJSON([]byte(e.leftOut)), RequestID: e.requestID, Method: e.method,
		RequestPath: e.requestPath, RequestQuery: e.requestQuery, RequestBody: rawJSON(e.personal[requestBody]),
		IfMatch: e.ifMatch, URL: e.url, Status: e.status, Location: e.location,
		OperationLocation: e.operationLocation, Header: rawJSON([]byte(e.header)),
		ResponseBody: rawJSON(e.personal[responseBody]), DurationMicros: e.duration, Failure: e.failure,
		Evidence: e.text(evidence), Detail: rawJSON([]byte(e.detail)), Erased: e.erased(),
		Hash: hex.EncodeToString(e.hash),
	})
}

func (l lines) end(h Head) error {
	return l.encoder.Encode(struct {
		Head string `json:"head"`
	}{h.String()})
}

func (e *event) text(i int) string { return string(e.personal[i]) }

func stamp(micros int64) string { return moment(micros).Format(time.RFC3339Nano) }

// rawJSON returns JSON as it is, and anything else, such as a gateway's HTML, as a JSON string.
func rawJSON(text []byte) json.RawMessage {
	switch {
	case len(text) == 0:
		return nil
	case json.Valid(text):
		return text
	}
	quoted, err := json.Marshal(string(text))
	if err != nil {
		return nil // a string always has a JSON form
	}
	return quoted
}

// sheet writes CSV.
type sheet struct{ w *csv.Writer }

func sheetColumns() []string {
	return []string{"sequence", "change", "kind", "at", "state", "name", "email", "subject", "issuer", "roles",
		"collection", "path", "verb", "person", "reason", "note", "undoes", "before", "after", "method", "url", "status",
		"location", "response", "duration micros", "failure", "evidence", "detail", "erased", "hash"}
}

func (s sheet) event(e *event) error {
	cells := []string{
		strconv.FormatInt(e.sequence, 10), e.changeID, e.kind, stamp(e.at), e.state, e.text(name), e.text(email),
		e.text(subject), e.issuer, e.roles, e.collection, e.path, e.verb, e.text(person), e.reasonCode, e.text(note),
		e.undoes, e.text(recordBefore), e.text(recordAfter), e.method, e.url, strconv.FormatInt(e.status, 10),
		e.location, e.text(responseBody), strconv.FormatInt(e.duration, 10), e.failure, e.text(evidence), e.detail,
		strconv.FormatBool(e.erased()), hex.EncodeToString(e.hash),
	}
	for i := range cells {
		cells[i] = Defused(cells[i])
	}
	return s.w.Write(cells)
}

func (s sheet) end(Head) error {
	s.w.Flush()
	return s.w.Error()
}

// Defused returns text that no spreadsheet takes for a formula: a quote is put before what could begin one.
func Defused(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n|", rune(text[0])) {
		return "'" + text
	}
	return text
}
