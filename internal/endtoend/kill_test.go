package endtoend

import (
	"bufio"
	"context"
	"encoding/json"
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

// The process is killed at a random moment of a stream of changes and started again, many times. In the end each
// request that the API received has its intent in the log, none came twice, and every change without an outcome is
// listed as unknown and resolved by "Check now", rightly.
func TestInvariant2_3_4_KillsLoseNothingAndRepeatNothing(t *testing.T) {
	w := newWorld(t)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	w.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: "/clockings", Delay: 3 * time.Millisecond})
	writer := 0
	for range kills(t) {
		p := w.start()
		client := w.signIn("els")
		stream, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for range 4 {
			writer++
			mine := writer
			writers.Go(func() { create(stream, t, client, w.public, mine) })
		}
		time.Sleep(time.Duration(20+random.IntN(180)) * time.Millisecond)
		p.kill()
		stop()
		writers.Wait()
	}
	w.tenant.Heal()
	w.start()

	sent := map[string]int{} // by person, date and time, which each change has for itself
	for _, request := range w.tenant.Writes() {
		if request.Method == http.MethodPost && strings.HasSuffix(request.Path, "/clockings") {
			sent[identity(t, request.Body)]++
		}
	}
	if len(sent) == 0 {
		t.Fatal("no change was sent: the test proves nothing")
	}
	unknown := resolveUnknown(t, w)
	logged := intents(t, w)
	for what, times := range sent {
		if times > 1 {
			t.Errorf("%s was sent %d times, want once", what, times)
		}
		if _, ok := logged[what]; !ok {
			t.Errorf("%s was sent without an intent in the log", what)
		}
	}
	for what, state := range logged {
		reached := sent[what] > 0
		switch {
		case state == "" || state == "unknown" || state == "sending":
			t.Errorf("%s: no outcome after Check now", what)
		case reached && state == "not-applied":
			t.Errorf("%s reached the API and is called not applied", what)
		case !reached && (state == "applied" || state == "done"):
			t.Errorf("%s did not reach the API and is called %s", what, state)
		}
	}
	t.Logf("%d kills: %d changes sent, %d intents, %d unknown and resolved", kills(t), len(sent), len(logged), unknown)
}

// create adds clockings, one after the other, until the stream ends; each has a time of its own.
func create(ctx context.Context, t *testing.T, client *http.Client, base string, writer int) {
	for i := 0; ctx.Err() == nil; i++ {
		status, page := get(ctx, client, base+"/clockings/new")
		if status != http.StatusOK {
			return
		}
		form := formOf(t, page)
		day := time.Now().AddDate(0, 0, writer) // a day that nobody else clocks on
		form.Set("person.id", strconv.Itoa(76547))
		form.Del("person.id~find")
		form.Del("person.id~was")
		form.Set("date", day.Format(time.DateOnly))
		form.Set("timeOfDayInMinutes", fmt.Sprintf("%02d:%02d", i/60%24, i%60))
		form.Set("kind", "InOut")
		form.Set("why.note", fmt.Sprintf("writer %d, change %d", writer, i))
		form.Set("geolocation.latitude", fmt.Sprintf("%d.%04d", writer%80, i))
		form.Set("geolocation.longitude", "4.0")
		if _, _, err := post(ctx, client, base+"/clockings/new", form); err != nil {
			return
		}
	}
}

// identity names a change by what only it holds: the place tells the writer and the change.
func identity(t *testing.T, body []byte) string {
	t.Helper()
	var record struct {
		Geolocation struct {
			Latitude json.Number `json:"latitude"`
		} `json:"geolocation"`
		Date    string `json:"date"`
		Minutes int    `json:"timeOfDayInMinutes"`
	}
	if err := json.Unmarshal(body, &record); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return fmt.Sprintf("%s %d at %s", record.Date, record.Minutes, record.Geolocation.Latitude)
}

// resolveUnknown presses Check now for every change that the log lists as unknown, and counts them.
func resolveUnknown(t *testing.T, w *world) int {
	t.Helper()
	client := w.signIn("els")
	resolved := 0
	for round := 0; round < 20; round++ {
		status, page := get(t.Context(), client, w.public+"/changes?state=unknown&mine=1")
		if status != http.StatusOK {
			t.Fatalf("GET /changes?state=unknown: got %d\n%s", status, page)
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		actions := doc.Find(`form[action$="/check"]`).Map(func(_ int, s *goquery.Selection) string {
			return s.AttrOr("action", "")
		})
		if len(actions) == 0 {
			return resolved
		}
		for _, action := range actions {
			if status, _, err := post(t.Context(), client, w.public+action, url.Values{}); err != nil || status != http.StatusSeeOther {
				t.Fatalf("POST %s: got %d, %v", action, status, err)
			}
			resolved++
		}
	}
	_, page := get(t.Context(), client, w.public+"/changes?state=unknown&mine=1")
	t.Fatalf("changes stay unknown although they were checked: %s", text(page))
	return 0
}

// intents reads the log with the binary's own command: the last state of each change by what it holds.
func intents(t *testing.T, w *world) map[string]string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	export := exec.CommandContext(t.Context(), path, "audit", "export")
	export.Env = []string{"AUDIT_DATABASE_URL=" + w.env["AUDIT_DATABASE_URL"]}
	var said strings.Builder
	export.Stderr = &said
	out, err := export.Output()
	if err != nil {
		t.Fatalf("audit export: %v\n%s", err, said.String())
	}
	states := map[string]string{}
	names := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(string(out)))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var event struct {
			Kind   string          `json:"kind"`
			Change string          `json:"change"`
			State  string          `json:"state"`
			After  json.RawMessage `json:"after"`
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		if event.Change == "" {
			continue
		}
		if len(event.After) > 0 && string(event.After) != "null" {
			names[event.Change] = identity(t, event.After)
		}
		states[names[event.Change]] = event.State
	}
	verify := exec.CommandContext(t.Context(), path, "audit", "verify")
	verify.Env = export.Env
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
	return states
}
