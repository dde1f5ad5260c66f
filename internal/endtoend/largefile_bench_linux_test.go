package endtoend

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/spreadsheet"
	"protime-admin/protime/simulator"
)

// largest is how many bytes a file may have, largestRows how many rows below its headings.
const (
	largest     = 50 << 20
	largestRows = 200_000
)

var largeHeadings = []string{"Badge", "Date", "Time", "Remark"}

// BenchmarkLargestFiles sends files of as many bytes and rows as are taken, and of one more, through the page of a new batch
// until every row is checked. The product is a process of its own, new for each, and so is the API. s-page is the time to
// the first page after the upload, s-checked that until all rows are checked, peak-MB the most that the product ever held,
// edit-ms the 95th percentile of an edit page that is asked for meanwhile, edit-max-ms the longest.
func BenchmarkLargestFiles(b *testing.B) {
	_, address := startRole(b, "crowd", map[string]string{"PAGE_SIZE": "1000", "FROM": crowdFrom, "UNTIL": "2026-03-21"})
	w := newWorld(b)
	w.env["PROTIME_API_URL"], w.env["PROTIME_TOKEN_URL"] = address+simulator.BasePath, address+"/token"
	folder := b.TempDir()
	sheet := func(name string, rows int, size int64) string {
		path := filepath.Join(folder, name)
		if err := writeLarge(path, rows, size); err != nil {
			b.Fatal(err)
		}
		return path
	}
	text, book := sheet("full.csv", largestRows, largest), sheet("full.xlsx", largestRows, largest)
	small := sheet("few.csv", 10, 0)
	all := "Send 200,000"
	for _, run := range []struct {
		name  string
		files []string
		want  string
	}{
		{"CSV of 50 MB and 200,000 rows", []string{text}, all},
		{"XLSX of 50 MB and 200,000 rows", []string{book}, all},
		{"both at once", []string{text, book}, all},
		{"CSV of a byte more", []string{sheet("more.csv", largestRows, largest+1)}, "larger than 50 MB"},
		{"XLSX of a byte more", []string{sheet("more.xlsx", largestRows, largest+1)}, "larger than 50 MB"},
		{"CSV of a row more", []string{sheet("row.csv", largestRows+1, 0)}, "row 200002 is too many"},
		{"XLSX of a row more", []string{sheet("row.xlsx", largestRows+1, 0)}, "row 200002 is too many"},
		{"CSV of 60 MB", []string{sheet("large.csv", largestRows, 60<<20)}, "at most 50 MB"},
	} {
		b.Run(run.name, func(b *testing.B) {
			for b.Loop() {
				w.env["AUDIT_DATABASE_URL"] = "sqlite:" + filepath.Join(b.TempDir(), "audit.db")
				p := w.start()
				els := w.signIn("els")
				els.Timeout = 10 * time.Minute
				time.Sleep(3 * time.Second) // until names are read
				w.checked(b, els, small)    // from now on it is known what the columns mean
				edits := asking(b, els, w.public+"/clockings/"+strconv.Itoa(crowdClocking)+"/edit")
				var sending sync.WaitGroup
				var mu sync.Mutex
				var page, whole time.Duration
				for _, file := range run.files {
					sending.Go(func() {
						said, first, last := w.checked(b, els, file)
						mu.Lock()
						defer mu.Unlock()
						page, whole = max(page, first), max(whole, last)
						if !strings.Contains(said, run.want) {
							b.Errorf("%s: got %.1000s, want %q", file, said, run.want)
						}
					})
				}
				sending.Wait()
				took := edits()
				b.ReportMetric(page.Seconds(), "s-page")
				b.ReportMetric(whole.Seconds(), "s-checked")
				b.ReportMetric(float64(memory(b, p.cmd, "VmHWM"))/(1<<20), "peak-MB")
				b.ReportMetric(took[len(took)*95/100], "edit-ms")
				b.ReportMetric(took[len(took)-1], "edit-max-ms")
				p.kill()
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// asking asks for a page ten times a second until it is called; then it returns how long each took, in milliseconds.
func asking(b *testing.B, client *http.Client, page string) func() []float64 {
	b.Helper()
	stop, done := make(chan struct{}), make(chan []float64)
	go func() {
		var took []float64
		for {
			asked := time.Now()
			if status, _ := fetch(b.Context(), client, page, io.Discard); status != http.StatusOK {
				b.Errorf("%s: got %d, want 200", page, status)
			}
			took = append(took, float64(time.Since(asked).Microseconds())/1000)
			select {
			case <-stop:
				slices.Sort(took)
				done <- took
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() []float64 {
		close(stop)
		return <-done
	}
}

// checked sends a file, says that what the columns are taken for is right where that is asked, and goes on with the check
// until it is whole. It returns what the last page says, when the first page was there, and when the last.
func (w *world) checked(b *testing.B, client *http.Client, path string) (said string, first, whole time.Duration) {
	b.Helper()
	began := time.Now()
	a, err := w.upload(client, path)
	for {
		if err != nil {
			b.Error(err)
			return "", first, time.Since(began)
		}
		page := a.page
		if a.status == http.StatusSeeOther {
			var all strings.Builder
			fetch(b.Context(), client, w.public+a.location, &all)
			page = all.String()
		}
		if first == 0 {
			first = time.Since(began)
		}
		button := "columns"
		form, action := formWith(b, page, `form:has([name="do"][value="columns"])`)
		if form == nil {
			button = "check"
			form, action = formWith(b, page, `main:has([data-goes-on]) form.draft`)
		}
		if form == nil {
			return text(page), first, time.Since(began)
		}
		form.Set("do", button)
		a, err = post(b.Context(), client, w.public+action, form)
	}
}

// upload sends a file as the form of a new batch of clockings does.
func (w *world) upload(client *http.Client, path string) (answer, error) {
	file, err := os.Open(path)
	if err != nil {
		return answer{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return answer{}, err
	}
	var frame bytes.Buffer
	form := multipart.NewWriter(&frame)
	for name, value := range map[string]string{
		"change": uuid.Must(uuid.NewV7()).String(), "collection": "clockings", "operation": "create",
	} {
		if err := form.WriteField(name, value); err != nil {
			return answer{}, err
		}
	}
	if _, err := form.CreateFormFile("file", filepath.Base(path)); err != nil {
		return answer{}, err
	}
	before := frame.String()
	frame.Reset()
	if err := form.Close(); err != nil {
		return answer{}, err
	}
	body := io.MultiReader(strings.NewReader(before), file, &frame)
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.public+"/batches/new", body)
	if err != nil {
		return answer{}, err
	}
	request.ContentLength = int64(len(before)) + info.Size() + int64(frame.Len())
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header.Get("Location"), string(page)}, err
}

// writeLarge writes clockings of 5,000 people, each at a minute of its own, with a note of letters that do not compress.
// The file has size bytes, or as many as it takes where size is 0.
func writeLarge(path string, rows int, size int64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	format, remark := spreadsheet.CSV, 0
	if filepath.Ext(path) == ".xlsx" {
		format = spreadsheet.XLSX
	}
	if size > 0 {
		// What is left is filled below. A letter of 64 takes some 6 bits when it is compressed.
		remark = map[spreadsheet.Format]int{spreadsheet.CSV: int(size)/rows - 40, spreadsheet.XLSX: (int(size)/rows - 60) * 8 / 6}[format]
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]byte, max(remark, 0))
	w := spreadsheet.NewWriter(file, format, largeHeadings)
	for n := range rows {
		for i := range words {
			words[i] = letters[random.IntN(len(letters))]
		}
		turn := n / crowdPeople
		err := w.Write([]spreadsheet.Cell{
			spreadsheet.Text(fmt.Sprintf("9%05d", crowdID(n%crowdPeople))), spreadsheet.Date(fmt.Sprintf("2026-03-%02d", 2+turn%20)),
			spreadsheet.Clock(300 + turn/20*60 + n%60), spreadsheet.Text(string(words)),
		})
		if err != nil {
			return err
		}
		if n%500 == 0 {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
	if err := w.Close(); err != nil || size == 0 {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if format == spreadsheet.CSV {
		left := int(size - info.Size())
		if left < 0 {
			return errors.New("the rows are larger than the file")
		}
		empty := strings.Repeat(" ", 998) + "\r\n"
		_, err = io.WriteString(file, strings.Repeat(empty, left/len(empty))+strings.Repeat(" ", left%len(empty)))
		return err
	}
	return pad(path, size)
}

// pad gives an archive a part that makes it as large as asked for.
func pad(path string, size int64) error {
	old, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer old.Close()
	write := func(padding int64) (int64, error) {
		file, err := os.Create(path + ".padded")
		if err != nil {
			return 0, err
		}
		defer file.Close()
		archive := zip.NewWriter(file)
		for _, part := range old.File {
			if err := archive.Copy(part); err != nil {
				return 0, err
			}
		}
		part, err := archive.CreateHeader(&zip.FileHeader{Name: "docProps/padding.bin", Method: zip.Store})
		if err != nil {
			return 0, err
		}
		if _, err := io.CopyN(part, zeroes{}, padding); err != nil {
			return 0, err
		}
		if err := archive.Close(); err != nil {
			return 0, err
		}
		info, err := file.Stat()
		return info.Size(), err
	}
	bare, err := write(0)
	if err != nil {
		return err
	}
	if bare > size {
		return fmt.Errorf("the rows take %d bytes, more than %d", bare, size)
	}
	if _, err := write(size - bare); err != nil {
		return err
	}
	return os.Rename(path+".padded", path)
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
