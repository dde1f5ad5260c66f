package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"protime-admin/handlers"
	"protime-admin/internal/audit"
	"protime-admin/internal/catalog"
	"protime-admin/internal/change"
	"protime-admin/internal/config"
	"protime-admin/internal/departments"
	"protime-admin/internal/lang"
	"protime-admin/internal/people"
	"protime-admin/internal/sso"
	"protime-admin/internal/sso/ssotest"
	"protime-admin/internal/web"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// Secrets of the world, recognisable wherever they should not turn up.
const (
	apiSecret     = "api-secret-5d2f0c8f"
	signInSecret  = "sign-in-secret-91ab7e"
	auditKey      = "audit-key-of-forty-bytes-for-nobody-2e7c"
	sessionSecret = "session-secret-key-of-sixty-four-bytes-that-nobody-may-ever-see!" // 64 bytes
)

// world is the whole product on loopback, with the simulator as its API, the small issuer as its identity provider and
// an audit log in a temporary file. Tests look at it as a browser does:
//
//	w := newWorld(t)                            // a made-up company; els edits, marc reads, anke audits
//	w := newWorld(t, "OWN_RECORDS=forbid")      // the same with settings of their own
//	els := w.signIn("els")                      // a browser with a session
//	page := els.get("/clockings/8192/edit")     // redirects followed; page.status, page.doc, page.text("h1")
//	form := page.form("form[action$='/edit']")  // what the browser would send, its first button pressed
//	form.set("timeOfDayInMinutes", "8:00")
//	after := form.send()                        // POST, redirects followed
//	w.tenant.Writes()                           // what reached the API
type world struct {
	t      testing.TB
	url    string // PUBLIC_URL: the prefix included, without a last slash
	tenant *simulator.Tenant
	issuer *ssotest.Issuer
	log    *audit.Log
	gate   *sso.RelyingParty
	clock  *clock // of sessions, pages and the provider; the audit log and the API have the machine's
	lines  *lines // what the product logs
	server *httptest.Server
	posts  chan struct{} // one element for each POST that reached the server
	config config.Config
	people *people.Directory
	groups *departments.Directory
	desk   *change.Desk
	unsure *atomic.Bool // whether a session was ended cannot be told
	stops  *atomic.Bool // the server stops

	api     http.Handler  // the tenant, or what stands in for it
	full    *atomic.Bool  // the disk below the audit log: it takes nothing more
	hangs   *atomic.Bool  // the database of log and sessions: it does not answer
	aged    *atomic.Bool  // receipts tell of requests as if they had been sent an hour earlier
	intime  *atomic.Int64 // how many API pages of a list come before the time for it is over; -1: all
	timeout time.Duration // of the client with one exchange; 0: as the product has it
}

// awayLog is a log whose disk is full, whose database hangs or whose requests are old, when it is told so.
type awayLog struct {
	change.Log
	t                 testing.TB
	full, hangs, aged *atomic.Bool
}

// away is the error of a log that cannot be used. A database that hangs is one whose caller's time is over.
func (l *awayLog) away(ctx context.Context, kind error) error {
	switch {
	case l.hangs.Load():
		if _, limited := ctx.Deadline(); !limited {
			l.t.Error("the log is asked without a time limit")
		}
		return context.DeadlineExceeded
	case l.full.Load():
		return fmt.Errorf("%w: no space left on device", kind)
	}
	return nil
}

func (l *awayLog) Prepare(ctx context.Context, id string, e change.Event) error {
	if err := l.away(ctx, change.ErrLog); err != nil {
		return err
	}
	return l.Log.Prepare(ctx, id, e)
}

func (l *awayLog) Append(ctx context.Context, id string, events ...change.Event) error {
	if err := l.away(ctx, change.ErrLog); err != nil {
		return err
	}
	return l.Log.Append(ctx, id, events...)
}

func (l *awayLog) Receipt(ctx context.Context, id string) (change.Receipt, error) {
	if err := l.away(ctx, change.ErrUnreadable); err != nil {
		return change.Receipt{}, err
	}
	r, err := l.Log.Receipt(ctx, id)
	if err != nil || !l.aged.Load() {
		return r, err
	}
	for i := range r.Events {
		if f := r.Events[i].Facts; f.Prepared != nil || f.Attempt != nil {
			r.Events[i].At = r.Events[i].At.Add(-time.Hour)
		}
	}
	return change.Fold(id, r.Events)
}

