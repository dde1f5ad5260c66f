package handlers_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// pasted is a sheet as it is copied from a spreadsheet.
func pasted(rows ...string) string {
	return strings.ReplaceAll(strings.Join(rows, "\n"), "|", "\t")
}

// paste makes a draft of pasted rows and returns its page.
func (b *browser) paste(rows ...string) *page {
	b.w.t.Helper()
	return b.get("/batches/new").form("main form[enctype]").set("sheet", pasted(rows...)).send()
}

// upload posts the form of a new batch as a browser does: with the file that was chosen.
func (b *browser) upload(page *page, name, content string) *http.Request {
	b.w.t.Helper()
	form := page.form("main form[enctype]")
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for _, input := range []string{"change", "sheet", "collection", "operation"} {
		if err := parts.WriteField(input, form.values.Get(input)); err != nil {
			b.w.t.Fatal(err)
		}
	}
	file, err := parts.CreateFormFile("file", name)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if _, err := file.Write([]byte(content)); err != nil {
		b.w.t.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		b.w.t.Fatal(err)
	}
	r := b.request(http.MethodPost, form.action, nil)
	r.Body, r.ContentLength = http.NoBody, 0
	request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, form.action, &body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	request.Header = r.Header.Clone()
	request.Header.Set("Content-Type", parts.FormDataContentType())
	return request
}

// day is a day some days ago as people in Belgium write it.
func day(ago int) string { return time.Now().AddDate(0, 0, -ago).Format("2/1/2006") }

// cells are the texts of the inputs that ask for a correction, by name.
func (p *page) cells() string {
	var all []string
	p.find("[aria-invalid=true]").Each(func(_ int, input *selection) {
		all = append(all, input.AttrOr("name", "")+"="+input.AttrOr("value", ""))
	})
	return strings.Join(all, " ")
}

