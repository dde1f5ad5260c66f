package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"protime-admin/internal/access"
	"protime-admin/internal/change"
	"protime-admin/internal/sso"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// visit is one request of one person: what every handler needs to answer it.
type exchange struct {
	s       *Server
	c       echo.Context
	id      string // of the request
	words   *tell.Words
	session *sso.Session    // nil: nobody is signed in
	ended   error           // why there is no session, when there was one
	actor   change.Actor    // zero when nobody is
	receipt *change.Receipt // of ?done=, once it was read
	given   *givenForm      // a form that is drawn again after sign-in; nil: the request's own
}

const exchangeKey = "visit"

// visitOf returns the request's visit; the first call reads who it is from the session cookie.
func (s *Server) exchangeOf(c echo.Context) *exchange {
	if x, ok := c.Get(exchangeKey).(*exchange); ok {
		return x
	}
	x := &exchange{s: s, c: c, id: requestID(c.Request().Context())}
	s.recognise(x)
	r := c.Request()
	choice := s.SignIn.Cookies.Value(r, languageCookie)
	x.words = s.words(r, choice)
	c.Set(exchangeKey, x)
	return x
}

// words are those of a request, in the person's choice of language, else the browser's, else the configuration's.
func (s *Server) words(r *http.Request, choice string) *tell.Words {
	tag := s.Lang.Match(choice, "", r.Header.Get("Accept-Language"), s.Config.DefaultLanguage)
	now := s.Now().In(s.Config.TimeZone)
	return &tell.Words{
		Printer: s.Lang.Printer(tag), Teller: s.teller, Names: finder{s, r.Context(), tag},
		Today: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC),
	}
}

// open is a route for anybody, in for whoever is signed in.
func (s *Server) open(h func(*exchange) error) echo.HandlerFunc {
	return func(c echo.Context) error { return h(s.exchangeOf(c)) }
}

func (s *Server) in(h func(*exchange) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		x := s.exchangeOf(c)
		if x.session == nil {
			return s.askToSignIn(x)
		}
		if x.hasParked() {
			return s.giveBack(x)
		}
		return h(x)
	}
}

func (x *exchange) request() *http.Request { return x.c.Request() }

// address is the page's URL without the prefix: the request's, or that of a form that is given back.
func (x *exchange) address() *url.URL {
	if x.given != nil {
		return x.given.address
	}
	return x.request().URL
}

// posting reports whether a form was posted, now or before a sign-in.
func (x *exchange) posting() bool { return x.given != nil || x.request().Method == http.MethodPost }

// path is the page's own path with its query, without the prefix.
func (x *exchange) path() string {
	u := x.address()
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path
}

// page is the frame of a page for this visit.
func (x *exchange) page(title string) *views.Page {
	s, texts := x.s, x.s.texts[x.words.Tag]
	p := &views.Page{
		Printer: x.words.Printer, Texts: texts, Title: title, Base: s.base, Path: x.path(), Assets: s.links,
		Languages: texts.Languages, Support: s.Config.SupportContact,
	}
	if x.session == nil {
		return p
	}
	p.Tenant, p.Environment = s.Config.Protime.Tenant, s.Environment
	p.Person = x.session.Identity.Name
	p.Role = x.roleKey()
	p.Nav = x.nav()
	if x.stopped() && change.Has(x.actor.Roles, change.Make) {
		p.Notice = x.words.T("page.changes-stopped")
	}
	p.EndsIn = int(s.SignIn.Sessions.Remaining(*x.session).Seconds())
	p.Warn = min(120, p.EndsIn/2)
	return p
}

// roleKey is the message that names what this person may do.
func (x *exchange) roleKey() string {
	edits, audits := slices.Contains(x.actor.Roles, change.Editor), slices.Contains(x.actor.Roles, change.Auditor)
	switch {
	case edits && audits:
		return "role.editor-auditor"
	case edits:
		return "role.editor"
	case audits:
		return "role.auditor"
	}
	return "role.viewer"
}

func (x *exchange) nav() []views.NavLink {
	path := x.address().Path
	links := []views.NavLink{
		{Key: "nav.clockings", Href: "/clockings"}, {Key: "nav.people", Href: "/people"}, {Key: "nav.collections", Href: "/"},
	}
	if change.Has(x.actor.Roles, change.SeeLog) {
		links = append(links, views.NavLink{Key: "nav.changes", Href: "/changes"})
	} else if change.Has(x.actor.Roles, change.Make) {
		links = append(links, views.NavLink{Key: "nav.my-changes", Href: "/changes?mine=1"})
	}
	links = slices.DeleteFunc(links, func(link views.NavLink) bool {
		name := link.Href[1:]
		_, documented := x.s.Contract.Collection(name)
		return !documented && (name == "clockings" || name == "people")
	})
	for i := range links {
		place, _, _ := strings.Cut(links[i].Href, "?")
		links[i].Current = path == place || place != "/" && strings.HasPrefix(path, place+"/")
	}
	return links
}