func (l *awayLog) Actors(ctx context.Context, limit int) ([]change.Actor, error) {
	if err := l.away(ctx, change.ErrUnreadable); err != nil {
		return nil, err
	}
	return l.Log.Actors(ctx, limit)
}

func (l *awayLog) Unknown(ctx context.Context, limit int) (int, error) {
	if err := l.away(ctx, change.ErrUnreadable); err != nil {
		return 0, err
	}
	return l.Log.Unknown(ctx, limit)
}

func (l *awayLog) Changes(ctx context.Context, q change.Query) ([]change.Receipt, string, error) {
	if err := l.away(ctx, change.ErrUnreadable); err != nil {
		return nil, "", err
	}
	return l.Log.Changes(ctx, q)
}

// slowReader is an API that takes all the time of a list after some pages, when it is told so.
type slowReader struct {
	handlers.Reader
	t      testing.TB
	intime *atomic.Int64
}

func (r slowReader) List(ctx context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error] {
	intime := r.intime.Load()
	if intime < 0 {
		return r.Reader.List(ctx, path, o)
	}
	return func(yield func(protime.Page, error) bool) {
		if end, limited := ctx.Deadline(); !limited || time.Until(end) > 45*time.Second {
			r.t.Error("a list is read for more than 45 seconds")
		}
		for page, err := range r.Reader.List(ctx, path, o) {
			if intime--; intime < 0 {
				break
			}
			if !yield(page, err) {
				return
			}
		}
		over, cancel := context.WithDeadline(ctx, time.Unix(0, 0))
		defer cancel()
		r.Reader.List(over, path, o)(yield)
	}
}

// clock is the machine's, moved.
type clock struct {
	mu sync.Mutex
	by time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.by)
}

// pass moves the clock forward.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += d
}

// lines are log lines, written by many.
type lines struct {
	mu   sync.Mutex
	b    bytes.Buffer
	drop bool // written and forgotten: what a benchmark logs would fill the memory that it measures
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.drop {
		return len(p), nil
	}
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// employees are those who can sign in, by subject.
func employees() []ssotest.Person {
	return []ssotest.Person{
		{Subject: "els", Name: "Els Peeters", Email: "els.peeters@acme.example", EmployeeNumber: "670001", Locale: "en", Groups: []string{"everyone", "hr-edit"}},
		{Subject: "tom", Name: "Tom Claes", Email: "tom.claes@acme.example", Locale: "en", Groups: []string{"hr-edit"}},
		{Subject: "jan", Name: "Jan Maes", Email: "jan.maes@acme.example", EmployeeNumber: "E1047", Locale: "en", Groups: []string{"hr-edit"}},
		{Subject: "marc", Name: "Marc Dubois", Email: "marc.dubois@acme.example", Locale: "en", Groups: []string{"hr-read"}},
		{Subject: "anke", Name: "Anke Vermeulen", Email: "anke.vermeulen@acme.example", Locale: "en", Groups: []string{"audit"}},
		{Subject: "both", Name: "Bo Thys", Email: "bo.thys@acme.example", Locale: "en", Groups: []string{"hr-edit", "audit"}},
		{Subject: "nobody", Name: "Noa Body", Email: "noa.body@acme.example", Locale: "en", Groups: []string{"everyone"}},
	}
}

// newWorld starts everything; settings are NAME=value of the configuration. PUBLIC_URL may be a path alone ("/portal"):
// the server's own address goes before it.
func newWorld(t testing.TB, settings ...string) *world {
	t.Helper()
	return newWorldWith(t, founded.today(), settings...)
}

// What follows is made once for all worlds, which takes longer than most tests.
var (
	embedded = sync.OnceValues(contract.Embedded)
	messages = sync.OnceValues(func() (*lang.Catalog, error) {
		words, err := lang.Load()
		if err == nil {
			words.Missing = func(language, key string) { missing.Store(key+" in "+language, nil) }
		}
		return words, err
	})
	missing sync.Map // messages that are not there, until the test that asked for them ends
	founded companies
)

// companies gives each world its own copy of the company of today.
type companies struct {
	mu     sync.Mutex
	date   string
	tenant *simulator.Tenant
}

func (c *companies) today() *simulator.Tenant {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if date := now.Format(time.DateOnly); date != c.date { // a run may last over midnight
		c.date, c.tenant = date, company.New(now)
	}
	return c.tenant.Clone()
}

// newWorldWith is newWorld with another tenant behind the API. Requests that break the contract fail the test.
func newWorldWith(t testing.TB, tenant *simulator.Tenant, settings ...string) *world {
	t.Helper()
	return startWorld(t, t.Context(), simulator.Strict(t, tenant), "sqlite:"+filepath.Join(t.TempDir(), "audit.db"), settings)
}

// newWorldOn is newWorld with another API than the simulator; timeout bounds one exchange with it.
func newWorldOn(t testing.TB, api http.Handler, timeout time.Duration, settings ...string) *world {
	t.Helper()
	w := &world{t: t, full: new(atomic.Bool), hangs: new(atomic.Bool), aged: new(atomic.Bool), intime: new(atomic.Int64), clock: &clock{}, lines: &lines{}, unsure: &atomic.Bool{}, stops: &atomic.Bool{}, api: api, timeout: timeout}
	return w.start(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "audit.db"), settings)
}

