package spreadsheet_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"protime-admin/internal/spreadsheet"
)

// opened is a file as another program reads it.
func opened(t testing.TB, file []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("another program cannot open the file: %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestAnXLSXFileHoldsRealValues(t *testing.T) {
	var file bytes.Buffer
	w := spreadsheet.NewWriter(&file, spreadsheet.XLSX, []string{"Person", "Badge", "Day", "Time", "Length", "Amount", "At", "=1", "Out"})
	at := time.Date(2026, 11, 20, 7, 5, 30, 0, time.UTC)
	rows := [][]spreadsheet.Cell{
		{
			spreadsheet.Text("Ève & <Co>\n=x"), spreadsheet.Text("000123"), spreadsheet.Date("2026-11-20"), spreadsheet.Clock(485),
			spreadsheet.Duration(2190), spreadsheet.Number("-7.25"), spreadsheet.Moment(at, time.FixedZone("", 3600)), spreadsheet.Text("=1+1"),
			spreadsheet.NextDay(1500, "01:00 (le <lendemain>)"),
		},
		{
			spreadsheet.Text("a\x01b_x0041_\r"), spreadsheet.Cell{}, spreadsheet.Date("no day"), spreadsheet.Clock(1440),
			spreadsheet.Duration(-90), spreadsheet.Number("12345678901234567890"),
			spreadsheet.Cell{}, spreadsheet.Cell{}, spreadsheet.NextDay(2880, "00:00 (2 days later)"),
		},
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := opened(t, file.Bytes())
	for place, want := range map[string]struct {
		raw, shown string
		kind       excelize.CellType
	}{
		"A1": {"Person", "Person", excelize.CellTypeInlineString},
		"A2": {"Ève & <Co>\n'=x", "Ève & <Co>\n'=x", excelize.CellTypeInlineString},
		"B2": {"000123", "000123", excelize.CellTypeInlineString},
		"C2": {"46346", "11-20-26", excelize.CellTypeUnset},
		"D2": {"0.3368055555555556", "8:05", excelize.CellTypeUnset},
		"E2": {"1.5208333333333333", "36:30", excelize.CellTypeUnset},
		"F2": {"-7.25", "-7.25", excelize.CellTypeUnset},
		"G2": {"46346.33715277777", "2026-11-20 08:05:30", excelize.CellTypeUnset},
		"H1": {"'=1", "'=1", excelize.CellTypeInlineString},
		"H2": {"'=1+1", "'=1+1", excelize.CellTypeInlineString},
		"I2": {"1.0416666666666667", "01:00 (le <lendemain>)", excelize.CellTypeUnset},
		"I3": {"00:00 (2 days later)", "00:00 (2 days later)", excelize.CellTypeInlineString},
		"A3": {"a\x01b_x0041_\r", "a\x01b_x0041_\r", excelize.CellTypeInlineString},
		"B3": {"", "", excelize.CellTypeUnset},
		"C3": {"no day", "no day", excelize.CellTypeInlineString},
		"D3": {"1", "24:00", excelize.CellTypeUnset},
		"E3": {"-0.0625", "-0.0625", excelize.CellTypeUnset},
		"F3": {"12345678901234567890", "12345678901234567890", excelize.CellTypeInlineString},
	} {
		raw, _ := f.GetCellValue("Protime", place, excelize.Options{RawCellValue: true})
		shown, _ := f.GetCellValue("Protime", place)
		kind, _ := f.GetCellType("Protime", place)
		if raw != want.raw || shown != want.shown || kind != want.kind {
			t.Errorf("%s: got %q, shown as %q, type %d, want %q, %q, %d", place, raw, shown, kind, want.raw, want.shown, want.kind)
		}
	}
	if panes, err := f.GetPanes("Protime"); !panes.Freeze || panes.YSplit != 1 || err != nil {
		t.Errorf("got %+v, %v, want the headings to stay in sight", panes, err)
	}
	if width, err := f.GetColWidth("Protime", "B"); width != 8 || err != nil {
		t.Errorf("width of the badges: got %v, %v, want 8", width, err)
	}
	head, _ := f.GetCellStyle("Protime", "A1")
	if style, err := f.GetStyle(head); err != nil || style.Font == nil || !style.Font.Bold {
		t.Errorf("headings: got %+v, %v, want them bold", style, err)
	}
	// What is written is read again as it was.
	want := []string{
		"1: Person|Badge|Day|Time|Length|Amount|At|=1|Out", "2: Ève & <Co>\n'=x|000123|2026-11-20|08:05|36:30|-7.25|2026-11-20 08:05:30|=1+1|01:00 (le <lendemain>)",
		"3: a\x01b_x0041_\r||no day|24:00|-1:30|12345678901234567890|||00:00 (2 days later)",
	}
	if got := read(t, file.Bytes(), "x.xlsx"); !slices.Equal(got, want) {
		t.Errorf("read again: got %q, want %q", got, want)
	}
}

// A file that is not complete does not open, so that nobody takes it for the whole.
func TestAnXLSXFileThatWasNotClosedDoesNotOpen(t *testing.T) {
	var file bytes.Buffer
	w := spreadsheet.NewWriter(&file, spreadsheet.XLSX, []string{"Person"})
	for i := range 1000 {
		if err := w.Write(spreadsheet.Texts(fmt.Sprint("Els ", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil || file.Len() == 0 {
		t.Fatalf("got %d bytes, %v, want what was written so far", file.Len(), err)
	}
	if f, err := excelize.OpenReader(bytes.NewReader(file.Bytes())); err == nil {
		t.Errorf("got %v, want no file", f.GetSheetList())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := opened(t, file.Bytes()).GetRows("Protime")
	if err != nil || len(rows) != 1001 || rows[1000][0] != "Els 999" {
		t.Errorf("got %d rows, %v, want 1001", len(rows), err)
	}
}

func TestAnXLSXFileWithoutRowsOpens(t *testing.T) {
	var file bytes.Buffer
	if err := spreadsheet.NewWriter(&file, spreadsheet.XLSX, []string{"Person", strings.Repeat("é", 40_000)}).Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := opened(t, file.Bytes()).GetRows("Protime")
	if err != nil || len(rows) != 1 || utf8.RuneCountInString(rows[0][1]) != 32_767 {
		t.Errorf("got %d rows, %v, want the headings, none longer than Excel allows", len(rows), err)
	}
}
