package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"protime-admin/internal/sso"
	"protime-admin/views"
)

// signInFramed is what a frame shows without a session: a button that opens a window, because identity providers refuse
// to be framed. back is the path to go on at; parked is a form that waits, "" for none.
func (s *Server) signInFramed(v *visit, back, parked string) error {
	challenge := s.SignIn.Handoff.Frame(v.c.Response(), v.request())
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

// GET /signed-in: the end of a sign-in in a window of its own. A frame that waits for it gets a code, by the page's
// script and from our own origin to our own origin; the code serves once, for a minute, and for that frame alone.
func (s *Server) signedIn(v *visit) error {
	query := v.request().URL.Query()
	view := &views.SignedIn{Return: strings.TrimPrefix(s.SignIn.Returns.SafeReturn(query.Get("return")), s.base)}
	if challenge := query.Get("frame"); challenge != "" {
		code, err := s.SignIn.Handoff.Code(*v.session, challenge)
		if err != nil {
			return &pageError{status: http.StatusBadRequest, failure: v.words.Failure("bad-request"), cause: err}
		}
		view.Code = code
	}
	return v.show(http.StatusOK, views.SignedInPage(v.page(v.words.T("signin.done")), view))
}

// POST /login/frame: the frame trades the code for a session of its own and goes on where it was.
func (s *Server) loginFrame(v *visit) error {
	if err := v.tooOften(&s.limits.frame); err != nil {
		return err
	}
	form, err := v.posted()
	if err != nil {
		return err
	}
	back := s.SignIn.Returns.SafeReturn(form.Get("return"))
	session, err := s.SignIn.Handoff.Redeem(v.c.Response(), v.request(), form.Get("code"))
	if err != nil && v.session != nil {
		// Another frame of the same portal was faster, and its session is this one's, too.
		session, err = *v.session, nil
	}
	if err != nil {
		return v.notHandedOver(err, back)
	}
	if token := form.Get(parkedParam); token != "" {
		return s.restore(v, session, token)
	}
	return v.c.Redirect(http.StatusSeeOther, back)
}

func (v *visit) notHandedOver(err error, back string) error {
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