func TestPastedRowsAreCheckedAndCorrectedBeforeAnythingIsSent(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	form := els.get("/batches/new").form("main form[enctype]").
		set("sheet", pasted("Badge|Naam|Datum|Uur|Opmerking", "6767600|Anaïs Lefèvre|"+day(3)+"|8u30|stuk", "67676O3||"+day(3)+"|6.00|", "6767604||"+day(3)+"|25:10|"))
	page := form.send().wants(http.StatusOK)
	if again := form.send().wants(http.StatusOK); again.url.Path != page.url.Path {
		t.Errorf("the second press of one button leads to %s, want %s", again.url.Path, page.url.Path)
	}
	if got := page.text("main"); !strings.Contains(got, "3 rows: 1 ready, 2 with an error.") || !strings.Contains(got, "nothing has been sent") {
		t.Errorf("got %q, want what the check found", got)
	}
	if got, want := page.cells(), "cell.3.0=67676O3 cell.4.3=25:10"; got != want {
		t.Fatalf("got the cells %q, want %q", got, want)
	}
	if got := page.find("[autofocus]").AttrOr("name", ""); got != "cell.3.0" {
		t.Errorf("the focus is in %q, want the first cell that is wrong", got)
	}
	// A row is corrected to what a row of a sheet may be.
	long := page.form("main form.draft").set("cell.3.0", "6767603").set("cell.4.3", strings.Repeat("1", 300<<10)).send().wants(http.StatusUnprocessableEntity)
	if got := long.text(".note.bad"); !strings.Contains(got, "Row 4: its cells hold too much text together.") || !strings.HasPrefix(long.cells(), "cell.3.0=6767603 cell.4.3=111") {
		t.Errorf("got %q and the cells %.40q, want the row named and what was typed", got, long.cells())
	}
	// A value that is offered is taken with one button.
	offer := page.find("button[name=use]").First()
	if got := offer.Text(); got != "Use 6767603, Dóra Szűcs" {
		t.Errorf("got the offer %q, want the nearest badge", got)
	}
	page = page.form("main form.draft").press("use", offer.AttrOr("value", "")).set("cell.4.3", "0614").set("why.note", "gate A").send().wants(http.StatusOK)
	if got := page.text("main"); page.cells() != "" || !strings.Contains(got, "3 rows: 3 ready.") || page.text("button.main") != "Send 3 rows" {
		t.Errorf("got %q, want all rows ready", got)
	}
	if got := page.find("[name='why.note']").AttrOr("value", ""); got != "gate A" {
		t.Errorf("the note is %q, want what was typed before the rows were checked again", got)
	}
	if got := page.text("tbody tr:nth-child(3)"); !strings.Contains(got, "Łukasz Wiśniewski") || !strings.Contains(got, "06:14") {
		t.Errorf("got the row %q, want what will be sent", got)
	}
	file := els.get(page.url.Path + ".csv").wants(http.StatusOK)
	if !strings.Contains(file.body, "Anaïs Lefèvre") || !strings.Contains(file.header.Get("Content-Type"), "text/csv") {
		t.Errorf("got %q, want the rows as a file", file.body)
	}
	// A row that is left out: the number on the button has to be that of what is sent.
	form = page.form("main form.draft")
	form.values["row"] = []string{"2", "4"}
	form.action = page.resolve(page.find("button.main").AttrOr("formaction", ""))
	page = form.send().wants(http.StatusUnprocessableEntity)
	if got := page.text(".note.bad"); !strings.Contains(got, "it is 2 rows now") || page.text("button.main") != "Send 2 rows" {
		t.Errorf("got %q, want another look at what is sent", got)
	}
	if got := w.tenant.Writes(); len(got) != 0 {
		t.Fatalf("%d requests changed something at Protime, want none before the rows are sent", len(got))
	}
	form = page.form("main form.draft")
	form.action = page.resolve(page.find("button.main").AttrOr("formaction", ""))
	sent := form.send().wants(http.StatusOK)
	if got := sent.text(".steps [aria-current]"); got != "Send" && got != "Result" {
		t.Errorf("got the step %q, want that of sending", got)
	}
	if again := form.send().wants(http.StatusOK); again.url.Path != sent.url.Path {
		t.Errorf("the second press leads to %s, want the batch", again.url.Path)
	}
	late := page.form("main form.draft").send()
	if late.status != http.StatusConflict || !strings.Contains(late.text("main"), "being sent already") {
		t.Errorf("got %d %q, want a correction that comes too late refused", late.status, late.text("main"))
	}
	// A column that holds dates and times is shown as both.
	if both := els.paste("Badge|Datum en uur", "6767603|"+day(3)+" 8u30").wants(http.StatusOK).text("tbody tr"); !strings.Contains(both, "08:30") {
		t.Errorf("got the row %q, want the time that will be sent", both)
	}
	// Without an error, the page begins with the rows that have a warning.
	page = els.paste("Badge|Datum|Uur", "6767600|"+day(4)+"|0830", "6767601|"+day(-2)+"|0830").wants(http.StatusOK)
	if got := page.find("tbody tr").Length(); got != 1 || page.find("[autofocus]").AttrOr("value", "") != "3" || page.text("button.main") != "Send 2 rows" {
		t.Errorf("got %d rows and the focus at row %q, want the row with a warning alone", got, page.find("[autofocus]").AttrOr("value", ""))
	}
}

func TestADraftThatChangedInAnotherTabKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|Uur", "6767600|"+day(3)+"|25:10", "6767601|"+day(3)+"|24:70", "6767602|"+day(3)+"|5:10", "6767603|"+day(3)+"|5:11")
	page = els.get(page.url.Path + "?rows=all")
	page.form("main form.draft").set("cell.2.2", "0830").send().wants(http.StatusOK)
	form := page.form("main form.draft").set("cell.2.2", "0900").set("cell.3.2", "0915")
	form.values["row"] = []string{"5"}
	late := form.send().wants(http.StatusConflict)
	if got := late.text(".note.bad"); !strings.Contains(got, "changed in another tab") {
		t.Errorf("got %q, want why nothing was kept", got)
	}
	if got := late.find("[name='cell.3.2']").AttrOr("value", ""); got != "0915" {
		t.Errorf("the cell has %q, want what was typed", got)
	}
	if got := late.find("[name=row][value='4'][checked]").Length() + 2*late.find("[name=row][value='5'][checked]").Length(); got != 2 || late.text("button.main") != "Send 2 rows" {
		t.Errorf("row 4 is ticked, row 5 is not, or the button says %q, want the ticks as they were", late.text("button.main"))
	}
	form = late.form("main form.draft")
	form.action = late.resolve(late.find("button.main").AttrOr("formaction", ""))
	if late = form.send(); late.status != http.StatusUnprocessableEntity || !strings.Contains(late.text(".note.bad"), "Nothing was sent yet: you changed") {
		t.Errorf("got %d %q, want what was typed checked before it is sent", late.status, late.text(".note.bad"))
	}
	page = els.get(page.url.Path + "?rows=all")
	form = page.form("main form.draft").set("why.note", "gate A")
	form.values["row"] = []string{"5"}
	w.clock.pass(time.Hour)
	asked := els.do(form.request(), false).wants(http.StatusUnauthorized)
	back := els.answer(els.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
	if got := back.find("[name=row][checked]").Length(); got != 1 || back.find("[name='why.note']").AttrOr("value", "") != "gate A" ||
		!strings.Contains(back.text(".note"), "You typed this before you signed in again") {
		t.Errorf("%d rows are ticked, note %q: %s, want what was typed and ticked", got, back.find("[name='why.note']").AttrOr("value", ""), back.text(".note"))
	}
}

