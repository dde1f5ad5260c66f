package handlers

import (
	"errors"
	"net/http"

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
			Browser: entry.Browser, Current: entry.Current, End: "/sessions/" + entry.ID + "/end",
			Started: x.words.Moment(entry.Started, s.Config.TimeZone),
			Seen:    x.words.Moment(entry.Seen, s.Config.TimeZone),
		}
		if row.Browser == "" {
			row.Browser = x.words.T("sessions.browser.other")
		}
		view.Rows = append(view.Rows, row)
	}
	return x.show(http.StatusOK, views.SessionsPage(x.page(x.words.T("sessions.title")), view))
}

// otherSessions is the id of every session but the current one in the path of endSession.
const otherSessions = "others"

// POST /sessions/{session}/end
func (s *Server) endSession(x *exchange) error {
	id, err := x.param("session")
	if err != nil {
		return err
	}
	if id == otherSessions {
		id = ""
	}
	if err := s.SignIn.Sessions.EndListed(x.request(), *x.session, id); err != nil {
		return sessionsFailure(x, err)
	}
	return x.to("/sessions")
}

func sessionsFailure(x *exchange, err error) error {
	if !errors.Is(err, sso.ErrUnavailable) {
		return err
	}
	return &pageError{status: http.StatusServiceUnavailable, failure: x.words.Failure("sessions"), cause: err}
}
