package handlers

import (
	"errors"
	"net/http"

	"protime-admin/internal/sso"
	"protime-admin/views"
)

// GET /sessions: the person's sessions, to end those that they do not use or do not recognise.
func (s *Server) sessions(v *visit) error {
	all, err := s.SignIn.Sessions.List(v.request(), *v.session)
	if err != nil {
		return sessionsFailure(v, err)
	}
	view := &views.Sessions{Others: len(all) > 1}
	for _, entry := range all {
		row := views.SessionRow{
			Browser: entry.Browser, Current: entry.Current, End: "/sessions/" + entry.ID + "/end",
			Started: v.words.Moment(entry.Started, s.Config.TimeZone),
			Seen:    v.words.Moment(entry.Seen, s.Config.TimeZone),
		}
		if row.Browser == "" {
			row.Browser = v.words.T("sessions.browser.other")
		}
		view.Rows = append(view.Rows, row)
	}
	return v.show(http.StatusOK, views.SessionsPage(v.page(v.words.T("sessions.title")), view))
}

// otherSessions is the id of every session but the current one in the path of endSession.
const otherSessions = "others"

// POST /sessions/{session}/end
func (s *Server) endSession(v *visit) error {
	id, err := v.param("session")
	if err != nil {
		return err
	}
	if id == otherSessions {
		id = ""
	}
	if err := s.SignIn.Sessions.EndListed(v.request(), *v.session, id); err != nil {
		return sessionsFailure(v, err)
	}
	return v.to("/sessions")
}

func sessionsFailure(v *visit, err error) error {
	if !errors.Is(err, sso.ErrUnavailable) {
		return err
	}
	return &pageError{status: http.StatusServiceUnavailable, failure: v.words.Failure("sessions"), cause: err}
}