func TestWhatColumnsMeanIsAskedOnceAndRemembered(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	rows := []string{"Wie|Dag|Moment|Ploeg", "6767600|" + day(3) + "|8u30|A", "6767601|" + day(3) + "|8u31|B"}
	page := els.paste(rows...).wants(http.StatusOK)
	if got := page.text(".steps [aria-current]"); got != "Columns" {
		t.Fatalf("got the step %q: %s, want the columns", got, page.text("main"))
	}
	form := page.form("main form.sheet")
	twice := form.set("column.0", "person.id~badge").set("column.1", "date").set("column.2", "date").send().wants(http.StatusUnprocessableEntity)
	if got := twice.text(".note.bad"); !strings.Contains(got, "Two columns mean Date") {
		t.Errorf("got %q, want two columns that mean the same told", got)
	}
	page = form.set("column.2", "timeOfDayInMinutes").set("column.3", "").set("kind", "ActivityEnd").send().wants(http.StatusOK)
	if got := page.text("main"); !strings.Contains(got, "2 rows: 2 ready.") || !strings.Contains(got, "For every row: Kind") {
		t.Fatalf("got %q, want the rows checked by these columns", got)
	}
	back := page.form("main form.draft").press("go", page.find("[name=go][value$='step=columns']").AttrOr("value", "")).send().wants(http.StatusOK)
	if got := back.find("[name='column.2'] option[selected]").AttrOr("value", ""); got != "timeOfDayInMinutes" {
		t.Errorf("the column means %q, want what was chosen", got)
	}
	// Headings that are a row after all.
	form = back.form("main form.sheet")
	form.values.Del("headings")
	if page = form.send().wants(http.StatusOK); !strings.Contains(page.text("main"), "3 rows: 2 ready, 1 with an error") {
		t.Errorf("got %q, want the line of headings as a row", page.text("main"))
	}
	// A row that was taken for headings and is one after all.
	page = els.paste("6767602|"+day(3)+"|5u30", "6767603|"+day(3)+"|5u31").wants(http.StatusOK)
	for _, step := range []struct{ headings, want string }{
		{"1", "2 rows: 1 ready, 1 left out."}, {"", "2 rows: 2 ready."},
	} {
		form = els.get(page.url.Path + "?step=columns").wants(http.StatusOK).form("main form.sheet")
		form.values.Del("headings")
		if step.headings != "" {
			form.set("headings", step.headings)
		}
		if page = form.send().wants(http.StatusOK); !strings.Contains(page.text("main"), step.want) {
			t.Fatalf("headings %q: got %q, want %q", step.headings, page.text("main"), step.want)
		}
	}
	if page = els.paste(rows...); !strings.Contains(page.text(".steps [aria-current]"), "Check") {
		t.Errorf("got the step %q, want what the columns mean remembered", page.text(".steps [aria-current]"))
	}
}

