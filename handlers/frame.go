package handlers

import (
	"errors"
	"net/http"
	"strings"

	"protime-admin/internal/sso"
	"protime-admin/views"
)

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
