package handlers_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"protime-admin/protime/simulator/company"
)

func TestACSVIsTheWholeListOfTheFilter(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(250)
	api.pages = 30
	api.put("clockings", "10001", `{"id":10001,"person":{"id":76547},"date":"2026-01-05","timeOfDayInMinutes":1800,"kind":"InOut","status":"Deleted"}`)
	list := els.get("/clockings?date.ge=2026-01-01&date.le=2026-01-31").wants(http.StatusOK)
	file := list.follow("a[download][href*='.csv']").wants(http.StatusOK)
	if got := file.header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Errorf("Content-Type: got %s", got)
	}
	if got := file.header.Get("Content-Disposition"); !strings.Contains(got, `filename="clockings-2026-01-01-2026-01-31.csv"`) {
		t.Errorf("Content-Disposition: got %s", got)
	}
	records := sheetOf(t, file)
	if len(records) != 250 { // the head, and all but the deleted one
		t.Errorf("lines: got %d, want 250", len(records))
	}
	line := strings.Join(records[1], "|")
	for _, want := range []string{"Jan Maes", "76547", today(), "00:00"} {
		if !strings.Contains(line, want) {
			t.Errorf("a line: got %s, want %s", line, want)
		}
	}
	with := els.get("/clockings.csv?date.ge=2026-01-01&date.le=2026-01-31&deleted=show").wants(http.StatusOK)
	if got := strings.Count(with.body, "\n"); got != 251 {
		t.Errorf("with deleted ones: got %d lines, want 251", got)
	}
}

// sheetOf reads a CSV file as Excel does in Belgium.
func sheetOf(t testing.TB, file *page) [][]string {
	t.Helper()
	body, marked := strings.CutPrefix(file.body, "\ufeff")
	if !marked {
		t.Error("got a file without byte-order mark")
	}
	r := csv.NewReader(strings.NewReader(body))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("got %d rows, %v, want a file: %s", len(rows), err, body)
	}
	return rows
}

func TestACSVOpensInBelgianExcelInEveryLanguage(t *testing.T) {
	_, els := atElsewhere(t)
	for _, language := range []string{"en", "nl"} {
		els.header.Set("Accept-Language", language)
		file := els.get("/clockings.csv?date.ge=2024-01-01&date.le=2024-01-31").wants(http.StatusOK)
		if rows := sheetOf(t, file); len(rows) != 2 || len(rows[0]) < 5 {
			t.Errorf("%s: got %q, want a row of many columns below the head", language, rows)
		}
	}
}

func TestACSVNamesPeopleAndActivitiesAsAPayrollReadsThem(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	file := els.get("/assignments.csv?date.ge=2020-01-01").wants(http.StatusOK)
	records := sheetOf(t, file)
	if len(records) < 2 {
		t.Fatalf("got %d lines", len(records))
	}
	if got := records[0][1]; got != "Employee number" {
		t.Errorf("second column: got %q, want the employee number", got)
	}
	if got := records[1][1]; !strings.HasPrefix(got, "E1") {
		t.Errorf("employee number: got %q", got)
	}
	if strings.Contains(file.body, "{") || !strings.Contains(file.body, "Level 1") {
		t.Errorf("got JSON in a cell, or no activities: %s", file.body)
	}
}

func TestACSVRunsNoFormulas(t *testing.T) {
	api, els := atElsewhere(t)
	for i, evil := range []string{
		`=cmd|'/c calc'!A1`, `+1+1`, `-1+1`, `@SUM(1)`, "\t=1", "\r=1", `=HYPERLINK("http://evil")`, "ok;=1+1", "＝1+1", "\u00a0=1", "  \t=1",
	} {
		id := strconv.Itoa(765 + i)
		api.put("terminals", id, fmt.Sprintf(`{"id":%s,"name":%q,"externalCode":%q}`, id, evil, evil))
	}
	records := sheetOf(t, els.get("/terminals.csv").wants(http.StatusOK))
	if len(records) != 12 {
		t.Fatalf("got %d rows, want a head and 11", len(records))
	}
	book, err := excelize.OpenReader(strings.NewReader(els.get("/terminals.xlsx").wants(http.StatusOK).body))
	if err != nil {
		t.Fatal(err)
	}
	inBook, err := book.GetRows("Protime")
	if err != nil || len(inBook) != 12 {
		t.Errorf("Excel: got %d rows, %v, want 12", len(inBook), err)
	}
	for _, cells := range append(records[1:], inBook[1:]...) {
		for _, cell := range cells {
			for _, part := range strings.Split(cell, ";") {
				if bare := strings.TrimSpace(part); bare != "" && strings.ContainsAny(bare[:1], "=+-@") || strings.HasPrefix(bare, "＝") {
					t.Errorf("got the cell %q, want it made safe", cell)
				}
			}
		}
	}
}

