package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"protime-admin/internal/sso"
	"protime-admin/views"
)

// GET /sessions: the person's sessions, to end those that they do not use or do not recognise.
func (s *Server) sessions(x *exchange) error {
	all, err := s.SignIn.Sessions.List(x.request(), *x.session)
	if err != nil {
		return sessionsFailure(x, err)
	}
	view := &views.Sessions{Others: len(all) > 1}
	for _, entry := range all {
		row := views.SessionRow{
			Browser: x.browserName(entry), Current: entry.Current, End: "/sessions/" + entry.ID + "/end",
			Started: x.words.Moment(entry.Started, s.Config.TimeZone),
			Seen:    x.words.Moment(entry.Seen, s.Config.TimeZone),
		}
		view.Rows = append(view.Rows, row)
	}
	page := x.page(x.words.T("sessions.title"))
	if ended, err := url.QueryUnescape(s.SignIn.Cookies.Value(x.request(), endedCookie)); err == nil && ended != "" {
		x.c.SetCookie(s.SignIn.Cookies.Clear(endedCookie))
		page.Banner = &views.Banner{Tone: "good", Title: ended}
	}
	return x.show(http.StatusOK, views.SessionsPage(page, view))
}

// endedCookie carries the sentence about the session that was ended to the page after it.
const endedCookie = "protime-ended"

// otherSessions is the id of every session but the current one in the path of endSession.
const otherSessions = "others"

// POST /sessions/{session}/end
func (s *Server) endSession(x *exchange) error {
	id, err := x.param("session")
	if err != nil {
		return err
	}
	ended := x.words.T("sessions.ended-others")
	if id == otherSessions {
		id = ""
	} else if ended, err = s.endedSession(x, id); err != nil {
		return sessionsFailure(x, err)
	}
	if err := s.SignIn.Sessions.EndListed(x.request(), *x.session, id); err != nil {
		return sessionsFailure(x, err)
	}
	if ended != "" {
		x.c.SetCookie(s.SignIn.Cookies.New(endedCookie, url.QueryEscape(ended), 60))
	}
	return x.to("/sessions")
}

// endedSession says that a session of the person's was ended, "" where they have none with this id.
func (s *Server) endedSession(x *exchange, id string) (string, error) {
	all, err := s.SignIn.Sessions.List(x.request(), *x.session)
	for _, entry := range all {
		if entry.ID == id {
			return x.words.T("sessions.ended", "browser", x.browserName(entry)), nil
		}
	}
	return "", err
}

func (x *exchange) browserName(entry sso.ListedSession) string {
	return cmp.Or(entry.Browser, x.words.T("sessions.browser.other"))
}

func sessionsFailure(x *exchange, err error) error {
	if !errors.Is(err, sso.ErrUnavailable) {
		return err
	}
	return &pageError{status: http.StatusServiceUnavailable, failure: x.words.Failure("sessions"), cause: err}
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

// signInAgainPath is signInPath for another person than the one who is signed in.
func (s *Server) signInAgainPath(back string) string {
	return "/login?" + url.Values{"prompt": {"login"}, "return": {s.base + back}}.Encode()
}

// signInPath returns the path of sign-in that leads to the path back.
func (s *Server) signInPath(back string) string {
	return "/login?" + url.Values{"return": {s.base + back}}.Encode()
}
