// Package handlers is HTTP in and HTML out: one file per page or resource, every URL of the product in routes.go.
//
// A request passes the chain of internal/web (chain.go), the session (exchange.go) and its own handler, which answers with
// a page rendered into a buffer or returns an error, for which errorpage.go draws a page. Handlers read the API through
// Reader and change it through a change.Desk alone.
package handlers

import (
	"context"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"protime-admin/internal/access"
	"protime-admin/internal/attendance"
	"protime-admin/internal/batch"
	"protime-admin/internal/catalog"
	"protime-admin/internal/change"
	"protime-admin/internal/config"
	"protime-admin/internal/day"
	"protime-admin/internal/departments"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/internal/listing"
	"protime-admin/internal/people"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/sso"
	"protime-admin/internal/tell"
	"protime-admin/internal/web"
	"protime-admin/internal/worklist"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/static"
	"protime-admin/views"
)

// Reader is the API as pages may use it: to read. There is no way to a write here.
type Reader interface {
	// Get reads one record; its error is a *protime.Error.
	Get(ctx context.Context, path, query string) (protime.Record, protime.Answer, error)
	// List reads pages of a list; it ends after the first error, which is a *protime.Error.
	List(ctx context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error]
	// Grants says whether the API gave this product a scope; known is false before the first token.
	Grants(scope string) (known, granted bool)
	// HostPath is the path of a link that the API gave; false when it leads to another host.
	HostPath(link string) (string, bool)
}

// Options are what a Server is made of. What is not marked optional is required.
type Options struct {
	Config      config.Config
	Environment string // shown beside the tenant: "production", "sandbox" or "demo"
	Version     string
	Contract    *contract.Contract
	API         Reader
	Desk        *change.Desk
	People      *people.Directory
	Catalog     *catalog.Catalog
	Departments *departments.Directory
	Views       ViewStore
	Batches     batch.Store
	Lang        *lang.Catalog
	SignIn      *sso.RelyingParty
	Logger      *slog.Logger
	Now         func() time.Time
	// Health asks what this process depends on, by name; a nil error is healthy. Each returns when its context ends.
	Health map[string]func(context.Context) error
	// Observe is told of every request that has ended, as web.Options says; optional.
	Observe func(method string, status int, took time.Duration)
	// Ready says whether start is complete and stopping has not begun.
	Ready func() bool
}

// Server answers every request of the product.
type Server struct {
	Options
	base      string // path prefix of PUBLIC_URL
	rules     access.Rules
	plans     map[planKey]*form.Plan
	forms     map[string]func(*exchange) error // by route: what draws a form again after sign-in
	columns   map[string][]contract.Field      // of each collection: what a row shows
	teller    *tell.Teller
	files     *web.Static
	links     views.Assets
	texts     map[string]*views.Texts // by language
	last      []byte                  // the page for a failure to draw a page
	inner     *echo.Echo
	limits    limits
	rechecked rechecks
	handler   http.Handler
	register  *attendance.Register
	// worklist shares what it reads among those who look.
	worklist *worklist.Worklist
	// sheets reads files, few at once; dryrun says what they mean.
	sheets  *spreadsheet.Reader
	uploads *turns              // files on the disk
	sorting *semaphore.Weighted // files of lists whose rows are put in order
	dryrun  *dryrun.Reader
	// progress shares what is known of batches among those who watch them.
	progress *batch.Progress
	streams  *turns
	// starts are the presses of buttons that start drafts.
	starts singleflight.Group
}

type planKey struct {
	collection string
	verb       contract.Verb
}

