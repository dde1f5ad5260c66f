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

// limits hold back who knocks too often, by client address. Each way in has its own: a whole office signs in at eight.
type limits struct {
	signIn, callback, frame, backchannel sso.Limiter
}

func (l *limits) use(now func() time.Time) {
	for _, limiter := range []*sso.Limiter{&l.signIn, &l.callback, &l.frame, &l.backchannel} {
		limiter.Now = now
	}
	l.signIn.Burst, l.callback.Burst = 120, 120
	// The identity provider speaks for everybody from one address.
	l.backchannel.PerMinute, l.backchannel.Burst = 1200, 600
}

// tooOften is the page for an address that knocks too often, nil for others.
func (v *visit) tooOften(limiter *sso.Limiter) error {
	ok, wait := limiter.Allow(web.RequestFrom(v.request().Context()).Address)
	if ok {
		return nil
	}
	return &pageError{status: http.StatusTooManyRequests, failure: v.words.Failure("too-many"), wait: wait}
}

// askToSignIn answers a request without a session: a page that was asked for is sent to sign-in and back, a form is
// kept until then.
func (s *Server) askToSignIn(v *visit) error {
	if errors.Is(v.ended, sso.ErrNoRole) {
		return v.noRole(v.ended)
	}
	if v.wantsData() {
		return v.c.NoContent(http.StatusUnauthorized)
	}
	if v.request().Method != http.MethodGet {
		return s.park(v)
	}
	if v.framed() {
		return s.signInFramed(v, v.path(), "")
	}
	return v.to(s.signInPath(v.path()))
}

// GET /login?return=/path: to the identity provider, and back to the page that was asked for. frame is the challenge of
// a frame that waits for this window; prompt asks the provider for another person.
func (s *Server) login(v *visit) error {
	query := v.request().URL.Query()
	leave := sso.Leave{Return: s.SignIn.Returns.SafeReturn(query.Get("return")), Frame: query.Get("frame")}
	if v.framed() {
		return s.signInFramed(v, strings.TrimPrefix(leave.Return, s.base), "")
	}
	asksAgain := query.Get("prompt") != ""
	if v.session != nil && !asksAgain {
		return v.arrive(leave.Return, leave.Frame)
	}
	if asksAgain || s.mustAsk(v) {
		leave.Prompt = s.promptAgain()
	}
	if err := v.tooOften(&s.limits.signIn); err != nil {
		return err
	}
	address, err := s.SignIn.Provider.Begin(v.c.Response(), v.request(), leave)
	if err != nil {
		return v.notSignedIn(sso.SignedIn{Return: leave.Return}, err)
	}
	return v.c.Redirect(http.StatusSeeOther, address)
}

// mustAsk says that somebody signed out here last, and that the provider was not told because it cannot be: without
// being asked, it would sign the same person in again.
func (s *Server) mustAsk(v *visit) bool {
	return !s.endsSessions() && s.SignIn.Sessions.SignedOut(v.request())
}

// promptAgain is how the provider is told to ask who it is. Every provider has to know "login", but those that sign
// nobody out, Google first, know their accounts to choose from instead.
func (s *Server) promptAgain() string {
	if s.endsSessions() {
		return "login"
	}
	return "select_account"
}

// endsSessions says that the provider offers to sign people out.
func (s *Server) endsSessions() bool { return s.SignIn.Provider.LogoutURL(sso.Session{}) != "" }

// GET /login/callback: what the identity provider said.
func (s *Server) loginCallback(v *visit) error {
	if err := v.tooOften(&s.limits.callback); err != nil {
		return err
	}
	in, err := s.SignIn.Provider.Finish(v.c.Response(), v.request())
	if errors.Is(err, sso.ErrAttempt) && v.session != nil {
		// The second half of a double click, or Back: the first one has signed in.
		return v.arrive(s.SignIn.Returns.SafeReturn(in.Return), in.Frame)
	}
	if err != nil {
		return v.notSignedIn(in, err)
	}
	session, err := s.SignIn.Sessions.Start(v.c.Response(), v.request(), in)
	if err != nil {
		return v.notSignedIn(in, err)
	}
	web.SetUser(v.request().Context(), session.ID, s.userDigest(session.Identity))
	s.Logger.LogAttrs(v.request().Context(), slog.LevelInfo, "signed in", slog.Any("roles", session.Identity.Roles))
	return v.arrive(in.Return, in.Frame)
}

