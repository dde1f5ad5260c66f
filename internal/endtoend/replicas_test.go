//go:build postgres

package endtoend

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/internal/postgrestest"
	"protime-admin/protime/simulator"
)

// One form is sent a hundred times at once, over two replicas on one database: the API receives one request, and
// everybody is shown the same receipt.
func TestInvariant3_AHundredSubmitsOverTwoReplicasAreOneRequest(t *testing.T) {
	w := newWorld(t)
	w.env["AUDIT_DATABASE_URL"] = postgrestest.Start(t, "max_connections=100")
	w.start()
	second := freeAddress(t)
	w.start("LISTEN_ADDR", second)
	client := w.signIn("els")
	_, page := get(t.Context(), client, w.public+"/clockings/new?person.id=76547&kind=InOut&date="+yesterday())
	form := formOf(t, page)
	form.Set("timeOfDayInMinutes", "17:45")
	w.tenant.Forget()
	w.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: "/clockings", Delay: 200 * time.Millisecond})

	var (
		mu     sync.Mutex
		shown  = map[string]int{}
		people sync.WaitGroup
	)
	for i := range 100 {
		base := w.public
		if i%2 == 1 {
			base = "http://" + second
		}
		people.Go(func() {
			status, to := w.postAs(client, base, "/clockings/new", form)
			mu.Lock()
			defer mu.Unlock()
			if status != http.StatusSeeOther {
				t.Errorf("got %d, want 303", status)
			}
			shown[to]++
		})
	}
	people.Wait()
	if writes := w.tenant.Writes(); len(writes) != 1 {
		t.Errorf("the API received %d requests, want 1", len(writes))
	}
	if len(shown) != 1 {
		t.Errorf("people were sent to %d places, want one: %v", len(shown), shown)
	}
}

// A session that is ended on one replica is over on the other.
func TestASignOutHoldsOnEveryReplica(t *testing.T) {
	w := newWorld(t)
	w.env["AUDIT_DATABASE_URL"] = postgrestest.Start(t, "max_connections=100")
	w.start()
	second := freeAddress(t)
	w.start("LISTEN_ADDR", second)
	client := w.signIn("els")
	at, err := url.Parse(w.public)
	if err != nil {
		t.Fatal(err)
	}
	kept := client.Jar.Cookies(at)
	if status, _ := w.postAs(client, w.public, "/logout", url.Values{}); status != http.StatusSeeOther {
		t.Fatalf("POST /logout: got %d, want 303", status)
	}
	thief := browser(t)
	thief.Jar.SetCookies(at, kept)
	deadline := time.Now().Add(20 * time.Second)
	for {
		status := w.getAs(thief, "http://"+second, "/clockings")
		if status == http.StatusSeeOther {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the other replica still answers %d to a session that was ended", status)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// postAs sends a form to one replica under the public name, as a load balancer would.
func (w *world) postAs(client *http.Client, base, path string, form url.Values) (int, string) {
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err.Error()
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(client, request)
}

func (w *world) getAs(client *http.Client, base, path string) int {
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, base+path, nil)
	if err != nil {
		return 0
	}
	status, _ := w.send(client, request)
	return status
}

func (w *world) send(client *http.Client, request *http.Request) (int, string) {
	request.Host = strings.TrimPrefix(w.public, "http://")
	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, response.Header.Get("Location")
}
