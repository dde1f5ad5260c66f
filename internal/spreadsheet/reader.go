package spreadsheet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sync/semaphore"
)

// Reader reads files. Those who read at once share its bounded memory, so a program has one.
type Reader struct {
	limits Limits
	turns  *semaphore.Weighted
	atOnce int64
}

// NewReader returns a Reader that reads so many files at once; the others wait. A workbook with much text is read alone.
func NewReader(limits Limits, atOnce int64) *Reader {
	return &Reader{limits: limits, turns: semaphore.NewWeighted(atOnce), atOnce: atOnce}
}

// Read reads the first visible sheet of an XLSX file, a CSV file or pasted text of size bytes, and calls each with every
// row that is not empty, in order. name is that of the file, "" for pasted text; what a file is follows from its bytes.
//
// The error is an *Error where the file is to blame, that of ctx or of each as it is, else that of source. After an error the
// rows that were given are not the whole sheet.
func (r *Reader) Read(ctx context.Context, source io.ReaderAt, size int64, name string, each func(Row) error) (Sheet, error) {
	if size > r.limits.Bytes {
		return Sheet{}, problem("spreadsheet.too-large", "max", strconv.FormatInt(r.limits.Bytes>>20, 10))
	}
	rows := &bounded{ctx: ctx, limits: r.limits, each: each}
	kind, err := identify(source, size, name)
	if err != nil {
		return Sheet{}, err
	}
	if kind == CSV {
		return r.inTurn(rows, 1, CSV, func() (Sheet, error) { return readText(source, size, rows) })
	}
	w, err := openWorkbook(source, size, rows)
	if err != nil {
		return Sheet{}, err
	}
	turns := int64(1)
	if w.isHeavy() {
		turns = r.atOnce
	}
	return r.inTurn(rows, turns, XLSX, w.read)
}

// inTurn reads when it is the file's turn.
func (r *Reader) inTurn(rows *bounded, turns int64, kind Format, read func() (Sheet, error)) (Sheet, error) {
	if err := r.turns.Acquire(rows.ctx, turns); err != nil {
		return Sheet{}, err
	}
	defer r.turns.Release(turns)
	sheet, err := read()
	sheet.Format, sheet.Rows, sheet.Hidden = kind, rows.given, rows.hidden
	if err == nil && rows.given == 0 {
		err = problem("spreadsheet.empty")
	}
	return sheet, err
}

// bounded hands rows on that are within the limits.
type bounded struct {
	ctx    context.Context // of one Read
	limits Limits
	each   func(Row) error
	given  int
	hidden int
	text   int64 // bytes of the cells that were given
}

// give hands a row on, unless it is empty.
func (b *bounded) give(row Row) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	for n := len(row.Cells); n > 0 && strings.TrimSpace(row.Cells[n-1]) == ""; n-- {
		row.Cells = row.Cells[:n-1]
	}
	if len(row.Cells) == 0 {
		return nil
	}
	if len(row.Cells) > b.limits.Columns {
		return b.tooWide(row.Number, len(row.Cells))
	}
	if b.given > b.limits.Rows {
		return problem("spreadsheet.too-many-rows", "max", strconv.Itoa(b.limits.Rows)).at(row.Number, 0)
	}
	line := int64(0)
	for i, cell := range row.Cells {
		row.Cells[i] = undefused(cell)
		line += int64(len(cell))
	}
	if line > b.limits.Line {
		return problem("spreadsheet.long-row").at(row.Number, 0)
	}
	if b.text += line; b.text > b.limits.Text {
		return problem("spreadsheet.too-much-text")
	}
	b.given++
	if row.Hidden {
		b.hidden++
	}
	return b.each(row)
}

// tooWide is the problem of a cell beyond the last column.
func (b *bounded) tooWide(row, column int) error {
	return problem("spreadsheet.too-many-columns", "max", strconv.Itoa(b.limits.Columns)).at(row, column)
}

// tooLong is the problem of a cell with more characters than the limit.
func (b *bounded) tooLong(row, column int) error {
	return problem("spreadsheet.long-cell", "max", strconv.Itoa(b.limits.Cell)).at(row, column)
}

// mostBytes is how many bytes a cell has at most, with two quotes.
func (b *bounded) mostBytes() int { return 4*b.limits.Cell + 2 }

// identify finds out what a file is, whatever its name says. CSV stands for pasted text, too.
func identify(source io.ReaderAt, size int64, name string) (Format, error) {
	head := make([]byte, min(size, 4096))
	if _, err := source.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	extension := strings.ToLower(path.Ext(name))
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return "", problem("spreadsheet.empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return XLSX, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return "", compound(source, size)
	case bytes.HasPrefix(head, []byte("{\\rtf")):
		return "", problem("spreadsheet.no-table")
	}
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))))
	for _, prefix := range []string{"<?xml", "<!doctype", "<html", "<table", "<head", "<body", "<meta", "<style", "<div", "<tr", "<workbook"} {
		if bytes.HasPrefix(start, []byte(prefix)) {
			return "", problem("spreadsheet.html")
		}
	}
	switch kind := http.DetectContentType(head); {
	case kind == "application/pdf":
		return "", problem("spreadsheet.pdf")
	case strings.HasPrefix(kind, "image/"):
		return "", problem("spreadsheet.image")
	case extension == ".xlsx":
		return "", problem("spreadsheet.broken")
	case strings.HasPrefix(kind, "text/"), kind == "application/octet-stream":
		return CSV, nil // NUL bytes are found with their place
	}
	return "", problem("spreadsheet.no-table")
}

// compound tells what a file of the old Microsoft formats is: an encrypted XLSX file, or an old .xls.
func compound(source io.ReaderAt, size int64) error {
	// Names in a compound file are UTF-16.
	name := []byte(strings.Join(strings.Split("EncryptedPackage", ""), "\x00"))
	block := make([]byte, 64<<10+len(name))
	for offset := int64(0); offset < size; offset += 64 << 10 {
		n, err := source.ReadAt(block, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if bytes.Contains(block[:n], name) {
			return problem("spreadsheet.encrypted")
		}
	}
	return problem("spreadsheet.old-xls")
}
