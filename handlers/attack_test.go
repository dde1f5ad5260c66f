package handlers_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime/simulator"
)

// Markup and formulas for every name that the API returns.
const (
	script  = `<script>alert(1)</script>`
	image   = `"><img src=x onerror=alert(1)>`
	formula = `=HYPERLINK("https://evil.example","x")`
)

// hostile is a tenant in which somebody has put markup and formulas into every name there is.
func hostile(t *testing.T) *simulator.Tenant {
	t.Helper()
	tenant := founded.today()
	edit := func(collection, id string, members map[string]any) {
		text, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		tenant.Edit(collection, id, string(text))
	}
	name := func(text string) map[string]any {
		return map[string]any{"default": text, "translations": map[string]string{"en-GB": text, "nl-BE": text}}
	}
	edit("people", "76547", map[string]any{"firstName": script, "lastName": image, "initials": "<b>", "badgeNumber": "<i>7"})
	edit("people", "76502", map[string]any{"firstName": formula, "lastName": "+1"})
	for _, id := range tenant.IDs("terminals") {
		edit("terminals", id, map[string]any{"name": image + script})
	}
	for _, collection := range []string{"departments", "absence-definitions"} {
		for _, id := range tenant.IDs(collection) {
			edit(collection, id, map[string]any{"name": name(script + image)})
		}
	}
	edit("clockings", "8192", map[string]any{"payrollTag": script, "unheardOf": image})
	return tenant
}

// attack is one thing that somebody might try. act is given a world and a browser in which els, an editor, is signed
// in; want are the statuses that its answer may have.
type attack struct {
	name string
	act  func(*world, *browser) *page
	want []int
}

// forged is a POST of a form that would change clocking 8192, sent with these headers by another site.
func forged(path string, headers ...string) func(*world, *browser) *page {
	return func(w *world, b *browser) *page {
		r := b.request(http.MethodPost, path, editing(b).values)
		r.Header.Del("Origin")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return b.do(r, false)
	}
}

// editing is a form that would change clocking 8192.
func editing(b *browser) *filled {
	return b.get("/clockings/8192/edit").form("form.sheet").set("timeOfDayInMinutes", "6:66")
}

// raw is a GET of exactly these bytes as its path, which no HTTP client would send.
func raw(path string) func(*world, *browser) *page {
	return func(w *world, b *browser) *page {
		return b.bytes("GET " + path + " HTTP/1.1\r\nHost: " + w.config.PublicURL.Host + "\r\nCookie: protime-session=" +
			b.cookie("protime-session") + "\r\nConnection: close\r\n\r\n")
	}
}

// bytes sends a request as it stands.
func (b *browser) bytes(request string) *page {
	b.w.t.Helper()
	conn, err := net.Dial("tcp", b.w.config.PublicURL.Host)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer conn.Close()
	_, _ = conn.Write([]byte(request)) // the server may have answered before it has read everything
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.read(response)
}

func get(path string) func(*world, *browser) *page {
	return func(_ *world, b *browser) *page { return b.open(path) }
}

// withCookie asks for a page with another value in the session's cookie.
func withCookie(change func(string) string) func(*world, *browser) *page {
	return func(w *world, b *browser) *page {
		other := w.stranger()
		r := other.request(http.MethodGet, "/clockings/8192", nil)
		r.Header.Set("Cookie", "protime-session="+change(b.cookie("protime-session")))
		return other.do(r, false)
	}
}

// returning signs in with a return address and gives the last redirect's answer.
func returning(to string) func(*world, *browser) *page {
	return func(w *world, _ *browser) *page {
		b := w.stranger()
		callback, err := w.issuer.Approve(b.leave("/login?return="+url.QueryEscape(to)), "els")
		if err != nil {
			w.t.Fatal(err)
		}
		return b.open(callback)
	}
}

func method(name string) func(*world, *browser) *page {
	return func(_ *world, b *browser) *page { return b.do(b.request(name, "/clockings/8192", nil), false) }
}

func typedAs(kind string, body string) func(*world, *browser) *page {
	return func(_ *world, b *browser) *page {
		r := b.request(http.MethodPost, "/clockings/8192/edit", url.Values{})
		r.Header.Set("Content-Type", kind)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		return b.do(r, false)
	}
}

