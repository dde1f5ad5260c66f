package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"protime-admin/internal/sso"
	"protime-admin/views"
)

// signInFramed shows a button that opens sign-in in a window, because identity providers refuse to be framed. back is the
// path to go on at; parked is a sealed form, "" for none.
func (s *Server) signInFramed(v *visit, back, parked string) error {
	challenge := s.SignIn.Frames.Challenge(v.c.Response(), v.request())
	start := url.Values{"frame": {challenge}, "return": {s.base + back}}
	text := []string{v.words.T("signin.frame")}
	if parked != "" {
		text = []string{v.words.T("error.signed-out.text"), v.words.T("signin.waits")}
	}
	page := v.page(v.words.T("signin.title"))
	page.Framed = true
	if page.Path = back; parked != "" {
		page.Languages = nil
	}
	return v.show(http.StatusUnauthorized, views.SignInPage(page, &views.SignIn{
		Text: text, Start: "/login?" + start.Encode(), Window: true, Frame: true, Parked: parked, Return: s.base + back,
	}))
}

// GET /signed-in is the last page of a sign-in in a window. Its script posts the code to the frame that waits, on the same
// origin.
func (s *Server) signedIn(v *visit) error {
	query := v.request().URL.Query()
	view := &views.SignedIn{Return: strings.TrimPrefix(s.SignIn.Redirects.Safe(query.Get("return")), s.base)}
	if challenge := query.Get("frame"); challenge != "" {
		code, err := s.SignIn.Frames.Code(*v.session, challenge)
		if err != nil {
			return &pageError{status: http.StatusBadRequest, failure: v.words.Failure("bad-request"), cause: err}
		}
		view.Code = code
	}
	return v.show(http.StatusOK, views.SignedInPage(v.page(v.words.T("signin.done")), view))
}

// POST /login/frame exchanges the code for a session of the frame.
func (s *Server) loginFrame(v *visit) error {
	if err := v.tooOften(&s.limits.frame); err != nil {
		return err
	}
	form, err := v.posted()
	if err != nil {
		return err
	}
	back := s.SignIn.Redirects.Safe(form.Get("return"))
	session, err := s.SignIn.Frames.Redeem(v.c.Response(), v.request(), form.Get("code"))
	if err != nil && v.session != nil {
		// Another frame of the same portal was first: they share cookies.
		session, err = *v.session, nil
	}
	if err != nil {
		return v.notRedeemed(err, back)
	}
	if token := form.Get(parkedParam); token != "" {
		return s.restore(v, session, token)
	}
	return v.c.Redirect(http.StatusSeeOther, back)
}

func (v *visit) notRedeemed(err error, back string) error {
	status, kind := http.StatusBadRequest, "frame-code"
	switch {
	case errors.Is(err, sso.ErrNoRole):
		return v.noRole(err)
	case errors.Is(err, sso.ErrUnavailable):
		status, kind = http.StatusServiceUnavailable, "sign-in-down"
	}
	failure := v.words.Failure(kind)
	failure.Links = []views.Link{{Text: v.words.T("signin.again"), Href: strings.TrimPrefix(back, v.s.base)}}
	return &pageError{status: status, failure: failure, cause: err}
}
