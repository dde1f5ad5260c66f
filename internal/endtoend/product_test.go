package endtoend

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	_ "protime-admin/handlers"
	_ "protime-admin/internal/audit"
	"protime-admin/internal/sso/ssotest"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// binary is the product, built once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "protime-admin-test-")
	if err != nil {
		return "", err
	}
	// What a test has read and imported decides whether its result is still good: the program is neither.
	if _, err := os.ReadFile(filepath.Join("..", "..", "main.go")); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "protime-admin")
	build := exec.Command("go", "build", "-o", path, "protime-admin")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := playRole(role); err != nil {
			fmt.Fprintln(os.Stderr, role+":", err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // a temporary directory
	}
	os.Exit(code)
}

// world is what stands around the product: the API, the identity provider, and the settings that name them.
type world struct {
	t      testing.TB
	tenant *simulator.Tenant
	api    *httptest.Server
	issuer *ssotest.Issuer
	env    map[string]string
	public string
}

// newWorld starts the API and the identity provider; the product listens at a port that stays the same over restarts.
func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOf(t, company.New(time.Now()))
}

// newWorldOf is newWorld with another tenant behind the API.
func newWorldOf(t testing.TB, tenant *simulator.Tenant) *world {
	t.Helper()
	w := &world{t: t, tenant: tenant}
	w.api = httptest.NewServer(w.tenant)
	t.Cleanup(w.api.Close)
	w.issuer = &ssotest.Issuer{People: []ssotest.Person{
		{Subject: "els", Name: "Els Peeters", Email: "els@acme.example", Groups: []string{"editors"}},
		{Subject: "anke", Name: "Anke Vermeulen", Email: "anke@acme.example", Groups: []string{"auditors"}},
	}}
	identity := httptest.NewUnstartedServer(w.issuer)
	w.issuer.URL = "http://" + identity.Listener.Addr().String()
	w.public = "http://" + freeAddress(t)
	w.issuer.Clients = []ssotest.Client{{
		ID: "product", Secret: "product-secret", RedirectURIs: []string{w.public + "/login/callback"},
		PostLogoutURIs: []string{w.public + "/"},
	}}
	identity.Start()
	t.Cleanup(identity.Close)
	key := bytes.Repeat([]byte{7}, 64)
	w.env = map[string]string{
		"PROTIME_TENANT": "acme", "PROTIME_CLIENT_ID": "api-client", "PROTIME_CLIENT_SECRET": "api-client-secret",
		"PROTIME_API_URL": w.api.URL + simulator.BasePath, "PROTIME_TOKEN_URL": w.api.URL + "/tenants/acme/connect/token",
		"OIDC_ISSUER": identity.URL, "OIDC_CLIENT_ID": "product", "OIDC_CLIENT_SECRET": "product-secret",
		"ROLE_EDITORS": "editors", "ROLE_AUDITORS": "auditors", "ASSUMED_COLLECTIONS": "terminals",
		"PUBLIC_URL": w.public, "LISTEN_ADDR": strings.TrimPrefix(w.public, "http://"),
		"SESSION_KEYS":       base64.StdEncoding.EncodeToString(key),
		"AUDIT_KEY":          base64.StdEncoding.EncodeToString(key),
		"AUDIT_DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "audit.db"),
	}
	return w
}

func freeAddress(t testing.TB) string {
	t.Helper()
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// process is one run of the product.
type process struct {
	t   testing.TB
	cmd *exec.Cmd
	log *syncBuffer
	url string
}

// syncBuffer is a log that a process writes and a test reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start runs the product with the world's settings, changed by some: name and value by turns.
func (w *world) start(changes ...string) *process {
	w.t.Helper()
	path, err := binary()
	if err != nil {
		w.t.Fatal(err)
	}
	env := map[string]string{}
	for name, value := range w.env {
		env[name] = value
	}
	for i := 0; i+1 < len(changes); i += 2 {
		env[changes[i]] = changes[i+1]
	}
	p := &process{t: w.t, log: &syncBuffer{}, url: "http://" + env["LISTEN_ADDR"]}
	p.cmd = exec.Command(path) // without a context: the test ends it itself, in its own way
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(p.kill)
	if !isReady(w.t, p.url) {
		w.t.Fatalf("the product is not ready; it said:\n%s", p.log.String())
	}
	return p
}

// isReady waits until the product at an address is ready; false when it is not within half a minute.
func isReady(t testing.TB, address string) bool {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if status, _ := get(t.Context(), http.DefaultClient, address+"/readyz"); status == http.StatusOK {
			return true
		}
	}
	return false
}

// kill ends the process at once, as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may be gone already
	_ = p.cmd.Wait()         // says that it was killed
}

func get(ctx context.Context, client *http.Client, address string) (int, string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err.Error()
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(body)
}

// browser is a client with cookies that follows no redirect by itself.
func browser(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{
		Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// signIn walks a person through the identity provider and returns their browser.
func (w *world) signIn(subject string) *http.Client {
	w.t.Helper()
	client := browser(w.t)
	w.signInWith(client, subject)
	return client
}

// signInWith is signIn in a browser that is there.
func (w *world) signInWith(client *http.Client, subject string) {
	w.t.Helper()
	to := w.redirected(client, w.public+"/login?return=/")
	callback, err := w.issuer.Approve(to, subject)
	if err != nil {
		w.t.Fatal(err)
	}
	w.redirected(client, callback)
}

func (w *world) redirected(client *http.Client, address string) string {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusSeeOther && response.StatusCode != http.StatusFound {
		body, _ := io.ReadAll(response.Body)
		w.t.Fatalf("GET %s: got %d, want a redirect\n%s", address, response.StatusCode, body)
	}
	return response.Header.Get("Location")
}

// yesterday is a date on which nothing is still to come.
func yesterday() string { return time.Now().AddDate(0, 0, -1).Format(time.DateOnly) }

// formOf reads the inputs of the form that changes something, as a browser would send them.
func formOf(t testing.TB, page string) url.Values {
	t.Helper()
	form, _ := formWith(t, page, `form:has([name="change"])`)
	if form == nil {
		t.Fatalf("no form on the page: %s", text(page))
	}
	return form
}

// formWith reads the first form that a selector finds, and its action; nil where there is none.
func formWith(t testing.TB, page, selector string) (url.Values, string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	form := doc.Find(selector).First()
	if form.Length() == 0 {
		return nil, ""
	}
	values := url.Values{}
	form.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		name, ok := s.Attr("name")
		if !ok {
			return
		}
		switch goquery.NodeName(s) {
		case "select":
			option := s.Find("option[selected]")
			if option.Length() == 0 {
				option = s.Find("option").First()
			}
			values.Set(name, option.AttrOr("value", option.Text()))
		case "textarea":
			values.Set(name, s.Text())
		default:
			kind := s.AttrOr("type", "text")
			if _, checked := s.Attr("checked"); (kind == "radio" || kind == "checkbox") && !checked {
				return
			}
			values.Add(name, s.AttrOr("value", "")) // ticks share a name
		}
	})
	return values, form.AttrOr("action", "")
}

// answer is what a form was answered.
type answer struct {
	status         int
	location, page string
}

// post sends a form.
func post(ctx context.Context, client *http.Client, address string, form url.Values) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header.Get("Location"), string(page)}, err
}

// text is what can be read on a page.
func text(page string) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		return page
	}
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

// location is the record that the banner of the last change links to, "" when there is none.
func location(t *testing.T, page string) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Find("#done .status").Length() == 0 {
		t.Fatalf("no banner on the page: %s", text(page))
	}
	return doc.Find("#done .facts-line a").AttrOr("href", "")
}
