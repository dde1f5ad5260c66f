package handlers

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"protime-admin/internal/sso"
	"protime-admin/internal/web"
	"protime-admin/views"
)

// askToSignIn answers a request without a session: a page redirects to sign-in and back, a form is sealed until then.
func (s *Server) askToSignIn(x *exchange) error {
	switch {
	case errors.Is(x.ended, sso.ErrNoRole):
		return x.noRole(x.ended)
	case errors.Is(x.ended, sso.ErrTwoCookies): // sign-in would lead here again
		return x.twoCookies()
	}
	if x.wantsData() {
		return x.c.NoContent(http.StatusUnauthorized)
	}
	if x.request().Method != http.MethodGet {
		return s.sealForm(x)
	}
	if x.framed() {
		return s.signInFramed(x, x.path(), "")
	}
	return x.to(s.signInPath(x.path()))
}

// twoCookies returns the error of a request with two session cookies. It keeps what was typed.
func (x *exchange) twoCookies() error {
	failure := x.words.Failure("two-cookies")
	failure.Retry = x.sendAgain()
	return &pageError{status: http.StatusBadRequest, failure: failure, cause: x.ended}
}

// GET /login?return=/path redirects to the identity provider. frame is the challenge of a frame that waits for this
// window; prompt has the provider ask who it is.
func (s *Server) login(x *exchange) error {
	query := x.request().URL.Query()
	request := sso.AuthRequest{Return: s.SignIn.Redirects.Safe(query.Get("return")), Frame: query.Get("frame")}
	if x.framed() {
		return s.signInFramed(x, strings.TrimPrefix(request.Return, s.base), "")
	}
	asksAgain := query.Get("prompt") != ""
	if x.session != nil && !asksAgain {
		return x.afterSignIn(request.Return, request.Frame)
	}
	// Somebody who signed out here is still signed in at a provider that offers no sign-out, and would come back without
	// being asked.
	if asksAgain || !s.endsSessions() && s.SignIn.Sessions.SignedOut(x.request()) {
		request.Prompt = s.promptAgain()
	}
	if err := x.tooOften(&s.limits.signIn); err != nil {
		return err
	}
	address, err := s.SignIn.Provider.Begin(x.c.Response(), x.request(), request)
	if err != nil {
		return x.notSignedIn(sso.SignedIn{Return: request.Return}, err)
	}
	return x.c.Redirect(http.StatusSeeOther, address)
}

// promptAgain returns the prompt with which the provider asks who it is. Every provider has to support "login", but those
// without sign-out, such as Google, support the choice of an account instead.
func (s *Server) promptAgain() string {
	if s.endsSessions() {
		return "login"
	}
	return "select_account"
}

// endsSessions reports whether the provider offers sign-out.
func (s *Server) endsSessions() bool { return s.SignIn.Provider.LogoutURL(sso.Session{}) != "" }

// GET /login/callback takes the identity provider's answer.
func (s *Server) loginCallback(x *exchange) error {
	if err := x.tooOften(&s.limits.callback); err != nil {
		return err
	}
	in, err := s.SignIn.Provider.Finish(x.c.Response(), x.request())
	if errors.Is(err, sso.ErrAttempt) && x.session != nil {
		// The second half of a double click, or Back: the first one has signed in.
		return x.afterSignIn(s.SignIn.Redirects.Safe(in.Return), in.Frame)
	}
	if err != nil {
		return x.notSignedIn(in, err)
	}
	session, err := s.SignIn.Sessions.Start(x.c.Response(), x.request(), in)
	if err != nil {
		return x.notSignedIn(in, err)
	}
	x.signedInAs(session)
	s.Logger.LogAttrs(x.request().Context(), slog.LevelInfo, "signed in", slog.Any("roles", session.Identity.Roles))
	return x.afterSignIn(in.Return, in.Frame)
}

// afterSignIn redirects to the page that was asked for, or to the one that gives a frame its code.
func (x *exchange) afterSignIn(back, frame string) error {
	if frame == "" {
		return x.c.Redirect(http.StatusSeeOther, back)
	}
	return x.to("/signed-in?" + url.Values{"frame": {frame}, "return": {back}}.Encode())
}

// notSignedIn returns the error of a sign-in that failed, with a link to start again.
func (x *exchange) notSignedIn(in sso.SignedIn, err error) error {
	if errors.Is(err, sso.ErrNoRole) {
		return x.noRole(err)
	}
	status, kind := http.StatusBadGateway, "sign-in-answer"
	switch {
	case errors.Is(err, sso.ErrUnavailable):
		status, kind = http.StatusServiceUnavailable, "sign-in-down"
	case errors.Is(err, sso.ErrAttempt), errors.Is(err, sso.ErrUsed):
		status, kind = http.StatusBadRequest, "sign-in-attempt"
	case errors.Is(err, sso.ErrDenied):
		status, kind = http.StatusForbidden, "sign-in-denied"
	case errors.Is(err, sso.ErrRevoked):
		status, kind = http.StatusUnauthorized, "sign-in-ended"
	}
	failure := x.words.Failure(kind)
	again := url.Values{"return": {x.s.SignIn.Redirects.Safe(in.Return)}}
	if errors.Is(err, sso.ErrRevoked) {
		again.Set("prompt", "login") // what was ended counts until the person authenticates anew
	}
	if in.Frame != "" {
		again.Set("frame", in.Frame)
	}
	failure.Links = []views.Link{{Text: x.words.T("signin.again"), Href: "/login?" + again.Encode()}}
	return &pageError{status: status, failure: x.words.AskSupport(failure), cause: err}
}

