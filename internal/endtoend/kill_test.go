package endtoend

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime/simulator"
)

// kills is how often the process is ended: KILLS, 20 unless it says otherwise.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("KILLS")
	if text == "" {
		return 20
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("KILLS: %v", err)
	}
	return n
}

// The process is killed at a random moment of a stream of creates, edits and deletes and started again, many times.
// In the end each request that the API received is in the log, none came twice, and a look says rightly what became
// of every change without an answer; what did not arrive stays unknown, because it might still.
func TestInvariant2_3_4_KillsLoseNothingAndRepeatNothing(t *testing.T) {
	w := newWorld(t)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		w.tenant.Fail(simulator.Fault{Method: method, Path: "/clockings", Delay: 3 * time.Millisecond})
	}
	writer := 0
	for range kills(t) {
		p := w.start()
		client := w.signIn("els")
		stream, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for range 4 {
			writer++
			mine := writer
			writers.Go(func() { work(stream, t, client, w.public, mine) })
		}
		time.Sleep(time.Duration(20+random.IntN(300)) * time.Millisecond)
		p.kill()
		stop()
		writers.Wait()
	}
	w.tenant.Heal()
	last := w.start()
	looked := lookAtAll(t, w)
	last.kill()
	judge(t, w, looked)
}

// work adds a clocking, moves it and deletes it, again and again, until the stream ends; each has a time of its own.
func work(ctx context.Context, t *testing.T, client *http.Client, base string, writer int) {
	day := time.Now().AddDate(0, 0, writer).Format(time.DateOnly) // a day that nobody else clocks on
	for i := 0; ctx.Err() == nil; i++ {
		to, ok := save(ctx, t, client, base+"/clockings/new", map[string]string{
			"person.id": "76547", "person.id~find": "", "person.id~was": "", "date": day, "kind": "InOut",
			"timeOfDayInMinutes": fmt.Sprintf("%02d:%02d", i/60%24, i%60),
			"seen":               "future~" + day,
			"why.note":           fmt.Sprintf("writer %d, change %d", writer, i),
		})
		_, id, made := strings.Cut(to, "#r-")
		if !ok || !made {
			return
		}
		record := base + "/clockings/" + id
		if _, ok := save(ctx, t, client, record+"/edit", map[string]string{"timeOfDayInMinutes": "23:59"}); !ok {
			return
		}
		if _, ok := save(ctx, t, client, record+"/delete", nil); !ok {
			return
		}
	}
}

// save fills a form in and sends it; ok is false when the process is gone.
func save(ctx context.Context, t *testing.T, client *http.Client, page string, typed map[string]string) (to string, ok bool) {
	status, html := get(ctx, client, page)
	if status != http.StatusOK {
		return "", false
	}
	form := formOf(t, html)
	for name, value := range typed {
		form.Set(name, value)
	}
	a, err := post(ctx, client, page, form)
	return a.location, err == nil && a.status == http.StatusSeeOther
}

// lookAtAll presses Check now for every change that the log lists as unknown, and counts them.
func lookAtAll(t *testing.T, w *world) int {
	t.Helper()
	client := w.signIn("els")
	seen := map[string]bool{}
	for page := "/changes?state=unknown"; page != ""; {
		status, html := get(t.Context(), client, w.public+page)
		if status != http.StatusOK {
			t.Fatalf("GET %s: got %d\n%s", page, status, html)
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
		if err != nil {
			t.Fatal(err)
		}
		page = doc.Find(`a[rel="next"]`).AttrOr("href", "")
		for _, action := range doc.Find(`form[action$="/check"]`).Map(func(_ int, s *goquery.Selection) string {
			return s.AttrOr("action", "")
		}) {
			seen[action] = true
		}
	}
	for action := range seen {
		if a, err := post(t.Context(), client, w.public+action, url.Values{}); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("POST %s: got %d, %v", action, a.status, err)
		}
	}
	return len(seen)
}

// judge holds the log against what the API received.
func judge(t *testing.T, w *world, looked int) {
	t.Helper()
	verified(t, w)
	log, err := audit.Open(t.Context(), w.env["AUDIT_DATABASE_URL"], audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	states, sent := map[change.State]int{}, map[string]int{}
	requests := w.tenant.Writes()
	for r, err := range log.All(t.Context(), change.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		arrived, applied := 0, 0
		for i, request := range requests {
			if request.Method == r.Request.Method && request.Path == simulator.BasePath+r.Request.Path &&
				bytes.Equal(request.Body, r.Request.Body) {
				arrived++
				applied += min(request.Applied, 1)
				requests[i].Method = "" // it is this change's
			}
		}
		states[r.State]++
		sent[r.Request.Method] += arrived
		what := fmt.Sprintf("change %s (%s %s), called %s by %+v,", r.ID, r.Request.Method, r.Path, r.State, r.LastLook())
		switch {
		case arrived > 1:
			t.Errorf("%s was sent %d times, want once", what, arrived)
		case applied == 1 && r.State != change.Applied:
			t.Errorf("%s was applied", what)
		case applied == 0 && r.State != change.Unknown && r.State != change.NotSent && r.State != change.Refused:
			t.Errorf("%s was not applied", what)
		}
	}
	for _, request := range requests {
		if request.Method != "" {
			t.Errorf("%s %s %s was sent and is not in the log", request.Method, request.Path, request.Body)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if sent[method] == 0 {
			t.Errorf("no %s arrived: the test proves nothing of it", method)
		}
	}
	t.Logf("%d kills: %v sent, %v, %d looked for", kills(t), sent, states, looked)
}

// verified walks the log with the program's own command.
func verified(t *testing.T, w *world) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	verify := exec.CommandContext(t.Context(), path, "audit", "verify")
	verify.Env = []string{"AUDIT_DATABASE_URL=" + w.env["AUDIT_DATABASE_URL"], "AUDIT_KEY=" + w.env["AUDIT_KEY"]}
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
}
