package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/sso"
	"protime-admin/internal/web"
)

// languageCookie holds the person's choice of language.
const languageCookie = "protime-language"

// recognise reads the session of a request, and counts the request as activity.
func (s *Server) recognise(x *exchange) {
	session, err := s.SignIn.Sessions.Read(x.request())
	if err != nil {
		x.ended = err
		return
	}
	if session, err = s.SignIn.Sessions.Refresh(x.c.Response(), x.request(), session); err != nil {
		x.ended = err
		return
	}
	x.signedInAs(session)
}

// signedInAs sets the session of the request, for its handler and its log lines.
func (x *exchange) signedInAs(session sso.Session) {
	x.session = &session
	x.actor = actorOf(session.Identity)
	web.SetUser(x.request().Context(), session.ID, x.s.userDigest(session.Identity))
}

func actorOf(i sso.Identity) change.Actor {
	a := change.Actor{Subject: i.Subject, Issuer: i.Issuer, Name: i.Name, Email: i.Email, Number: i.EmployeeNumber}
	for _, role := range i.Roles {
		a.Roles = append(a.Roles, change.Role(role))
	}
	return a
}

// POST /session extends the session, as every request does, and says how long it lasts.
func (s *Server) extendSession(x *exchange) error {
	return x.c.JSON(http.StatusOK, map[string]int{
		"seconds": int(s.SignIn.Sessions.Remaining(*x.session).Seconds()),
	})
}

// POST /language sets the person's language for a year.
func (s *Server) chooseLanguage(x *exchange) error {
	form, err := x.posted()
	if err != nil {
		return err
	}
	if slices.Contains(s.Lang.Languages(), form.Get("language")) {
		x.c.SetCookie(s.SignIn.Cookies.New(languageCookie, form.Get("language"), 365*24*60*60))
	}
	return x.c.Redirect(http.StatusSeeOther, s.SignIn.Redirects.Safe(s.base+form.Get("return")))
}

// signInPath returns the path of sign-in that leads to the path back.
func (s *Server) signInPath(back string) string {
	return "/login?" + url.Values{"return": {s.base + back}}.Encode()
}

// framed reports whether the page is loaded into a frame, where identity providers refuse to be shown.
func (x *exchange) framed() bool {
	return len(x.s.Config.FrameAncestors) > 0 &&
		slices.Contains([]string{"iframe", "frame", "embed", "object"}, x.request().Header.Get("Sec-Fetch-Dest"))
}

// wantsData reports whether a script sent the request.
func (x *exchange) wantsData() bool {
	return strings.Contains(x.request().Header.Get("Accept"), "application/json")
}
