// Package views draws every page: templ components and the models that they take. A model is ready to draw: labels
// are in the person's language, times read 08:05, links are absolute paths. Components decide layout and nothing else.
package views

//go:generate go tool templ generate

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"protime-admin/internal/form"
	"protime-admin/internal/lang"
)

// Page is the layout's model: what stands around the content of every page.
type Page struct {
	*lang.Printer // words, dates and times of the page's language
	Texts         *Texts

	Title   string // of the document and, unless the page draws its own, the heading
	Problem bool   // the title says "Error:" first
	Base    string // path prefix of PUBLIC_URL, without a trailing slash
	Path    string // of this page, without the prefix, with its query: where "return" leads
	Assets  Assets
	Styled  bool   // the browser has the stylesheet's file: the page links to it and does not hold its content
	Tenant  string // "acme"
	// Environment is "production", "sandbox" or "demo".
	Environment string
	Person      string // name of who is signed in, "" for nobody
	Role        string // message key of the strongest role, "" for none
	Nav         []NavLink
	More        []NavLink  // behind "More"
	Languages   []Language // to choose from; nil hides the choice
	Support     string     // SUPPORT_CONTACT, may be ""
	// EndsIn is the number of seconds until the session ends without a further request; 0: no session.
	EndsIn int
	// Warn is how many seconds before the end a warning appears.
	Warn int
	Keys bool // single keys are on
	// Arrives says that the page is sent over some time: what must work meanwhile has a script of its own.
	Arrives bool
	// Reload is after how many seconds the page reloads itself where there is no script, 0: never.
	Reload int
	Kind   Kind
	Framed bool // drawn inside another site's frame
	// Focus is the cell whose input has the focus when the page opens, nil for none.
	Focus  *form.Cell
	Banner *Banner
	// State is that of the change that the page is about, "" for other pages.
	State string
	// Notice is a sentence that every page shows at present, "" for none.
	Notice string
}

// Assets are the URLs of the static files, with their content hash, and what a page holds that cannot link to the
// stylesheet.
type Assets struct {
	CSS                             string
	Script, FormScript, BatchScript string
	EarlyScript                     string // of a page that arrives over some time
	// FormStyle are the rules that a form needs, WorkStyle and BatchStyle those of the worklist and of batches, Style those of
	// all other pages.
	Style, FormStyle, WorkStyle, BatchStyle string
}

// Kind says of what a page consists, which decides what a first visit has to wait for.
type Kind int

// Kinds of pages.
const (
	Mixed Kind = iota
	FormOnly
	WorkOnly
	BatchOnly
)

// NavLink is one link of the main navigation.
type NavLink struct {
	Text, Href string // Href without the prefix
	Class      string // "wide-only" or "phone-only" where one width has no place or no need for it, "" for every width
	Current    bool
}

// style is the content of the stylesheet as far as the page needs it.
func (p *Page) style() string {
	switch p.Kind {
	case FormOnly:
		return p.Assets.FormStyle
	case WorkOnly:
		return p.Assets.WorkStyle
	case BatchOnly:
		return p.Assets.BatchStyle
	}
	return p.Assets.Style
}

// script is the address of the script that the page needs.
func (p *Page) script() string {
	switch p.Kind {
	case FormOnly:
		return p.Assets.FormScript
	case BatchOnly:
		return p.Assets.BatchScript
	}
	return p.Assets.Script
}

// URL is an absolute path of this product: the prefix of PUBLIC_URL before a path that starts with one "/". Any other
// text, such as "//host" or "javascript:", leads nowhere.
func (p *Page) URL(path string) templ.SafeURL {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasPrefix(path, `/\`) {
		return "#"
	}
	return templ.SafeURL(p.Base + path)
}

// Back is a link to path that returns to this page afterwards.
func (p *Page) Back(path string) templ.SafeURL {
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return p.URL(path + mark + "return=" + url.QueryEscape(p.Path))
}

// SignInWindow is the address of a sign-in in a window of its own, which closes itself.
func (p *Page) SignInWindow() string {
	return p.Base + "/login?return=" + url.QueryEscape(p.Base+"/signed-in")
}

// DocumentTitle is the title in the window's bar.
func (p *Page) DocumentTitle() string {
	title := p.Title + " · Protime Admin"
	if p.Problem {
		return p.T("page.error-prefix") + " " + title
	}
	return title
}
