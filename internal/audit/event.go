package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// The kinds of events.
const (
	kindIntent    = "intent"    // a change is about to be sent
	kindOutcome   = "outcome"   // what Protime answered, or that it did not
	kindUnknown   = "unknown"   // the process that sent it is gone
	kindCheck     = "check"     // what a look at the server showed
	kindRetention = "retention" // personal data of older events was removed
)

// event is one row of the log, which never changes once it is written, but for what retention removes.
type event struct {
	sequence          int64
	changeID          string
	kind              string
	at                int64 // microseconds since 1970, never less than in the event before
	instance          string
	state             string
	collection        string
	path              string
	verb              string
	reasonCode        string
	undoes            string
	requestID         string
	issuer            string
	roles             string // comma separated
	leftOut           string // JSON
	method            string
	requestPath       string
	requestQuery      string
	ifMatch           string
	status            int64
	location          string
	operationLocation string
	header            string // JSON
	duration          int64  // microseconds
	url               string
	failure           string
	detail            string // JSON; of retention: how far

	digests []byte // of the personal values, in the chain
	hash    []byte // of the event before, and of everything here but the personal values and their salts
	salts   []byte // of the personal values; nil when retention has removed them

	personal [personals][]byte
}

// The personal values of an event, in the order of their columns.
const (
	subject = iota
	name
	email
	number
	person
	note
	evidence
	fingerprint // guessing what was typed confirms it, so it goes with the rest
	recordBefore
	recordAfter
	requestBody
	responseBody
	personals
)

// texts is how many of the personal values are text; the others are bytes.
const texts = fingerprint

// eventColumns are the columns in the order of fields.
const eventColumns = `sequence, change_id, kind, at, instance, state, collection, path, verb, reason_code, undoes,
	request_id, issuer, roles, left_out, method, request_path, request_query, if_match, status, location,
	operation_location, header, duration, url, failure, detail, digests, hash, salts,
	subject, name, email, number, person, note, evidence,
	fingerprint, record_before, record_after, request_body, response_body`

// personalName names a personal value's column, as it enters its digest.
func personalName(i int) string {
	return [personals]string{"subject", "name", "email", "number", "person", "note", "evidence", "fingerprint",
		"record_before", "record_after", "request_body", "response_body"}[i]
}

// plain lists pointers to the values that enter the chain as they are, in the order of their columns.
func (e *event) plain() []any {
	return []any{
		&e.sequence, &e.changeID, &e.kind, &e.at, &e.instance, &e.state, &e.collection, &e.path, &e.verb,
		&e.reasonCode, &e.undoes, &e.requestID, &e.issuer, &e.roles, &e.leftOut, &e.method, &e.requestPath,
		&e.requestQuery, &e.ifMatch, &e.status, &e.location, &e.operationLocation, &e.header, &e.duration, &e.url,
		&e.failure, &e.detail,
	}
}

// fields lists pointers to every column, for scanning.
func (e *event) fields() []any {
	fields := append(e.plain(), &e.digests, &e.hash, &e.salts)
	for i := range e.personal {
		fields = append(fields, &e.personal[i])
	}
	return fields
}

// values lists every column, for inserting. A personal value that is not there is empty; one that retention has
// removed is NULL, as its salt is.
func (e *event) values() []any {
	values := e.plain()
	for i, value := range values {
		switch v := value.(type) {
		case *string:
			values[i] = *v
		case *int64:
			values[i] = *v
		}
	}
	values = append(values, e.digests, e.hash)
	if e.erased() {
		return append(values, make([]any, 1+personals)...)
	}
	values = append(values, e.salts)
	for i, value := range e.personal {
		if i < texts {
			values = append(values, string(value))
			continue
		}
		values = append(values, append([]byte{}, value...)) // never nil: that would be NULL
	}
	return values
}

// erased reports whether retention has removed the personal values.
func (e *event) erased() bool { return e.salts == nil }

const saltSize = 16

// seal makes the event the one after the previous hash: it cleans text that a database would refuse, salts and
// digests the personal values and computes the hash.
func (e *event) seal(previous []byte) {
	for _, value := range e.plain() {
		if text, ok := value.(*string); ok {
			*text = storable(*text)
		}
	}
	for i := range texts {
		e.personal[i] = []byte(storable(string(e.personal[i])))
	}
	e.salts = e.newSalts()
	e.digests = e.digest()
	e.hash = e.chain(previous)
}

// storable makes text that both databases take: valid UTF-8 without NUL.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// newSalts draws one salt for each personal value that is there. The first byte is the format's version, which also
// keeps the column from being empty.
func (e *event) newSalts() []byte {
	salts := []byte{1}
	for _, value := range e.personal {
		if len(value) == 0 {
			continue
		}
		var salt [saltSize]byte
		_, _ = rand.Read(salt[:]) // never fails: the process ends when the system has no randomness
		salts = append(salts, salt[:]...)
	}
	return salts
}

// digest returns which personal values are there, one bit each, and of each of those SHA-256 over salt, column and
// value. It is nil when the salts do not fit the values.
func (e *event) digest() []byte {
	digests := make([]byte, 2, 2+sha256.Size*personals)
	rest, ok := bytes.CutPrefix(e.salts, []byte{1})
	if !ok {
		return nil
	}
	for i, value := range e.personal {
		if len(value) == 0 {
			continue
		}
		if len(rest) < saltSize {
			return nil
		}
		digests[i/8] |= 1 << (i % 8)
		h := sha256.New()
		_, _ = h.Write(rest[:saltSize])
		_, _ = h.Write([]byte(personalName(i)))
		_, _ = h.Write([]byte{0})
		_, _ = h.Write(value)
		digests = h.Sum(digests)
		rest = rest[saltSize:]
	}
	if len(rest) > 0 {
		return nil
	}
	return digests
}

// chain computes the event's hash: SHA-256 over the previous hash, every plain column with its length, the digests.
func (e *event) chain(previous []byte) []byte {
	text := make([]byte, 0, 1024)
	text = append(text, "protime-admin audit event 1\n"...)
	text = append(text, previous...)
	for _, value := range e.plain() {
		switch v := value.(type) {
		case *string:
			text = binary.BigEndian.AppendUint64(text, uint64(len(*v)))
			text = append(text, *v...)
		case *int64:
			text = binary.BigEndian.AppendUint64(text, 8)
			text = binary.BigEndian.AppendUint64(text, uint64(*v)) //nolint:gosec // G115: the bits, whatever the sign
		}
	}
	text = binary.BigEndian.AppendUint64(text, uint64(len(e.digests)))
	text = append(text, e.digests...)
	sum := sha256.Sum256(text)
	return sum[:]
}

// intact says what is wrong with an event that follows the previous one, "" when nothing is.
func (e *event) intact(previousSequence int64, previousHash []byte) string {
	switch {
	case e.sequence != previousSequence+1:
		return fmt.Sprintf("event %d is missing", previousSequence+1)
	case !bytes.Equal(e.hash, e.chain(previousHash)):
		return "its content does not have the hash that it was written with"
	case !e.erased() && !bytes.Equal(e.digests, e.digest()):
		return "a personal value is not the one that was written"
	}
	if !e.erased() {
		return ""
	}
	for i, value := range e.personal {
		if len(value) > 0 {
			return fmt.Sprintf("%s is there although its salt is gone", personalName(i))
		}
	}
	return ""
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