func TestABatchIsItsMakers(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	path := w.signIn("els").paste("Badge|Datum|Uur", "6767600|"+day(3)+"|8u30", "6767601|"+day(3)+"|25:00").url.Path
	revision := map[string][]string{"revision": {"4"}}
	for _, who := range []struct {
		name, subject, path  string
		status, posted, list int
	}{
		{"another editor", "tom", path, http.StatusNotFound, http.StatusNotFound, http.StatusOK},
		{"an auditor", "anke", path, http.StatusOK, http.StatusForbidden, http.StatusOK},
		{"an auditor who edits", "both", path, http.StatusOK, http.StatusForbidden, http.StatusOK},
		{"a viewer", "marc", path, http.StatusNotFound, http.StatusNotFound, http.StatusForbidden},
	} {
		t.Run(who.name, func(t *testing.T) {
			b := w.signIn(who.subject)
			page := b.get(path).wants(who.status)
			if page.find("main form [name=row], main form [formaction], main [aria-invalid]").Length() > 0 {
				t.Error("there is something to change or send, want none")
			}
			for _, post := range []string{path, path + "/start", path + "/discard"} {
				b.post(post, revision).wants(who.posted)
			}
			b.get("/batches").wants(who.list)
		})
	}
	if got := w.signIn("marc").get("/batches/new").wants(http.StatusForbidden).text("main"); !strings.Contains(got, "Your role reads only") {
		t.Errorf("got %q, want why not", got)
	}
	if got := w.signIn("anke").get("/batches").text("tbody"); !strings.Contains(got, "Els Peeters") || !strings.Contains(got, "2 rows, not sent") {
		t.Errorf("the auditor's list says %q, want whose it is and what became of it", got)
	}
}

func TestManyRowsNeedAReason(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	rows := []string{"Badge|Datum|Uur"}
	for i := range 101 {
		rows = append(rows, fmt.Sprintf("%d|%s|%d:%02d", 6767600+i%40, day(3), 4+i/60, i%60))
	}
	page := els.paste(rows...).wants(http.StatusOK)
	if page.find("details.fold [name='why.note']").Length() > 0 || page.find("button[name=go][value*=after]").Length() != 1 {
		t.Error("the reason is folded, or there is no button for more rows")
	}
	form := page.form("main form.draft").set("why", "")
	form.action = page.resolve(page.find("button.main").AttrOr("formaction", ""))
	page = form.send().wants(http.StatusUnprocessableEntity)
	if got := page.text(".note.bad"); !strings.Contains(got, "Give a reason: more than 100 rows are sent at once.") {
		t.Errorf("got %q, want the reason asked for", got)
	}
	form = page.form("main form.draft").set("why.note", "gate A down")
	form.action = page.resolve(page.find("button.main").AttrOr("formaction", ""))
	form.send().wants(http.StatusOK)
	if got := els.get("/batches").text("tbody"); !strings.Contains(got, "gate A down") {
		t.Errorf("the list says %q, want the note of the reason as its name", got)
	}
}

// A list's own file is a sheet: its times are the same again, those of other days too.
func TestTheFileOfAListIsReadAgain(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	minutes := []int{-1440, -65, 0, 485, 1439, 1440, 1500, 2879}
	w.clocks(8300, "76549", daysAgo(7), minutes...)
	els := w.signIn("els")
	words, err := messages()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range words.Languages() {
		els.header.Set("Accept-Language", language)
		list := els.get("/clockings?view=flat&person=76549&date.ge=" + daysAgo(7) + "&date.le=" + daysAgo(7)).wants(http.StatusOK)
		for _, extension := range []string{"xlsx", "csv"} {
			file := list.follow("a[download][href*='." + extension + "']").wants(http.StatusOK)
			if extension == "xlsx" {
				book, err := excelize.OpenReader(strings.NewReader(file.body))
				if err != nil {
					t.Fatal(err)
				}
				raw, err := book.GetRows("Protime", excelize.Options{RawCellValue: true})
				if all := fmt.Sprint(raw); err != nil || !strings.Contains(all, " 1.0416666666666667 ") {
					t.Errorf("%s: got %s, %v, want 01:00 of the next day as 25 hours", language, all, err)
				}
			}
			page := els.do(els.upload(els.get("/batches/new"), "list."+extension, file.body), true).wants(http.StatusOK)
			if form := page.find("main form.sheet"); form.Length() > 0 {
				page = page.form("main form.sheet").send().wants(http.StatusOK)
			}
			times := page.find("tbody td").Map(func(_ int, cell *selection) string { return strings.TrimSpace(cell.Text()) })
			for _, minute := range minutes {
				if !slices.Contains(times, words.Printer(language).Clock(minute)) {
					t.Errorf("%s, %s: no %s in %q", language, extension, words.Printer(language).Clock(minute), times)
				}
			}
		}
	}
}

