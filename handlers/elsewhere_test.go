package handlers_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// elsewhere is the Protime API as somebody else would stand it up, written from its documentation alone and sharing
// nothing with the client or the simulator. It is tolerant and odd: it keeps what it gets, adds members that nobody
// documented, and answers as it is told to.
type elsewhere struct {
	t testing.TB

	mu      sync.Mutex
	records map[string]map[string]string // by collection, then id: the raw text
	order   map[string][]string
	calls   []call
	tokens  int
	next    int
	rules   []func(w http.ResponseWriter, c call) bool

	etag     func(collection, id string) string // nil: no ETag is given
	location func(path string) string           // of a new record; nil: host-relative, as documented
	origin   string                             // where it was last called: http://host:port
	deleted  int                                // status of DELETE
	replaced int
	pages    int // rows of a page of a list; 0: all
}

// call is one request that reached it.
type call struct {
	Method, Path, Query string
	Header              http.Header
	Body                string
	gone                <-chan struct{} // closed when the client has gone
}

const (
	elsewhereBase = "/connector/protimeapi/api/v1"
	clocking8192  = `{"changeVersion":"0001E7C5000098FA0013","id":8192,"person":{"id":76547,"badge":"not ours"},` +
		`"date":"2024-01-05", "timeOfDayInMinutes":485, "originalTimeOfDayInMinutes":490,"calculatedTimeOfDayInMinutes":485,` +
		`"isGenerated":false,"terminal":{"id":765},"geolocation":{"latitude":51.14412700,"longitude":4.392225,"accuracy":1e1},` +
		`"kind":"InOut","payrollTag":"A\u002d7","ratio":1.50,"big":12345678901234567890.10,"tree":{"b":[1, 2,{}],"a":null},"status":"Active"}`
)

// newElsewhere has one clocking, one person and a terminal.
func newElsewhere(t testing.TB) *elsewhere {
	a := &elsewhere{
		t: t, records: map[string]map[string]string{}, order: map[string][]string{}, next: 8193,
		deleted: http.StatusOK, replaced: http.StatusOK,
	}
	a.put("clockings", "8192", clocking8192)
	a.put("people", "76547", `{"id":76547,"firstName":"Jan","lastName":"Maes","badgeNumber":"6767646","employeeNumber":"E1047",`+
		`"nationalNumber":"85.07.30-033.61","pinCode":"4711","bankAccount":"BE71096123456769","street":"Kerkstraat 1"}`)
	a.put("terminals", "765", `{"id":765,"name":"Main entrance","externalCode":"T1"}`)
	return a
}

func (a *elsewhere) put(collection, id, raw string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.records[collection] == nil {
		a.records[collection] = map[string]string{}
	}
	if _, there := a.records[collection][id]; !there {
		a.order[collection] = append(a.order[collection], id)
	}
	a.records[collection][id] = raw
}

// when adds a rule that comes before everything else; it says whether it has answered.
func (a *elsewhere) when(rule func(w http.ResponseWriter, c call) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rules = append(a.rules, rule)
}

// answers lets every request with this method to paths that match end in one status, with this body and headers by turns.
func (a *elsewhere) answers(method, pattern string, status int, body string, header ...string) {
	a.when(func(w http.ResponseWriter, c call) bool {
		if fits, _ := path.Match(pattern, c.Path); !fits || c.Method != method {
			return false
		}
		if strings.HasPrefix(body, "{") {
			w.Header().Set("Content-Type", "application/json")
		}
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	})
}

func (a *elsewhere) forgetRules() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rules = nil
}

