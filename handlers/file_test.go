package handlers_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"protime-admin/internal/spreadsheet"
)

// rowsOfFile are the rows of a CSV or XLSX file, read as those that people bring.
func rowsOfFile(t testing.TB, file []byte, name string) [][]string {
	t.Helper()
	var rows [][]string
	_, err := spreadsheet.NewReader(spreadsheet.DefaultLimits(), 1).Read(t.Context(), bytes.NewReader(file), int64(len(file)), name,
		func(r spreadsheet.Row) error {
			rows = append(rows, r.Cells)
			return nil
		})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return rows
}

// file opens the file that a page links to.
func (p *page) file(extension string) [][]string {
	p.b.w.t.Helper()
	got := p.follow("a[download][href*='." + extension + "']").wants(http.StatusOK)
	if kind := got.header.Get("Content-Type"); kind != spreadsheet.Format(extension).ContentType() {
		p.b.w.t.Errorf("%s: got %s", extension, kind)
	}
	if name := got.header.Get("Content-Disposition"); !strings.HasSuffix(name, "."+extension+`"`) {
		p.b.w.t.Errorf("%s: got the name %s", extension, name)
	}
	return rowsOfFile(p.b.w.t, []byte(got.body), "file."+extension)
}

// A page's files have its rows: dates and times as a spreadsheet knows them, names as a person reads them.
func TestPagesHaveFiles(t *testing.T) {
	w := aWorklist(t)
	w.usualDays(100, "76547")
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	w.clocks(210, "76548", daysAgo(1), 480, 481, 725, 765, 1000)
	w.clocks(220, "76549", daysAgo(8), 480, 725, 765)
	w.clocks(230, "76549", daysAgo(7), -65, 1500)
	w.clocks(8192, "76547", daysAgo(20), 485)
	els, anke := w.signIn("els"), w.signIn("anke")
	correct(els, "8:00", "=HYPERLINK(1)")
	week := "date.ge=" + daysAgo(8) + "&date.le=" + daysAgo(0)
	for _, test := range []struct {
		name  string
		b     *browser
		page  string
		wants []string // cells of one row, joined
	}{
		{"a list", els, "/clockings?view=flat&" + week, []string{"Jan Maes|E1047|76547|" + daysAgo(1) + "|08:01|", "|22:55 (day before)|"}},
		{"people", els, "/people", []string{"Maes"}},
		{"assignments", els, "/assignments?date.ge=2020-01-01", nil},
		{"the worklist", els, "/missing?" + week, []string{
			daysAgo(1) + "|Jan Maes|E1047|6767646|76547|No clock-out|16:40|usual (of 5 days)|08:01–12:05, 12:45–?|To check",
			daysAgo(7) + "|Veerle Desmedt|", "|01:00 (next day)–?|", "||Delete 08:01: a second touch|",
		}},
		{"one rule of the worklist", els, "/missing?rule=too-close&" + week, []string{"1 minute apart"}},
		{"a person's days", els, "/people/76547/days?" + week, []string{daysAgo(1) + "|", "|08:01–12:05, 12:45–?|4:04|", "No clock-out|To check"}},
		{"the log", anke, "/changes", []string{"|Els Peeters|", "|=HYPERLINK(1)|"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := test.b.in(t)
			page := b.get(test.page).wants(http.StatusOK)
			csv, xlsx := page.file("csv"), page.file("xlsx")
			text := func(rows [][]string) []string {
				var lines []string
				for _, cells := range rows {
					for i := range cells {
						// A number has a comma in CSV; what is shown as a date and time has no seconds that are zero.
						cells[i] = strings.ReplaceAll(strings.TrimSuffix(cells[i], ":00"), ",", ".")
					}
					lines = append(lines, strings.Join(cells, "|"))
				}
				return lines
			}
			for _, want := range test.wants {
				if all := linesOf(xlsx); !strings.Contains(all, want) {
					t.Errorf("got %s, want %s", all, want)
				}
			}
			if a, b := text(csv), text(xlsx); len(a) == 0 || !slices.Equal(a, b) {
				t.Errorf("CSV has %q, Excel has %q, want the same rows", a, b)
			}
		})
	}
	if rows := els.get("/missing?rule=too-close&" + week).file("xlsx"); len(rows) != 2 {
		t.Errorf("one rule: got %d rows, want the headings and one", len(rows))
	}
	book, err := excelize.OpenReader(strings.NewReader(els.get("/missing.xlsx?" + week).wants(http.StatusOK).body))
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]excelize.CellType{"A3": excelize.CellTypeUnset, "B3": excelize.CellTypeInlineString, "E3": excelize.CellTypeUnset} {
		if got, err := book.GetCellType("Protime", place); got != want || err != nil {
			t.Errorf("%s: got type %d, %v, want %d", place, got, err, want)
		}
	}
	els.get("/changes.xlsx").wants(http.StatusForbidden)
	els.get("/missing.xlsx?date.ge=nonsense").wants(http.StatusUnprocessableEntity)
	els.get("/people/76547/days.xlsx?date.ge=nonsense").wants(http.StatusUnprocessableEntity)
	els.get("/people/none/days.csv").wants(http.StatusNotFound)
	els.header.Set("Accept-Encoding", "gzip")
	if packed := els.get("/missing.xlsx?" + week); packed.header.Get("Content-Encoding") != "" || !strings.HasPrefix(packed.body, "PK") {
		t.Errorf("Excel: got %q, packed by %q: %.40q", packed.header.Get("Content-Type"), packed.header.Get("Content-Encoding"), packed.body)
	}
	els.header.Del("Accept-Encoding")
	els.header.Set("Accept-Language", "nl")
	if head := strings.Join(els.get("/missing?" + week).file("xlsx")[0], "|"); !strings.HasPrefix(head, "Datum|Medewerker|") {
		t.Errorf("Dutch: got %s", head)
	}
}

func linesOf(rows [][]string) string {
	var lines []string
	for _, cells := range rows {
		lines = append(lines, strings.Join(cells, "|")+"|")
	}
	return strings.Join(lines, "\n")
}
