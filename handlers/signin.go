package handlers

import (
	"errors"
	"net/http"

	"protime-admin/internal/sso"
)

// askToSignIn answers a request without a session: a page that was asked for is sent to sign-in and back.
func (s *Server) askToSignIn(v *visit) error {
	if v.noRole() {
		return &pageError{status: http.StatusForbidden, failure: failureOf(v, "no-role"), cause: v.ended}
	}
	if v.wantsData() {
		return v.c.NoContent(http.StatusUnauthorized)
	}
	if v.request().Method != http.MethodGet && v.request().Method != http.MethodHead {
		return &pageError{status: http.StatusUnauthorized, failure: failureOf(v, "signed-out"), cause: v.ended}
	}
	return v.to(v.signInPath())
}

// GET /login?return=/path: to the identity provider, and back to the page that was asked for.
func (s *Server) login(v *visit) error {
	back := s.SignIn.Returns.SafeReturn(v.request().URL.Query().Get("return"))
	if v.session != nil {
		return v.c.Redirect(http.StatusSeeOther, back)
	}
	address, err := s.SignIn.Provider.Begin(v.c.Response(), v.request(), sso.Leave{Return: back})
	if err != nil {
		return &pageError{status: http.StatusServiceUnavailable, failure: failureOf(v, "sign-in-down"), cause: err}
	}
	return v.c.Redirect(http.StatusSeeOther, address)
}

// GET /login/callback: what the identity provider said.
func (s *Server) loginCallback(v *visit) error {
	in, err := s.SignIn.Provider.Finish(v.c.Response(), v.request())
	if err == nil {
		_, err = s.SignIn.Sessions.Start(v.c.Response(), v.request(), in)
	}
	if err != nil {
		return s.notSignedIn(v, err)
	}
	return v.c.Redirect(http.StatusSeeOther, in.Return)
}

func (s *Server) notSignedIn(v *visit, err error) error {
	status, kind := http.StatusBadGateway, "sign-in-answer"
	switch {
	case errors.Is(err, sso.ErrNoRole):
		status, kind = http.StatusForbidden, "no-role"
	case errors.Is(err, sso.ErrUnavailable):
		status, kind = http.StatusServiceUnavailable, "sign-in-down"
	case errors.Is(err, sso.ErrAttempt):
		status, kind = http.StatusBadRequest, "sign-in-attempt"
	case errors.Is(err, sso.ErrDenied):
		status, kind = http.StatusForbidden, "sign-in-denied"
	}
	return &pageError{status: status, failure: failureOf(v, kind), cause: err}
}

// POST /logout: out here, on every replica, and at the identity provider.
func (s *Server) logout(v *visit) error {
	if v.session == nil {
		return v.to("/")
	}
	if err := s.SignIn.Sessions.End(v.c.Response(), v.request(), *v.session); err != nil {
		s.Logger.WarnContext(v.request().Context(), "sign-out", "id", v.id, "error", err)
	}
	address := s.SignIn.Provider.LogoutURL(*v.session)
	if address == "" {
		address = s.SignIn.Returns.Home()
	}
	return v.c.Redirect(http.StatusSeeOther, address)
}