// POST /logout ends the session on every replica, and redirects to the identity provider's sign-out. What the browser
// keeps of pages is removed.
func (s *Server) logout(x *exchange) error {
	x.c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	switch {
	case errors.Is(x.ended, sso.ErrTwoCookies): // neither session ends
		return x.twoCookies()
	case x.session == nil:
		return x.to("/")
	}
	if err := s.SignIn.Sessions.End(x.c.Response(), x.request(), *x.session); err != nil {
		s.Logger.WarnContext(x.request().Context(), "signed out on this replica only", "error", err)
	}
	s.Logger.LogAttrs(x.request().Context(), slog.LevelInfo, "signed out")
	address := s.SignIn.Provider.LogoutURL(*x.session)
	if address == "" || x.framed() {
		// The provider cannot be framed.
		address = s.SignIn.Redirects.Home()
	}
	return x.c.Redirect(http.StatusSeeOther, address)
}

// POST /login/backchannel takes a logout token of the identity provider (OpenID Connect Back-Channel Logout).
func (s *Server) backchannelLogout(x *exchange) error {
	if err := x.tooOften(&s.limits.backchannel); err != nil {
		return err
	}
	form, err := x.posted()
	if err != nil {
		return err
	}
	everywhere, err := s.SignIn.Provider.BackChannelLogout(x.request().Context(), form.Get("logout_token"))
	if err != nil {
		s.Logger.LogAttrs(x.request().Context(), slog.LevelWarn, "logout token refused",
			slog.String("error", err.Error()))
	}
	switch {
	case errors.Is(err, sso.ErrUnavailable):
		return x.c.NoContent(http.StatusServiceUnavailable)
	case err != nil:
		return x.c.NoContent(http.StatusBadRequest)
	}
	s.Logger.LogAttrs(x.request().Context(), slog.LevelInfo, "signed out by the identity provider",
		slog.Bool("everywhere", everywhere))
	return x.c.NoContent(http.StatusOK)
}

// limits are the limits per client address. Burst is 120 for sign-in, because an office behind one address signs in
// together.
type limits struct {
	signIn, callback, frame, backchannel sso.Limiter
}

func (l *limits) use(now func() time.Time) {
	for _, limiter := range []*sso.Limiter{&l.signIn, &l.callback, &l.frame, &l.backchannel} {
		limiter.Now = now
	}
	l.signIn.Burst, l.callback.Burst = 120, 120
	// The identity provider sends everybody's logouts from one address.
	l.backchannel.PerMinute, l.backchannel.Burst = 1200, 600
}

// tooOften returns the error of a request above its limit, or nil.
func (x *exchange) tooOften(limiter *sso.Limiter) error {
	ok, wait := limiter.Allow(web.RequestFrom(x.request().Context()).Address)
	if ok {
		return nil
	}
	return &pageError{status: http.StatusTooManyRequests, failure: x.words.Failure("too-many"), wait: wait}
}

// GET /signed-in is the last page of a sign-in in a window. Its script posts the code to the frame that waits, on the same
// origin.
func (s *Server) signedIn(x *exchange) error {
	query := x.request().URL.Query()
	view := &views.SignedIn{Return: strings.TrimPrefix(s.SignIn.Redirects.Safe(query.Get("return")), s.base)}
	if challenge := query.Get("frame"); challenge != "" {
		code, err := s.SignIn.Frames.Code(*x.session, challenge)
		if err != nil {
			return &pageError{status: http.StatusBadRequest, failure: x.words.Failure("bad-request"), cause: err}
		}
		view.Code = code
	}
	return x.show(http.StatusOK, views.SignedInPage(x.page(x.words.T("signin.done")), view))
}

// POST /login/frame exchanges the code for a session of the frame.
func (s *Server) loginFrame(x *exchange) error {
	if err := x.tooOften(&s.limits.frame); err != nil {
		return err
	}
	form, err := x.posted()
	if err != nil {
		return err
	}
	back := s.SignIn.Redirects.Safe(form.Get("return"))
	session, err := s.SignIn.Frames.Redeem(x.c.Response(), x.request(), form.Get("code"))
	if err != nil && x.session != nil {
		// Another frame of the same portal was first: they share cookies.
		session, err = *x.session, nil
	}
	if err != nil {
		return x.notRedeemed(err, back)
	}
	token := form.Get(sealedParam)
	switch {
	case token == "":
		return x.c.Redirect(http.StatusSeeOther, back)
	case s.typedByAnother(session, token):
		return x.waitForAuthorInFrame(strings.TrimPrefix(back, s.base), token)
	}
	return s.restore(x, session, token)
}

func (x *exchange) notRedeemed(err error, back string) error {
	status, kind := http.StatusBadRequest, "frame-code"
	switch {
	case errors.Is(err, sso.ErrNoRole):
		return x.noRole(err)
	case errors.Is(err, sso.ErrUnavailable):
		status, kind = http.StatusServiceUnavailable, "sign-in-down"
	}
	failure := x.words.Failure(kind)
	failure.Links = []views.Link{{Text: x.words.T("signin.again"), Href: strings.TrimPrefix(back, x.s.base)}}
	return &pageError{status: status, failure: failure, cause: err}
}
