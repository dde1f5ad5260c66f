package spreadsheet

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

const (
	// longestToken bounds one element with its attributes, or one text: the decoder holds it in memory.
	longestToken = 1 << 20
	// longestIndex bounds the table of contents of a zip file, which is read into memory as a whole.
	longestIndex = 1 << 20
)

// errUnpacked says that a part is larger than the limit once it is unpacked.
var errUnpacked = errors.New("spreadsheet: unpacks to too much")

// openZip reads the table of contents of a zip file.
func openZip(source io.ReaderAt, size int64) (map[string]*zip.File, error) {
	index := &metered{source: source, left: longestIndex}
	archive, err := zip.NewReader(index, size)
	switch {
	case index.failed != nil:
		return nil, index.failed
	case index.left < 0:
		return nil, problem("spreadsheet.bomb")
	case err != nil:
		return nil, problem("spreadsheet.broken")
	}
	index.left = 0
	index.open = true
	parts := map[string]*zip.File{}
	for _, file := range archive.File {
		if file.Flags&1 != 0 {
			return nil, problem("spreadsheet.encrypted")
		}
		parts[partName(file.Name)] = file
	}
	return parts, nil
}

// partName is a name as it is looked up: programs differ in case and slashes.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// metered hands on a source until left is used up, or everything once it is open.
type metered struct {
	source io.ReaderAt
	left   int64
	open   bool
	failed error // of the source
}

func (m *metered) ReadAt(p []byte, offset int64) (int, error) {
	if !m.open {
		if m.left -= int64(len(p)); m.left < 0 {
			return 0, errUnpacked
		}
	}
	n, err := m.source.ReadAt(p, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		m.failed = err
	}
	return n, err
}

// part is one file of an archive that is being read.
type part struct {
	ctx   context.Context // of one Read
	file  io.ReadCloser
	in    *bufio.Reader
	left  int64 // bytes that it may still unpack to
	token int   // bytes since the last token
	err   error // why it ended, but for io.EOF
	xml   *xml.Decoder
}

func openPart(ctx context.Context, file *zip.File, limit int64) (*part, error) {
	if file == nil {
		return nil, problem("spreadsheet.broken")
	}
	if file.UncompressedSize64 > uint64(limit) { //nolint:gosec // a limit is positive
		return nil, problem("spreadsheet.bomb")
	}
	opened, err := file.Open()
	if err != nil {
		return nil, problem("spreadsheet.broken")
	}
	p := &part{ctx: ctx, file: opened, left: limit}
	p.in = bufio.NewReaderSize(readerFunc(p.unpack), 64<<10)
	p.xml = xml.NewDecoder(p)
	return p, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// unpack reads from the archive. Whatever is said to be in it, no more than the limit is unpacked.
func (p *part) unpack(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		p.err = err
		return 0, err
	}
	n, err := p.file.Read(b)
	if p.left -= int64(n); p.left < 0 {
		p.err = errUnpacked
		return 0, errUnpacked
	}
	if err != nil && !errors.Is(err, io.EOF) {
		p.err = err
	}
	return n, err
}

// Read and ReadByte are what the decoder reads from.
func (p *part) Read(b []byte) (int, error) { return p.in.Read(b) }

func (p *part) ReadByte() (byte, error) {
	if p.token++; p.token > longestToken {
		p.err = errUnpacked
		return 0, errUnpacked
	}
	return p.in.ReadByte()
}

// next returns the next token, or io.EOF. It is valid until the token after it.
func (p *part) next() (xml.Token, error) {
	p.token = 0
	token, err := p.xml.RawToken()
	if err == nil {
		return token, nil
	}
	if errors.Is(err, io.EOF) && p.err == nil {
		return nil, io.EOF
	}
	return nil, p.fault(err)
}

// fault is why a part cannot be read further.
func (p *part) fault(err error) error {
	switch {
	case errors.Is(p.err, errUnpacked):
		return problem("spreadsheet.bomb")
	case p.err != nil && p.ctx.Err() != nil:
		return p.err
	case errors.Is(err, errUnpacked):
		return problem("spreadsheet.bomb")
	}
	return problem("spreadsheet.broken")
}

// each calls begin for every element of a small part.
func (p *part) each(begin func(xml.StartElement)) error {
	for {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if element, ok := token.(xml.StartElement); ok {
			begin(element)
		}
	}
}

// attribute is the value of an attribute, whatever its prefix.
func attribute(element xml.StartElement, name string) string {
	for _, a := range element.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// isTrue reads an attribute that is a truth value.
func isTrue(value string) bool { return value == "1" || value == "true" }

// cellPlace reads "C12": column and row from 1, 0 where one is missing.
func cellPlace(reference string) (column, row int) {
	letters := 0
	for ; letters < len(reference) && letters < 4; letters++ {
		c := reference[letters] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = 26*column + int(c-'A') + 1
	}
	row, err := strconv.Atoi(reference[letters:])
	if err != nil || row < 0 {
		return column, 0
	}
	return column, row
}