func attacks() []attack {
	const forbidden, missing, bad, noMethod = http.StatusForbidden, http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed
	asked := []int{http.StatusSeeOther}
	return []attack{
		// Cookies
		{"a session cookie with one letter changed", withCookie(func(v string) string {
			if v[0] == 'A' {
				return "B" + v[1:]
			}
			return "A" + v[1:]
		}), asked},
		{"a session cookie cut off", withCookie(func(v string) string { return v[:len(v)/2] }), asked},
		{"a session cookie of 50 KB", withCookie(func(string) string { return strings.Repeat("A", 50_000) }), asked},
		{"headers over the limit", withCookie(func(string) string { return strings.Repeat("A", 200_000) }), []int{http.StatusRequestHeaderFieldsTooLarge}},
		{"a session cookie that says who one is in base64", withCookie(func(string) string {
			return base64.URLEncoding.EncodeToString([]byte(`{"sub":"els","groups":["hr-edit"]}`))
		}), asked},
		{"a session sealed with another server's keys", func(w *world, b *browser) *page {
			other := newWorld(w.t, "SESSION_KEYS="+base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 64))))
			return withCookie(func(string) string { return other.signIn("els").cookie("protime-session") })(w, b)
		}, asked},
		{"a fixed session: the browser had the attacker's before signing in", func(w *world, b *browser) *page {
			victim, planted := w.stranger(), w.signIn("marc").cookie("protime-session")
			victim.setCookie("protime-session", planted)
			address := victim.leave("/login?prompt=login")
			victim.answer(address, "els").wants(http.StatusOK)
			if victim.cookie("protime-session") == planted {
				w.t.Error("the planted session is the victim's")
			}
			return w.planted(planted)
		}, []int{http.StatusOK}}, // marc's own, still: the victim's session is another one
		{"another person's sealed form", func(w *world, b *browser) *page {
			token, err := w.gate.Forms.Seal("tom", "/clockings/8192/edit", url.Values{"why.note": {"Tom's"}})
			if err != nil {
				w.t.Fatal(err)
			}
			return b.post("/login/restore", url.Values{"sealed": {token}})
		}, []int{forbidden}},
		{"a sealed form that leads to another page", func(w *world, b *browser) *page {
			token, err := w.gate.Forms.Seal("els", "/changes/0190a5c0-0000-7000-8000-000000000001/check", url.Values{})
			if err != nil {
				w.t.Fatal(err)
			}
			return b.post("/login/restore", url.Values{"sealed": {token}})
		}, []int{bad}},

		// Other sites
		{"a cross-site POST, by what the browser says", forged("/clockings/8192/edit", "Sec-Fetch-Site", "cross-site"), []int{forbidden}},
		{"a POST from a neighbour's subdomain", forged("/clockings/8192/edit", "Sec-Fetch-Site", "same-site"), []int{forbidden}},
		{"a cross-site POST, by its origin", forged("/clockings/8192/edit", "Origin", "https://evil.example"), []int{forbidden}},
		{"a POST from a sandboxed frame", forged("/clockings/8192/edit", "Origin", "null"), []int{forbidden}},
		{"a cross-site POST that claims to be ours", forged("/clockings/8192/edit", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example", "X-Forwarded-Host", "evil.example"), []int{forbidden}},
		{"a cross-site delete", forged("/clockings/8192/delete", "Sec-Fetch-Site", "cross-site"), []int{forbidden}},
		{"a cross-site sign-out", func(w *world, b *browser) *page {
			page := forged("/logout", "Sec-Fetch-Site", "cross-site")(w, b)
			b.get("/clockings/8192").wants(http.StatusOK)
			return page
		}, []int{forbidden}},
		{"a cross-site restore", forged("/login/restore", "Sec-Fetch-Site", "cross-site"), []int{forbidden}},
		{"a cross-site hand-off", forged("/login/frame", "Sec-Fetch-Site", "cross-site"), []int{forbidden}},
		{"a cross-site choice of language", forged("/language", "Sec-Fetch-Site", "cross-site"), []int{forbidden}},
		{"a cross-site word that a session is over", forged("/login/backchannel", "Sec-Fetch-Site", "cross-site"), []int{bad}},
		{"reading by another site's script", func(_ *world, b *browser) *page {
			r := b.request(http.MethodGet, "/clockings/8192", nil)
			r.Header.Set("Origin", "https://evil.example")
			page := b.do(r, false)
			for name := range page.header {
				if strings.HasPrefix(name, "Access-Control-") {
					b.w.t.Errorf("got header %s, want none", name)
				}
			}
			return page
		}, []int{http.StatusOK}},
		{"a preflight", func(_ *world, b *browser) *page {
			r := b.request(http.MethodOptions, "/clockings/8192/edit", nil)
			r.Header.Set("Origin", "https://evil.example")
			r.Header.Set("Access-Control-Request-Method", "POST")
			return b.do(r, false)
		}, []int{noMethod, http.StatusNoContent}},

		// Methods and bodies
		{"a DELETE", method(http.MethodDelete), []int{noMethod}},
		{"a PUT", method(http.MethodPut), []int{noMethod}},
		{"a PATCH", method(http.MethodPatch), []int{noMethod}},
		{"a TRACE", method(http.MethodTrace), []int{noMethod}},
		{"another method by a header", func(_ *world, b *browser) *page {
			r := b.request(http.MethodGet, "/clockings/8192", nil)
			for _, name := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
				r.Header.Set(name, "DELETE")
			}
			return b.do(r, false)
		}, []int{http.StatusOK}},
		{"another method by a field", func(_ *world, b *browser) *page {
			return b.post("/clockings/8192", url.Values{"_method": {"DELETE"}})
		}, []int{noMethod}},
		{"a change by a link", func(_ *world, b *browser) *page {
			return b.open("/clockings/8192/edit?" + editing(b).values.Encode())
		}, []int{http.StatusOK}},
		{"a delete by a link", get("/clockings/8192/delete?change=0190a5c0-0000-7000-8000-000000000001"), []int{http.StatusOK}},
		{"the form in the address of a POST", func(_ *world, b *browser) *page {
			return b.post("/clockings/8192/edit?"+editing(b).values.Encode(), url.Values{})
		}, []int{http.StatusUnprocessableEntity}},
		{"a form as plain text", typedAs("text/plain", "change=x&timeOfDayInMinutes=600"), []int{bad, http.StatusUnprocessableEntity}},
		{"a form as JSON", typedAs("application/json", `{"timeOfDayInMinutes":600}`), []int{bad, http.StatusUnprocessableEntity}},
		{"a form in parts", typedAs("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"change\"\r\n\r\nx\r\n--x--\r\n"), []int{bad, http.StatusUnprocessableEntity}},
		{"a form that is no form", typedAs("application/x-www-form-urlencoded", "%zz=%"), []int{bad}},
		{"a body over the limit", typedAs("application/x-www-form-urlencoded", "x="+strings.Repeat("x", 1<<20)), []int{http.StatusRequestEntityTooLarge}},
		{"a body over the larger limit of kept forms", func(_ *world, b *browser) *page {
			return b.post("/login/restore", url.Values{"sealed": {strings.Repeat("x", 2<<20)}})
		}, []int{http.StatusRequestEntityTooLarge}},
		{"100,000 fields", typedAs("application/x-www-form-urlencoded", strings.Repeat("a.b.c=1&", 100_000)), []int{bad}},
		{"an id of a form that is none", func(_ *world, b *browser) *page {
			f := editing(b).set("timeOfDayInMinutes", "6:00")
			f.values.Set("change", "../../x")
			return f.sendOnce()
		}, []int{http.StatusUnprocessableEntity}},

		// Paths
		{"dot segments", raw("/clockings/../../etc/passwd"), []int{missing}},
		{"encoded dot segments", raw("/clockings/%2e%2e"), []int{missing}},
		{"encoded slashes", raw("/clockings/..%2fpeople%2f76547"), []int{missing}},
		{"doubly encoded slashes", raw("/clockings/..%252fpeople%252f76547"), []int{missing}},
		{"a NUL", raw("/clockings/8192%00"), []int{missing}},
		{"a line break", raw("/clockings/8192%0d%0aX-Injected:%20yes"), []int{missing}},
		{"a backslash", raw("/clockings/8192%5c..%5c7"), []int{missing}},
		{"a query within an id", raw("/clockings/8192%3fdeleted=show"), []int{missing}},
		{"a semicolon within an id", raw("/clockings/8192;x=y"), []int{missing}},
		{"an id without end", raw("/clockings/" + strings.Repeat("8", 129)), []int{missing}},
		{"markup in a path", raw("/clockings/%3cscript%3ealert(1)%3c%2fscript%3e"), []int{missing}},
		{"two slashes", raw("//clockings/8192"), []int{missing}},
		{"two slashes before a host", raw("//evil.example/%2e%2e"), []int{missing}},
		{"another host in the request line", func(w *world, b *browser) *page {
			return b.bytes("GET http://evil.example/clockings/8192 HTTP/1.1\r\nHost: " + w.config.PublicURL.Host + "\r\nConnection: close\r\n\r\n")
		}, []int{http.StatusMisdirectedRequest}},
		{"out of the static files", raw("/static/../main.go"), []int{missing}},
		{"out of the static files, encoded", raw("/static/..%2f..%2fmain.go"), []int{missing}},
		{"a list of the static files", get("/static/"), []int{missing}},
		{"source control data", get("/.git/config"), []int{missing}},
		{"metrics", get("/metrics"), []int{missing}},
		{"a profiler", get("/debug/pprof/"), []int{missing}},

		// Redirects and headers
		{"sign-in that leads to another site", returning("https://evil.example/"), asked},
		{"sign-in that leads to another site, without its scheme", returning("//evil.example/"), asked},
		{"sign-in that leads to another site, by a backslash", returning(`/\evil.example/`), asked},
		{"sign-in that leads to another site, encoded", returning("/%2fevil.example/"), asked},
		{"sign-in that leads to another site, by a tab", returning("/\t/evil.example/"), asked},
		{"sign-in that leads to a script", returning("javascript:alert(1)"), asked},
		{"sign-in that adds a header", returning("/people\r\nSet-Cookie: protime-session=x"), asked},
		{"a choice of language that leads to another site", func(_ *world, b *browser) *page {
			r := b.request(http.MethodPost, "/language", url.Values{"language": {"nl"}, "return": {"//evil.example/"}})
			return b.do(r, false)
		}, asked},
		{"a change that leads to another site", func(_ *world, b *browser) *page {
			f := editing(b)
			f.values.Set("timeOfDayInMinutes", "8:11") // as it is: nothing to change
			f.values.Set("return", "https://evil.example/")
			return f.sendOnce()
		}, asked},
		{"Cancel that leads to another site", func(w *world, b *browser) *page {
			page := b.get("/clockings/8192/edit?return=" + url.QueryEscape("//evil.example/"))
			page.find("a[href]").Each(func(_ int, s *selection) {
				if href := s.AttrOr("href", ""); !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "#") || strings.HasPrefix(href, "//") {
					w.t.Errorf("a link leads to %q", href)
				}
			})
			return page
		}, []int{http.StatusOK}},
		{"a proxy's word from somebody who is none", func(w *world, b *browser) *page {
			r := b.request(http.MethodGet, "/clockings/8192", nil)
			r.Header.Set("X-Forwarded-For", "203.0.113.99")
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("X-Forwarded-Prefix", "//evil.example")
			page := b.do(r, false)
			if strings.Contains(w.lines.String(), "203.0.113.99") {
				w.t.Error("the made-up address stands in the log")
			}
			return page
		}, []int{http.StatusOK}},

		// What others wrote
		{"markup in names on a list", get("/clockings?date.ge=" + daysAgo(0) + "&date.le=" + daysAgo(0)), []int{http.StatusOK}},
		{"markup in names on a record", get("/clockings/8192"), []int{http.StatusOK}},
		{"markup in names in a form", get("/clockings/8192/edit"), []int{http.StatusOK}},
		{"markup in names before a delete", get("/clockings/8192/delete"), []int{http.StatusOK}},
		{"markup in names of people", get("/people?q=script"), []int{http.StatusOK}},
		{"markup in a terminal's name", get("/terminals"), []int{http.StatusOK}},
		{"markup in a translated name", get("/absence-definitions"), []int{http.StatusOK}},
		{"markup in what was typed", func(_ *world, b *browser) *page {
			return editing(b).set("timeOfDayInMinutes", script+image).set("why.note", "</textarea>"+script).sendOnce()
		}, []int{http.StatusUnprocessableEntity}},
		{"markup in an address", get("/clockings/new?person.id=" + url.QueryEscape(image) + "&date=" + url.QueryEscape(script)), []int{http.StatusOK}},
		{"markup in a filter", get("/clockings?kind=" + url.QueryEscape(script+image)), []int{http.StatusOK, http.StatusSeeOther, http.StatusUnprocessableEntity}},
		{"markup in the API's reasons", func(w *world, b *browser) *page {
			w.tenant.Fail(simulator.Fault{Path: "/clockings/8192", Times: 1, Status: http.StatusBadRequest, Reasons: []string{script, image}})
			defer w.tenant.Heal()
			return b.open("/clockings/8192")
		}, []int{http.StatusUnprocessableEntity}},
		{"a page of HTML in the place of an answer", func(w *world, b *browser) *page {
			w.tenant.Fail(simulator.Fault{Path: "/clockings/8192", Times: 1, HTML: true, Body: script})
			defer w.tenant.Heal()
			return b.open("/clockings/8192")
		}, []int{http.StatusBadGateway}},
		{"a formula in CSV", func(w *world, b *browser) *page {
			page := b.open("/clockings.csv?date.ge=" + daysAgo(27) + "&date.le=" + daysAgo(0) + "&person=76502")
			if !strings.Contains(page.body, "HYPERLINK") {
				w.t.Errorf("the CSV does not have the name: %.300q", page.body)
			}
			for _, cell := range strings.FieldsFunc(page.body, func(r rune) bool { return strings.ContainsRune(",;\r\n", r) }) {
				if strings.ContainsAny(strings.TrimPrefix(cell, `"`)[:min(1, len(strings.TrimPrefix(cell, `"`)))], "=+@\t") {
					w.t.Errorf("the cell %q is a formula", cell)
				}
			}
			return page
		}, []int{http.StatusOK}},

		// Other people's things
		{"the whole log by an editor's address", get("/changes?actor=tom"), []int{http.StatusOK, forbidden}},
		{"the log's export by an editor", get("/changes.csv"), []int{forbidden}},
		{"somebody else's receipt", func(w *world, b *browser) *page { return b.open(w.changeOfTom()) }, []int{forbidden, missing}},
		{"the undo of somebody else's change", func(w *world, b *browser) *page {
			return b.open(w.changeOfTom() + "/undo")
		}, []int{forbidden, missing}},
		{"the undo of somebody else's change, sent", func(w *world, b *browser) *page {
			return b.post(w.changeOfTom()+"/undo", url.Values{"change": {"0190a5c0-0000-7000-8000-000000000002"}})
		}, []int{forbidden, missing}},
		{"a receipt that does not exist", get("/changes/0190a5c0-0000-7000-8000-00000000ffff"), []int{missing}},
	}
}

