package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"protime-admin/internal/sso"
	"protime-admin/views"
)

// A form that arrives after its session has ended is kept for its author: sealed, in the browser, never on the server.
// A form of ordinary size travels in a cookie while its author signs in in the same tab. A larger one, or one in a
// frame, waits in the page itself, in a hidden input, while its author signs in in a window. Either way it comes back
// filled at its own address, and is not sent.

const (
	parkedCookie = "protime-parked-"
	parkedParam  = "parked"
	parkedFor    = 15 * 60 // seconds; Parked.Open holds to it whatever the browser does
	// parkedRoom is how many bytes of parked forms a browser is given as cookies: proxies refuse requests whose
	// headers go over 8 KB, and the cookie of the session is there, too.
	parkedRoom = 3 << 10
)

// givenForm is a form that was kept over a sign-in: its page draws it again and sends nothing.
type givenForm struct {
	address *url.URL // of the form's page, without the prefix
	values  url.Values
}

var parkedID = regexp.MustCompile(`^[0-9a-f]{16}$`)

// onForm reports whether the route is a page whose form can be drawn again. Others hold nothing that was typed.
func (v *visit) onForm() bool { return v.s.forms[v.c.Path()] != nil }

// park answers a POST without a session: a page that asks to sign in and keeps what was typed.
func (s *Server) park(v *visit) error {
	path := v.request().URL.EscapedPath()
	if !v.onForm() {
		return v.signedOut(path[:max(1, strings.LastIndexByte(path, '/'))])
	}
	form, err := v.posted()
	if err != nil {
		return err
	}
	token, err := s.SignIn.Forms.Seal(s.SignIn.Sessions.Subject(v.request()), v.path(), form)
	switch {
	case errors.Is(err, sso.ErrOtherSubject):
		return v.unknownAuthor()
	case err != nil:
		return &pageError{status: http.StatusRequestEntityTooLarge, failure: v.words.Failure("too-large"), cause: err}
	case v.framed():
		return s.signInFramed(v, path, token)
	case len(token) > parkedRoom-s.parkedBytes(v.request()) || len(path) > maxParkedPath:
		return v.signInBeside(token)
	}
	v.c.SetCookie(s.SignIn.Cookies.New(parkedCookie+v.id, token, parkedFor))
	back := withParked(v.path(), v.id)
	page := v.page(v.words.T("error.signed-out.title"))
	page.Path = back
	return v.show(http.StatusUnauthorized, views.SignInPage(page, &views.SignIn{
		Text:  []string{v.words.T("error.signed-out.text"), v.words.T("signin.kept")},
		Start: s.signInPath(back),
	}))
}

// maxParkedPath leaves room for the rest of the address within what sign-in takes as a return.
const maxParkedPath = 1500

func withParked(path, id string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	query := u.Query()
	query.Set(parkedParam, id)
	u.RawQuery = query.Encode()
	return u.String()
}

// parkedBytes is how much room forms of other tabs take already.
func (s *Server) parkedBytes(r *http.Request) int {
	n := 0
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, s.SignIn.Cookies.Name(parkedCookie)) {
			n += len(c.Value)
		}
	}
	return n
}

// signedOut asks to sign in where nothing was typed.
func (v *visit) signedOut(back string) error {
	if v.framed() {
		return v.s.signInFramed(v, back, "")
	}
	page := v.page(v.words.T("error.signed-out.title"))
	page.Path = back
	return v.show(http.StatusUnauthorized, views.SignInPage(page, &views.SignIn{
		Text: []string{v.words.T("error.signed-out.text")}, Start: v.s.signInPath(back),
	}))
}

// unknownAuthor answers a form of whom nothing is known: the browser has no session, not even an old one. It is kept
// for nobody then, but the browser itself can send it once more.
func (v *visit) unknownAuthor() error {
	page := v.page(v.words.T("error.signed-out.title"))
	page.Languages = nil // a choice would leave the page, and the form with it
	return v.show(http.StatusUnauthorized, views.SignInPage(page, &views.SignIn{
		Text:  []string{v.words.T("error.signed-out.text"), v.words.T("signin.reload")},
		Start: v.s.signInPath("/signed-in"), Window: true,
	}))
}

// signInBeside asks to sign in in a window, while the form waits in this page.
func (v *visit) signInBeside(token string) error {
	page := v.page(v.words.T("error.signed-out.title"))
	page.Languages = nil
	return v.show(http.StatusUnauthorized, views.SignInPage(page, &views.SignIn{
		Text:  []string{v.words.T("error.signed-out.text"), v.words.T("signin.waits")},
		Start: v.s.signInPath("/signed-in"), Window: true, Parked: token,
	}))
}

// hasParked says that a page was asked for in whose place a form is to be given back.
func (v *visit) hasParked() bool {
	r := v.request()
	return r.Method == http.MethodGet && strings.Contains(r.URL.RawQuery, parkedParam) && r.URL.Query().Has(parkedParam)
}

// giveBack draws the form that the cookie of ?parked= holds, in the place of the page that was asked for.
func (s *Server) giveBack(v *visit) error {
	query := v.request().URL.Query()
	id := query.Get(parkedParam)
	token := ""
	if parkedID.MatchString(id) {
		token = s.SignIn.Cookies.Value(v.request(), parkedCookie+id)
	}
	if token == "" {
		// Given back already, or never ours: the page as it is.
		query.Del(parkedParam)
		return v.to(pathWith(v.request().URL.EscapedPath(), query))
	}
	v.c.SetCookie(s.SignIn.Cookies.Clear(parkedCookie + id))
	return s.restore(v, *v.session, token)
}

func pathWith(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// POST /login/restore: the form that waited in a page, after its author has signed in in a window.
func (s *Server) loginRestore(v *visit) error {
	form, err := v.posted()
	if err != nil {
		return err
	}
	token := form.Get(parkedParam)
	switch {
	case v.session != nil:
		return s.restore(v, *v.session, token)
	case errors.Is(v.ended, sso.ErrNoRole):
		return v.noRole(v.ended)
	case v.framed():
		return s.signInFramed(v, "/", token)
	}
	return v.signInBeside(token)
}

// restore opens a parked form for the session's subject and has its page draw it.
func (s *Server) restore(v *visit, session sso.Session, token string) error {
	path, form, err := s.SignIn.Forms.Open(token, session.Identity.Subject)
	if err != nil {
		return v.notGivenBack(err)
	}
	safe := strings.TrimPrefix(s.SignIn.Redirects.Safe(s.base+path), s.base)
	target, err := url.Parse(safe)
	if err != nil {
		return v.notGivenBack(sso.ErrToken)
	}
	s.inner.Router().Find(http.MethodPost, cmp.Or(target.RawPath, target.Path), v.c)
	if !v.onForm() {
		return v.notGivenBack(sso.ErrToken)
	}
	v.signedInAs(session)
	v.given = &givenForm{address: target, values: form}
	return s.forms[v.c.Path()](v)
}

func (v *visit) notGivenBack(err error) error {
	status, kind := http.StatusBadRequest, "parked"
	switch {
	case errors.Is(err, sso.ErrLate):
		status, kind = http.StatusGone, "parked-late"
	case errors.Is(err, sso.ErrOtherSubject):
		status, kind = http.StatusForbidden, "parked-other"
	}
	return &pageError{status: status, failure: v.words.Failure(kind), cause: err}
}
