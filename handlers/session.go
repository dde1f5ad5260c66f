package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/sso"
)

// languageCookie keeps the person's choice of language.
const languageCookie = "protime-language"

// recognise reads who sends a request from the session cookie, and counts the request as activity.
func (s *Server) recognise(v *visit) {
	session, err := s.SignIn.Sessions.Read(v.request())
	if err != nil {
		v.ended = err
		return
	}
	if session, err = s.SignIn.Sessions.Refresh(v.c.Response(), session); err != nil {
		v.ended = err
		return
	}
	s.admit(v, session)
}

func (s *Server) admit(v *visit, session sso.Session) {
	v.session = &session
	v.actor = actorOf(session.Identity)
}

func actorOf(i sso.Identity) change.Actor {
	a := change.Actor{Subject: i.Subject, Issuer: i.Issuer, Name: i.Name, Email: i.Email, Number: i.EmployeeNumber}
	for _, role := range i.Roles {
		a.Roles = append(a.Roles, change.Role(role))
	}
	return a
}

// POST /session: any request counts as activity; this one does nothing else.
func (s *Server) extendSession(v *visit) error {
	return v.c.JSON(http.StatusOK, map[string]int{
		"seconds": int(s.SignIn.Sessions.Remaining(*v.session).Seconds()),
	})
}

// POST /language: the person's choice, kept for a year.
func (s *Server) chooseLanguage(v *visit) error {
	form, err := v.posted()
	if err != nil {
		return err
	}
	if slices.Contains(s.Lang.Languages(), form.Get("language")) {
		v.c.SetCookie(s.SignIn.Cookies.New(languageCookie, form.Get("language"), 365*24*60*60))
	}
	return v.c.Redirect(http.StatusSeeOther, s.SignIn.Returns.SafeReturn(s.base+form.Get("return")))
}

// signInPath is where somebody without a session goes to come back to a path of ours.
func (s *Server) signInPath(back string) string {
	return "/login?" + url.Values{"return": {s.base + back}}.Encode()
}

// framed says that the page is being loaded into a frame, where an identity provider will not show itself.
func (v *visit) framed() bool {
	return len(v.s.Config.FrameAncestors) > 0 &&
		slices.Contains([]string{"iframe", "frame", "embed", "object"}, v.request().Header.Get("Sec-Fetch-Dest"))
}

// wantsData says that a script asks, not a person.
func (v *visit) wantsData() bool {
	return strings.Contains(v.request().Header.Get("Accept"), "application/json")
}
