package spreadsheet

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// encoding is how the characters of a text are written.
type encoding struct {
	name  string
	mark  int64 // bytes of the byte-order mark
	mixed bool  // some bytes are UTF-8 and others cannot be
}

// findEncoding reads the whole text. Whatever is not UTF-8 and has no byte-order mark is Windows-1252, which Excel
// writes in Western Europe; bytes that it has no character for are found when they are read.
func findEncoding(source io.ReaderAt, size int64) (encoding, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(source, 0, size), 64<<10)
	head, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return encoding{}, err
	}
	found := encoding{name: "utf-8"}
	switch {
	case len(head) > 1 && (string(head[:2]) == "\xff\xfe" || string(head[:2]) == "\xfe\xff"):
		return encoding{name: "utf-16"}, nil
	case string(head) == "\xef\xbb\xbf":
		found.mark = 3
	}
	several, wrong := false, false
	for {
		r, n, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return encoding{}, err
		}
		wrong = wrong || r == utf8.RuneError && n == 1
		several = several || n > 1
	}
	switch {
	case wrong && (several || found.mark > 0):
		found.mixed = true
	case wrong:
		found.name = "windows-1252"
	}
	return found, nil
}

// reader returns the text from its first character: UTF-8, but for Windows-1252 and for what is mixed, which text decodes.
func (e encoding) reader(source io.ReaderAt, size int64) io.Reader {
	in := io.NewSectionReader(source, e.mark, size-e.mark)
	if e.name == "utf-16" {
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder())
	}
	return in
}

// text decodes a cell; false where its bytes are no characters.
func (e encoding) text(cell []byte) (string, bool) {
	if e.name == "windows-1252" {
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(cell)
		if err != nil {
			return "", false
		}
		cell = decoded
	}
	for i := 0; i < len(cell); {
		r, n := utf8.DecodeRune(cell[i:])
		// The decoders write U+FFFD for what they cannot read.
		if r == utf8.RuneError && (n == 1 || e.name != "utf-8") {
			return "", false
		}
		i += n
	}
	return string(cell), true
}
