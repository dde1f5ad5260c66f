package spreadsheet

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

const (
	// mostShared bounds the texts that the cells of a workbook share; they are in memory while it is read.
	mostShared  = 40 << 20
	blockLength = 1 << 20
)

// sharedStrings are texts in blocks: as strings of their own each would cost 16 bytes more, and work for the garbage
// collector.
type sharedStrings struct {
	blocks [][]byte
	ends   []sharedEnd
	size   int
}

// sharedEnd is where a text is.
type sharedEnd struct{ block, start, length uint32 }

func (s *sharedStrings) add(text []byte) bool {
	if s.size += len(text) + 12; s.size > mostShared {
		return false
	}
	last := len(s.blocks) - 1
	if last < 0 || len(s.blocks[last])+len(text) > cap(s.blocks[last]) {
		s.blocks = append(s.blocks, make([]byte, 0, max(blockLength, len(text))))
		last++
	}
	//nolint:gosec // within mostShared
	s.ends = append(s.ends, sharedEnd{uint32(last), uint32(len(s.blocks[last])), uint32(len(text))})
	s.blocks[last] = append(s.blocks[last], text...)
	return true
}

func (s *sharedStrings) text(index string) (string, bool) {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(s.ends) {
		return "", false
	}
	end := s.ends[i]
	return string(s.blocks[end.block][end.start : end.start+end.length]), true
}

// readStrings reads the part of shared strings.
func (w *workbook) readStrings(name string) error {
	p, err := openPart(w.rows.ctx, w.parts[name], w.rows.limits.Unpacked)
	if err != nil {
		return err
	}
	defer p.file.Close()
	var text []byte
	taken, phonetic := false, false
	for {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				text = text[:0]
			case "rPh":
				phonetic = true
			case "t":
				taken = !phonetic
			}
		case xml.CharData:
			// A longer cell is refused where it stands.
			if taken && len(text) <= 4*w.rows.limits.Cell {
				text = append(text, e...)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "t":
				taken = false
			case "rPh":
				phonetic = false
			case "si":
				if !w.strings.add(text) {
					return problem("spreadsheet.too-much-text")
				}
			}
		}
	}
}

// unescaped reads _x000D_, by which Excel writes characters that XML cannot hold.
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if !isEscape(text[i:]) {
			b.WriteByte(text[i])
			continue
		}
		code, _ := strconv.ParseUint(text[i+2:i+6], 16, 16) // isEscape saw its digits
		b.WriteRune(rune(code))
		i += len("_x0000_") - 1
	}
	return b.String()
}

// isEscape reports whether a text begins with a character that is written as _x000D_.
func isEscape(text string) bool {
	if len(text) < 7 || text[:2] != "_x" || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 16)
	return err == nil
}