func TestFilesAreReadOrSayWhatIsWrongWithThem(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.do(els.upload(els.get("/batches/new"), "gate-a.csv", "Badge;Datum;Uur\r\n6767600;"+day(3)+";8:30\r\n"), true).wants(http.StatusOK)
	if got := page.text("h1"); !strings.Contains(got, "gate-a.csv") || !strings.Contains(page.text("main"), "1 row: 1 ready.") {
		t.Errorf("got %q, want the rows of the file", page.text("main"))
	}
	for name, c := range map[string]struct{ file, content, sheet, want string }{
		"a picture":      {"gate.xlsx", "\x89PNG\r\n\x1a\n\x00\x00", "", "gate.xlsx:"},
		"both":           {"gate.csv", "Badge;Datum;Uur\r\n1;2;3", "Badge\t1", "not both"},
		"nothing":        {"", "", "", "Paste the rows here, or choose a file."},
		"headings alone": {"", "", "Badge\tDatum\tUur", "no row below it"},
		"an open quote":  {"gate.csv", "Badge;Datum;Uur\r\n\"1;2;3", "", "gate.csv:"},
	} {
		t.Run(name, func(t *testing.T) {
			els := els.in(t)
			form := els.get("/batches/new")
			form.find("#sheet").SetText("\n" + c.sheet)
			request := form.form("main form[enctype]").request()
			if c.file != "" {
				request = els.upload(form, c.file, c.content)
			}
			answer := els.do(request, true)
			answer.wants(http.StatusUnprocessableEntity)
			if got := answer.text(".why"); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := strings.TrimPrefix(answer.find("#sheet").Text(), "\n"); got != c.sheet {
				t.Errorf("the pasted text is %q, want it as it was", got)
			}
		})
	}
	if got := els.get("/batches").find("tbody tr").Length(); got != 1 {
		t.Errorf("got %d batches, want none of what could not be read", got)
	}
}

// Only the file of a form may be large, because it is not kept in memory; that holds for who is not signed in, too.
func TestWhatAFormHoldsBesideItsFileIsBounded(t *testing.T) {
	w := newWorld(t)
	var inputs strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&inputs, "--b\r\nContent-Disposition: form-data; name=%d\r\n\r\n\r\n", i)
	}
	for name, c := range map[string]struct{ kind, body, most string }{
		"many inputs":        {"multipart/form-data; boundary=b", inputs.String() + "--b--\r\n", "50 MB"},
		"long names":         {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=" + strings.Repeat("n", 5<<20) + "\r\n\r\n\r\n--b--\r\n", "50 MB"},
		"a form without one": {"application/x-www-form-urlencoded", "sheet=" + strings.Repeat("a", 2<<20), "1 MB"},
	} {
		for who, b := range map[string]*browser{"nobody": w.stranger(), "els": w.signIn("els")} {
			t.Run(name+" of "+who, func(t *testing.T) {
				b := b.in(t)
				r := b.request(http.MethodPost, "/batches/new", url.Values{})
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader(c.body)), int64(len(c.body))
				r.Header.Set("Content-Type", c.kind)
				most := c.most
				if who == "nobody" { // who has what any form may have
					most = "1 MB"
				}
				if got := b.do(r, false).wants(http.StatusRequestEntityTooLarge).text("main"); !strings.Contains(got, "at most "+most) {
					t.Errorf("got %q, want at most %s", got, most)
				}
			})
		}
	}
	t.Run("what is pasted by nobody", func(t *testing.T) { // who has no session has what any form may have
		b := w.stranger().in(t)
		r := b.request(http.MethodPost, "/batches/new", url.Values{})
		r.Body = io.NopCloser(strings.NewReader("--b\r\nContent-Disposition: form-data; name=sheet\r\n\r\n" + strings.Repeat("a", 2<<20) + "\r\n--b--\r\n"))
		r.ContentLength = -1
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		b.do(r, false).wants(http.StatusRequestEntityTooLarge)
	})
	els, marc := w.signIn("els"), w.signIn("marc")
	file := func(b *browser) *http.Request {
		return b.upload(els.get("/batches/new"), "a.csv", "Badge;Datum\r\n1;2")
	}
	marc.do(file(marc), false).wants(http.StatusForbidden)
	t.Setenv("TMPDIR", "/nowhere") // it is the server that has no room
	els.do(file(els), false).wants(http.StatusServiceUnavailable)
}

