package spreadsheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"protime-admin/internal/lang"
	"protime-admin/internal/spreadsheet"
)

// rowsOf is the rows of a file, "3: a|b", with what is said of the whole.
func rowsOf(t testing.TB, file []byte, name string) ([]string, spreadsheet.Sheet, error) {
	t.Helper()
	var rows []string
	reader := spreadsheet.NewReader(spreadsheet.DefaultLimits(), 2)
	sheet, err := reader.Read(t.Context(), bytes.NewReader(file), int64(len(file)), name, func(r spreadsheet.Row) error {
		hidden := ""
		if r.Hidden {
			hidden = " (hidden)"
		}
		rows = append(rows, fmt.Sprintf("%d: %s%s", r.Number, strings.Join(r.Cells, "|"), hidden))
		return nil
	})
	if err == nil && sheet.Rows != len(rows) {
		t.Errorf("rows: got %d, want the %d that were given", sheet.Rows, len(rows))
	}
	return rows, sheet, err
}

// read is the rows of a file that can be read.
func read(t testing.TB, file []byte, name string) []string {
	t.Helper()
	rows, _, err := rowsOf(t, file, name)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return rows
}

// utf16 writes ASCII as UTF-16 with its byte-order mark.
func utf16(text string, big bool) []byte {
	file := []byte{0xff, 0xfe}
	if big {
		file = []byte{0xfe, 0xff}
	}
	for _, r := range text {
		low, high := byte(r), byte(r>>8)
		if big {
			low, high = high, low
		}
		file = append(file, low, high)
	}
	return file
}

func TestTextIsReadAsASpreadsheetReadsIt(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
		separator  string
		encoding   string
	}{
		{"cells that were copied", "Badge\tTime\n670012\t08:05\n", []string{"1: Badge|Time", "2: 670012|08:05"}, "\t", "utf-8"},
		{"semicolons and decimal commas", "a;b;c\n1,5;2,5;\n3;4;5", []string{"1: a|b|c", "2: 1,5|2,5", "3: 3|4|5"}, ";", "utf-8"},
		{"commas", "a,b\n1,2\n", []string{"1: a|b", "2: 1|2"}, ",", "utf-8"},
		{"one column of names with commas", "Name\nPeeters Els\nMaes, Jan\nClaes Ivo\n", []string{"1: Name", "2: Peeters Els", "3: Maes, Jan", "4: Claes Ivo"}, "\t", "utf-8"},
		{"a separator that the first line names", "sep=;\r\na;b,c\r\nd;e,f\r\n", []string{"1: a|b,c", "2: d|e,f"}, ";", "utf-8"},
		{"a title above the table", "Clockings of team 4\n\nBadge;Time\n1;08:05\n2;08:06\n3;08:07\n", []string{"1: Clockings of team 4", "3: Badge|Time", "4: 1|08:05", "5: 2|08:06", "6: 3|08:07"}, ";", "utf-8"},
		{"CR alone ends lines", "a;b\rc;d\r", []string{"1: a|b", "2: c|d"}, ";", "utf-8"},
		{"CR LF ends lines", "a;b\r\nc;d\r\n", []string{"1: a|b", "2: c|d"}, ";", "utf-8"},
		{"line ends of every kind", "a;b\nc;d\r\ne;f\rg;h", []string{"1: a|b", "2: c|d", "3: e|f", "4: g|h"}, ";", "utf-8"},
		{"line breaks and quotes in quotes", "a;\"x\r\ny \"\"z\"\"\"\nc;d", []string{"1: a|x\r\ny \"z\"", "2: c|d"}, ";", "utf-8"},
		{"a copied cell with a line break", "a\t\"x\ny\"\nc\td", []string{"1: a|x\ny", "2: c|d"}, "\t", "utf-8"},
		{"a copied cell that begins with a quote", "a\t\"x\nc\td", []string{"1: a|\"x", "2: c|d"}, "\t", "utf-8"},
		{"quotes inside a cell", "5\" pipe;b\nc;d", []string{"1: 5\" pipe|b", "2: c|d"}, ";", "utf-8"},
		{"rows that are empty are counted", "a;b\n\n;;\nc;d\n\n", []string{"1: a|b", "4: c|d"}, ";", "utf-8"},
		{"empty cells at the end", "a;b;;;\n;c;;\n", []string{"1: a|b", "2: |c"}, ";", "utf-8"},
		{"a byte-order mark", "\ufeffa;é\nb;c", []string{"1: a|é", "2: b|c"}, ";", "utf-8"},
		{"Windows-1252", "Name;Why\nEl\xe8ne;\x80 5\n", []string{"1: Name|Why", "2: Elène|€ 5"}, ";", "windows-1252"},
		{"UTF-16, little end first", string(utf16("a\té\nb\tc", false)), []string{"1: a|é", "2: b|c"}, "\t", "utf-16"},
		{"UTF-16, big end first", string(utf16("a\té\nb\tc", true)), []string{"1: a|é", "2: b|c"}, "\t", "utf-16"},
		{"what our files put before a formula", "a;b\n'=1+1;'+32 475\n'quoted';-5\n", []string{"1: a|b", "2: =1+1|+32 475", "3: 'quoted'|-5"}, ";", "utf-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, sheet, err := rowsOf(t, []byte(test.text), "sheet.csv")
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
			if sheet.Separator != test.separator || sheet.Encoding != test.encoding {
				t.Errorf("got %q, %s, want %q, %s", sheet.Separator, sheet.Encoding, test.separator, test.encoding)
			}
		})
	}
}

