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
// A form of ordinary size is held in a cookie while its author signs in in the same tab. A larger one, or one in a
// frame, waits in the page itself, in a hidden input, while its author signs in in a window. Either way it comes back
// filled at its own address, and is not sent.

const (
	sealedCookie = "protime-sealed-"
	sealedParam  = "sealed"
	sealedFor    = 15 * 60 // seconds; Sealed.Open holds to it whatever the browser does
	// sealedRoom is how many bytes of sealed forms a browser is given as cookies: proxies refuse requests whose
	// headers go over 8 KB, and the cookie of the session is there, too.
	sealedRoom = 3 << 10
)

// givenForm is a form that was kept over a sign-in: its page draws it again and sends nothing.
type givenForm struct {
	address *url.URL // of the form's page, without the prefix
	values  url.Values
}

var sealedID = regexp.MustCompile(`^[0-9a-f]{16}$`)

// onForm reports whether the route is a page whose form can be drawn again. Others hold nothing that was typed.
func (x *exchange) onForm() bool { return x.s.forms[x.c.Path()] != nil }

// sealForm answers a POST without a session: a page that asks to sign in and holds what was typed.
func (s *Server) sealForm(x *exchange) error {
	path := x.request().URL.EscapedPath()
	if !x.onForm() {
		if strings.HasPrefix(path, "/sessions/") { // one session has no page
			return x.signedOut("/sessions")
		}
		if strings.HasPrefix(path, "/missing/") { // nor has what was left as it is
			return x.signedOut("/")
		}
		return x.signedOut(path[:max(1, strings.LastIndexByte(path, '/'))])
	}
	form, err := x.posted()
	if err != nil {
		return err
	}
	token, err := s.SignIn.Forms.Seal(s.SignIn.Sessions.Subject(x.request()), x.path(), form)
	switch {
	case errors.Is(err, sso.ErrOtherSubject):
		return x.unknownAuthor()
	case err != nil:
		return &pageError{status: http.StatusRequestEntityTooLarge, failure: x.words.Failure("too-large"), cause: err}
	case x.framed():
		return s.signInFramed(x, path, token)
	case len(token) > sealedRoom-s.sealedBytes(x.request()) || len(path) > maxSealedPath:
		return x.signInBeside(token)
	}
	x.c.SetCookie(s.SignIn.Cookies.New(sealedCookie+x.id, token, sealedFor))
	back := withSealed(x.path(), x.id)
	page := x.page(x.words.T("error.signed-out.title"))
	page.Path = back
	return x.show(http.StatusUnauthorized, views.SignInPage(page, &views.SignIn{
		Text:  []string{x.words.T("error.signed-out.text"), x.words.T("signin.kept")},
		Start: s.signInPath(back),
	}))
}

// maxSealedPath leaves room for the rest of the address within what sign-in takes as a return.
const maxSealedPath = 1500

func withSealed(path, id string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	query := u.Query()
	query.Set(sealedParam, id)
	u.RawQuery = query.Encode()
	return u.String()
}

// sealedBytes is how much room forms of other tabs take already.
func (s *Server) sealedBytes(r *http.Request) int {
	n := 0
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, s.SignIn.Cookies.Name(sealedCookie)) {
			n += len(c.Value)
		}
	}
	return n
}

// signedOut asks to sign in where nothing was typed.
func (x *exchange) signedOut(back string) error {
	if x.framed() {
		return x.s.signInFramed(x, back, "")
	}
	page := x.page(x.words.T("error.signed-out.title"))
	page.Path = back
	return x.show(http.StatusUnauthorized, views.SignInPage(page, &views.SignIn{
		Text: []string{x.words.T("error.signed-out.text")}, Start: x.s.signInPath(back),
	}))
}

// unknownAuthor answers a form of whom nothing is known: the browser has no session, not even an old one. It is kept
// for nobody then, but the browser itself can send it once more.
func (x *exchange) unknownAuthor() error {
	page := x.page(x.words.T("error.signed-out.title"))
	page.Languages = nil // a choice would leave the page, and the form with it
	return x.show(http.StatusUnauthorized, views.SignInPage(page, &views.SignIn{
		Text:  []string{x.words.T("error.signed-out.text"), x.words.T("signin.reload")},
		Start: x.s.signInPath("/signed-in"), Window: true,
	}))
}

// signInBeside asks to sign in in a window, while the form waits in this page.
func (x *exchange) signInBeside(token string) error {
	return x.waitBeside(http.StatusUnauthorized, "signed-out", x.s.signInPath("/signed-in"), token)
}

// waitForAuthor asks the author of a form to sign in in a window: somebody else is signed in.
func (x *exchange) waitForAuthor(token string) error {
	return x.waitBeside(http.StatusForbidden, "sealed-other", x.s.signInAgainPath("/signed-in"), token)
}

func (x *exchange) waitBeside(status int, failure, start, token string) error {
	page := x.page(x.words.T("error." + failure + ".title"))
	page.Languages = nil
	return x.show(status, views.SignInPage(page, &views.SignIn{
		Text:  []string{x.words.T("error." + failure + ".text"), x.words.T("signin.waits")},
		Start: start, Window: true, Sealed: token,
	}))
}

