package handlers

import (
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/worklist"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Parameters of the worklist beside its filters.
const (
	paramRule  = "rule"  // the days that break one rule
	paramRows  = "rows"  // how many rows are drawn
	paramDone  = "hide"  // "done": days that are done are left out
	paramLeave = "leave" // person.date: the day that is being left as it is
	paramLeft  = "left"  // the acknowledgement that was just made
)

// workRows is how many rows the worklist draws unless more are asked for, mostWorkRows how many at most.
const (
	workRows     = 100
	mostWorkRows = 2000
)

// worklistPage is one request for the worklist.
type worklistPage struct {
	x         *exchange
	scope     scope
	query     url.Values // of links back to the page
	back      string     // the page itself
	rule      string
	leave     string
	most      int
	hideDone  bool
	clockings *contract.Collection
	why       string // reason of corrections
	readOnly  string // why nothing can be corrected, "" where it can

	mayCreate, mayEdit, mayDelete bool

	corrected correctedDays
	left      map[personDay][]change.Acknowledgement
	reread    map[personDay]day.Day // days that were read for this page
	unread    map[personDay]bool    // days that were changed and could not be read since
	after     position              // the row that was just dealt with; the zero value: none
	itself    bool                  // after is to be dealt with again
	tally     tally
}

// GET / and GET /missing: the days that break a rule, oldest first. Rows are sent while the API is read, as those of a
// list are.
func (s *Server) missing(x *exchange) error {
	clockings, ok := s.Contract.Collection("clockings")
	if !ok {
		return s.collections(x) // a tenant's own document may have none
	}
	if why := x.whyNot(clockings, contract.List); why != "" {
		return s.collections(x)
	}
	if week := x.weekHref(); week != "" {
		return x.to(week)
	}
	w := x.worklistPage(clockings)
	view := w.view()
	var err error
	if view.Unknown, err = x.unknownLink(); err != nil {
		// The page of the log shows the error.
		s.Logger.WarnContext(x.request().Context(), "changes in doubt cannot be counted", "error", err)
	}
	page := x.page(x.words.T("desk.title"))
	page.Kind = views.WorkOnly
	if w.scope.Problem || w.scope.Ask != nil {
		page.Banner = x.banner()
		page.Problem = w.scope.Problem
		status := http.StatusOK
		if w.scope.Problem {
			status = http.StatusUnprocessableEntity
		}
		return x.show(status, views.WorklistPage(page, view))
	}
	if w.scope.Nobody {
		page.Banner = x.banner()
		view.End.Empty, view.Known = w.nobody(), true
		return x.show(http.StatusOK, views.WorklistPage(page, view))
	}
	return w.stream(page, view)
}

func (x *exchange) worklistPage(clockings *contract.Collection) *worklistPage {
	q := x.address().Query()
	w := &worklistPage{
		x: x, scope: x.readScope(), query: q, clockings: clockings, rule: q.Get(paramRule), leave: q.Get(paramLeave),
		hideDone: q.Get(paramDone) == "done", why: x.lastReason(), most: workRows, corrected: correctedDays{},
		left: map[personDay][]change.Acknowledgement{}, reread: map[personDay]day.Day{}, unread: map[personDay]bool{},
	}
	if n, err := strconv.Atoi(q.Get(paramRows)); err == nil {
		w.most = min(max(n, workRows), mostWorkRows)
	}
	w.query.Del(paramLeave)
	w.query.Del(paramLeft)
	w.back = pathWith(x.address().EscapedPath(), with(w.query))
	if x.safe(w.back) == "" {
		w.back = x.address().EscapedPath()
	}
	w.mayCreate, w.mayEdit, w.mayDelete = w.mayDo(contract.Create), w.mayDo(contract.Replace), w.mayDo(contract.Delete)
	if why := x.whyNot(clockings, contract.Create); why != "" && !w.mayEdit {
		w.readOnly = x.words.T("desk.read-only", "why", why)
	}
	return w
}

// mayLeave reports whether this person may leave days as they are.
func (w *worklistPage) mayLeave() bool {
	return change.Has(w.x.actor.Roles, change.Make) && !w.x.stopped()
}

// path is the page with parameters changed.
func (w *worklistPage) path(changes ...string) string {
	return pathWith(w.x.address().EscapedPath(), with(w.query, changes...))
}

// view is all of the page but its rows.
func (w *worklistPage) view() *views.Worklist {
	x := w.x
	view := &views.Worklist{
		Views:  x.viewsMenu(),
		Files:  x.files("/missing", with(w.query, paramRows, "")),
		Action: x.address().EscapedPath(), End: &views.WorkEnd{}, ReadOnly: w.readOnly, Ask: w.scope.Ask,
		Caption: x.words.T("desk.caption", "from", x.words.Date(w.scope.From), "until", x.words.Date(w.scope.To)),
		Legend:  x.words.T("desk.legend"),
	}
	if w.why != "" && w.mayCreate {
		view.Legend += " " + x.words.T("desk.legend.reason", "reason", x.words.Printer.Value("why", w.why))
	}
	closed := x.s.People.ClosedUntil(x.words.Today.Format(time.DateOnly), w.scope.People)
	view.Period = w.period(closed)
	view.Pickers, view.More, view.Dates = x.pickers(w.scope)
	view.MoreText = x.words.T("filter.more")
	if w.rule != "" {
		view.Hidden = append(view.Hidden, views.Pair{Name: paramRule, Value: w.rule})
	}
	if text := x.namingOfPeople(); text != "" {
		view.Notes = append(view.Notes, text)
	}
	if state := x.s.Departments.State(); w.scope.department != "" && state.Err != nil && !state.At.IsZero() {
		view.Notes = append(view.Notes, x.words.T("desk.departments-failed"))
	}
	if x.given != nil {
		view.Notes = append(view.Notes, x.words.T("form.restored"))
	}
	view.End.Again = w.path()
	return view
}

// period is the choice of days; closed is the last day of the closed period, "" where none is known.
func (w *worklistPage) period(closed string) *views.Period {
	x, p, open := w.x, periodOf(&w.scope.Selection), openPeriod(w.x.words.Today)
	step := p
	if p == open {
		step.to = weekOf(p.to).to // in whole weeks
	}
	view := x.choiceOfDays(step, closed, mostWorkDays)
	twoWeeks := views.Link{Text: x.words.T("desk.two-weeks"), Href: x.periodHref(open)}
	view.Choices = append([]views.Link{twoWeeks}, view.Choices...)
	if p == open {
		_, view.Days = x.periodTitle(p)
		view.Text = twoWeeks.Text
	}
	return view
}

// stream reads and sends. Nothing is sent before something was found or read, so that a refusal has a page of its own.
func (w *worklistPage) stream(page *views.Page, view *views.Worklist) error {
	x, ctx := w.x, w.x.request().Context()
	reading, err := x.s.worklist.Open(worklist.Scope{
		From: w.scope.From, To: w.scope.To, Circles: w.scope.Circles, OrgGroups: w.scope.OrganisationGroups, People: w.scope.People,
	})
	if err != nil {
		return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-filter"), cause: err}
	}
	if note := w.readLog(ctx, reading); note != "" {
		view.Notes = append(view.Notes, note)
	}
	if w.readOnly == "" {
		view.Ticks = x.ticks(w.clockings, true)
		view.People = x.peoplePath(w.clockings, w.query, w.scope.From, w.scope.To)
	}
	if view.Ticks != nil {
		view.Ticks.Likely = view.Ticks.Add
	}
	page.Banner = x.banner() // which need not read the record that readLog has read
	next, stop := iter.Pull2(reading.Follow(ctx))
	defer stop()
	source := &workSource{worklistPage: w, next: next, drawn: map[personDay]bool{}, end: view.End}
	source.begin()
	if err := source.err; err != nil && len(source.update.Rows) == 0 {
		status, failure := x.listFailure(w.clockings, err)
		return &pageError{status: status, failure: failure, cause: err}
	}
	view.Bands, view.Known = source.bands, source.isWhole()
	if view.Known {
		view.Bands = source.whole()
		return x.show(http.StatusOK, views.WorklistPage(page, view))
	}
	page.Arrives = true
	x.c.Response().Header().Set("Content-Type", "text/html; charset=utf-8")
	x.c.Response().WriteHeader(http.StatusOK)
	return views.WorklistPage(page, view).Render(ctx, x.c.Response())
}