// arrive goes on after sign-in: back to the page, or to the page that hands the sign-in to a frame.
func (v *visit) arrive(back, frame string) error {
	if frame == "" {
		return v.c.Redirect(http.StatusSeeOther, back)
	}
	return v.to("/signed-in?" + url.Values{"frame": {frame}, "return": {back}}.Encode())
}

// notSignedIn is the page that says why not, with the way to start again.
func (v *visit) notSignedIn(in sso.SignedIn, err error) error {
	if errors.Is(err, sso.ErrNoRole) {
		return v.noRole(err)
	}
	status, kind := http.StatusBadGateway, "sign-in-answer"
	switch {
	case errors.Is(err, sso.ErrUnavailable):
		status, kind = http.StatusServiceUnavailable, "sign-in-down"
	case errors.Is(err, sso.ErrAttempt), errors.Is(err, sso.ErrUsed):
		status, kind = http.StatusBadRequest, "sign-in-attempt"
	case errors.Is(err, sso.ErrDenied):
		status, kind = http.StatusForbidden, "sign-in-denied"
	}
	failure := v.words.Failure(kind)
	again := url.Values{"return": {v.s.SignIn.Returns.SafeReturn(in.Return)}}
	if in.Frame != "" {
		again.Set("frame", in.Frame)
	}
	failure.Links = []views.Link{{Text: v.words.T("signin.again"), Href: "/login?" + again.Encode()}}
	return &pageError{status: status, failure: v.words.AskSupport(failure), cause: err}
}

// noRole is the page for somebody whom the provider knows and who may do nothing here.
func (v *visit) noRole(err error) error {
	failure := v.words.Failure("no-role")
	var known *sso.NoRoleError
	if errors.As(err, &known) && known.Identity.Email != "" {
		failure.Steps = append(failure.Steps, v.words.T("signin.known-as", "email", known.Identity.Email))
	}
	failure.Links = []views.Link{{Text: v.words.T("signin.other"), Href: "/login?prompt=login"}}
	return &pageError{status: http.StatusForbidden, failure: v.words.AskSupport(failure), cause: err}
}

// POST /logout: out here, on every replica, and at the identity provider.
func (s *Server) logout(v *visit) error {
	if v.session == nil {
		return v.to("/")
	}
	if err := s.SignIn.Sessions.End(v.c.Response(), v.request(), *v.session); err != nil {
		s.Logger.WarnContext(v.request().Context(), "signed out on this replica only", "error", err)
	}
	s.Logger.LogAttrs(v.request().Context(), slog.LevelInfo, "signed out")
	address := s.SignIn.Provider.LogoutURL(*v.session)
	if address == "" || v.framed() {
		// In a frame the provider would refuse to show itself.
		address = s.SignIn.Returns.Home()
	}
	return v.c.Redirect(http.StatusSeeOther, address)
}

// POST /login/backchannel: the identity provider's word that a session is over (OpenID Connect Back-Channel Logout).
func (s *Server) backchannelLogout(v *visit) error {
	if err := v.tooOften(&s.limits.backchannel); err != nil {
		return err
	}
	form, err := v.posted()
	if err != nil {
		return err
	}
	token, err := s.SignIn.Provider.BackChannelLogout(v.request().Context(), form.Get("logout_token"))
	if err != nil {
		s.Logger.LogAttrs(v.request().Context(), slog.LevelWarn, "logout token refused",
			slog.String("error", err.Error()))
	}
	switch {
	case errors.Is(err, sso.ErrUnavailable):
		return v.c.NoContent(http.StatusServiceUnavailable)
	case err != nil:
		return v.c.NoContent(http.StatusBadRequest)
	}
	s.Logger.LogAttrs(v.request().Context(), slog.LevelInfo, "signed out by the identity provider",
		slog.Bool("everywhere", token.SessionID == ""))
	return v.c.NoContent(http.StatusOK)
}
