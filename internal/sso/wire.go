package sso

import (
	"encoding/binary"
	"errors"
	"time"
)

// Sealed values are encoded as fields in a fixed order: numbers as varints, texts and bytes with their length first. That
// is smaller than JSON, and needs no reflection at each request.

var errWire = errors.New("malformed record")

type wireWriter struct{ b []byte }

func (w *wireWriter) number(n uint64)   { w.b = binary.AppendUvarint(w.b, n) }
func (w *wireWriter) time(t time.Time)  { w.number(uint64(max(t.UnixMilli(), 0))) }
func (w *wireWriter) group(g group)     { w.b = binary.BigEndian.AppendUint64(w.b, uint64(g)) }
func (w *wireWriter) text(s string)     { w.number(uint64(len(s))); w.b = append(w.b, s...) }
func (w *wireWriter) bytes(data []byte) { w.number(uint64(len(data))); w.b = append(w.b, data...) }

// wireReader reads what a wireWriter wrote. After the first error every field is empty.
type wireReader struct {
	b   []byte
	err error
}

func (r *wireReader) number() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return n
}

// latestMilli is the end of the year 9999, in milliseconds since 1970.
const latestMilli = 253402300799000

func (r *wireReader) time() time.Time {
	n := r.number()
	if n > latestMilli {
		r.fail()
		return time.Time{}
	}
	return time.UnixMilli(int64(n)).UTC()
}

func (r *wireReader) group() group {
	if len(r.b) < 8 {
		r.fail()
		return 0
	}
	g := group(binary.BigEndian.Uint64(r.b))
	r.b = r.b[8:]
	return g
}

func (r *wireReader) bytes() []byte {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	data := r.b[:n]
	r.b = r.b[n:]
	return data
}

func (r *wireReader) text() string { return string(r.bytes()) }

func (r *wireReader) fail() { r.b, r.err = nil, errWire }

// done returns errWire unless every field was there and nothing is left over.
func (r *wireReader) done() error {
	if r.err == nil && len(r.b) > 0 {
		r.err = errWire
	}
	return r.err
}