// parts are the files in an XLSX file that a test changes: the sheet's rows, and whatever else.
type parts map[string]string

const (
	namespace     = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relationKinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// book is an XLSX file with one sheet, made by hand.
func book(t testing.TB, sheetData string, changed parts) []byte {
	t.Helper()
	all := parts{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
			`<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>`, // as excelize writes it always
		"_rels/.rels":     `<Relationships><Relationship Id="r1" Type="` + relationKinds + `officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook ` + namespace + `><sheets><sheet name="Clockings" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + relationKinds + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="` + relationKinds + `sharedStrings" Target="sharedStrings.xml"/>` +
			`<Relationship Id="r3" Type="` + relationKinds + `styles" Target="styles.xml"/>` +
			`<Relationship Id="r4" Type="` + relationKinds + `worksheet" Target="worksheets/sheet2.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": `<worksheet ` + namespace + `><sheetData>` + sheetData + `</sheetData></worksheet>`,
	}
	maps.Copy(all, changed)
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, all[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// formatted is a sheet with one number in several display formats, one in each row.
func formatted(t testing.TB, value string, codes ...string) []byte {
	styles, rows := "", ""
	for i, code := range codes {
		styles += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, strings.ReplaceAll(code, `"`, "&quot;"))
		rows += fmt.Sprintf(`<row r="%d"><c r="A%d" s="%[2]d"><v>%s</v></c></row>`, i+1, i+1, value)
	}
	xfs := `<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>`
	for i := range codes {
		xfs += fmt.Sprintf(`<xf numFmtId="%d"/>`, 164+i)
	}
	return book(t, rows, parts{"xl/styles.xml": `<styleSheet><numFmts>` + styles + `</numFmts>` + xfs + `</cellXfs></styleSheet>`})
}

func TestDatesAndTimesAreRealWhateverTheirFormat(t *testing.T) {
	for _, test := range []struct {
		value, code, want string
	}{
		{"46346", "dd/mm/yyyy", "2026-11-20"},
		{"46346", "m/d/yy", "2026-11-20"},
		{"46346", "[$-413]dddd d mmmm yyyy;@", "2026-11-20"},
		{"46346", `"Date: "dd\.mm\.yy`, "2026-11-20"},
		{"46346", "mmm yyyy", "2026-11-20"},
		{"46346.33680555555", "dd/mm/yyyy hh:mm", "2026-11-20 08:05"},
		{"46346.33680555555", "yyyy-mm-dd", "2026-11-20"},
		{"46346.33680555555", "hh:mm", "08:05"},
		{"0.33680555555555547", "h:mm AM/PM", "08:05"},
		{"0.33680555555555547", "[$-F400]h:mm:ss", "08:05"},
		{"0.3371527777", "hh:mm:ss", "08:05:30"},
		{"0.3371527777", "hh:mm", "08:05"},
		{"0.99999999", "hh:mm", "00:00"},
		{"1.0416666666666667", `hh:mm" (next day)"`, "01:00 (next day)"},
		{"1.0416666666666667", `hh:mm\ \(\+\1\)`, "01:00 (+1)"},
		{"1.0416666666666667", `hh:mm" (` + strings.Repeat("x", 255) + `)"`, "01:00"},
		{"0.33680555555555547", `hh:mm" u"`, "08:05"},
		{"1.25", "[h]:mm", "30:00"},
		{"0.25", "[hh]:mm", "06:00"},
		{"-0.0625", "[h]:mm", "-1:30"},
		{"1", "dd/mm/yyyy", "1900-01-01"},
		{"59", "dd/mm/yyyy", "1900-02-28"},
		{"60", "dd/mm/yyyy", "60"},
		{"61", "dd/mm/yyyy", "1900-03-01"},
		{"2958465", "dd/mm/yyyy", "9999-12-31"},
		{"2958466", "dd/mm/yyyy", "2958466"},
		{"0.5", "dd/mm/yyyy hh:mm", "12:00"},
		{"46346", "General", "46346"},
		{"46346", "0", "46346"},
		{"46346", `"days: "0`, "46346"},
		{"46346", "[Red]#,##0.00;[Blue]-#,##0.00", "46346"},
		{"6.70012E5", "General", "670012"},
		{"6.70012E5", "0.00E+00", "670012"},
		{"123456789012345678", "0", "123456789012346000"},
		{"0.1", "General", "0.1"},
		{"7.6000000000000005", "General", "7.6"},
		{"-7.5", "0.00", "-7.5"},
		{"123", "00000", "00123"},
		{"0.855", "0.0%", "85.5%"},
		{"0.07", "0%", "7%"},
	} {
		if got := read(t, formatted(t, test.value, test.code), "x.xlsx"); !slices.Equal(got, []string{"1: " + test.want}) {
			t.Errorf("%s as %s: got %q, want %q", test.value, test.code, got, test.want)
		}
	}
}

func TestXLSXCellsAreWhatAPersonSees(t *testing.T) {
	second := func(state, cells string) parts {
		return parts{
			"xl/workbook.xml":          `<workbook ` + namespace + `><sheets><sheet name="Clockings" sheetId="1" r:id="r1"/><sheet name="Other" sheetId="2" ` + state + ` r:id="r4"/></sheets></workbook>`,
			"xl/worksheets/sheet2.xml": `<worksheet><sheetData>` + cells + `</sheetData></worksheet>`,
		}
	}
	for _, test := range []struct {
		name   string
		data   string
		more   parts
		want   []string
		facts  string
		others []string
	}{
		{name: "texts", data: `<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh><t>no</t></rPh></is></c></row>`,
			more: parts{"xl/sharedStrings.xml": `<sst><si><t>none</t></si><si><r><t>El</t></r><r><t xml:space="preserve">s </t></r><rPh sb="0"><t>no</t></rPh></si></sst>`},
			want: []string{"1: Els |inline"}},
		{name: "what XML cannot hold", data: `<row r="1"><c r="A1" t="str"><v>a_x000A_b_x005F_x0041_</v></c></row>`, want: []string{"1: a\nb_x0041_"}},
		{name: "leading zeros of text", data: `<row r="1"><c r="A1" t="str"><v>000123</v></c><c r="B1"><v>000123</v></c></row>`, want: []string{"1: 000123|123"}},
		{name: "true and false", data: `<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c></row>`, want: []string{"1: true|false"}},
		{name: "formulas with their value", data: `<row r="1"><c r="A1"><f>B1*2</f><v>8</v></c><c r="B1" t="str"><f>IF(TRUE,"")</f><v></v></c><c r="C1" t="str"><f>"x"</f><v>x</v></c></row>`,
			want: []string{"1: 8||x"}},
		{name: "formulas that nobody calculated", data: `<row r="1"><c r="A1"><f>B1*2</f></c><c r="B1"><f t="shared" si="0"/><v/></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`,
			want: []string{"1: =B1*2|=?|#DIV/0!"}},
		{name: "dates as text", data: `<row r="1"><c r="A1" t="d"><v>2026-11-20T08:05:00</v></c><c r="B1" t="d"><v>2026-11-20T00:00:00.000Z</v></c></row>`,
			want: []string{"1: 2026-11-20 08:05|2026-11-20"}},
		{name: "rows and cells without a place", data: `<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>`, want: []string{"1: 1|2", "2: 3"}},
		{name: "gaps", data: `<row r="3"><c r="C3"><v>1</v></c><c r="ZZ3" s="4"/></row><row r="7"/><row r="9"><c r="A9"><v>2</v></c></row>`,
			want: []string{"3: ||1", "9: 2"}},
		{name: "hidden rows", data: `<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row>`,
			want: []string{"1: 1", "2: 2 (hidden)"}, facts: "1 hidden, 0 merged"},
		{name: "merged cells have their value in every row", data: `<row r="1"><c r="A1" t="str"><v>Els</v></c><c r="B1"><v>1</v></c></row>` +
			`<row r="2"><c r="A2"/><c r="B2"><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c></row><row r="4"><c r="B4"><v>4</v></c></row>`,
			more: parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + `<row r="1"><c r="A1" t="str"><v>Els</v></c><c r="B1"><v>1</v></c></row>` +
				`<row r="2"><c r="A2"/><c r="B2"><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c></row><row r="4"><c r="B4"><v>4</v></c></row>` +
				`</sheetData><mergeCells count="2"><mergeCell ref="A1:A3"/><mergeCell ref="B1:C1"/></mergeCells></worksheet>`},
			want: []string{"1: Els|1", "2: Els|2", "3: Els|3", "4: |4"}, facts: "0 hidden, 2 merged"},
		{name: "a merged title makes no rows", more: parts{"xl/worksheets/sheet1.xml": `<x:worksheet xmlns:x="u"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>Title</x:v></x:c></x:row>` +
			`<x:row r="2"><x:c r="A2"/></x:row><x:row r="3"><x:c r="A3"><x:v>1</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A1:D2"/></x:mergeCells></x:worksheet>`},
			want: []string{"1: Title", "3: 1"}, facts: "0 hidden, 1 merged"},
		{name: "another sheet with something in it", data: `<row r="1"><c r="A1"><v>1</v></c></row>`, more: second("", `<row r="1"><c r="A1"><v>2</v></c></row>`),
			want: []string{"1: 1"}, others: []string{"Other"}},
		{name: "another sheet that is empty", data: `<row r="1"><c r="A1"><v>1</v></c></row>`, more: second("", ``), want: []string{"1: 1"}},
		{name: "another sheet of which only the beginning is looked at", data: `<row r="1"><c r="A1"><v>1</v></c></row>`, more: second("", strings.Repeat(strings.Repeat(" ", 700_000)+"<row/>", 3)),
			want: []string{"1: 1"}, others: []string{"Other"}},
		{name: "another sheet that is hidden", data: `<row r="1"><c r="A1"><v>1</v></c></row>`, more: second(`state="hidden"`, `<row r="1"><c r="A1"><v>2</v></c></row>`), want: []string{"1: 1"}},
		{name: "a first sheet that is empty", data: ``, more: second("", `<row r="1"><c r="A1"><v>2</v></c></row>`), want: []string{"1: 2"}},
		{name: "days from 1904", data: `<row r="1"><c r="A1" s="1"><v>44884</v></c></row>`, more: parts{
			"xl/workbook.xml": `<workbook ` + namespace + `><workbookPr date1904="1"/><sheets><sheet name="Clockings" sheetId="1" r:id="r1"/></sheets></workbook>`,
			"xl/styles.xml":   `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`},
			want: []string{"1: 2026-11-20"}},
		{name: "built-in formats", data: `<row r="1"><c r="A1" s="0"><v>46346.5</v></c><c r="B1" s="1"><v>46346.5</v></c><c r="C1" s="2"><v>46346.5</v></c><c r="D1" s="3"><v>1.5</v></c><c r="E1" s="4"><v>0.5</v></c></row>`, more: parts{
			"xl/styles.xml": `<styleSheet><cellXfs><xf numFmtId="14"/><xf numFmtId="20"/><xf numFmtId="22"/><xf numFmtId="46"/><xf numFmtId="9"/></cellXfs></styleSheet>`},
			want: []string{"1: 2026-11-20|12:00|2026-11-20 12:00|36:00|50%"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, sheet, err := rowsOf(t, book(t, test.data, test.more), "x.xlsx")
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
			facts := fmt.Sprintf("%d hidden, %d merged", sheet.Hidden, sheet.Merged)
			if test.facts != "" && facts != test.facts || !slices.Equal(sheet.Others, test.others) {
				t.Errorf("got %s, others %q, want %s, %q", facts, sheet.Others, test.facts, test.others)
			}
		})
	}
}

