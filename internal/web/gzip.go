package web

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

const (
	// gzipBlock is how many bytes are compressed together, at most. The stylesheet fits in the first block.
	gzipBlock = 48 << 10
	// gzipWindow is how many bytes before a block it may refer to: rows that are sent one by one resemble each other.
	gzipWindow = 8 << 10
)

// known is a text with the deflate blocks that stand for it.
type known struct{ text, blocks []byte }

func deflated(text string) known {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // the level exists
	_, _ = io.WriteString(w, text)                     // a buffer takes everything
	_ = w.Flush()                                      // likewise; the last block stays open for others to follow
	return known{[]byte(text), b.Bytes()}
}

// gzipWriters are reused.
type gzipWriters struct {
	known  []known
	pool   sync.Pool
	better sync.Pool // of *flate.Writer, one for as long as a block is compressed
}

// deflateBetter is for a page that is large and asked for once: it takes three times as long as a stateless block and makes
// it a fifth smaller.
func (p *gzipWriters) deflateBetter(to io.Writer, text, window []byte) error {
	w, ok := p.better.Get().(*flate.Writer)
	if !ok {
		w, _ = flate.NewWriter(nil, 6) // the level exists
	}
	w.ResetDict(to, window)
	_, err := w.Write(text)
	if err == nil {
		err = w.Flush()
	}
	w.Reset(io.Discard)
	p.better.Put(w)
	return err
}

func (p *gzipWriters) get(to io.Writer) *gzipWriter {
	w, ok := p.pool.Get().(*gzipWriter)
	if !ok {
		w = &gzipWriter{pending: make([]byte, 0, gzipBlock), window: make([]byte, 0, gzipWindow), of: p}
	}
	w.to, w.pending, w.window = to, w.pending[:0], w.window[:0]
	w.begun, w.first, w.sum, w.size, w.err = false, false, 0, 0, nil
	return w
}

// gzipWriter collects what is written into blocks, each of which is compressed without a state that outlives it. The
// format is that of RFC 1952.
type gzipWriter struct {
	to      io.Writer
	pending []byte // not compressed yet
	window  []byte // the end of what was
	begun   bool
	first   bool   // it is a first visit's: it has one of the known texts
	sum     uint32 // CRC-32 of what was written
	size    uint32 // its bytes, modulo 2^32
	err     error  // the first
	of      *gzipWriters
}

// Write takes everything; an error of an earlier block is returned by the first call after it.
func (w *gzipWriter) Write(p []byte) (int, error) {
	written := len(p)
	w.sum = crc32.Update(w.sum, crc32.IEEETable, p)
	w.size += uint32(len(p)) //nolint:gosec // modulo 2^32, as the format wants it
	for len(p) > 0 {
		n := min(len(p), gzipBlock-len(w.pending))
		w.pending = append(w.pending, p[:n]...)
		if p = p[n:]; len(w.pending) == gzipBlock {
			w.block()
		}
	}
	return written, w.err
}

// Flush sends what is pending in a block of its own.
func (w *gzipWriter) Flush() error {
	w.block()
	return w.err
}

// block compresses what is pending.
func (w *gzipWriter) block() {
	rest := w.pending
	if !w.begun {
		w.begun = true
		w.send([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}) // no name, no time, an unknown system
		for _, k := range w.of.known {
			if before, after, found := bytes.Cut(rest, k.text); found {
				w.first = true
				w.deflate(before)
				w.send(k.blocks)
				w.remember(k.text)
				rest = after
			}
		}
	}
	w.deflate(rest)
	w.pending = w.pending[:0]
}

func (w *gzipWriter) deflate(text []byte) {
	if len(text) == 0 || w.err != nil {
		return
	}
	if w.first {
		w.err = w.of.deflateBetter(w.to, text, w.window)
	} else {
		w.err = flate.StatelessDeflate(w.to, text, false, w.window)
	}
	w.remember(text)
}

// remember keeps the end of what was written.
func (w *gzipWriter) remember(text []byte) {
	if len(text) >= gzipWindow {
		w.window = append(w.window[:0], text[len(text)-gzipWindow:]...)
		return
	}
	if excess := len(w.window) + len(text) - gzipWindow; excess > 0 {
		w.window = append(w.window[:0], w.window[excess:]...)
	}
	w.window = append(w.window, text...)
}

func (w *gzipWriter) send(p []byte) {
	if w.err == nil {
		_, w.err = w.to.Write(p)
	}
}

// Close ends the file and makes the writer free for another response.
func (w *gzipWriter) Close() error {
	w.block()
	if w.err == nil {
		w.err = flate.StatelessDeflate(w.to, nil, true, nil)
	}
	w.send(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, w.sum), w.size))
	err := w.err
	w.to = nil
	w.of.pool.Put(w)
	return err
}
