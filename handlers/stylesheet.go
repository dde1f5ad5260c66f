package handlers

import "github.com/labstack/echo/v4"

// stylesheet is the file, and styleCookie the cookie that says that a browser has it: it holds the file's name, which
// the next version's differs from.
const (
	stylesheet  = "style.css"
	styleCookie = "protime-style"
)

// GET /static/...
func (s *Server) static(c echo.Context) error {
	if name := c.Param("*"); name == s.files.Name(stylesheet) {
		c.SetCookie(s.SignIn.Cookies.New(styleCookie, name, 365*24*60*60))
	}
	if !s.files.Serve(c.Response(), c.Request(), c.Param("*")) {
		return echo.ErrNotFound
	}
	return nil
}
