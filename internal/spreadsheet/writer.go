package spreadsheet

import (
	"encoding/csv"
	"io"
)

// Writer writes a file of rows below one row of headings. Errors of the io.Writer below may come with a later row.
// A file that was not closed is incomplete: an XLSX file that does not open, a CSV file whose end is missing.
type Writer struct{ table table }

// table is a file in one format.
type table interface {
	write(cells []Cell) error
	flush() error
	close() error
}

// NewWriter returns a Writer that writes to w, the headings with the first row, Flush or Close.
func NewWriter(w io.Writer, f Format, headings []string) *Writer {
	if f == XLSX {
		return &Writer{&xlsxWriter{to: w, headings: headings}}
	}
	rows := csv.NewWriter(w)
	rows.Comma, rows.UseCRLF = ';', true
	return &Writer{&csvWriter{to: w, rows: rows, headings: headings}}
}

// Write writes one row.
func (w *Writer) Write(cells []Cell) error { return w.table.write(cells) }

// Flush hands on what was written so far, so that somebody who waits for the file sees it grow.
func (w *Writer) Flush() error { return w.table.flush() }

// Close completes the file. It does not close the io.Writer.
func (w *Writer) Close() error { return w.table.close() }

type csvWriter struct {
	to       io.Writer
	rows     *csv.Writer
	headings []string
	begun    bool
	line     []string
}

func (c *csvWriter) begin() error {
	if c.begun {
		return nil
	}
	c.begun = true
	if _, err := io.WriteString(c.to, "\ufeff"); err != nil {
		return err
	}
	return c.write(Texts(c.headings...))
}

func (c *csvWriter) write(cells []Cell) error {
	if err := c.begin(); err != nil {
		return err
	}
	c.line = c.line[:0]
	for _, cell := range cells {
		c.line = append(c.line, cell.text)
	}
	return c.rows.Write(c.line)
}

func (c *csvWriter) flush() error {
	if err := c.begin(); err != nil {
		return err
	}
	c.rows.Flush()
	return c.rows.Error()
}

func (c *csvWriter) close() error { return c.flush() }