func daysAgo(n int) string { return time.Now().AddDate(0, 0, -n).Format(time.DateOnly) }
func (w *world) planted(cookie string) *page {
	b := w.stranger()
	b.setCookie("protime-session", cookie)
	page := b.get("/clockings/8192")
	if !strings.Contains(page.text(".me"), "Marc") {
		w.t.Errorf("the planted session is %q's", page.text(".me"))
	}
	return page
}

// changeOfTom is the path of the receipt of a change that tom made.
func (w *world) changeOfTom() string {
	w.t.Helper()
	receipts, _, err := w.log.Changes(w.t.Context(), change.Query{Subject: "tom", Limit: 1})
	if err != nil || len(receipts) != 1 {
		w.t.Fatalf("got %d changes of tom's, %v, want one", len(receipts), err)
	}
	return "/changes/" + receipts[0].ID
}

// TestAttacks: none gets through, each is answered by a plain page, and none leaves a trace that it chose itself.
func TestAttacks(t *testing.T) {
	w := newWorldWith(t, hostile(t))
	w.knowsPeople()
	correct(w.signIn("tom"), "8:11", "by Tom").wants(http.StatusOK)
	w.tenant.Forget()
	before, _ := w.tenant.Get("clockings", "8192")
	names := map[string]bool{}
	for _, a := range attacks() {
		if names[a.name] {
			t.Errorf("two attacks are called %q", a.name)
		}
		names[a.name] = true
		t.Run(a.name, func(t *testing.T) {
			w := w.in(t)
			w.clock.pass(time.Second) // or sign-in slows all of them down
			page := a.act(w, w.signIn("els"))
			if !slices.Contains(a.want, page.status) {
				t.Errorf("got %d %q, want %d", page.status, page.text("h1"), a.want)
			}
			if writes := w.tenant.Writes(); len(writes) > 0 {
				t.Errorf("got a write at the API: %s %s", writes[0].Method, writes[0].Path)
				w.tenant.Forget()
			}
			page.plain()
		})
	}
	if len(names) < 40 {
		t.Errorf("got %d attacks, want 40 at least", len(names))
	}
	if after, _ := w.tenant.Get("clockings", "8192"); after != before {
		t.Errorf("the record changed: %s", after)
	}
	w.logsPlainly()
}

