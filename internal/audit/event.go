package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"protime-admin/internal/change"
)

// event is one row of the log. It never changes once it is written, but for what retention removes.
type event struct {
	sequence int64
	changeID string // "" in an event of the log's own
	document []byte // JSON without personal data
	digest   []byte // of salt and personal
	hash     []byte // of the event before, document and digest
	salt     []byte // nil when retention has removed it
	personal []byte // JSON; nil when retention has removed it
}

// document is the part of an event that the chain hashes in clear.
type document struct {
	Sequence int64     `json:"sequence"`
	Change   string    `json:"change,omitempty"`
	At       time.Time `json:"at"` // by the database's clock, in microseconds
	Instance string    `json:"instance"`
	change.Facts
	Erased *erasure `json:"erased,omitempty"`
}

// kindErased is the one kind of event that the log writes by itself.
const kindErased change.Kind = "erased"

// erasure records that retention removed the personal data of every event up to Through: each was older than Before,
// which is Retention before the event.
type erasure struct {
	Through   int64     `json:"through"`
	Before    time.Time `json:"before"`
	Retention string    `json:"retention"`
}

const eventColumns = `sequence, change_id, document, digest, hash, salt, personal`

// fields lists pointers to every column, for scanning.
func (e *event) fields() []any {
	return []any{&e.sequence, &e.changeID, &e.document, &e.digest, &e.hash, &e.salt, &e.personal}
}

// values lists every column, for inserting.
func (e *event) values() []any {
	var salt, personal any
	if !e.erased() {
		salt, personal = e.salt, string(e.personal)
	}
	return []any{e.sequence, e.changeID, string(e.document), e.digest, e.hash, salt, personal}
}

func (e *event) erased() bool { return e.salt == nil }

// seal makes an event of what it says and of the personal data in it, chained to the event with the previous hash.
func seal(d document, personal change.Personal, previous []byte) (*event, error) {
	e := &event{sequence: d.Sequence, changeID: d.Change, salt: make([]byte, 32)}
	var err error
	if e.document, err = encode(d); err != nil {
		return nil, err
	}
	if e.personal, err = encode(personal); err != nil {
		return nil, err
	}
	_, _ = rand.Read(e.salt) // it never fails
	e.digest = e.personalDigest()
	e.hash = e.chain(previous)
	return e, nil
}

// encode writes compact JSON that every database takes as text: a raw value may hold bytes that are no UTF-8.
func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("audit: event: %w", err)
	}
	return bytes.ToValidUTF8(bytes.TrimSuffix(text.Bytes(), []byte("\n")), []byte("\uFFFD")), nil
}

func (e *event) personalDigest() []byte {
	h := sha256.New()
	_, _ = h.Write(e.salt) // a hash never fails
	_, _ = h.Write(e.personal)
	return h.Sum(nil)
}

// chainLabel is the prefix of what is hashed: it separates events from anything else that is hashed (domain
// separation).
const chainLabel = "protime-admin audit event 1\n"

// chain computes the event's hash: SHA-256 over the label, the previous hash, the document's length in eight bytes, the
// document and the digest.
func (e *event) chain(previous []byte) []byte {
	h := sha256.New()
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(e.document)))
	for _, part := range [][]byte{[]byte(chainLabel), previous, size[:], e.document, e.digest} {
		_, _ = h.Write(part) // a hash never fails
	}
	return h.Sum(nil)
}

// read parses the document.
func (e *event) read() (document, error) {
	var d document
	if err := json.Unmarshal(e.document, &d); err != nil {
		return document{}, fmt.Errorf("audit: event %d: %w", e.sequence, err)
	}
	return d, nil
}

// fact is an event as package change reads it, given what its document says.
func (e *event) fact(d document) (change.Event, error) {
	fact := change.Event{Sequence: e.sequence, At: d.At, Facts: d.Facts, Erased: e.erased()}
	if fact.Erased {
		return fact, nil
	}
	if err := json.Unmarshal(e.personal, &fact.Personal); err != nil {
		return change.Event{}, fmt.Errorf("audit: event %d: %w", e.sequence, err)
	}
	return fact, nil
}

// facts reads the events of one change, and which process prepared it.
func facts(events []*event) (read []change.Event, instance string, err error) {
	read = make([]change.Event, len(events))
	for i, e := range events {
		d, err := e.read()
		if err != nil {
			return nil, "", err
		}
		if i == 0 {
			instance = d.Instance
		}
		if read[i], err = e.fact(d); err != nil {
			return nil, "", err
		}
	}
	return read, instance, nil
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
