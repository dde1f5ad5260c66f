package spreadsheet

import (
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

const (
	// mostShared bounds the texts that the cells of a workbook share; they are in memory while it is read.
	mostShared = 36 << 20
	// muchShared is how large the part may be with which a workbook is read beside others.
	muchShared  = 8 << 20
	blockLength = 1 << 20
	placesBlock = 1 << 14
)

// sharedStrings are texts one after the other in blocks, each behind its length. As strings of their own they would cost
// three times as much, and a slice that grows is copied.
type sharedStrings struct {
	blocks [][]byte
	places [][]uint32 // of the texts: block and offset
	count  int
	size   int
}

func (s *sharedStrings) add(text []byte) bool {
	need := len(text) + binary.MaxVarintLen32
	if s.size += need + 4; s.size > mostShared || need > blockLength {
		return false
	}
	last := len(s.blocks) - 1
	if last < 0 || len(s.blocks[last])+need > blockLength {
		s.blocks = append(s.blocks, make([]byte, 0, blockLength))
		last++
	}
	if s.count%placesBlock == 0 {
		s.places = append(s.places, make([]uint32, 0, placesBlock))
	}
	places := &s.places[len(s.places)-1]
	*places = append(*places, uint32(last*blockLength+len(s.blocks[last]))) //nolint:gosec // within mostShared
	s.count++
	s.blocks[last] = binary.AppendUvarint(s.blocks[last], uint64(len(text)))
	s.blocks[last] = append(s.blocks[last], text...)
	return true
}

func (s *sharedStrings) text(index string) (string, bool) {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= s.count {
		return "", false
	}
	place := s.places[i/placesBlock][i%placesBlock]
	from := s.blocks[place/blockLength][place%blockLength:]
	length, n := binary.Uvarint(from)
	return string(from[n : n+int(length)]), true //nolint:gosec // as add wrote it
}

// readStrings reads the part of shared strings.
func (w *workbook) readStrings(name string) error {
	limit := w.rows.limits.Unpacked
	if !w.isHeavy() {
		limit = min(limit, muchShared) // others are read beside it
	}
	p, err := openPart(w.rows.ctx, w.parts[name], limit)
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
			if taken && len(text) <= w.rows.mostBytes() {
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