// plain fails the test for a page that runs what somebody else wrote, leads off the site or tells what is inside.
func (p *page) plain() {
	t := p.b.w.t
	t.Helper()
	kind := p.header.Get("Content-Type")
	if strings.HasPrefix(kind, "text/html") {
		p.find("*").Each(func(_ int, s *selection) {
			for _, a := range s.Nodes[0].Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
					t.Errorf("<%s %s=%q> stands in the page", s.Nodes[0].Data, a.Key, a.Val)
				}
				if (a.Key == "href" || a.Key == "src" || a.Key == "action") && strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
					t.Errorf("%s=%q stands in the page", a.Key, a.Val)
				}
			}
		})
		p.find("script").Each(func(_ int, s *selection) {
			if src := s.AttrOr("src", ""); !strings.HasPrefix(src, "/static/") || s.Text() != "" {
				t.Errorf("a script of its own stands in the page: %q %q", src, s.Text())
			}
		})
		if p.find("img, iframe, object, embed, base").Length() > 0 {
			t.Error("the page has an element that our templates do not have")
		}
	} else if strings.Contains(p.body, "<script>") && !strings.HasPrefix(kind, "text/csv") {
		t.Errorf("markup in an answer of type %q", kind)
	}
	if location := p.header.Get("Location"); location != "" {
		u, err := url.Parse(location)
		if err != nil || strings.Contains(location, `\`) || strings.HasPrefix(location, "//") ||
			u.Host != "" && !strings.HasPrefix(location, p.b.w.url) && !strings.HasPrefix(location, p.b.w.issuer.URL) {
			t.Errorf("it leads to %q", location)
		}
	}
	if p.header.Get("X-Injected") != "" || strings.Contains(strings.Join(p.header.Values("Set-Cookie"), "\n"), "protime-session=x;") || slices.Contains(p.header.Values("Set-Cookie"), "protime-session=x") {
		t.Errorf("a header came in: %v", p.header)
	}
	for _, inside := range []string{"goroutine ", ".go:", "runtime error", "sso:", "protime: ", "echo:", "SQLITE", apiSecret, signInSecret} {
		if strings.Contains(p.body, inside) {
			t.Errorf("the page tells %q", inside)
		}
	}
}

// logsPlainly fails the test for log lines that are not one object each, or that tell a secret or a person's data.
func (w *world) logsPlainly() {
	w.t.Helper()
	for line := range strings.Lines(w.lines.String()) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			w.t.Errorf("a log line is no object: %.200q", line)
		}
		if object["X-Injected"] != nil {
			w.t.Errorf("a member came in: %s", line)
		}
	}
	for _, secret := range append(w.secrets(), "Maes", "vermeulen", "Peeters", "els.peeters", "6767646") {
		if at := strings.Index(w.lines.String(), secret); at >= 0 {
			text := w.lines.String()
			w.t.Errorf("the log tells %q: %s", secret, text[max(0, at-200):min(len(text), at+100)])
		}
	}
	if token := signedToken.FindString(w.lines.String()); token != "" {
		w.t.Errorf("the log tells the token %s", token)
	}
}

// signedToken matches a JSON Web Token: header and claims are objects in base64url, which begin with eyJ. A random id can
// hold eyJ too, but no dot.
var signedToken = regexp.MustCompile(`eyJ[\w-]+\.eyJ[\w-]+\.`)

// secrets are what no log line may hold.
func (w *world) secrets() []string {
	list := []string{
		apiSecret, signInSecret, sessionSecret, base64.StdEncoding.EncodeToString([]byte(sessionSecret)), "?code=", "&code=", "state=",
	}
	for _, r := range w.tenant.Requests() {
		if token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); token != "" && !slices.Contains(list, token) {
			list = append(list, token)
		}
	}
	return list
}

func TestInvariant7_NothingSecretReachesTheLogOrAPage(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	b := w.signIn("els")
	session := b.cookie("protime-session")
	pages := []*page{
		b.get("/clockings/8192"), b.get("/clockings/8192/edit"), correct(b, "8:01", "a note of a person"), b.get("/clockings/404"), b.get("/people/76547"),
		b.get("/terminals/765.txt"), b.get("/login/callback?code=secret-code&state=x"), b.get("/readyz"), b.get("/healthz"),
	}
	w.tenant.Fail(simulator.Fault{Path: "/clockings/8192", Times: 1, Reset: true})
	pages = append(pages, b.get("/clockings/8192"))
	w.tenant.Heal()
	if len(w.secrets()) < 8 {
		t.Fatalf("got %d secrets to look for, want the API's token among them", len(w.secrets()))
	}
	for _, p := range pages {
		for _, secret := range append(w.secrets()[:4], w.secrets()[7:]...) {
			if strings.Contains(p.body, secret) {
				t.Errorf("%s tells %q", p.url, secret)
			}
		}
	}
	w.logsPlainly()
	for _, private := range []string{session, "secret-code", "a note of a person"} {
		if strings.Contains(w.lines.String(), private) {
			t.Errorf("the log tells %q", private)
		}
	}
}

func TestEveryAnswerSaysWhatABrowserMayDo(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	for _, path := range []string{
		"/", "/clockings/8192", "/clockings/8192/edit", "/nowhere", "/clockings.csv", "/login?prompt=login", "/login/callback", "/healthz", "/readyz",
	} {
		h := b.open(path).header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s: got %q, want %q", path, name, got, want)
			}
		}
		policy := h.Get("Content-Security-Policy")
		for name, want := range map[string]string{
			"default-src": "'none'", "script-src": "'self'", "img-src": "data:", "base-uri": "'none'", "frame-ancestors": "'none'",
			"form-action": "'self' " + w.issuer.URL,
		} {
			if got := directive(policy, name); got != want {
				t.Errorf("%s: %s: got %q, want %q", path, name, got, want)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: got %q, want nothing unsafe in it", path, policy)
		}
		if h.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", path)
		}
	}
}

func TestHTTPSIsKeptToForAYear(t *testing.T) {
	w := newWorld(t, "PUBLIC_URL=https://protime-admin.acme.example", "TRUSTED_PROXIES=127.0.0.1/32")
	b := w.stranger()
	r := b.request(http.MethodGet, w.server.URL+"/login", nil)
	r.Host = "protime-admin.acme.example"
	page := b.do(r, false).wants(http.StatusSeeOther)
	if got := page.header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security: got %q, want a year", got)
	}
	for _, line := range page.header.Values("Set-Cookie") {
		for _, part := range []string{"__Host-", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"} {
			if !strings.Contains(line, part) {
				t.Errorf("cookie %q, want %q in it", line, part)
			}
		}
	}
	if page.header.Values("Set-Cookie") == nil {
		t.Error("no cookie at all")
	}
}
