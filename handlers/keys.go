package handlers

import (
	"net/http"

	"protime-admin/internal/form"
	"protime-admin/views"
)

// keysCookie is "off" for a person who has switched single keys off: they collide with speech input and with some
// people's aids (WCAG 2.1.4).
const keysCookie = "protime-keys"

func (x *exchange) hasKeys() bool { return x.s.SignIn.Cookies.Value(x.request(), keysCookie) != "off" }

// GET /keys: what each key does.
func (s *Server) keys(x *exchange) error {
	group := func(name string, keys ...views.Key) views.KeyGroup {
		return views.KeyGroup{Name: x.words.T(name), Keys: keys}
	}
	key := func(does string, names ...string) views.Key {
		return views.Key{Names: names, Does: x.words.T(does)}
	}
	k := &views.Keys{
		On: x.hasKeys(), Return: x.safe(x.request().URL.Query().Get(form.InputReturn)),
		Groups: []views.KeyGroup{
			group("keys.everywhere", key("keys.find", "/"), key("keys.help", "?"), key("keys.leave", x.words.T("keys.name.escape"))),
			group("keys.rows", key("keys.move", "j", "k"), key("keys.edit", "e"), key("keys.open", "o"), key("keys.new", "n"),
				key("keys.period", "[", "]"), key("keys.select", "s")),
			group("keys.checking", key("keys.enter", x.words.T("keys.name.enter")), key("keys.accept", "x"), key("keys.undo", "u"),
				key("keys.person", "J")),
		},
	}
	return x.show(http.StatusOK, views.KeysPage(x.page(x.words.T("keys.title")), k))
}

// POST /keys switches single keys off or on for a year.
func (s *Server) chooseKeys(x *exchange) error {
	posted, err := x.posted()
	if err != nil {
		return err
	}
	chosen := "on"
	if posted.Get("keys") == "off" {
		chosen = "off"
	}
	x.c.SetCookie(s.SignIn.Cookies.New(keysCookie, chosen, 365*24*60*60))
	if back := x.safe(posted.Get(form.InputReturn)); back != "" {
		return x.to(back)
	}
	return x.to("/keys")
}