// Files that arrive at the same time beyond ten, or beyond three of one person, are not kept. What is typed beside them
// comes back.
func TestFilesOnTheDiskAreFew(t *testing.T) {
	w := newWorld(t)
	els, tom, jan, both := w.signIn("els"), w.signIn("tom"), w.signIn("jan"), w.signIn("both")
	id := els.get("/batches/new").form("main form[enctype]").values.Get("change")
	for _, test := range []struct {
		name string
		from []*browser
	}{
		{"of one person", []*browser{els, els, els, els}},
		{"of all", []*browser{tom, tom, tom, jan, jan, jan, both, both, both, els, els}},
	} {
		var begun, ended sync.WaitGroup
		var refused atomic.Int64
		begun.Add(len(test.from))
		for _, b := range test.from {
			r := b.request(http.MethodPost, "/batches/new", url.Values{})
			body, slow := io.Pipe()
			r.Body, r.ContentLength = body, -1
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
			ended.Go(func() {
				// More than connections hold: whoever has written it has begun to be read.
				_, _ = io.WriteString(slow, "--b\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\n\r\n"+strings.Repeat(" ", 16<<20))
				begun.Done()
				begun.Wait()
				_, _ = io.WriteString(slow, "\r\n--b\r\nContent-Disposition: form-data; name=change\r\n\r\n"+id+
					"\r\n--b\r\nContent-Disposition: form-data; name=sheet\r\n\r\nkept\r\n--b--\r\n")
				_ = slow.Close()
			})
			ended.Go(func() {
				page := b.do(r, false)
				if strings.Contains(page.text(".why"), "Other large files are being read now.") && strings.TrimSpace(page.find("#sheet").Text()) == "kept" {
					refused.Add(1)
				}
			})
		}
		ended.Wait()
		if got := refused.Load(); got != 1 {
			t.Errorf("%s: got %d of %d files refused, want 1", test.name, got, len(test.from))
		}
	}
}

