package handlers_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/web"
	"protime-admin/protime/contract"
)

// actor is an employee as the product knows them.
func (w *world) actor(subject string, roles ...change.Role) change.Actor {
	for _, p := range employees() {
		if p.Subject == subject {
			return change.Actor{Subject: subject, Issuer: w.issuer.URL, Name: p.Name, Email: p.Email, Number: p.EmployeeNumber, Roles: roles}
		}
	}
	w.t.Fatalf("nobody is called %s", subject)
	return change.Actor{}
}

// draftOf stores a draft of Els's with some rows that are ready: clockings of Jan Maes on a day, a minute apart.
func (w *world) draftOf(rows int) batch.Batch {
	w.t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	store := w.log.Batches()
	b := batch.Batch{
		ID: id, Actor: w.actor("els", change.Editor), Operation: batch.Create, Collection: "clockings", List: "/clockings",
		Source: batch.Pasted, Name: "Gate A down", Columns: []batch.Column{
			{Header: "Badge", Input: "person.id~badge", How: batch.ByHeader}, {Header: "Uur", Input: "timeOfDayInMinutes", How: batch.ByHeader},
		},
	}
	if err := store.Make(w.t.Context(), b); err != nil {
		w.t.Fatal(err)
	}
	var all []batch.Row
	for i := range rows {
		minute := 480 + i
		all = append(all, batch.Row{Number: i + 2, Cells: []string{"670012", fmt.Sprintf("%02d:%02d", minute/60, minute%60)}, Check: batch.Check{
			Verdict: batch.Ready, Path: "/clockings", Person: "76547", Date: daysAgo(3),
			After:  json.RawMessage(fmt.Sprintf(`{"person":{"id":76547},"date":%q,"timeOfDayInMinutes":%d,"kind":"InOut"}`, daysAgo(3), minute)),
			Digest: fmt.Appendf(nil, "%d", minute),
		}})
	}
	if _, err := store.PutRows(w.t.Context(), id, 1, all, true); err != nil {
		w.t.Fatal(err)
	}
	b.Revision = 2
	return b
}

func (w *world) begun(b batch.Batch) {
	w.t.Helper()
	if err := w.log.Batches().Start(w.t.Context(), b.ID, b.Revision, change.Reason{Note: "terminal was down"}, "r-1"); err != nil {
		w.t.Fatal(err)
	}
}

// became writes into the log that a try of a row was sent, and what followed.
func (w *world) became(b batch.Batch, row, try int, events ...change.Event) {
	w.t.Helper()
	rows, err := w.log.Batches().Numbered(w.t.Context(), b.ID, []int{row})
	if err != nil || len(rows) != 1 {
		w.t.Fatalf("row %d: got %d rows, %v", row, len(rows), err)
	}
	by, after := b.Actor, change.Text(rows[0].Check.After)
	first := change.Event{
		Facts: change.Facts{Kind: change.KindPrepared, Issuer: by.Issuer, Roles: by.Roles, Prepared: &change.Prepared{
			Collection: "clockings", Verb: contract.Create, Path: "/clockings", Method: http.MethodPost, Resource: "/clockings",
			Part: &change.Part{Batch: b.ID, Row: row, Try: try},
		}},
		Personal: change.Personal{Subject: by.Subject, Name: by.Name, Email: by.Email, Person: "76547", Date: daysAgo(3), After: after, Request: after},
	}
	id := batch.ChangeID(b.ID, row, try)
	if err := w.log.Prepare(w.t.Context(), id, first); err != nil {
		w.t.Fatal(err)
	}
	if err := w.log.Append(w.t.Context(), id, events...); err != nil && len(events) > 0 {
		w.t.Fatal(err)
	}
}

// created is Protime's answer to a row, with the number of the new clocking.
func created(number int) change.Event {
	return change.Event{Facts: change.Facts{Kind: change.KindAnswered, Attempt: &change.Attempt{
		Number: 1, Left: true, Status: http.StatusCreated, FromAPI: true, Location: fmt.Sprintf("/connector/protimeapi/api/v1/clockings/%d", number),
	}}}
}

// refusedRow is Protime's no to a row, with its reason.
func refusedRow(reason string) change.Event {
	return change.Event{
		Facts: change.Facts{Kind: change.KindAnswered, Attempt: &change.Attempt{
			Number: 1, Left: true, Status: http.StatusBadRequest, FromAPI: true, Header: http.Header{"Content-Type": {"application/json"}},
		}},
		Personal: change.Personal{Response: change.Text(fmt.Sprintf(`{"reasons":[%q]}`, reason))},
	}
}

