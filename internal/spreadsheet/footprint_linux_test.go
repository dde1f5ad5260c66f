package spreadsheet_test

import (
	"archive/zip"
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/spreadsheet"
)

// clockingRows is how many rows the measured files have: the limit.
const clockingRows = 200_000

// footprints are what is measured, each in a process of its own. They are given a file, and make it or read it.
var footprints = map[string]func(path string) error{
	"write.xlsx":  func(path string) error { return writeClockings(path, spreadsheet.XLSX, clockingRows) },
	"write.csv":   func(path string) error { return writeClockings(path, spreadsheet.CSV, clockingRows) },
	"read.xlsx":   readAll,
	"read.csv":    readAll,
	"shared.xlsx": readAll,
	"bomb.xlsx":   readAll,
}

// BenchmarkFootprint reports how long 200,000 clockings take to write and to read, and the most memory that the process
// had resident; and the same of a file that unpacks to too much.
func BenchmarkFootprint(b *testing.B) {
	folder := b.TempDir()
	for _, name := range []string{"write.xlsx", "write.csv", "read.xlsx", "read.csv", "shared.xlsx", "bomb.xlsx"} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(folder, name)
			var err error
			switch name {
			case "read.xlsx":
				err = writeClockings(path, spreadsheet.XLSX, clockingRows)
			case "read.csv":
				err = writeClockings(path, spreadsheet.CSV, clockingRows)
			case "shared.xlsx":
				err = writeShared(path)
			case "bomb.xlsx":
				err = os.WriteFile(path, bomb(b, 600), 0o600)
			}
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				took, peak := footprint(b, name, path)
				b.ReportMetric(float64(took.Milliseconds()), "ms")
				b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(info.Size())/(1<<20), "file-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// TestFootprint measures itself where BenchmarkFootprint has started it for that.
func TestFootprint(t *testing.T) {
	name, path, asked := strings.Cut(os.Getenv("FOOTPRINT"), "=")
	if !asked {
		return
	}
	began := time.Now()
	if err := footprints[name](path); err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kilobytes, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Printf("footprint %d %s\n", time.Since(began).Microseconds(), strings.Fields(kilobytes)[0])
		}
	}
}

// footprint runs one of footprints and returns how long it took and how many bytes it had resident at most.
func footprint(b *testing.B, name, path string) (time.Duration, int) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestFootprint$", "-test.v")
	cmd.Env = append(os.Environ(), "FOOTPRINT="+name+"="+path)
	output, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s: %v: %s", name, err, output)
	}
	for line := range strings.Lines(string(output)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "footprint" {
			took, _ := strconv.Atoi(fields[1])
			kilobytes, _ := strconv.Atoi(fields[2])
			return time.Duration(took) * time.Microsecond, kilobytes << 10
		}
	}
	b.Fatalf("%s: got %s, want how much it took", name, output)
	return 0, 0
}

func writeClockings(path string, format spreadsheet.Format, n int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := spreadsheet.NewWriter(file, format, []string{"Person", "Number", "Id", "Date", "Time", "Kind", "Terminal", "Edited"})
	for i := range n - 1 { // and the headings
		err := w.Write([]spreadsheet.Cell{
			spreadsheet.Text("Els Peeters " + strconv.Itoa(i%5000)), spreadsheet.Text("E" + strconv.Itoa(10_000+i%5000)), spreadsheet.Count(70_000 + i),
			spreadsheet.Date(time.Date(2026, 1, 1+i%300, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)), spreadsheet.Clock(i % 1440),
			spreadsheet.Text("In or out"), spreadsheet.Text("Gate " + strconv.Itoa(i%9)), spreadsheet.Moment(time.Unix(1.7e9+int64(i), 0), time.UTC),
		})
		if err != nil {
			return err
		}
		if i%500 == 0 {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
	return w.Close()
}

// writeShared writes a workbook as Excel does, with as many different shared texts as are read at all.
func writeShared(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := zip.NewWriter(file)
	write := func(name string, content func(io.Writer)) {
		part, createErr := w.Create(name)
		if createErr != nil {
			err = createErr
			return
		}
		buffered := bufio.NewWriter(part)
		content(buffered)
		_ = buffered.Flush()
	}
	const columns = 5
	fixed := func(text string) func(io.Writer) { return func(w io.Writer) { _, _ = io.WriteString(w, text) } }
	write("[Content_Types].xml", fixed(`<Types/>`))
	write("xl/workbook.xml", fixed(`<workbook `+namespace+`><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`))
	write("xl/_rels/workbook.xml.rels", fixed(`<Relationships><Relationship Id="r1" Type="`+relationKinds+`worksheet" Target="worksheets/sheet1.xml"/>`+
		`<Relationship Id="r2" Type="`+relationKinds+`sharedStrings" Target="sharedStrings.xml"/></Relationships>`))
	write("xl/sharedStrings.xml", func(w io.Writer) {
		_, _ = io.WriteString(w, "<sst>")
		for i := range clockingRows * columns {
			_, _ = fmt.Fprintf(w, "<si><t>A text of some length %06d</t></si>", i)
		}
		_, _ = io.WriteString(w, "</sst>")
	})
	write("xl/worksheets/sheet1.xml", func(w io.Writer) {
		_, _ = io.WriteString(w, "<worksheet><sheetData>")
		for row := range clockingRows {
			_, _ = fmt.Fprintf(w, `<row r="%d">`, row+1)
			for column := range columns {
				_, _ = fmt.Fprintf(w, `<c r="%s%d" t="s"><v>%d</v></c>`, spreadsheet.ColumnName(column+1), row+1, row*columns+column)
			}
			_, _ = io.WriteString(w, "</row>")
		}
		_, _ = io.WriteString(w, "</sheetData></worksheet>")
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// readAll reads a file. One that unpacks to too much is refused.
func readAll(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	reader := spreadsheet.NewReader(spreadsheet.DefaultLimits(), 1)
	cells := 0
	sheet, err := reader.Read(context.Background(), file, info.Size(), filepath.Base(path), func(r spreadsheet.Row) error {
		cells += len(r.Cells)
		return nil
	})
	if strings.HasPrefix(filepath.Base(path), "bomb") {
		if err == nil || !strings.Contains(err.Error(), "spreadsheet.bomb") {
			return fmt.Errorf("got %w, want it refused", err)
		}
		return nil
	}
	if err == nil && (sheet.Rows != clockingRows || cells < 5*sheet.Rows) {
		return fmt.Errorf("got %d rows with %d cells", sheet.Rows, cells)
	}
	return err
}