// What was pasted comes back after a session that has ended, and of a file its name.
func TestInvariant6_APastedSheetSurvivesAnEndedSession(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	form := els.get("/batches/new")
	w.clock.pass(time.Hour)
	form.find("#sheet").SetText("\n" + pasted("Badge|Datum|Uur", "6767600|"+day(3)+"|8u30"))
	asked := els.do(els.upload(form, "gate.csv", strings.Repeat("x", 1<<20)), false).wants(http.StatusUnauthorized)
	back := els.answer(els.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
	if got := back.find("#sheet").Text(); !strings.Contains(got, "6767600") {
		t.Errorf("the sheet is %q, want what was pasted", got)
	}
	if got := back.text(".why"); !strings.Contains(got, "Choose gate.csv again") {
		t.Errorf("got %q, want the file asked for again", got)
	}
}

func TestTheSameSheetAgainSendsNothingUnlessAsked(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	rows := []string{"Badge|Datum|Uur", "6767600|" + day(3) + "|5u30", "6767601|" + day(3) + "|5u31"}
	first := els.paste(rows...)
	start := first.form("main form.draft")
	start.action = first.resolve(first.find("button.main").AttrOr("formaction", ""))
	start.send().wants(http.StatusOK)
	sent := batch.Batch{ID: strings.TrimPrefix(first.url.Path, "/batches/"), Actor: w.actor("els", change.Editor)}
	w.became(sent, 2, 0, created(9001))
	w.became(sent, 3, 0, unanswered())
	again := els.paste(rows...).wants(http.StatusOK)
	if got := again.text(".note.warn"); !strings.Contains(got, "2 rows were sent before and are left out.") {
		t.Fatalf("got %q: %s, want what was sent before told", got, again.text("main"))
	}
	if again.find("button.main[formaction]").Length() != 0 {
		t.Error("there is something to send, want nothing unless asked")
	}
	if n := again.find(".note.warn a[href='" + first.url.Path + "']").Length(); n != 1 {
		t.Errorf("got %d links to the batch that has sent them, want 1", n)
	}
	colleague := w.signIn("tom").paste(rows...).wants(http.StatusOK)
	if got := colleague.text(".note.warn"); !strings.Contains(got, "2 rows were sent before") || colleague.find(".note.warn a").Length() != 0 {
		t.Errorf("a colleague: got %q, want it told without whose batch that was", got)
	}
	rejected := els.get(again.url.Path + "/rejected.csv").wants(http.StatusOK)
	if got := rejected.body; strings.Contains(got, "on "+time.Now().Format("2006-")) || !strings.Contains(got, "Sent before on ") {
		t.Errorf("got %q, want the date as people write it", got)
	}
	page := again.form("main form.draft").press("do", "again").send().wants(http.StatusOK)
	if got := page.text("button.main"); got != "Send 2 rows" {
		t.Errorf("got the button %q, want both rows: %s", got, page.text("main"))
	}
}

func TestPressesOfSendAtOnceStartABatchAndLeadToIt(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|Uur", "6767600|"+day(3)+"|5u30")
	start := page.form("main form.draft").set("why.note", "gate A")
	start.action = page.resolve(page.find("button.main").AttrOr("formaction", ""))
	var presses sync.WaitGroup
	for range 8 {
		presses.Go(func() {
			if answer := els.do(start.request(), true); answer.status != http.StatusOK || answer.url.Path != page.url.Path {
				t.Errorf("got %d at %s, want the batch", answer.status, answer.url.Path)
			}
		})
	}
	presses.Wait()
}

func TestADraftIsDiscarded(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|Uur", "6767600|"+day(3)+"|5u30")
	form := page.form("main form.draft")
	form.action = page.resolve(page.find("button.danger[formaction]").AttrOr("formaction", ""))
	if list := form.send().wants(http.StatusOK); list.url.Path != "/batches" || list.find("tbody tr").Length() != 0 {
		t.Errorf("got %s with %d batches, want none", list.url.Path, list.find("tbody tr").Length())
	}
	els.get(page.url.Path).wants(http.StatusNotFound)
}

func TestATemplateIsUnderstoodWhenItComesBack(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	for _, language := range []string{"en", "nl", "fr", "de"} {
		els := w.signIn("els")
		els.post("/language", map[string][]string{"language": {language}, "return": {"/"}})
		for _, of := range []struct{ query, want string }{
			{"collection=clockings&operation=create", "Person;Badge number;Date;Time;Kind;Note for the log"},
			{"collection=clockings&operation=replace", "Number in Protime;Date;Time;Kind;Note for the log"},
			{"collection=assignments&operation=create", "Person;Badge number;Start date;Level 1;Activity 1;Note for the log"},
		} {
			file := els.get("/batches/template.csv?" + of.query).wants(http.StatusOK)
			headings := strings.TrimSpace(strings.TrimPrefix(file.body, "\ufeff"))
			if language == "en" && headings != of.want {
				t.Errorf("%s: got the headings %q, want %q", of.query, headings, of.want)
			}
			cells := make([]string, strings.Count(headings, ";"))
			page := els.do(els.upload(els.get("/batches/new?"+of.query), "sheet.csv", headings+"\r\n"+strings.Join(cells, ";")+";x\r\n"), true).wants(http.StatusOK)
			if page.find("form.draft").Length() != 1 {
				t.Errorf("%s: the headings %q ask what they mean: %s", language, headings, page.text("main"))
			}
		}
	}
}

func TestWhyARowIsHeldFitsWhatItsBatchDoes(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	store := w.log.Batches()
	of := w.draftOf(1)
	for _, c := range []struct {
		operation batch.Operation
		held      string
		want      string
		retry     bool
	}{
		{batch.Replace, batch.HeldNothing, "Protime has this already. Nothing was sent.", true},
		{batch.Replace, batch.HeldMoved, "It was changed in Protime since the check. Nothing was sent.", true},
		{batch.Undo, batch.HeldNothing, "Everything is already as it was before this change.", true},
		{batch.Undo, batch.HeldMoved, "It was changed in Protime since. Nothing was sent.", true},
		{batch.Undo, batch.HeldUndone, "A change can be undone once. Nothing was sent to Protime.", false},
		{batch.Undo, batch.HeldGone, "It is no longer in Protime. Nothing was sent.", false},
	} {
		b := batch.Batch{
			ID: uuid.Must(uuid.NewV7()).String(), Actor: of.Actor, Operation: c.operation, Collection: "clockings", List: "/clockings",
			Columns: []batch.Column{{Input: batch.InputRecord}},
		}
		if c.operation == batch.Undo {
			b.Undoes = of.ID
		}
		err := store.Make(t.Context(), b)
		if err == nil {
			b.Revision, err = store.PutRows(t.Context(), b.ID, 1, []batch.Row{{Number: 2, Cells: []string{"8192"}, Check: batch.Check{Verdict: batch.Ready}}}, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		w.begun(b)
		if err := store.Hold(t.Context(), b.ID, map[int]string{2: c.held}); err != nil {
			t.Fatal(err)
		}
		w.move(b, batch.Done)
		page := els.get("/batches/" + b.ID).wants(http.StatusOK)
		if got := page.text("#batch-rows"); !strings.Contains(got, c.want) {
			t.Errorf("%s, %s: got %q, want %q", c.operation, c.held, got, c.want)
		}
		want := 0
		if c.retry {
			want = 2 // of the row and of all
		}
		if got := page.find("form[action$='/retry']").Length(); got != want {
			t.Errorf("%s, %s: got %d buttons to try again, want %d", c.operation, c.held, got, want)
		}
	}
}

func TestRecordsAreChangedAndDeletedByASheet(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	form := els.get("/batches/new?operation=replace").form("main form[enctype]").set("sheet", pasted("Id|Time", "8192|08:11"))
	page := form.send().wants(http.StatusOK)
	if got := page.text("tbody"); !strings.Contains(got, "08:05") || !strings.Contains(got, "08:11") || !strings.Contains(got, "Jan Maes") {
		t.Errorf("got %q, want what is there now and what it becomes: %s", got, page.text("main"))
	}
	if got := page.text("tbody del"); got != "08:05" {
		t.Errorf("got %q as what is there now, want 08:05 alone", got)
	}
	form = els.get("/batches/new?operation=delete").form("main form[enctype]").set("sheet", pasted("Id", "8192", "99999999"))
	page = form.send().wants(http.StatusOK)
	if got := page.text("tbody"); !strings.Contains(page.text("main"), "1 ready, 1 with an error") || !strings.Contains(got, "99999999") && page.cells() == "" {
		t.Errorf("got %q, want a record that is there and one that is not: %s", got, page.text("main"))
	}
}

func TestRecordsOfASheetAreReadOnceAndAHundredAtATime(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	replace := func(rows ...string) *page {
		return els.get("/batches/new?operation=replace").form("main form[enctype]").set("sheet", pasted(append([]string{"Id|Time"}, rows...)...)).send()
	}
	page := replace("8192|08:11", "8192|25:00").wants(http.StatusOK)
	w.tenant.Forget()
	page = page.form("main form.draft").set("cell.3.1", "08:12").send().wants(http.StatusOK)
	read := 0
	for _, entry := range w.tenant.Requests() {
		if strings.HasSuffix(entry.Path, "/clockings/8192") {
			read++
		}
	}
	if got := page.text("main"); read != 1 || !strings.Contains(got, "2 rows: 1 ready, 1 left out.") {
		t.Errorf("the record was read %d times, want once for the row that was corrected, which is a double now: %s", read, got)
	}

	var rows []string
	for i := range 150 {
		rows = append(rows, fmt.Sprintf("%d|08:11", 900_000+i))
	}
	w.tenant.Fail(simulator.Fault{Status: http.StatusInternalServerError, Path: "/clockings/9*", Skip: 100})
	page = replace(rows...).wants(http.StatusOK)
	w.tenant.Heal()
	if got := page.text("main"); !strings.Contains(got, "100 of 150 rows are checked") {
		t.Errorf("got %q, want the hundred rows kept that were checked before Protime failed", got)
	}
}

func TestEveryListLeadsToASheetOfItsRecords(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	for _, list := range []struct{ path, heading string }{
		{"/clockings", "clockings"}, {"/assignments", "assignments"},
		{"/activity-structure-versions/" + company.StructureVersion + "/levels/1/activity-definitions", "activity definitions"},
	} {
		page := els.get(list.path).follow("a[href*='/batches/new']").wants(http.StatusOK)
		if got := strings.ToLower(page.text(".head")); !strings.Contains(got, list.heading) {
			t.Errorf("%s leads to %q, want a sheet of %s", list.path, got, list.heading)
		}
	}
	if els.get("/terminals").find("a[href*='/batches/new']").Length() > 0 {
		t.Error("a list that cannot be changed leads to a sheet")
	}
	if w.signIn("marc").get("/clockings").find("a[href*='/batches/new']").Length() > 0 {
		t.Error("who may not change a list is led to a sheet")
	}
}