// unanswered is a row of which no answer came.
func unanswered() change.Event {
	return change.Event{Facts: change.Facts{Kind: change.KindLost, Attempt: &change.Attempt{Number: 1, Left: true, Failure: "reset"}}}
}

// runs sends rows of batches until the test ends.
func (w *world) runs() {
	runner := &batch.Runner{
		Store: w.log.Batches(), Desk: w.desk, Pace: new(batch.Pace), Logger: slog.New(slog.DiscardHandler), Poll: 10 * time.Millisecond,
	}
	ctx, stop := context.WithCancel(w.t.Context())
	var done sync.WaitGroup
	done.Go(func() { _ = runner.Run(ctx) }) // ends with ctx
	w.t.Cleanup(func() { stop(); done.Wait() })
}

// stream is what a browser that watches a batch reads.
type stream struct {
	t    testing.TB
	body *bufio.Reader
	stop func()
}

// watch opens a stream of events; it ends with the test, or when stop is called.
func (b *browser) watch(path string) *stream {
	b.w.t.Helper()
	r := b.request(http.MethodGet, path, nil)
	r.Header.Set("Accept", web.EventStream)
	response, err := b.client.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != web.EventStream {
		b.w.t.Fatalf("%s: got %d of %s, want a stream", path, response.StatusCode, response.Header.Get("Content-Type"))
	}
	b.w.t.Cleanup(func() { _ = response.Body.Close() })
	return &stream{t: b.w.t, body: bufio.NewReader(response.Body), stop: func() { _ = response.Body.Close() }}
}

// next is the name of the next event with its data as a page; "" at the end of the stream.
func (s *stream) next() (string, *goquery.Document) {
	s.t.Helper()
	var name, data string
	for {
		line, err := s.body.ReadString('\n')
		line = strings.TrimSuffix(line, "\n")
		switch {
		case err != nil:
			return "", nil
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data:"):
			data += strings.TrimPrefix(line[len("data:"):], " ") + "\n"
		case line == "" && name != "":
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(data))
			if err != nil {
				s.t.Fatal(err)
			}
			return name, doc
		}
	}
}

// until reads parts of a page until one has a text in it, or until an event of another name, which it returns.
func (s *stream) until(text string) string {
	s.t.Helper()
	for {
		name, doc := s.next()
		if name != "part" || text != "" && strings.Contains(doc.Text(), text) {
			return name
		}
	}
}

// move changes the state of a batch as its runner does.
func (w *world) move(b batch.Batch, to batch.State) {
	w.t.Helper()
	if err := w.log.Batches().Move(w.t.Context(), b.ID, to, "", batch.Running, batch.Paused); err != nil {
		w.t.Fatal(err)
	}
}

// halfSent is a batch of six rows: two were made, one was refused, one has no answer; row 7 is held, and row 6 waits.
func (w *world) halfSent() batch.Batch {
	w.t.Helper()
	b := w.draftOf(6)
	w.begun(b)
	w.became(b, 2, 0, created(9001))
	w.became(b, 3, 0, refusedRow("The period is closed."))
	w.became(b, 4, 0, unanswered())
	w.became(b, 5, 0, created(9002))
	if err := w.log.Batches().Hold(w.t.Context(), b.ID, map[int]string{7: batch.HeldMoved}); err != nil {
		w.t.Fatal(err)
	}
	return b
}

// texts are the texts of what a selector finds, one by one.
func (p *page) texts(selector string) []string {
	var all []string
	p.find(selector).Each(func(_ int, found *selection) { all = append(all, strings.Join(strings.Fields(found.Text()), " ")) })
	return all
}