// hasSealed says that a page was asked for in whose place a form is to be given back.
func (x *exchange) hasSealed() bool {
	r := x.request()
	return r.Method == http.MethodGet && strings.Contains(r.URL.RawQuery, sealedParam) && r.URL.Query().Has(sealedParam)
}

// giveBack draws the form that the cookie of ?sealed= holds, in the place of the page that was asked for.
func (s *Server) giveBack(x *exchange) error {
	query := x.request().URL.Query()
	id := query.Get(sealedParam)
	token := ""
	if sealedID.MatchString(id) {
		token = s.SignIn.Cookies.Value(x.request(), sealedCookie+id)
	}
	if token == "" {
		// Given back already, or never ours: the page as it is.
		query.Del(sealedParam)
		return x.to(pathWith(x.request().URL.EscapedPath(), query.Encode()))
	}
	if s.typedByAnother(*x.session, token) {
		failed := x.notGivenBack(sso.ErrOtherSubject)
		failed.failure.Links = []views.Link{{Text: x.words.T("signin.other"), Href: s.signInAgainPath(x.path())}}
		return failed
	}
	x.c.SetCookie(s.SignIn.Cookies.Clear(sealedCookie + id))
	return s.restore(x, *x.session, token)
}

// typedByAnother reports whether a sealed form is that of another person than the session's: its author may come back for
// it.
func (s *Server) typedByAnother(session sso.Session, token string) bool {
	_, _, err := s.SignIn.Forms.Open(token, session.Identity.Subject)
	return errors.Is(err, sso.ErrOtherSubject)
}

// POST /login/restore: the form that waited in a page, after its author has signed in in a window.
func (s *Server) loginRestore(x *exchange) error {
	form, err := x.posted()
	if err != nil {
		return err
	}
	token := form.Get(sealedParam)
	switch {
	case x.session != nil && s.typedByAnother(*x.session, token):
		return x.waitForAuthor(token)
	case x.session != nil:
		return s.restore(x, *x.session, token)
	case errors.Is(x.ended, sso.ErrNoRole):
		return x.noRole(x.ended)
	case x.framed():
		return s.signInFramed(x, "/", token)
	}
	return x.signInBeside(token)
}

// restore opens a sealed form for the session's subject and has its page draw it.
func (s *Server) restore(x *exchange, session sso.Session, token string) error {
	path, form, err := s.SignIn.Forms.Open(token, session.Identity.Subject)
	if err != nil {
		return x.notGivenBack(err)
	}
	safe := strings.TrimPrefix(s.SignIn.Redirects.Safe(s.base+path), s.base)
	target, err := url.Parse(safe)
	if err != nil {
		return x.notGivenBack(sso.ErrToken)
	}
	s.inner.Router().Find(http.MethodPost, cmp.Or(target.RawPath, target.Path), x.c)
	if !x.onForm() {
		return x.notGivenBack(sso.ErrToken)
	}
	x.signedInAs(session)
	x.given = &givenForm{address: target, values: form}
	return s.forms[x.c.Path()](x)
}

func (x *exchange) notGivenBack(err error) *pageError {
	status, kind := http.StatusBadRequest, "sealed"
	switch {
	case errors.Is(err, sso.ErrLate):
		status, kind = http.StatusGone, "sealed-late"
	case errors.Is(err, sso.ErrOtherSubject):
		status, kind = http.StatusForbidden, "sealed-other"
	}
	return &pageError{status: status, failure: x.words.Failure(kind), cause: err}
}

// signInFramed shows a button that opens sign-in in a window, because identity providers refuse to be framed. back is the
// path to go on at; sealed is a sealed form, "" for none.
func (s *Server) signInFramed(x *exchange, back, sealed string) error {
	text := []string{x.words.T("signin.frame")}
	if sealed != "" {
		text = []string{x.words.T("error.signed-out.text"), x.words.T("signin.waits")}
	}
	return x.windowFromFrame(http.StatusUnauthorized, url.Values{}, text, back, sealed)
}

// waitForAuthorInFrame holds a sealed form in a frame where somebody else has signed in: the window asks who it is.
func (x *exchange) waitForAuthorInFrame(back, sealed string) error {
	text := []string{x.words.T("error.sealed-other.text"), x.words.T("signin.waits")}
	return x.windowFromFrame(http.StatusForbidden, url.Values{"prompt": {"login"}}, text, back, sealed)
}

func (x *exchange) windowFromFrame(status int, start url.Values, text []string, back, sealed string) error {
	s := x.s
	start.Set("frame", s.SignIn.Frames.Challenge(x.c.Response(), x.request()))
	start.Set("return", s.base+back)
	page := x.page(x.words.T("signin.title"))
	page.Framed = true
	if page.Path = back; sealed != "" {
		page.Languages = nil
	}
	return x.show(status, views.SignInPage(page, &views.SignIn{
		Text: text, Start: "/login?" + start.Encode(), Window: true, Frame: true, Sealed: sealed, Return: s.base + back,
	}))
}
