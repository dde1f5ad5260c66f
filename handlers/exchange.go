package handlers

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/change"
	"protime-admin/internal/sso"
	"protime-admin/internal/tell"
	"protime-admin/internal/web"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// exchange is one request and its response: the language, the session and the person, and how a page is answered.
type exchange struct {
	s       *Server
	c       echo.Context
	id      string // of the request
	words   *tell.Words
	session *sso.Session              // nil: nobody is signed in
	ended   error                     // why there is no session, when there was one
	actor   change.Actor              // zero when nobody is
	receipt *change.Receipt           // of ?done=, once it was read
	records map[string]protime.Record // that the page has read, by path: what a banner need not read again
	given   *givenForm                // a form that is drawn again after sign-in; nil: the request's own
}

const exchangeKey = "exchange"

// exchangeOf returns the exchange of a request; the first call reads the session.
func (s *Server) exchangeOf(c echo.Context) *exchange {
	if x, ok := c.Get(exchangeKey).(*exchange); ok {
		return x
	}
	x := &exchange{s: s, c: c, id: requestID(c.Request().Context())}
	s.recognise(x)
	r := c.Request()
	choice := s.SignIn.Cookies.Value(r, languageCookie)
	x.words = s.words(r, choice)
	c.Set(exchangeKey, x)
	return x
}

// words are those of a request, in the person's choice of language, else the browser's, else the configuration's.
func (s *Server) words(r *http.Request, choice string) *tell.Words {
	tag := s.Lang.Match(choice, "", r.Header.Get("Accept-Language"), s.Config.DefaultLanguage)
	now := s.Now().In(s.Config.TimeZone)
	return &tell.Words{
		Printer: s.Lang.Printer(tag), Teller: s.teller, Names: finder{s: s, ctx: r.Context(), language: tag},
		Today: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC),
	}
}

func (x *exchange) request() *http.Request { return x.c.Request() }

// address is the page's URL without the prefix: the request's, or that of a form that is given back.
func (x *exchange) address() *url.URL {
	if x.given != nil {
		return x.given.address
	}
	return x.request().URL
}

// posting reports whether a form was posted, now or before a sign-in.
func (x *exchange) posting() bool { return x.given != nil || x.request().Method == http.MethodPost }

// path is the page's own path with its query, without the prefix.
func (x *exchange) path() string {
	u := x.address()
	return pathWith(u.EscapedPath(), u.RawQuery)
}

// whyNot is the reason, as a sentence, why this person may not do something with a collection now; "" when they may.
func (x *exchange) whyNot(c *contract.Collection, verb contract.Verb) string {
	why := x.s.rules.WhyNot(c, verb, x.actor.Roles)
	switch {
	case why.Key != "":
		return x.words.T(why.Key, "right", x.words.Right(c, verb), "scope", why.Scope)
	case verb != contract.List && verb != contract.Read && x.stopped():
		return x.words.T("why.log")
	}
	return ""
}

// stopped reports whether changes are stopped because the audit log's database does not answer: it also knows which
// sessions were ended, so that this session cannot be confirmed. Reading goes on.
func (x *exchange) stopped() bool { return x.session != nil && x.session.Unconfirmed }

// languageCookie holds the person's choice of language.
const languageCookie = "protime-language"

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

func requestID(ctx context.Context) string { return web.RequestFrom(ctx).ID }

// recognise reads the session of a request, and counts the request as activity unless it is for a stream of events.
func (s *Server) recognise(x *exchange) {
	session, err := s.SignIn.Sessions.Read(x.request())
	if err != nil {
		x.ended = err
		return
	}
	if x.request().Header.Get("Accept") == web.EventStream {
		x.signedInAs(session) // a script watches: nobody may be there
		return
	}
	if session, err = s.SignIn.Sessions.Refresh(x.c.Response(), x.request(), session); err != nil {
		x.ended = err
		return
	}
	x.signedInAs(session)
}

// userDigest names a person in log lines: the same in every line and on every replica, and nobody who lacks the
// session key can tell or try out whose it is.
func (s *Server) userDigest(i sso.Identity) string {
	h := hmac.New(sha256.New, s.Config.Session.Keys[0])
	h.Write([]byte("user of a log line\x00" + i.Issuer + "\x00" + i.Subject))
	return hex.EncodeToString(h.Sum(nil)[:8])
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

// to sends the browser to a path of ours, after a change or a sign-in.
func (x *exchange) to(path string) error {
	return x.c.Redirect(http.StatusSeeOther, x.s.base+path)
}

// safe is a path of ours to go back to, without the prefix; "" when the text is none. The text may carry the prefix.
func (x *exchange) safe(target string) string {
	if target == "" {
		return ""
	}
	if rest, ok := strings.CutPrefix(target, x.s.base); ok && strings.HasPrefix(rest, "/") {
		target = rest
	}
	safe := x.s.SignIn.Redirects.Safe(x.s.base + target)
	if safe == x.s.SignIn.Redirects.Home() && target != "/" {
		return ""
	}
	return safe[len(x.s.base):]
}

// here is the page's own path for links that come back to it: without its query where safe would not take that, such as
// a filter of hundreds of people.
func (x *exchange) here() string {
	if path := x.path(); x.safe(path) != "" {
		return path
	}
	return x.address().EscapedPath()
}
