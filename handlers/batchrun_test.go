package handlers_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
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
			After: json.RawMessage(fmt.Sprintf(`{"person":{"id":"76547"},"date":%q,"timeOfDayInMinutes":%d,"kind":"InOut"}`, daysAgo(3), minute)),
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

func TestSmokeRun(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	b := w.draftOf(6)
	w.begun(b)
	w.became(b, 2, 0, created(9001))
	w.became(b, 3, 0, refusedRow("The period is closed."))
	w.became(b, 4, 0, unanswered())
	page := els.get("/batches/" + b.ID).wants(200)
	fmt.Println(page.text("main"))
	html, _ := page.find("main").Html()
	fmt.Println(html)
	w.became(b, 5, 0, created(9002))
	w.became(b, 6, 0, created(9003))
	_ = w.log.Batches().Hold(t.Context(), b.ID, map[int]string{7: "moved"})
	if err := w.log.Batches().Move(t.Context(), b.ID, batch.Done, "", batch.Running); err != nil {
		t.Fatal(err)
	}
	page = els.get("/batches/" + b.ID).wants(200)
	fmt.Println(page.text("main"))
	fmt.Println(els.get("/batches/" + b.ID+"?rows=all").text("main table"))
	fmt.Println(els.get("/batches/" + b.ID+"/rejected.csv").body)
	page = page.form("form[action$='/undo']").send()
	fmt.Println(page.url, page.text("main"))
	page = els.get("/batches/" + b.ID).wants(200)
	fmt.Println(page.text("main"))
	_, _, _, _, _ = bufio.NewReader, context.Background, url.Parse, slices.Sort[[]int], strings.Cut
	_ = time.Now
}
