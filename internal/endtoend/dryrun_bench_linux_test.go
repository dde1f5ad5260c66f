package endtoend

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/spreadsheet"
	"protime-admin/protime/simulator"
)

// BenchmarkDryRun sends a sheet of 10,000 clockings, two for each of 5,000 people, through the page until the page with
// its check is there. The API and the product are processes of their own, the product new in each round. Everybody's
// clockings of the two days are read to compare the rows with. peak-MB is the most that the product ever held, grown-MB
// how much that is above what it held when it was idle.
func BenchmarkDryRun(b *testing.B) {
	const rows, rounds = 10_000, 5
	_, address := startRole(b, "crowd", map[string]string{"PAGE_SIZE": "1000", "FROM": crowdFrom, "UNTIL": "2026-03-03"})
	w := newWorld(b)
	w.env["PROTIME_API_URL"], w.env["PROTIME_TOKEN_URL"] = address+simulator.BasePath, address+"/token"
	for _, name := range []string{"pasted", "sheet.xlsx", "sheet.csv"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var took, peaks, grown []float64
				for range rounds {
					w.env["AUDIT_DATABASE_URL"] = "sqlite:" + filepath.Join(b.TempDir(), "audit.db")
					p := w.start()
					els := w.signIn("els")
					time.Sleep(3 * time.Second) // until names are read
					body, contentType := sheetOf(b, name, rows)
					idle := resident(b, p.cmd)
					began := time.Now()
					response, err := els.Post(w.public+"/batches/new", contentType, body)
					if err != nil {
						b.Fatal(err)
					}
					_ = response.Body.Close()
					var page strings.Builder
					status, _ := fetch(b.Context(), els, w.public+response.Header.Get("Location"), &page)
					took = append(took, float64(time.Since(began).Milliseconds()))
					if status != http.StatusOK || !strings.Contains(text(page.String()), "Send 10,000") {
						b.Fatalf("got %d, then %d and no button for all rows: %.3000s", response.StatusCode, status, text(page.String()))
					}
					peak := memory(b, p.cmd, "VmHWM")
					peaks, grown = append(peaks, float64(peak)/(1<<20)), append(grown, float64(peak-idle)/(1<<20))
					p.kill()
				}
				b.Logf("took %.0f ms, at most %.0f MB", took, peaks)
				b.ReportMetric(median(took), "ms")
				b.ReportMetric(median(peaks), "peak-MB")
				b.ReportMetric(median(grown), "grown-MB")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// sheetOf is the form of a new batch with a sheet of clockings, pasted or as a file.
func sheetOf(b *testing.B, name string, rows int) (io.Reader, string) {
	b.Helper()
	var sheet bytes.Buffer
	format, ok := map[string]spreadsheet.Format{"sheet.xlsx": spreadsheet.XLSX, "sheet.csv": spreadsheet.CSV}[name]
	var file *spreadsheet.Writer
	if headings := []string{"Badge", "Date", "Time"}; ok {
		file = spreadsheet.NewWriter(&sheet, format, headings)
	} else {
		sheet.WriteString(strings.Join(headings, "\t") + "\n")
	}
	for n := range rows {
		badge, date, minute := fmt.Sprintf("9%05d", crowdID(n%crowdPeople)), fmt.Sprintf("2026-03-%02d", 2+n/crowdPeople), 300+n%60
		if file == nil {
			fmt.Fprintf(&sheet, "%s\t%s\t%d:%02d\n", badge, date, minute/60, minute%60)
			continue
		}
		if err := file.Write([]spreadsheet.Cell{spreadsheet.Text(badge), spreadsheet.Date(date), spreadsheet.Clock(minute)}); err != nil {
			b.Fatal(err)
		}
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	values := map[string]string{"change": uuid.Must(uuid.NewV7()).String(), "collection": "clockings", "operation": "create"}
	if file == nil {
		values["sheet"] = sheet.String()
	}
	for name, value := range values {
		if err := form.WriteField(name, value); err != nil {
			b.Fatal(err)
		}
	}
	if file != nil {
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := sheet.WriteTo(part); err != nil {
			b.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.Fatal(err)
	}
	return &body, form.FormDataContentType()
}