func startWorld(t testing.TB, ctx context.Context, tenant *simulator.Tenant, database string, settings []string) *world {
	t.Helper()
	w := &world{t: t, full: new(atomic.Bool), hangs: new(atomic.Bool), aged: new(atomic.Bool), intime: new(atomic.Int64), tenant: tenant, clock: &clock{}, lines: &lines{}, unsure: &atomic.Bool{}, stops: &atomic.Bool{}, api: tenant}
	return w.start(ctx, database, settings)
}

func (w *world) start(ctx context.Context, database string, settings []string) *world {
	t := w.t
	t.Helper()
	api := httptest.NewServer(w.api)
	t.Cleanup(api.Close)
	w.issuer = &ssotest.Issuer{People: employees(), Now: w.clock.now}
	identity := httptest.NewServer(w.issuer)
	t.Cleanup(identity.Close)
	w.issuer.URL = identity.URL

	w.intime.Store(-1)
	w.server = httptest.NewUnstartedServer(nil)
	own := "http://" + w.server.Listener.Addr().String()
	env := map[string]string{
		"PROTIME_TENANT": "acme", "PROTIME_CLIENT_ID": "protime-admin", "PROTIME_CLIENT_SECRET": apiSecret,
		"PROTIME_API_URL": api.URL + simulator.BasePath, "PROTIME_TOKEN_URL": api.URL + "/tenants/acme/connect/token",
		"OIDC_ISSUER": identity.URL, "OIDC_CLIENT_ID": "protime-admin", "OIDC_CLIENT_SECRET": signInSecret,
		"ROLE_VIEWERS": "hr-read", "ROLE_EDITORS": "hr-edit", "ROLE_AUDITORS": "audit",
		"PUBLIC_URL": own, "SESSION_KEYS": base64.StdEncoding.EncodeToString([]byte(sessionSecret)),
		"AUDIT_DATABASE_URL": database, "AUDIT_KEY": base64.StdEncoding.EncodeToString([]byte(auditKey)),
		"ACTIVITY_STRUCTURE_VERSIONS": company.StructureVersion, "ASSUMED_COLLECTIONS": "terminals",
	}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		if name == "PUBLIC_URL" && strings.HasPrefix(value, "/") {
			value = own + value
		}
		env[name] = value
	}
	var err error
	if w.config, err = config.Read(func(name string) string { return env[name] }, "test", nil); err != nil {
		t.Fatal(err)
	}
	w.url = w.config.PublicURL.String()
	w.issuer.Clients = []ssotest.Client{{
		ID: "protime-admin", Secret: signInSecret, RedirectURIs: []string{w.url + "/login/callback"},
		PostLogoutURIs: []string{w.url + "/"}, BackChannelURI: w.url + "/login/backchannel",
	}}
	w.posts = make(chan struct{}, 100)
	w.server.Config.Handler = w.announced(w.wire(ctx))
	w.server.Config.ReadHeaderTimeout, w.server.Config.MaxHeaderBytes = web.ReadHeaderTimeout, web.MaxHeaderBytes
	w.server.Start()
	t.Cleanup(w.server.Close)
	return w
}