func TestWhatIsSentAndWhatBecameOfItIsShown(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els, tom, anke := w.signIn("els"), w.signIn("tom"), w.signIn("anke")
	b := w.halfSent()
	path := "/batches/" + b.ID

	reloads := func(p *page) bool { return strings.Contains(p.text("head noscript"), `http-equiv="refresh"`) }
	w.became(b, 6, 0) // it is being sent, or waits for that
	page := els.get(path).wants(http.StatusOK)
	if got := page.text("#batch-bar b"); got != "4 of 6 sent" {
		t.Errorf("sent: got %q, want 4 of 6", got)
	}
	if bar := page.find("progress"); bar.AttrOr("value", "") != "5" || bar.AttrOr("max", "") != "6" {
		t.Errorf("the bar: got %q of %q, want 5 of 6: a row that is held is dealt with", bar.AttrOr("value", ""), bar.AttrOr("max", ""))
	}
	if got := page.texts("#batch-troubles .mark"); !slices.Equal(got, []string{"1 with an unknown outcome", "2 not made", "Row 3", "Row 4", "Row 7"}) {
		t.Errorf("what needs somebody: got %q", got)
	}
	if got := page.text("#batch-troubles li:first-child"); !strings.Contains(got, "08:01") || !strings.HasSuffix(got, "400 Bad Request The period is closed.") {
		t.Errorf("a refused row: got %q, want the time and what Protime said", got)
	}
	if asked := els.get(path + "?reload=on"); reloads(page) || !reloads(asked) {
		t.Errorf("reloads by itself: got %v, and %v where that was asked for, want false and true", reloads(page), reloads(asked))
	}
	if page := anke.get(path).wants(http.StatusOK); page.find("#batch-ways form:not([action$='/cancel'], [action$='/pause'])").Length() != 0 {
		t.Error("an auditor can do more with somebody's batch than pause and stop it")
	}
	for _, what := range []string{"", "/events", "/rejected.csv", ".csv"} {
		tom.get(path + what).wants(http.StatusNotFound)
	}

	if err := w.log.Append(t.Context(), batch.ChangeID(b.ID, 6, 0), created(9003)); err != nil {
		t.Fatal(err)
	}
	w.move(b, batch.Done)
	page = els.get(path).wants(http.StatusOK)
	if got := page.texts(".stats > div"); !slices.Equal(got, []string{"added3", "refused1", "outcome not known1", "held back1"}) {
		t.Errorf("counts: got %q", got)
	}
	if got := page.texts("#batch-rows tbody tr"); len(got) != 3 || !strings.HasPrefix(got[0], "3 08:01") && !strings.HasPrefix(got[0], "308:01") {
		t.Errorf("rows that need somebody: got %q, want 3, 4 and 7", got)
	}
	// What may be in Protime is looked up, and never sent again by a button.
	if got := page.find("#batch-rows tr:nth-child(2) form").AttrOr("action", ""); !strings.HasSuffix(got, "/changes/"+batch.ChangeID(b.ID, 4, 0)+"/check") {
		t.Errorf("the row without an answer: got a form to %q, want a look", got)
	}
	if got := page.find("#batch-rows form[action$='/retry']").Length(); got != 2 {
		t.Errorf("rows to try again: got %d, want the refused one and the one that is held", got)
	}
	if got := page.text("#batch-rows .foot"); !strings.HasPrefix(got, "The other 3: added. Show them") {
		t.Errorf("the others: got %q", got)
	}
	all := page.follow("#batch-rows .foot a").wants(http.StatusOK)
	if got := all.href("#batch-rows tbody tr:first-child td a"); got != w.url+"/clockings/9001" {
		t.Errorf("Location: got a link to %q, want the new clocking", got)
	}
	if got := all.href("#batch-rows tbody tr:first-child th a"); got != w.url+"/changes/"+batch.ChangeID(b.ID, 2, 0) {
		t.Errorf("receipt: got %q", got)
	}
	if page := anke.get(path).wants(http.StatusOK); page.find("form[action$='/undo'], form[action$='/retry']").Length() != 0 || page.find("form[action$='/check']").Length() != 1 {
		t.Error("an auditor can take back or repeat what somebody sent, or cannot look for a row without an answer")
	}

	if got, want := els.get(path+"/rejected.csv").wants(http.StatusOK).body, "\ufeffBadge;Uur;Why not made\r\n"+
		"670012;08:01;400 Bad Request. The period is closed.\r\n"+
		"670012;08:05;Held back. It was changed in Protime since the check. Nothing was sent.\r\n"; got != want {
		t.Errorf("rejected rows: got %q, want %q", got, want)
	}
	if got := strings.Split(els.get(path+".csv").wants(http.StatusOK).body, "\r\n"); len(got) != 8 ||
		got[1] != "2;670012;08:00;Applied;;201 Created;/connector/protimeapi/api/v1/clockings/9001;"+batch.ChangeID(b.ID, 2, 0) {
		t.Errorf("all rows: got %q", got)
	}
	for _, file := range []string{path + ".xlsx", path + "/rejected.xlsx"} {
		if got := els.get(file).wants(http.StatusOK); !strings.HasPrefix(got.body, "PK") {
			t.Errorf("%s: got %.20q, want a spreadsheet", file, got.body)
		}
	}
}