// bomb is a sheet that unpacks to more than what is allowed: a text of n MB, which is packed to a thousandth.
func bomb(t testing.TB, n int) []byte {
	t.Helper()
	row := strings.Repeat(`<row><c t="str"><v>`+strings.Repeat("a", 1000)+`</v></c></row>`, 1000)
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	whole, err := zip.NewReader(bytes.NewReader(book(t, "", nil)), int64(len(book(t, "", nil))))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range whole.File {
		if part.Name != "xl/worksheets/sheet1.xml" {
			if err := w.Copy(part); err != nil {
				t.Fatal(err)
			}
		}
	}
	sheet, err := w.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(sheet, "<worksheet><sheetData>")
	for range n {
		if _, err := io.WriteString(sheet, row); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = io.WriteString(sheet, "</sheetData></worksheet>")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestWhatCannotBeReadIsSaidWithItsPlace(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	limits := spreadsheet.Limits{Bytes: 4 << 20, Unpacked: 2 << 20, Rows: 5, Columns: 4, Cell: 100, Line: 300, Text: 1000}
	good := `<row r="1"><c r="A1"><v>1</v></c></row>`
	compound := func(name string) string {
		return "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 70_000) + strings.Join(strings.Split(name, ""), "\x00")
	}
	archive := func(names ...string) string {
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		for _, name := range names {
			if _, err := w.Create(name); err != nil {
				t.Fatal(err)
			}
		}
		_ = w.Close()
		return file.String()
	}
	whole := book(t, good, nil)
	for _, test := range []struct {
		name, file, want string
	}{
		{"nothing", "", "spreadsheet.empty 0 0"},
		{"blanks alone", " \r\n\t\n", "spreadsheet.empty 0 0"},
		{"separators alone", strings.Repeat(";", 5000), "spreadsheet.empty 0 0"},
		{"an empty sheet", string(book(t, "", nil)), "spreadsheet.empty 0 0"},
		{"too many bytes", strings.Repeat("a", 4<<20+1), "spreadsheet.too-large 0 0"},
		{"a PDF", "%PDF-1.7\n...", "spreadsheet.pdf 0 0"},
		{"a picture", "\x89PNG\r\n\x1a\n...", "spreadsheet.image 0 0"},
		{"a web page", "<html><table><tr><td>1</td></tr></table></html>", "spreadsheet.html 0 0"},
		{"XML", "\ufeff<?xml version=\"1.0\"?><Workbook/>", "spreadsheet.html 0 0"},
		{"an old workbook", compound("Workbook"), "spreadsheet.old-xls 0 0"},
		{"a workbook with a password", compound("EncryptedPackage"), "spreadsheet.encrypted 0 0"},
		{"OpenDocument", archive("mimetype", "content.xml", "META-INF/manifest.xml"), "spreadsheet.open-document 0 0"},
		{"Numbers", archive("Index/Document.iwa"), "spreadsheet.numbers 0 0"},
		{"a binary workbook", archive("xl/workbook.bin"), "spreadsheet.binary-xlsb 0 0"},
		{"another archive", archive("readme.txt"), "spreadsheet.no-table 0 0"},
		{"a document", string(book(t, good, parts{"_rels/.rels": `<Relationships><Relationship Id="r1" Type="` + relationKinds + `officeDocument" Target="word/document.xml"/></Relationships>`})), "spreadsheet.no-table 0 0"},
		{"macros", string(book(t, good, parts{"xl/vbaProject.bin": "x"})), "spreadsheet.macros 0 0"},
		{"macros by another name", string(book(t, good, parts{"[Content_Types].xml": `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`})), "spreadsheet.macros 0 0"},
		{"half a file", string(whole[:len(whole)/2]), "spreadsheet.broken 0 0"},
		{"no zip", "PK\x03\x04 and no more", "spreadsheet.broken 0 0"},
		{"no sheet that is seen", string(book(t, good, parts{"xl/workbook.xml": `<workbook ` + namespace + `><sheets><sheet name="a" state="veryHidden" r:id="r1"/></sheets></workbook>`})), "spreadsheet.no-sheet 0 0"},
		{"a sheet that is cut off", string(book(t, "", parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2">`})), "spreadsheet.broken-row 2 0"},
		{"XML that is wrong", string(book(t, good+`<row r="2"><c r="A2"><v>&no;</v></c></row>`, nil)), "spreadsheet.broken-row 2 0"},
		{"a row twice", string(book(t, good+good, nil)), "spreadsheet.broken-row 1 0"},
		{"a cell twice", string(book(t, `<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>`, nil)), "spreadsheet.broken-row 1 3"},
		{"a text that is missing", string(book(t, `<row r="1"><c r="B1" t="s"><v>7</v></c></row>`, nil)), "spreadsheet.broken-row 1 2"},
		{"a number that is none", string(book(t, `<row r="1"><c r="B1"><v>NaN</v></c></row>`, nil)), "spreadsheet.broken-row 1 2"},
		{"a sheet that unpacks to too much", string(bomb(t, 3)), "spreadsheet.bomb 0 0"},
		{"one text that unpacks to too much", string(book(t, `<row r="1"><c r="A1" t="str"><v>`+strings.Repeat("a", 3<<19)+`</v></c></row>`, nil)), "spreadsheet.bomb 0 0"},
		{"a table of contents without end", archive(slices.Repeat([]string{strings.Repeat("n", 60_000)}, 20)...), "spreadsheet.bomb 0 0"},
		{"too many rows of text", "a\nb\nc\n\nd\ne\nf\ng\n", "spreadsheet.too-many-rows 8 0"},
		{"too many columns of text", "a;b;c;d\n1;2;3;4\n1;2;3;4;;5", "spreadsheet.too-many-columns 3 6"},
		{"too many columns", string(book(t, `<row r="1"><c r="AA1"><v>1</v></c></row>`, nil)), "spreadsheet.too-many-columns 1 27"},
		{"a cell of text that is too long", "a;b\nc;" + strings.Repeat("é", 101), "spreadsheet.long-cell 2 2"},
		{"a cell that is far too long", "a;b\nc;" + strings.Repeat("x", 500_000), "spreadsheet.long-cell 2 2"},
		{"a cell that is too long", string(book(t, `<row r="2"><c r="C2" t="str"><v>`+strings.Repeat("é", 101)+`</v></c></row>`, nil)), "spreadsheet.long-cell 2 3"},
		{"a row of one long text over and over", string(book(t, `<row r="1"/><row r="2">`+strings.Repeat(`<c t="s"><v>0</v></c>`, 4)+`</row>`,
			parts{"xl/sharedStrings.xml": `<sst><si><t>` + strings.Repeat("x", 99) + `</t></si></sst>`})), "spreadsheet.long-row 2 0"},
		{"one long text in every row", string(book(t, strings.Repeat(`<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 3)+`</row>`, 4),
			parts{"xl/sharedStrings.xml": `<sst><si><t>` + strings.Repeat("x", 99) + `</t></si></sst>`})), "spreadsheet.too-much-text 0 0"},
		{"more styles than a workbook can have", string(book(t, good, parts{"xl/styles.xml": `<styleSheet><cellXfs>` + strings.Repeat("<xf/>", 65_537) + `</cellXfs></styleSheet>`})), "spreadsheet.bomb 0 0"},
		{"more number formats than a workbook can have", string(book(t, good, parts{"xl/styles.xml": `<styleSheet>` + strings.Repeat("<numFmt/>", 65_537) + `</styleSheet>`})), "spreadsheet.bomb 0 0"},
		{"the same styles over and over", string(book(t, good, parts{
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + relationKinds + `worksheet" Target="worksheets/sheet1.xml"/>` +
				`<Relationship Id="r2" Type="` + relationKinds + `styles" Target="styles.xml"/><Relationship Id="r3" Type="` + relationKinds + `styles" Target="styles.xml"/></Relationships>`,
			"xl/styles.xml": `<styleSheet><cellXfs><xf/></cellXfs></styleSheet>`,
		})), "spreadsheet.broken 0 0"},
		{"more links than a workbook has", string(book(t, good, parts{"_rels/.rels": `<Relationships>` + strings.Repeat(`<Relationship/>`, 10_001) + `</Relationships>`})), "spreadsheet.bomb 0 0"},
		{"a quote without end", "a;b\nc;\"d\ne;f\n", "spreadsheet.quote 2 2"},
		{"text behind a quote", "a;b\nc;\"d\"e\n", "spreadsheet.quote 2 2"},
		{"a quote that would take rows in", "a\tb\n\"c\td\ne\tf\ng\"\th\n", "spreadsheet.quote 2 1"},
		{"a NUL byte in text", "a;b\nc;d\x00\n", "spreadsheet.nul 2 2"},
		{"a NUL byte in a cell", string(book(t, `<row r="2"><c r="B2" t="str"><v>a_x0000_</v></c></row>`, nil)), "spreadsheet.nul 2 2"},
		{"UTF-16 without its mark", string(utf16("a;b\nc;d", false)[2:]), "spreadsheet.nul 1 1"},
		{"two encodings", "a;é\nb;\xe9\n", "spreadsheet.mixed-encoding 2 2"},
		{"bytes that are no characters", "a;b\nc;\xe9\x81\n", "spreadsheet.encoding 2 2"},
		{"half a character of UTF-16", "\xff\xfea\x00;\x00\x00\xd8\n\x00", "spreadsheet.encoding 1 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := "sheet.csv"
			if strings.HasPrefix(test.file, "PK") {
				name = "sheet.xlsx"
			}
			_, err := spreadsheet.NewReader(limits, 1).Read(t.Context(), strings.NewReader(test.file), int64(len(test.file)), name,
				func(spreadsheet.Row) error { return nil })
			why := (*spreadsheet.Error)(nil)
			if !errors.As(err, &why) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if got := fmt.Sprintf("%s %d %d", why.Key, why.Row, why.Column); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			for _, language := range catalog.Languages() {
				var args []string
				for name, value := range why.Args {
					args = append(args, name, value)
				}
				if text := catalog.Printer(language).T(why.Key, args...); strings.ContainsAny(text, "{}") || strings.Contains(text, why.Key) {
					t.Errorf("%s: got %q, want a sentence", language, text)
				}
			}
		})
	}
	if _, _, err := rowsOf(t, []byte("text"), "sheet.xlsx"); err == nil || !strings.Contains(err.Error(), "spreadsheet.broken") {
		t.Errorf("text with the name of a workbook: got %v", err)
	}
}

func TestReadingEndsWithItsRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	for name, file := range map[string][]byte{"a.csv": []byte("a;b\nc;d\n"), "a.xlsx": book(t, `<row><c><v>1</v></c></row><row><c><v>2</v></c></row>`, nil)} {
		given := 0
		ctx, cancel := context.WithCancel(ctx)
		_, err := spreadsheet.NewReader(spreadsheet.DefaultLimits(), 1).Read(ctx, bytes.NewReader(file), int64(len(file)), name,
			func(spreadsheet.Row) error { given++; cancel(); return nil })
		if given != 1 || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %d rows and %v, want one and that it was canceled", name, given, err)
		}
		stop := errors.New("stop")
		_, err = spreadsheet.NewReader(spreadsheet.DefaultLimits(), 1).Read(t.Context(), bytes.NewReader(file), int64(len(file)), name,
			func(spreadsheet.Row) error { return stop })
		if !errors.Is(err, stop) {
			t.Errorf("%s: got %v, want the caller's error", name, err)
		}
	}
	cancel()
	// Whoever waits for a turn leaves with the request: at the third file, and at a second one with much text.
	much := book(t, `<row><c t="s"><v>0</v></c></row>`, parts{"xl/sharedStrings.xml": `<sst><si><t>a</t></si>` + strings.Repeat(strings.Repeat(" ", 1<<19)+"<si/>", 18) + `</sst>`})
	for name, test := range map[string]struct {
		turns int64
		file  []byte
		want  error
	}{
		"a second file":                 {2, []byte("b"), nil},
		"a second file after the first": {1, []byte("b"), context.Canceled},
		"a second file with much text":  {2, much, context.Canceled},
	} {
		reader := spreadsheet.NewReader(spreadsheet.DefaultLimits(), test.turns)
		_, err := reader.Read(t.Context(), strings.NewReader("a"), 1, "", func(spreadsheet.Row) error {
			waiting := t.Context()
			if test.want != nil {
				waiting = ctx
			}
			_, err := reader.Read(waiting, bytes.NewReader(test.file), int64(len(test.file)), "", func(spreadsheet.Row) error { return nil })
			return err
		})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	if got := read(t, much, "much.xlsx"); !slices.Equal(got, []string{"1: a"}) {
		t.Errorf("much text alone: got %q", got)
	}
}