// sent are the requests with one of the methods; without any, the writes.
func (a *elsewhere) sent(methods ...string) []call {
	if len(methods) == 0 {
		methods = []string{http.MethodPost, http.MethodPut, http.MethodDelete}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []call
	for _, c := range a.calls {
		if slices.Contains(methods, c.Method) {
			found = append(found, c)
		}
	}
	return found
}

// ServeHTTP implements http.Handler.
func (a *elsewhere) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/connect/token") {
		a.mu.Lock()
		a.tokens++
		a.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"elsewhere-token-4c1","expires_in":1800,"token_type":"Bearer"}`)
		return
	}
	below, ok := strings.CutPrefix(r.URL.EscapedPath(), elsewhereBase)
	if !ok {
		a.t.Errorf("a request escaped the API's base: %s %s", r.Method, r.URL)
		http.NotFound(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	c := call{r.Method, below, r.URL.RawQuery, r.Header.Clone(), string(body), r.Context().Done()}
	if r.Header.Get("User-Agent") == "" || strings.HasPrefix(r.Header.Get("User-Agent"), "Go-http-client") {
		a.t.Errorf("%s %s came without a User-Agent of its own", r.Method, below)
	}
	if r.Header.Get("Authorization") != "Bearer elsewhere-token-4c1" {
		a.t.Errorf("%s %s came with the authorization %q", r.Method, below, r.Header.Get("Authorization"))
	}
	a.mu.Lock()
	a.calls, a.origin = append(a.calls, c), "http://"+r.Host
	rules := slices.Clone(a.rules)
	a.mu.Unlock()
	for _, rule := range rules {
		if rule(w, c) {
			return
		}
	}
	a.plainly(w, c)
}

func (a *elsewhere) plainly(w http.ResponseWriter, c call) {
	collection, id := c.Path[1:], ""
	if a.isRecord(c.Path) {
		collection, id = path.Dir(c.Path)[1:], path.Base(c.Path)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch c.Method {
	case http.MethodGet:
		if id == "" {
			a.list(w, collection, c)
			return
		}
		raw, there := a.records[collection][id]
		if !there {
			a.refuse(w, http.StatusNotFound, "NotFound")
			return
		}
		if a.etag != nil {
			w.Header().Set("ETag", a.etag(collection, id))
		}
		_, _ = io.WriteString(w, raw)
	case http.MethodPost:
		id = strconv.Itoa(a.next)
		a.next++
		a.keep(collection, id, c.Body)
		address := elsewhereBase + "/" + collection + "/" + id
		if a.location != nil {
			address = a.location(address)
		}
		if address != "" {
			w.Header().Set("Location", address)
		}
		w.WriteHeader(http.StatusCreated)
	case http.MethodPut:
		a.keep(collection, id, c.Body)
		w.WriteHeader(a.replaced)
	case http.MethodDelete:
		delete(a.records[collection], id)
		a.order[collection] = slices.DeleteFunc(a.order[collection], func(s string) bool { return s == id })
		w.WriteHeader(a.deleted)
	}
}

// isRecord: a path of two elements is a record's, four and six elements are nested lists.
func (a *elsewhere) isRecord(p string) bool { return strings.Count(p, "/")%2 == 0 }

// keep holds what was written, with an id of its own.
func (a *elsewhere) keep(collection, id, body string) {
	if a.records[collection] == nil {
		a.records[collection] = map[string]string{}
	}
	if _, there := a.records[collection][id]; !there {
		a.order[collection] = append(a.order[collection], id)
	}
	a.records[collection][id] = `{"id":` + id + `,` + strings.TrimPrefix(strings.TrimSpace(body), "{")
}

func (a *elsewhere) list(w http.ResponseWriter, collection string, c call) {
	query, _ := url.ParseQuery(c.Query)
	ids, from := a.order[collection], 0
	if token := query.Get("continuationToken"); token != "" {
		from, _ = strconv.Atoi(token)
	}
	until := len(ids)
	if a.pages > 0 {
		until = min(from+a.pages, len(ids))
	}
	var rows []json.RawMessage
	for _, id := range ids[min(from, len(ids)):until] {
		rows = append(rows, json.RawMessage(a.records[collection][id]))
	}
	answer := map[string]any{"value": rows}
	if rows == nil {
		answer["value"] = []int{}
	}
	if until < len(ids) {
		// Not encoded, as the documentation's examples are.
		answer["nextLink"] = fmt.Sprintf("%s/%s?filter=%s&continuationToken=%d", elsewhereBase, collection, query.Get("filter"), until)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (a *elsewhere) refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":{"code":%q,"message":"Said elsewhere."}}`, code)
}

// breaks resets the connection of requests with this method; applied first, where it says so.
func (a *elsewhere) breaks(method string, apply bool) {
	a.when(func(w http.ResponseWriter, c call) bool {
		if c.Method != method {
			return false
		}
		if apply {
			a.plainly(discarded{http.Header{}}, c)
		}
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			a.t.Error(err)
			return true
		}
		_ = connection.Close()
		return true
	})
}

// cutsOff ends the body of answers half-way.
func (a *elsewhere) cutsOff(method string, status int) {
	a.when(func(w http.ResponseWriter, c call) bool {
		if c.Method != method {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "4000")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"id":8192,"person":{"id":7654`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
}

// hangs leaves requests with this method without an answer until the client has gone.
func (a *elsewhere) hangs(method string) {
	a.when(func(_ http.ResponseWriter, c call) bool {
		if c.Method != method {
			return false
		}
		<-c.gone
		return true
	})
}

// discarded is an answer that nobody gets.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header         { return d.header }
func (d discarded) Write(p []byte) (int, error) { return len(p), nil }
func (d discarded) WriteHeader(int)             {}

// atElsewhere is the product before another API, and Els signed in.
func atElsewhere(t *testing.T, settings ...string) (*elsewhere, *browser) {
	t.Helper()
	api := newElsewhere(t)
	w := newWorldOn(t, api, 10*time.Second, settings...)
	w.knowsPeople()
	return api, w.signIn("els")
}