func TestAPageSaysHowFastRowsAreSent(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.draftOf(8)
	w.begun(b)
	path := "/batches/" + b.ID
	w.became(b, 2, 0, created(9001))
	if got := els.get(path).text("#batch-bar .soft"); got != "" {
		t.Errorf("at first: got %q, want nothing: nobody knows yet", got)
	}
	w.clock.pass(10 * time.Second)
	w.became(b, 3, 0, created(9002))
	if got := els.get(path).text("#batch-bar .soft"); !strings.HasPrefix(got, "about 6 a minute, ") || !strings.HasSuffix(got, "left") {
		t.Errorf("got %q, want about 6 a minute and how long it takes", got)
	}
	store := w.log.Batches()
	if leased, err := store.Lease(t.Context(), b.ID, "a replica", time.Minute); !leased || err != nil {
		t.Fatalf("got %t, %v", leased, err)
	}
	seen := els.watch(path + "/events")
	if err := store.Wait(t.Context(), b.ID, "a replica", time.Hour); err != nil {
		t.Fatal(err)
	}
	seen.until("Protime asks to wait until ")
	if page := els.get(path); !strings.Contains(page.text("#batch-ways"), "Then it goes on by itself.") || page.text("#batch-bar .soft") != "" {
		t.Errorf("got %q, want that it waits, and no rate", page.text("main"))
	}
	w.clock.pass(2 * time.Hour)
	if got := els.get(path).text("#batch-ways"); strings.Contains(got, "wait") {
		t.Errorf("after the wait: got %q", got)
	}
	if err := store.Move(t.Context(), b.ID, batch.Paused, "", batch.Running); err != nil {
		t.Fatal(err)
	}
	if got := els.get(path).text("#batch-bar .soft"); got != "" {
		t.Errorf("paused: got %q, want nothing", got)
	}
}

func TestABatchIsPausedGoesOnAndIsStopped(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.halfSent()
	path := "/batches/" + b.ID
	running := els.get(path)
	paused := running.form("form[action$='/pause']").send().wants(http.StatusOK)
	if got := paused.text("#batch-heading"); got != "Paused: 1 row is not sent yet" {
		t.Errorf("heading: got %q", got)
	}
	running.form("form[action$='/pause']").send().wants(http.StatusOK) // a double click
	if anke := w.signIn("anke").get(path); anke.find("form[action$='/resume']").Length() > 0 || anke.find("form[action$='/cancel']").Length() != 1 {
		t.Error("an auditor can make the batch go on, or not stop it; want the other way round")
	}
	w.signIn("tom").post(path+"/cancel", nil).wants(http.StatusNotFound) // another editor
	again := paused.form("form[action$='/resume']").send().wants(http.StatusOK)
	if got := again.text("#batch-heading"); got != "Sending 6 rows" {
		t.Errorf("heading: got %q", got)
	}
	for key, want := range map[string]string{
		batch.PausedUnreachable: "Protime did not answer several times", batch.PausedForbidden: "Protime refused several rows",
		batch.PausedLimit: "Protime asks to wait each time",
		batch.PausedLog:   "The audit log cannot be written", batch.PausedRole: "may not make these changes any more",
	} {
		if err := w.log.Batches().Move(t.Context(), b.ID, batch.Paused, key, batch.Running); err != nil {
			t.Fatal(err)
		}
		page := els.get(path)
		if got := page.text("#batch-ways"); !strings.Contains(got, want) || page.find("#batch-ways p").Length() < 2 {
			t.Errorf("%s: got %q, want why, and what to do", key, got)
		}
		page.form("form[action$='/resume']").send()
	}
	stopped := els.get(path).form("form[action$='/cancel']").send().wants(http.StatusOK)
	if got := stopped.text("#batch-rows .top"); !strings.Contains(got, "Stopped. 1 row was not sent.") {
		t.Errorf("stopped: got %q", got)
	}
	if got := stopped.texts(".stats > div"); !slices.Contains(got, "not sent1") {
		t.Errorf("counts: got %q, want the row that was not sent", got)
	}
	running.form("form[action$='/pause']").send().wants(http.StatusOK)
	if page := els.get(path); page.find("form[action$='/resume']").Length() != 0 {
		t.Error("a form of an earlier page made a batch run that was stopped")
	}
	retried := stopped.form("form[action$='/retry']:has([name=row][value='3'])").send().wants(http.StatusOK)
	if got := retried.text("#batch-heading") + ": " + retried.text("#batch-bar b"); got != "Sending 5 rows: 3 of 5 sent" {
		t.Errorf("a row of a stopped batch is tried again: got %q, want it without the row that was stopped", got)
	}
	waiting := w.draftOf(2)
	w.begun(waiting)
	path = "/batches/" + waiting.ID
	els.get(path).form("form[action$='/pause']").send()
	if got := els.get(path).form("form[action$='/cancel']").send().text("#batch-rows .top"); !strings.Contains(got, "Stopped. 2 rows were not sent.To send them after all") {
		t.Errorf("stopped while it was paused: got %q", got)
	}
}