// announced puts an element into w.posts for each POST, while there is room.
func (w *world) announced(product http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			select {
			case w.posts <- struct{}{}:
			default:
			}
		}
		product.ServeHTTP(rw, r)
	})
}

// wire puts the rooms together as the program does.
func (w *world) wire(ctx context.Context) http.Handler {
	t, settings := w.t, w.config
	t.Helper()
	logger := web.NewLogger(w.lines, slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: protime.LogAttr})
	described, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	words, err := messages()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		missing.Range(func(message, _ any) bool {
			t.Errorf("there is no message %s", message)
			missing.Delete(message)
			return true
		})
	})
	scopes := settings.Protime.Scopes
	if scopes == nil {
		scopes = described.Scopes()
	}
	client, err := protime.New(protime.Config{
		BaseURL: settings.Protime.APIURL.String(), TokenURL: settings.Protime.TokenURL.String(),
		ClientID: settings.Protime.ClientID, ClientSecret: settings.Protime.ClientSecret, Scopes: scopes,
		UserAgent: settings.Protime.UserAgent, Contract: described, Timeout: w.timeout, Now: w.clock.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.log == nil { // a replica shares it
		w.log, err = audit.Open(ctx, settings.Audit.DatabaseURL, audit.Options{
			Serve: true, Logger: logger, Key: settings.Audit.Key,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := w.log.Close(); err != nil {
				t.Errorf("close the log: %v", err)
			}
		})
	}
	w.gate, err = sso.New(sso.Config{
		Issuer: settings.OIDC.Issuer, ClientID: settings.OIDC.ClientID, ClientSecret: settings.OIDC.ClientSecret,
		Scopes: settings.OIDC.Scopes, RolesClaim: settings.OIDC.RolesClaim,
		Roles: map[string][]string{
			string(change.Viewer): settings.Roles.Viewers, string(change.Editor): settings.Roles.Editors,
			string(change.Auditor): settings.Roles.Auditors,
		},
		PublicURL:   settings.PublicURL,
		SessionKeys: settings.Session.Keys, Idle: settings.Session.Idle, Max: settings.Session.Max,
		Framed: len(settings.FrameAncestors) > 0, Log: logger, Revoked: revocations{w.log.Revocations(), w.unsure, w.hangs}, List: sessionList{w.log.Sessions(), w.hangs}, Now: w.clock.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.gate.Provider.Discover(ctx); err != nil {
		t.Fatal(err)
	}
	granted := func(ctx context.Context, name string) bool {
		c, ok := described.Collection(name)
		grant, err := client.Granted(ctx)
		if !ok || err != nil || !grant.Known || len(c.ReadScopes()) == 0 {
			return ok
		}
		return slices.ContainsFunc(c.ReadScopes(), func(together []string) bool {
			return !slices.ContainsFunc(together, func(scope string) bool { return !grant.Has(scope) })
		})
	}
	w.people = people.New(client, people.Options{
		TimeZone: settings.TimeZone,
		Granted:  func(ctx context.Context) bool { return granted(ctx, "people") },
		Failed:   func(err error) { logger.Warn("people cannot be read", "error", err) },
	})
	w.groups = departments.New(client, departments.Options{
		Granted: func(ctx context.Context) bool { return granted(ctx, "department-histories") },
		Failed:  func(err error) { logger.Warn("departments cannot be read", "error", err) },
	})
	names := catalog.New(described, client, catalog.Options{
		Places: map[string][][]string{"activity-definitions": {{company.StructureVersion}}},
		Granted: func(ctx context.Context, c *contract.Collection) bool {
			return c.On(settings.Assumed) && granted(ctx, c.Name)
		},
		Failed: func(name string, err error) { logger.Warn("names cannot be read", "collection", name, "error", err) },
	})
	kept := &awayLog{Log: w.log, t: t, full: w.full, hangs: w.hangs, aged: w.aged}
	desk := &change.Desk{
		API: client, Log: kept, Days: w.log, Contract: described, Logger: logger,
		ForbidOwn: settings.OwnRecords == "forbid", People: people.Own{Directory: w.people, Unfiltered: client.WithPersonal()},
	}
	w.desk = desk
	h, err := handlers.New(handlers.Options{
		Config: settings, Environment: settings.Protime.Environment, Version: "test", Contract: described,
		API: slowReader{client, t, w.intime}, Desk: desk, People: w.people, Catalog: names, Departments: w.groups, Views: w.log.SavedViews(), Batches: w.log.Batches(), Lang: words, SignIn: w.gate, Logger: logger, Now: w.clock.now,
		Ready: func() bool { return !w.stops.Load() },
		Health: map[string]func(context.Context) error{
			"audit log":         func(ctx context.Context) error { return kept.away(ctx, change.ErrLog) },
			"identity provider": func(context.Context) error { return w.gate.Provider.Ready() },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	inside, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { w.people.Run(inside) })
	running.Go(func() { names.Run(inside) })
	running.Go(func() { w.groups.Run(inside) })
	running.Go(func() { _ = w.log.Run(inside, desk.Look) })
	t.Cleanup(func() { stop(); running.Wait() })
	return h
}

// revocations are those of the log, unless it cannot be asked.
type revocations struct {
	sso.RevocationStore
	unsure, hangs *atomic.Bool
}

func (r revocations) Revoked(ctx context.Context, keys []string, since time.Time) (bool, error) {
	if r.unsure.Load() {
		return false, errors.New("the database does not answer")
	}
	if r.hangs.Load() {
		<-ctx.Done()
		return false, ctx.Err()
	}
	return r.RevocationStore.Revoked(ctx, keys, since)
}

func (r revocations) UseOnce(ctx context.Context, key string, until time.Time) (bool, error) {
	if r.hangs.Load() {
		<-ctx.Done()
		return false, ctx.Err()
	}
	return r.RevocationStore.UseOnce(ctx, key, until)
}

// sessionList is that of the log, unless its database hangs.
type sessionList struct {
	sso.SessionList
	hangs *atomic.Bool
}

func (l sessionList) Put(ctx context.Context, key, subject, sid, record string, until time.Time) error {
	if l.hangs.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	return l.SessionList.Put(ctx, key, subject, sid, record, until)
}

func (l sessionList) List(ctx context.Context, subject string) (map[string]string, error) {
	if l.hangs.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return l.SessionList.List(ctx, subject)
}

// in is the same world within a subtest.
func (w *world) in(t *testing.T) *world {
	other := *w
	other.t = t
	return &other
}

// replica is the same product once more: same settings, log, provider and clock, an address of its own behind the same
// public one.
func (w *world) replica() *world {
	w.t.Helper()
	other := *w
	other.server = httptest.NewServer(other.wire(w.t.Context()))
	w.t.Cleanup(other.server.Close)
	return &other
}

// knowsPeople waits until the directories of names and of departments are filled; the latter may have failed.
func (w *world) knowsPeople() {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		groups := w.groups.State()
		if w.people.State().Phase == people.Ready && (groups.Err != nil || !groups.At.IsZero()) {
			return
		}
	}
	w.t.Fatalf("people: got %+v, departments: %+v, want them ready", w.people.State(), w.groups.State())
}

// browser keeps cookies and, with get, post and send, follows redirects.
type browser struct {
	w      *world
	client *http.Client
	header http.Header // sent with every request
}

// stranger is a browser without a session.
func (w *world) stranger() *browser {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w: w, client: &http.Client{Jar: jar, Timeout: time.Minute}, header: http.Header{}}
}

// signIn is a browser in which the employee with this subject has signed in.
func (w *world) signIn(subject string) *browser {
	w.t.Helper()
	b := w.stranger()
	if page := b.signIn(subject, "/collections"); page.status != http.StatusOK {
		w.t.Fatalf("sign in as %s: got %d %s, want a page", subject, page.status, page.text("h1"))
	}
	return b
}

// signIn walks from a page of ours to the provider, as subject, and back to the page.
func (b *browser) signIn(subject, path string) *page {
	b.w.t.Helper()
	return b.answer(b.leave("/login?return="+url.QueryEscape(b.path(path))), subject)
}

// leave opens an address of ours that leads to the provider, and returns the provider's address.
func (b *browser) leave(path string) string {
	b.w.t.Helper()
	left := b.open(path)
	address := left.header.Get("Location")
	if left.status != http.StatusSeeOther || !strings.HasPrefix(address, b.w.issuer.URL) {
		b.w.t.Fatalf("%s: got %d to %q, want 303 to the provider", path, left.status, address)
	}
	return address
}

// answer is the provider's yes to an address that leave gave, taken back to us.
func (b *browser) answer(address, subject string) *page {
	b.w.t.Helper()
	callback, err := b.w.issuer.Approve(address, subject)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.get(callback)
}

// page is an answer, read whole.
type page struct {
	b      *browser
	status int
	url    *url.URL // of the last redirect
	header http.Header
	body   string
	doc    *goquery.Document
}

// get opens a path below the public address, or an address, and follows redirects.
func (b *browser) get(path string) *page {
	b.w.t.Helper()
	return b.do(b.request(http.MethodGet, path, nil), true)
}

// open is get without following redirects.
func (b *browser) open(path string) *page {
	b.w.t.Helper()
	return b.do(b.request(http.MethodGet, path, nil), false)
}

// post sends a form without looking at a page first, and follows redirects.
func (b *browser) post(path string, form url.Values) *page {
	b.w.t.Helper()
	return b.do(b.request(http.MethodPost, path, form), true)
}

// request is a request as this browser makes it; change it and give it to do.
func (b *browser) request(method, path string, form url.Values) *http.Request {
	b.w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.w.t.Context(), method, b.address(path), body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if r.Header.Get("Origin") == "" {
			r.Header.Set("Origin", b.w.config.PublicURL.Scheme+"://"+b.w.config.PublicURL.Host)
		}
	}
	return r
}

func (b *browser) do(r *http.Request, follow bool) *page {
	b.w.t.Helper()
	client := *b.client
	if !follow {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	response, err := client.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.read(response)
}

func (b *browser) read(response *http.Response) *page {
	b.w.t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.w.t.Fatalf("%d of %s: %v", response.StatusCode, b.w.url, err)
	}
	p := &page{b: b, status: response.StatusCode, url: b.w.config.PublicURL, header: response.Header, body: string(body)}
	if response.Request != nil {
		p.url = response.Request.URL
	}
	if p.doc, err = goquery.NewDocumentFromReader(bytes.NewReader(body)); err != nil {
		b.w.t.Fatal(err)
	}
	return p
}

// address is a path of ours as an address: the prefix goes before it unless it is there.
func (b *browser) address(path string) string {
	if strings.Contains(path, "://") {
		return path
	}
	return b.w.config.PublicURL.Scheme + "://" + b.w.config.PublicURL.Host + b.path(path)
}

func (b *browser) path(path string) string {
	prefix := b.w.config.PublicURL.Path
	if prefix != "" && (path == prefix || strings.HasPrefix(path, prefix+"/")) {
		return path
	}
	return prefix + path
}

// cookie is the value of the cookie whose name ends so, "" when there is none.
func (b *browser) cookie(name string) string {
	u, err := url.Parse(b.w.url + "/")
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if strings.HasSuffix(c.Name, name) {
			return c.Value
		}
	}
	return ""
}

// setCookie puts a cookie under this name into the jar; "" takes it out.
func (b *browser) setCookie(name, value string) {
	u, err := url.Parse(b.w.url + "/")
	if err != nil {
		b.w.t.Fatal(err)
	}
	c := &http.Cookie{Name: name, Value: value, Path: cmp.Or(b.w.config.PublicURL.Path, "/")}
	if value == "" {
		c.MaxAge = -1
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{c})
}

// find is what a CSS selector finds.
func (p *page) find(selector string) *goquery.Selection { return p.doc.Find(selector) }

// text is what can be read in what a CSS selector finds, with single spaces.
func (p *page) text(selector string) string {
	return strings.Join(strings.Fields(p.doc.Find(selector).Text()), " ")
}

// wants fails the test unless the page has this status, and gives the page back.
func (p *page) wants(status int) *page {
	p.b.w.t.Helper()
	if p.status != status {
		p.b.w.t.Fatalf("%s: got %d %q, want %d", p.url, p.status, p.text("h1")+" "+p.text(".note"), status)
	}
	return p
}

// follow opens the first link that a CSS selector finds.
func (p *page) follow(selector string) *page {
	p.b.w.t.Helper()
	return p.b.get(p.href(selector))
}

// href is where the first link that a CSS selector finds leads, as an address.
func (p *page) href(selector string) string {
	p.b.w.t.Helper()
	href, ok := p.find(selector).First().Attr("href")
	if !ok {
		p.b.w.t.Fatalf("%s: no link %q on the page %q", p.url, selector, p.text("h1"))
	}
	return p.resolve(href)
}

func (p *page) resolve(href string) string {
	p.b.w.t.Helper()
	u, err := p.url.Parse(href)
	if err != nil {
		p.b.w.t.Fatal(err)
	}
	return u.String()
}

// selection is what goquery finds.
type selection = goquery.Selection

// filled is a form of a page as a browser would send it.
type filled struct {
	page           *page
	method, action string
	values         url.Values
}

// form collects the inputs of the form that a CSS selector finds, as they stand. Its first submit button is pressed.
func (p *page) form(selector string) *filled {
	p.b.w.t.Helper()
	found := p.find(selector).First()
	if !found.Is("form") {
		p.b.w.t.Fatalf("%s: no form %q on the page %q: %s", p.url, selector, p.text("h1"), p.text(".note"))
	}
	f := &filled{page: p, method: strings.ToUpper(found.AttrOr("method", "get")), values: url.Values{}}
	f.action = p.resolve(found.AttrOr("action", p.url.String()))
	found.Find("input, select, textarea").Each(func(_ int, input *goquery.Selection) { f.collect(input) })
	if first := found.Find("button:not([type=button]), input[type=submit]").First(); first.AttrOr("name", "") != "" {
		f.values.Add(first.AttrOr("name", ""), first.AttrOr("value", ""))
	}
	return f
}

func (f *filled) collect(input *goquery.Selection) {
	name := input.AttrOr("name", "")
	_, disabled := input.Attr("disabled")
	if name == "" || disabled || input.Closest("fieldset[disabled]").Length() > 0 {
		return
	}
	switch {
	case input.Is("select"):
		chosen := input.Find("option[selected]")
		if chosen.Length() == 0 {
			chosen = input.Find("option").First()
		}
		chosen.Each(func(_ int, option *goquery.Selection) {
			f.values.Add(name, option.AttrOr("value", option.Text()))
		})
	case input.Is("textarea"):
		f.values.Add(name, strings.TrimPrefix(input.Text(), "\n"))
	case input.Is("[type=submit], [type=button], [type=reset], [type=image], [type=file]"):
	case input.Is("[type=checkbox], [type=radio]"):
		if _, checked := input.Attr("checked"); checked {
			f.values.Add(name, input.AttrOr("value", "on"))
		}
	default:
		f.values.Add(name, input.AttrOr("value", ""))
	}
}

// set types into an input; one that the form does not have is a mistake of the test.
func (f *filled) set(name string, values ...string) *filled {
	f.page.b.w.t.Helper()
	if !f.values.Has(name) && f.page.find(fmt.Sprintf("[name=%q]", name)).Length() == 0 {
		f.page.b.w.t.Fatalf("%s: the form has no input %q", f.page.url, name)
	}
	f.values[name] = values
	return f
}

// press takes the place of the first submit button.
func (f *filled) press(name, value string) *filled {
	f.values.Set(name, value)
	return f
}

// send sends the form and follows redirects.
func (f *filled) send() *page {
	f.page.b.w.t.Helper()
	return f.page.b.do(f.request(), true)
}

// sendOnce sends the form and does not follow redirects.
func (f *filled) sendOnce() *page {
	f.page.b.w.t.Helper()
	return f.page.b.do(f.request(), false)
}

func (f *filled) request() *http.Request {
	f.page.b.w.t.Helper()
	if f.method == http.MethodGet {
		address, _, _ := strings.Cut(f.action, "?")
		return f.page.b.request(http.MethodGet, address+"?"+f.values.Encode(), nil)
	}
	return f.page.b.request(f.method, f.action, f.values)
}