func TestAFileThatFailsHalfWayLooksBroken(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(900)
	api.pages = 300
	api.when(func(w http.ResponseWriter, c call) bool {
		if !strings.Contains(c.Query, "continuationToken=600") {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	for _, file := range []string{"/clockings.csv", "/clockings.xlsx"} {
		response, err := els.client.Do(els.request(http.MethodGet, file+"?date.ge="+today(), nil))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err == nil {
			t.Errorf("%s: got a whole file of %d bytes, want the connection broken", file, len(body))
		}
		if _, err := excelize.OpenReader(bytes.NewReader(body)); err == nil {
			t.Errorf("%s: what arrived opens as a workbook", file)
		}
		line, _ := els.w.logged(file)
		if written, _ := line["bytes"].(float64); line["status"] != 200.0 || line["ended"] != "response broke off" || written == 0 {
			t.Errorf("log: got %v, want 200, what was written, and that it broke off", line)
		}
	}
	// A failure before the first row has a page of its own.
	api.when(func(w http.ResponseWriter, c call) bool {
		w.WriteHeader(http.StatusInternalServerError)
		return strings.HasSuffix(c.Path, "/clockings")
	})
	failed := els.get("/clockings.xlsx?date.ge=" + today()).wants(http.StatusBadGateway)
	if got := failed.header.Get("Content-Disposition"); got != "" {
		t.Errorf("got a file, %s, want a page", got)
	}
}

func TestFilesStream(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(90)
	api.pages = 30
	release := make(chan struct{}, 1)
	api.when(func(_ http.ResponseWriter, c call) bool {
		if strings.Contains(c.Query, "continuationToken=30") {
			<-release
		}
		return false
	})
	for _, file := range []string{"/clockings.csv", "/clockings.xlsx"} {
		response, err := els.client.Do(els.request(http.MethodGet, file+"?date.ge="+today(), nil))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		first := make([]byte, 1)
		if _, err := io.ReadFull(response.Body, first); err != nil {
			t.Errorf("%s: the first byte: %v", file, err)
		}
		release <- struct{}{}
		rest, err := io.ReadAll(response.Body)
		if got := len(rowsOfFile(t, append(first, rest...), file)); err != nil || got != 91 {
			t.Errorf("%s: got %d rows, %v, want 91", file, got, err)
		}
	}
}

func TestALargeCSVDoesNotGrowInMemory(t *testing.T) {
	tenant := company.Clockings(100_000, time.Now())
	tenant.Unrecorded = true
	w := newWorldOn(t, tenant, 0)
	els := w.signIn("els")
	els.client.Timeout = 0 // a busy machine takes its time for a file of this length
	from := time.Now().AddDate(0, 0, -360).Format(time.DateOnly)
	response, err := els.client.Do(els.request(http.MethodGet, "/clockings.csv?date.ge="+from+"&date.le="+today(), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var before, peak runtime.MemStats
	lines, buffer := 0, make([]byte, 64<<10)
	for {
		n, err := response.Body.Read(buffer)
		was := lines
		lines += strings.Count(string(buffer[:n]), "\n")
		if was/20_000 != lines/20_000 {
			runtime.GC()
			runtime.ReadMemStats(&peak)
			if before.HeapAlloc == 0 {
				before = peak
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if lines < 90_000 {
		t.Errorf("lines: got %d, want the whole list", lines)
	}
	if grown := int64(peak.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("memory in use after 20,000 rows and at the end: grew by %d bytes", grown)
	}
}