func TestAPageOfAStoppedBatchSaysOneNumberForOneThing(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.draftOf(2)
	w.begun(b)
	w.became(b, 2, 0, refusedRow("The period is closed."))
	w.became(b, 3, 0, refusedRow("The period is closed."))
	stopped := els.get("/batches/" + b.ID).form("form[action$='/cancel']").send().wants(http.StatusOK)
	if got := stopped.text("#batch-rows .top"); !strings.Contains(got, "Stopped. No row was left to send.") || strings.Contains(got, "not sent") {
		t.Errorf("stopped when all was sent: got %q", got)
	}

	b = w.draftOf(5)
	var err error
	b.Revision, err = w.log.Batches().PutRows(t.Context(), b.ID, b.Revision, []batch.Row{
		{Number: 7, Cells: []string{"670012", "08:00"}, LeftOut: true, Check: batch.Check{Verdict: batch.Ready}},
		{Number: 8, Cells: []string{"670012", "25:00"}, Check: batch.Check{Verdict: batch.Wrong}},
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	w.begun(b)
	w.became(b, 2, 0, created(9001))
	w.became(b, 3, 0)
	stopped = els.get("/batches/" + b.ID).form("form[action$='/cancel']").send().wants(http.StatusOK)
	if got := stopped.texts(".stats > div"); !slices.Equal(got, []string{"added1", "being sent1", "not sent3", "with an error1", "left out1"}) {
		t.Errorf("counts: got %q", got)
	}
	has(t, stopped.text("#batch-rows .top"), "Stopped. 3 rows were not sent.")
	if got := stopped.texts(".tabs a"); !slices.Equal(got, []string{"Done 1", "Not sent 3", "With an error 1", "Left out 1", "All rows 7"}) {
		t.Errorf("tabs: got %q", got)
	}
	if got := els.get("/batches").text("tbody"); !strings.Contains(got, "1 applied, 1 being sent, 3 not sent") || strings.Contains(got, "unknown") {
		t.Errorf("all batches: got %q", got)
	}
	seen := els.watch("/batches/" + b.ID + "/events")
	seen.until("being sent")
	if err := w.log.Append(t.Context(), batch.ChangeID(b.ID, 3, 0), created(9002)); err != nil {
		t.Fatal(err)
	}
	if got := seen.until("2 added"); got != "part" {
		t.Errorf("got %q, want the page to change once the row has an answer", got)
	}
}

func TestRowsAreTriedAgainOnce(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.halfSent()
	w.became(b, 6, 0, created(9003))
	w.move(b, batch.Done)
	page := els.get("/batches/" + b.ID)
	if undo := page.form("form[action$='/undo']").send().wants(http.StatusOK); len(undo.texts("tbody tr")) != 3 {
		t.Errorf("the undo: got %q, want the three rows that were made", undo.texts("tbody tr"))
	}
	form := page.form("#batch-rows form[action$='/retry']")
	if got := form.send().text("#batch-heading"); got != "Sending 6 rows" {
		t.Errorf("got %q, want the rows that are sent", got)
	}
	form.send()
	w.became(b, 3, 1, refusedRow("The period is closed."))
	w.move(b, batch.Done)
	form.send().wants(http.StatusOK)
	rows, err := w.log.Batches().Numbered(t.Context(), b.ID, []int{3, 7})
	if err != nil || rows[0].Try != 1 || rows[1].Try != 0 {
		t.Fatalf("got %+v, %v, want row 3 tried a second time and no more, and row 7 left alone", rows, err)
	}
	els.get("/batches/" + b.ID).form("#batch-stats form[action$='/retry']").send()
	if rows, err = w.log.Batches().Numbered(t.Context(), b.ID, []int{3, 4, 7}); err != nil || rows[0].Try != 2 || rows[1].Try != 0 || rows[2].Try != 1 {
		t.Errorf("got %+v, %v, want rows 3 and 7 tried again, and not the one without an answer", rows, err)
	}
}

func TestWhoeverWatchesSeesWhatChanges(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.halfSent()
	path := "/batches/" + b.ID
	seen := els.watch(path + "/events")
	if got := seen.until("4 of 6 sent"); got != "part" {
		t.Fatalf("got %q, want how far it is", got)
	}
	w.became(b, 6, 0, created(9003))
	if got := seen.until("5 of 6 sent"); got != "part" {
		t.Fatalf("got %q, want the row that was sent since", got)
	}
	w.move(b, batch.Done)
	if got := seen.until(""); got != "done" {
		t.Errorf("got %q, want done: the page is another one", got)
	}

	// The result of a row without an answer is shown when somebody has found out.
	result := els.get(path)
	events := result.find("[data-events]").AttrOr("data-events", "")
	seen = els.watch(events)
	name, doc := seen.next()
	if back := doc.Find("form[action$='/check'] [name=return]").AttrOr("value", ""); name != "part" || back != path {
		t.Fatalf("got %q, and a form that goes back to %q, want the result and %q", name, back, path)
	}
	els.post("/changes/"+batch.ChangeID(b.ID, 4, 0)+"/rule", url.Values{"ruling": {"there"}, "why": {"seen in Protime"}}).wants(http.StatusOK)
	if _, doc := seen.next(); doc == nil || !strings.Contains(doc.Find(".stats").Text(), "added4") && !strings.Contains(doc.Find(".stats").Text(), "4") {
		t.Error("the ruling is not shown")
	}
	if got := seen.until(""); got != "end" {
		t.Errorf("got %q, want the end: nothing is left to wait for", got)
	}
	if page := els.get(path); page.find("[data-events]").Length() != 0 {
		t.Error("a result that does not change any more is watched")
	}
}

func TestStreamsAreFewAndEndWithTheirSession(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.halfSent()
	path := "/batches/" + b.ID + "/events"
	var streams []*stream
	for range 4 {
		streams = append(streams, els.watch(path))
		streams[len(streams)-1].until("4 of 6 sent")
	}
	els.get(path).wants(http.StatusTooManyRequests)
	before := els.cookie("protime-session")
	w.clock.pass(20 * time.Minute)
	r := els.request(http.MethodGet, path, nil)
	r.Header.Set("Accept", web.EventStream)
	els.do(r, false).wants(http.StatusTooManyRequests)
	if got := els.cookie("protime-session"); got != before {
		t.Error("a stream made the session last longer")
	}
	w.clock.pass(11 * time.Minute)
	w.became(b, 6, 0, created(9003))
	for _, s := range streams {
		if got := s.until(""); got != "" {
			t.Errorf("got %q, want the end of the stream: the session has ended", got)
		}
	}
}

// clockings is how many there are that are not deleted.
func (w *world) clockings() int {
	n := 0
	for _, id := range w.tenant.IDs("clockings") {
		if record, _ := w.tenant.Get("clockings", id); !strings.Contains(record, `"Deleted"`) {
			n++
		}
	}
	return n
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	seen := els.watch("/batches/" + w.halfSent().ID + "/events")
	seen.until("4 of 6 sent")
	w.stops.Store(true)
	if got := seen.until(""); got != "" {
		t.Errorf("got %q, want the end of the stream: nobody waits for it", got)
	}
}

func TestRowsOfAnUndoAreLeftOut(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.draftOf(103)
	w.begun(b)
	for row := range 103 {
		w.became(b, row+2, 0, created(9001+row))
	}
	w.move(b, batch.Done)
	first := els.get("/batches/" + b.ID).form("form[action$='/undo']").send().wants(http.StatusOK)
	path, store := first.url.Path, w.log.Batches()
	if got := first.find("tbody [name=row][checked]").Length(); got != 100 || first.text("button.main") != "Undo 103 rows" {
		t.Fatalf("got %d ticks and %q, want a page of ticks", got, first.text("button.main"))
	}
	without := func(form *filled, rows ...string) *filled {
		form.values["row"] = slices.DeleteFunc(slices.Clone(form.values["row"]), func(row string) bool { return slices.Contains(rows, row) })
		return form
	}
	turn := first.form("form.draft").set("why.note", "wrong day").press("go", first.find("button[name=go]").AttrOr("value", ""))
	turn.action = w.url + path
	last := turn.send().wants(http.StatusOK)
	if got := last.find("[name='why.note']").AttrOr("value", ""); got != "wrong day" {
		t.Errorf("the next page has the note %q, want the one that was typed", got)
	}
	turn = without(last.form("form.draft"), "103").press("go", "/batches/x?after=101")
	turn.action = w.url + path
	if kept := turn.send().wants(http.StatusOK); kept.text("button.main") != "Undo 102 rows" || kept.find("tr.left-out [name=row][value='103']").Length() != 1 {
		t.Errorf("got %q, want the page with one row less", kept.text("main"))
	}

	// A page that another tab has made older keeps its ticks, and is not kept itself.
	form := without(first.form("form.draft"), "2", "4")
	older := form.send().wants(http.StatusConflict)
	if got := older.find("tbody [name=row][checked]").Length(); got != 98 || older.text("button.main") != "Undo 100 rows" {
		t.Errorf("an older page: got %d ticks and %q, want those that were posted", got, older.text("button.main"))
	}
	// Without script the button says another number than the ticks.
	asked := without(older.form("form.draft").set("sends", "102"), "2", "4").send().wants(http.StatusUnprocessableEntity)
	if !strings.Contains(asked.text(".note.bad"), "it is 100 rows now") || asked.text("button.main") != "Undo 100 rows" {
		t.Errorf("got %q, want to be asked again", asked.text("main"))
	}
	asked.form("form.draft").send().wants(http.StatusOK)
	counts, err := store.Count(t.Context(), path[len("/batches/"):])
	left, errLeft := store.Rows(t.Context(), path[len("/batches/"):], batch.SelectLeftOut, 0, 10)
	if err != nil || errLeft != nil || counts.Unsent() != 100 || len(left) != 3 || left[0].Number != 2 || left[1].Number != 4 || left[2].Number != 103 {
		t.Errorf("got %+v with %+v left out, %v, %v, want 100 rows to be sent", counts, left, err, errLeft)
	}
}

func TestAnUndoOfNoRowIsNotSent(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.draftOf(1)
	w.begun(b)
	w.became(b, 2, 0, created(9001))
	w.move(b, batch.Done)
	page := els.get("/batches/" + b.ID).form("form[action$='/undo']").send().wants(http.StatusOK)
	form := page.form("form.draft")
	form.values.Del("row")
	none := form.send().wants(http.StatusUnprocessableEntity)
	if none.find("button.main").Length() != 0 || !strings.Contains(none.text("main"), "No row is ticked") {
		t.Fatalf("got %q, want nothing to send", none.text("main"))
	}
	again := none.form("form.draft").set("row", "2")
	again.action = page.url.String()
	if got := again.send().wants(http.StatusOK).text("button.main"); got != "Undo 1 row" {
		t.Errorf("got %q, want the row taken in again", got)
	}
}

func TestABatchIsTakenBackAsABatch(t *testing.T) {
	w := newWorld(t, "AUDIT_REASON=required")
	w.knowsPeople()
	w.runs()
	els := w.signIn("els")
	b := w.draftOf(3)
	before := w.clockings()
	w.begun(b)
	path := "/batches/" + b.ID
	if page := els.get(path); page.find("progress").Length() > 0 {
		if got := els.watch(path + "/events").until(""); got != "done" {
			t.Fatalf("got %q, want done", got)
		}
	}
	page := els.get(path)
	if got := w.clockings(); got != before+3 {
		t.Fatalf("clockings: got %d, want %d: %s", got, before+3, page.text("#batch-rows"))
	}

	form := page.form("form[action$='/undo']")
	draft := form.send().wants(http.StatusOK)
	if again := form.send(); again.url.Path != draft.url.Path {
		t.Errorf("a double click made %s, want %s", again.url.Path, draft.url.Path)
	}
	if got := draft.texts("tbody tr"); len(got) != 3 || draft.text("form .top") != "3 rows. Those with a tick are deleted, unless they were changed in Protime since." {
		t.Errorf("the preview: got %q, %q", got, draft.text("form .top"))
	}
	if got := w.clockings(); got != before+3 {
		t.Errorf("clockings: got %d after the preview, want %d", got, before+3)
	}
	undo := draft.url.Path
	revision := draft.find("[name=revision]").AttrOr("value", "")
	els.do(els.request(http.MethodPost, undo, url.Values{"revision": {revision}, "cell.2.0": {"018f0000-0000-7000-8000-000000000001"}}), true).wants(http.StatusOK)
	if rows, err := w.log.Batches().Rows(t.Context(), undo[len("/batches/"):], batch.All, 0, 1); err != nil || rows[0].Cells[0] != batch.ChangeID(b.ID, 2, 0) {
		t.Errorf("a form that the page does not have changed what is taken back: %v, %v", rows, err)
	}
	unreasoned := draft.form("form[action$='/start']").send().wants(http.StatusUnprocessableEntity)
	if len(unreasoned.texts("tbody tr")) != 3 || unreasoned.find("[aria-invalid=true]").AttrOr("name", "") != "why.note" {
		t.Errorf("without a reason: got %q, want the preview with a problem", unreasoned.text("main"))
	}
	draft.form("form[action$='/start']").set("why.note", "wrong day").send().wants(http.StatusOK)
	if page := els.get(undo); page.find("progress").Length() > 0 {
		if got := els.watch(undo + "/events").until(""); got != "done" {
			t.Fatalf("got %q, want done", got)
		}
	}
	taken := els.get(undo).wants(http.StatusOK)
	if got := taken.texts(".stats > div"); !slices.Equal(got, []string{"taken back3"}) {
		t.Errorf("counts: got %q", got)
	}
	if got := taken.href(".batch-links a"); got != w.url+path {
		t.Errorf("the link to what was taken back: got %q", got)
	}
	result := els.get(path)
	if got := result.href(".batch-links a"); got != w.url+undo {
		t.Errorf("the link to the undo: got %q", got)
	}
	if result.find("form[action$='/undo']").Length() != 0 || !strings.Contains(result.text("#batch-rows"), "3 rows were taken back since") {
		t.Errorf("got %q, want that all is taken back", result.text("#batch-rows"))
	}
	if mark := els.get("/batches").find("tbody tr:last-child .mark"); strings.TrimSpace(mark.Text()) != "Undone (3 rows)" || !mark.HasClass("quiet") {
		t.Errorf("the list: got %q in %q, want that it is undone, and nothing to look at", mark.Text(), mark.AttrOr("class", ""))
	}
	if got := w.clockings(); got != before {
		t.Errorf("clockings: got %d after the undo, want %d", got, before)
	}

	// What was taken back can be made again, with new numbers.
	again := taken.form("form[action$='/undo']").send().wants(http.StatusOK)
	if got := again.text("form .top"); got != "3 rows. Those with a tick are added again, with new numbers." {
		t.Errorf("the preview: got %q", got)
	}
	again.form("form[action$='/start']").set("why.note", "right after all").send().wants(http.StatusOK)
	if page := els.get(again.url.Path); page.find("progress").Length() > 0 {
		if got := els.watch(again.url.Path + "/events").until(""); got != "done" {
			t.Fatalf("got %q, want done", got)
		}
	}
	if got := w.clockings(); got != before+3 {
		t.Errorf("clockings: got %d after the undo of the undo, want %d", got, before+3)
	}
	for which, text := range map[string]string{
		"batch": els.get(path).text("main"), "log": els.get("/changes?mine=1").find("table.changes tr[data-row]").Last().Text(),
	} {
		if !strings.Contains(text, "The undo of 3 rows was undone in turn: their changes stand again.") || strings.Contains(text, "taken back since") {
			t.Errorf("%s: got %q, want that their changes stand again", which, text)
		}
	}
	if page := els.get(path); page.find("form[action$='/undo']").Length() != 0 || page.text("tbody tr:first-child .mark") != "Applied" {
		t.Errorf("got %q, want rows that stand, and no second undo of them", page.text("#batch-rows"))
	}
	if got := els.get(undo).text("#batch-rows"); !strings.Contains(got, "3 rows were taken back since") {
		t.Errorf("the undo: got %q, want that it was taken back", got)
	}

	// Of one that is taken back in part, the list says so.
	part := els.get(again.url.Path).form("form[action$='/undo']").send().wants(http.StatusOK)
	form = part.form("form.draft").set("sends", "1").set("why.note", "one of them")
	form.values["row"] = form.values["row"][:1]
	form.send().wants(http.StatusOK)
	if page := els.get(part.url.Path); page.find("progress").Length() > 0 {
		if got := els.watch(part.url.Path + "/events").until(""); got != "done" {
			t.Fatalf("got %q, want done", got)
		}
	}
	if got := els.get("/batches").texts("tbody .mark"); !slices.Contains(got, "3 applied, 1 of them taken back") {
		t.Errorf("the list: got %q, want that one row was taken back", got)
	}
}
