package endtoend

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/spreadsheet"
	"protime-admin/protime/simulator"
)

// BenchmarkLongRows sends a sheet of 48 MB whose rows are almost as long as one may be, and reports the most memory that the
// product held, in MB: until all rows are checked, while they are checked again, while the result is downloaded as XLSX, and
// while it is downloaded four times and eight times at once beside another check.
func BenchmarkLongRows(b *testing.B) {
	_, address := startRole(b, "crowd", map[string]string{"PAGE_SIZE": "1000", "FROM": crowdFrom, "UNTIL": "2026-03-21"})
	w := newWorld(b)
	w.env["PROTIME_API_URL"], w.env["PROTIME_TOKEN_URL"] = address+simulator.BasePath, address+"/token"
	line := int(spreadsheet.DefaultLimits().Line) - 4<<10
	sheet := filepath.Join(b.TempDir(), "long.csv")
	if err := writeLong(sheet, 48<<20/line, line); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		w.env["AUDIT_DATABASE_URL"] = "sqlite:" + filepath.Join(b.TempDir(), "audit.db")
		p := w.start()
		els := w.signIn("els")
		els.Timeout = 10 * time.Minute
		time.Sleep(3 * time.Second) // until names are read
		peak := func(of string) {
			b.ReportMetric(float64(memory(b, p.cmd, "VmHWM"))/(1<<20), of)
			// The next peak begins at what is held now.
			if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0); err != nil {
				b.Fatal(err)
			}
		}
		peak("MB-idle")
		said, _, _ := w.checked(b, els, sheet)
		if !strings.Contains(said, " rows: ") {
			b.Fatalf("got %.1000s, want the rows checked", said)
		}
		peak("MB-check")
		var list, page strings.Builder
		fetch(b.Context(), els, w.public+"/batches", &list)
		draft := w.public + regexp.MustCompile(`/batches/[0-9a-f-]{36}`).FindString(list.String())
		var failed atomic.Int32
		again := func() {
			page.Reset()
			fetch(b.Context(), els, draft, &page)
			form, action := formWith(b, page.String(), "form.draft")
			if form == nil {
				b.Fatalf("%s: got %.3000s, want the form of a draft", draft, text(page.String()))
			}
			form.Set("do", "check")
			if a, err := post(b.Context(), els, w.public+action, form); err != nil || a.status != http.StatusSeeOther {
				b.Logf("check: got %d, %v: %.1000s", a.status, err, text(a.page))
				failed.Add(1)
			}
		}
		again()
		peak("MB-again")
		export := func() {
			if status, size := fetch(b.Context(), els, draft+".xlsx", io.Discard); status != http.StatusOK {
				b.Logf("file: got %d and %d bytes", status, size)
				failed.Add(1)
			}
		}
		export()
		peak("MB-file")
		for _, files := range []int{4, 8} {
			var all sync.WaitGroup
			for range files {
				all.Go(export)
			}
			again()
			all.Wait()
			peak(fmt.Sprintf("MB-%d-files", files))
		}
		b.ReportMetric(float64(failed.Load()), "failed")
		p.kill()
	}
	b.ReportMetric(0, "ns/op")
}

// writeLong writes clockings whose rows have so many bytes.
func writeLong(path string, rows, line int) error {
	const columns = 97
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	headings := "Badge;Date;Time"
	for n := range columns {
		headings += fmt.Sprintf(";Remark %d", n)
	}
	if _, err := io.WriteString(file, headings+"\n"); err != nil {
		return err
	}
	remarks := strings.Repeat(";"+strings.Repeat("x", line/columns-1), columns)
	for n := range rows {
		if _, err := fmt.Fprintf(file, "9%05d;2026-03-02;%02d:%02d%s\n", crowdID(n), 5+n/60%18, n%60, remarks); err != nil {
			return err
		}
	}
	return nil
}