// New registers every route and returns the whole product as one handler.
func New(o Options) (*Server, error) {
	s := &Server{
		Options: o, plans: map[planKey]*form.Plan{}, forms: map[string]func(*exchange) error{},
		columns: map[string][]contract.Field{}, texts: map[string]*views.Texts{},
	}
	s.base = o.Config.PublicURL.EscapedPath()
	s.rules = access.Rules{Assumed: o.Config.Assumed, Writable: o.Config.Writable, Grants: o.API.Grants}
	for _, c := range o.Contract.Collections {
		s.plans[planKey{c.Name, contract.Create}] = form.NewPlan(c, contract.Create, o.Contract.Collections...)
		s.plans[planKey{c.Name, contract.Replace}] = form.NewPlan(c, contract.Replace, o.Contract.Collections...)
		s.plans[planKey{c.Name, contract.Delete}] = form.NewPlan(c, contract.Delete, o.Contract.Collections...)
		s.columns[c.Name] = listing.Columns(c)
	}
	s.teller = tell.New(tell.Options{
		Contract: o.Contract, Plan: s.plan, HostPath: o.API.HostPath, Assumed: o.Config.Assumed,
		TimeZone: o.Config.TimeZone, UserAgent: o.Config.Protime.UserAgent, SupportContact: o.Config.SupportContact,
	})
	plans := slices.Collect(maps.Values(s.plans))
	for _, tag := range o.Lang.Languages() {
		s.texts[tag] = views.NewTexts(o.Lang.Printer(tag), o.Lang.Languages(), o.Environment, o.Config.Audit.Reasons, plans...)
	}
	files, err := static.Files()
	if err != nil {
		return nil, err
	}
	if s.files, err = web.NewStatic(files); err != nil {
		return nil, err
	}
	s.links = views.Assets{
		CSS:    "/static/" + s.files.Name(stylesheet),
		Script: "/static/" + s.files.Name("script.js"), FormScript: "/static/" + s.files.Name("form-page.js"),
		BatchScript: "/static/" + s.files.Name("batch-page.js"), EarlyScript: "/static/" + s.files.Name("select.js"),
		Style: string(files["any-page.css"]), FormStyle: string(files["form-page.css"]), WorkStyle: string(files["work-page.css"]),
		BatchStyle: string(files["batch-page.css"]),
	}
	if err := s.drawLastResort(); err != nil {
		return nil, err
	}
	s.register = newRegister(o)
	s.worklist = worklist.New(worklist.Options{Register: s.register, Employed: o.People.Employed})
	s.sheets, s.sorting = spreadsheet.NewReader(spreadsheet.DefaultLimits(), sheetsAtOnce), semaphore.NewWeighted(sortedAtOnce)
	s.uploads, s.streams = newTurns(filesAtOnce, personFiles), newTurns(mostStreams, personStreams)
	s.dryrun = dryrun.New(dryrun.Options{
		Contract: o.Contract, Plan: s.plan, API: o.API, People: o.People, Store: o.Batches, Texts: s.everyText,
		ForbidOwn: o.Config.OwnRecords == "forbid", Now: o.Now, TimeZone: o.Config.TimeZone,
	})
	s.progress = batch.NewProgress(o.Batches, o.Now)
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.fail
	s.routes(e)
	s.inner = e
	s.limits.use(s.Now)
	s.handler = s.chain(e)
	return s, nil
}

// rulesOf are the rules of the configuration.
func rulesOf(c config.Config) day.Rules {
	rules := day.Rules{MinGap: c.Rules.MinGap, MaxStretch: c.Rules.MaxStretch}
	for _, name := range c.Rules.Off {
		rules.Off = append(rules.Off, day.Rule(name))
	}
	return rules
}

// newRegister makes the register of the rules in the configuration and the people in the directory.
func newRegister(o Options) *attendance.Register {
	return attendance.New(attendance.Options{
		API: o.API, Rules: rulesOf(o.Config), Now: o.Now, TimeZone: o.Config.TimeZone,
		Person: func(id string) attendance.Employment {
			p, _ := o.People.Person(id)
			return attendance.Employment{InService: p.InService, OutOfService: p.OutOfService, ClosedUntil: p.PeriodClosing}
		},
	})
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// everyText is what the first of some keys that exists says in each language.
func (s *Server) everyText(keys ...string) []string {
	var all []string
	for _, tag := range s.Lang.Languages() {
		if text := s.Lang.Printer(tag).First(keys, ""); text != "" {
			all = append(all, text)
		}
	}
	return all
}

func (s *Server) plan(c *contract.Collection, v contract.Verb) *form.Plan {
	return s.plans[planKey{c.Name, v}]
}