// show draws a page into a buffer and then writes it, so that a page that cannot be drawn is answered with a page of its
// own and never with half of one.
func (x *exchange) show(status int, page templ.Component) error {
	buffer := templ.GetBuffer()
	defer templ.ReleaseBuffer(buffer)
	if err := page.Render(x.request().Context(), buffer); err != nil {
		return err
	}
	h := x.c.Response().Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buffer.Len()))
	x.c.Response().WriteHeader(status)
	_, err := x.c.Response().Write(buffer.Bytes())
	return err
}

// to sends the browser to a path of ours, after a change or a sign-in.
func (x *exchange) to(path string) error {
	return x.c.Redirect(http.StatusSeeOther, x.s.base+path)
}

// whyNot is the reason, as a sentence, why this person may not do something with a collection now; "" when they may.
func (x *exchange) whyNot(c *contract.Collection, verb contract.Verb) string {
	why := x.s.rules.WhyNot(c, verb, x.actor.Roles)
	switch {
	case why.Key != "":
		return x.words.T(why.Key, "scope", why.Scope)
	case verb != contract.List && verb != contract.Read && x.stopped():
		return x.words.T("why.log")
	}
	return ""
}

// stopped reports whether changes are stopped because the audit log's database does not answer: it also knows which
// sessions were ended, so that this session cannot be confirmed. Reading goes on.
func (x *exchange) stopped() bool { return x.session != nil && x.session.Unconfirmed }

// logAway is the page of a change that cannot be made while the audit log cannot be reached.
func (x *exchange) logAway() *pageError {
	return &pageError{status: http.StatusServiceUnavailable, failure: x.words.Failure("log-away"), cause: change.ErrUnreadable}
}

// refuse is the page that says why a verb may not be used.
func (x *exchange) refuse(c *contract.Collection, verb contract.Verb, why string) error {
	refused := x.refusal(c, verb, why)
	if c.Offers(contract.List) && !nested(c) {
		refused.failure.Links = append(refused.failure.Links, views.Link{Text: x.words.Collection(c), Href: c.URL()})
	}
	refused.failure = x.words.AskSupport(refused.failure)
	return refused
}

// refusal is the failure of a verb that may not be used, with the status that fits the reason.
func (x *exchange) refusal(c *contract.Collection, verb contract.Verb, why string) *pageError {
	if x.stopped() && x.s.rules.WhyNot(c, verb, x.actor.Roles) == (access.Reason{}) {
		return x.logAway()
	}
	status := http.StatusForbidden
	if !c.Offers(verb) {
		status = http.StatusMethodNotAllowed
	}
	f := x.words.Failure("refused-verb", "collection", x.words.Collection(c), "why", why)
	return &pageError{status: status, failure: f}
}

// nested reports whether a collection lives below a record of another one, so that its path needs that record's id.
func nested(c *contract.Collection) bool { return strings.Contains(c.Path, "{") }

// params are the decoded path parameters of a collection's page in the contract's order, the record's own last. It is
// echo.ErrNotFound where one of them cannot be an id.
func (x *exchange) params(c *contract.Collection, item bool) ([]string, error) {
	names := make([]string, 0, len(c.Params)+1)
	for _, p := range c.Params {
		names = append(names, p.Name)
	}
	switch {
	case item && len(c.Key) > 0:
		names = append(names, rowParam)
	case !item && c.ItemPath != "" && len(names) > 0 && strings.Contains(c.ItemPath, "{"+names[len(names)-1]+"}") &&
		!strings.Contains(c.Path, "{"+names[len(names)-1]+"}"):
		names = names[:len(names)-1]
	}
	values := make([]string, 0, len(names))
	for _, name := range names {
		value, err := x.param(name)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func (x *exchange) param(name string) (string, error) {
	value := x.c.Param(name)
	if x.address().RawPath != "" {
		// Echo leaves a path alone that has escapes of its own.
		decoded, err := url.PathUnescape(value)
		if err != nil {
			return "", echo.ErrNotFound
		}
		value = decoded
	}
	if !idPattern.MatchString(value) || value == "." || value == ".." {
		return "", echo.ErrNotFound
	}
	return value, nil
}

// idPattern matches ids of records and of changes; none of them can lead to another path.
var idPattern = regexp.MustCompile(`^[0-9A-Za-z._~@-]{1,128}$`)

// with is a page's query with some parameters changed: name and value by turns, "" takes one away. What was said about
// the last request is not carried on.
func with(q url.Values, changes ...string) string {
	changed := maps.Clone(q)
	changed.Del("done")
	changed.Del("notice")
	changed.Del("restarted")
	for i := 0; i+1 < len(changes); i += 2 {
		changed.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			changed.Del(changes[i])
		}
	}
	return changed.Encode()
}
