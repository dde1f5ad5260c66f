package handlers

import (
	"net/http"
	"net/url"
	"slices"
)

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

// signInAgainPath is signInPath for another person than the one who is signed in.
func (s *Server) signInAgainPath(back string) string {
	return "/login?" + url.Values{"prompt": {"login"}, "return": {s.base + back}}.Encode()
}

// signInPath returns the path of sign-in that leads to the path back.
func (s *Server) signInPath(back string) string {
	return "/login?" + url.Values{"return": {s.base + back}}.Encode()
}
