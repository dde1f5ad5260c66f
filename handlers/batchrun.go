package handlers

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Parameters of the page of a batch.
const (
	paramAfter  = "after"  // number of the last row of the page before
	paramReload = "reload" // "on": without script the page reloads by itself
)

// reloadEvery is how many seconds pass before a page without script reloads itself while rows are sent.
const reloadEvery = 5

// runPage is GET /batches/{id} of a batch that was started: what is being sent, or the result.
func (x *exchange) runPage(b batch.Batch) error {
	now, err := x.s.progress.Look(x.request().Context(), b.ID, 0)
	if err != nil {
		return err
	}
	page := x.page(x.batchHeading(now.Batch))
	view, err := x.runView(now)
	if err != nil {
		return err
	}
	if view.Links, err = x.batchLinks(now.Batch); err != nil {
		return err
	}
	page.Kind, page.Banner = views.BatchOnly, x.banner()
	if b.State == batch.Running && x.request().URL.Query().Get(paramReload) == "on" {
		page.Reload = reloadEvery
	}
	return x.show(http.StatusOK, views.BatchRunPage(page, view))
}

// runView is what is shown of a batch; the stream of events draws the parts of it that change.
func (x *exchange) runView(now batch.Snapshot) (*views.BatchRun, error) {
	path, step := "/batches/"+now.ID, stepResult
	if now.IsSending() {
		step = stepSend
	}
	if now.Operation == batch.Undo {
		step = 0 // it has no columns, and its rows are those of another batch
	}
	view := &views.BatchRun{Head: x.batchHead(now.Batch, step, x.batchMade(now.Batch)), Path: path}
	var err error
	if now.IsSending() {
		view.Sending = x.sendingView(now)
		view.Events = path + "/events"
		return view, nil
	}
	if view.Result, err = x.resultView(now); err != nil {
		return nil, err
	}
	if now.Counts.Doubtful()+now.Counts.ByState[change.Sending] > 0 {
		view.Events = path + "/events"
		if query := x.request().URL.RawQuery; query != "" {
			view.Events += "?" + query
		}
	}
	return view, nil
}

// sendingView is how far the sending has come.
func (x *exchange) sendingView(now batch.Snapshot) *views.Sending {
	c, all := now.Counts, now.Counts.InRun()
	view := &views.Sending{
		All: strconv.Itoa(all), Done: strconv.Itoa(c.DealtWith()),
		Line:    x.words.N("batchrun.sent-of", all, "sent", x.words.Count(c.Attempted())),
		Pace:    x.pace(now),
		Say:     x.words.T("batchrun.say", "percent", strconv.Itoa(10*(c.DealtWith()*10/max(1, all)))),
		Heading: x.words.N("batchrun.sending", all), Text: x.words.T("batchrun.leave"),
	}
	if n := c.Doubtful(); n > 0 {
		view.Counts = append(view.Counts, views.BatchMark{Icon: "warn", Tone: "warn", Text: x.words.N("batchrun.n-unknown", n)})
	}
	if n := c.Failed(); n > 0 {
		view.Counts = append(view.Counts, views.BatchMark{Icon: "close", Tone: "bad", Text: x.words.N("batchrun.n-failed", n)})
	}
	for _, row := range now.Latest {
		view.Troubles = append(view.Troubles, x.runRow(now.Batch, row))
	}
	path := "/batches/" + now.ID
	if now.State == batch.Running && !now.Waits.IsZero() {
		view.Text = x.words.T("batchrun.waits", "when", x.words.Moment(now.Waits, x.words.TimeZone))
		view.Say, view.Pace = view.Text, ""
	}
	if now.State == batch.Paused {
		view.Heading = x.words.N("batchrun.paused", c.Unsent())
		view.Text, view.Steps = x.pausedText(now.Batch)
		view.Say = view.Heading
		view.Paused = true
	}
	if x.stopped() {
		return view
	}
	view.Cancel, view.CancelText = path+"/cancel", x.words.T("batchrun.stop.text") // for whoever sees it
	if now.State == batch.Running {
		view.Pause = path + "/pause"
	} else if !x.maySteer(now.Batch) {
		return view
	} else if view.WhyNot = x.whyNotSend(now.Batch); view.WhyNot == "" {
		view.Resume = path + "/resume"
	}
	return view
}

// pace says how fast rows are sent and how long the rest takes: "about 6 a second, 5 seconds left".
func (x *exchange) pace(now batch.Snapshot) string {
	left := now.Counts.Unsent()
	if now.Rate <= 0 || left == 0 {
		return ""
	}
	rate := x.words.N("batchrun.a-second", int(math.Round(now.Rate)))
	if now.Rate < 1 {
		rate = x.words.N("batchrun.a-minute", max(1, int(math.Round(now.Rate*60))))
	}
	return x.words.T("batchrun.pace", "rate", rate, "left", x.timeLeft(float64(left)/now.Rate))
}

func (x *exchange) timeLeft(seconds float64) string {
	switch {
	case seconds < 90:
		return x.words.N("batchrun.seconds-left", max(1, int(math.Ceil(seconds))))
	case seconds < 90*60:
		return x.words.N("batchrun.minutes-left", int(math.Ceil(seconds/60)))
	}
	return x.words.N("batchrun.hours-left", int(math.Ceil(seconds/3600)))
}

// pausedText says why nothing is sent and what to do.
func (x *exchange) pausedText(b batch.Batch) (text string, steps []string) {
	switch b.Pause {
	case batch.PausedUnreachable:
		return x.words.T("batchrun.paused.unreachable"), []string{x.words.T("batchrun.paused.unreachable.step")}
	case batch.PausedForbidden:
		steps := []string{x.words.T("batchrun.paused.forbidden.step")}
		if contact := x.s.Config.SupportContact; contact != "" {
			steps = append(steps, x.words.T("error.ask", "contact", contact))
		}
		return x.words.T("batchrun.paused.forbidden"), steps
	case batch.PausedLimit:
		return x.words.T("batchrun.paused.limit"), []string{x.words.T("batchrun.paused.limit.step")}
	case batch.PausedLog:
		return x.words.T("batchrun.paused.log"), []string{x.words.T("batchrun.paused.log.step")}
	case batch.PausedRole:
		return x.words.T("batchrun.paused.role"), []string{x.words.T("batchrun.paused.role.step")}
	case batch.PausedForgotten:
		return x.words.T("batchrun.paused.forgotten"), []string{x.words.T("batchrun.paused.forgotten.step")}
	case batch.PausedFailed:
		return x.words.T("batchrun.paused.failed"), []string{x.words.T("batchrun.paused.failed.step")}
	}
	return x.words.T("batchrun.paused.text"), nil
}

// batchMade says where the rows of a batch come from, who sent them, when and why.
func (x *exchange) batchMade(b batch.Batch) string {
	text := x.words.T("batchrun.made", "source", x.sourceText(b.Source), "who", x.words.Actor(b.Actor),
		"when", x.words.Moment(b.Started, x.words.TimeZone))
	if why := x.words.Reason(change.Receipt{Change: change.Change{Reason: b.Reason}}); why != "" {
		text += " " + x.words.T("log.receipt.why", "reason", strings.TrimRight(why, ". "))
	}
	return text
}

func (x *exchange) sourceText(source batch.Source) string {
	switch source {
	case batch.Pasted:
		return x.words.T("batchrun.source.paste")
	case batch.People:
		return x.words.T("batchrun.source.people")
	case batch.Ticked:
		return x.words.T("batchrun.source.ticked")
	case batch.Undone:
		return x.words.T("batchrun.source.undo")
	}
	return x.words.T("batchrun.source.file")
}

// batchLinks lead from a batch to the one that it takes back, and to those that take it back.
func (x *exchange) batchLinks(b batch.Batch) ([]views.Link, error) {
	var links []views.Link
	add := func(key string, other batch.Batch) {
		links = append(links, views.Link{Text: x.words.T(key, "batch", x.batchName(other)), Href: "/batches/" + other.ID})
	}
	if b.Undoes != "" {
		other, err := x.s.Batches.Batch(x.request().Context(), b.Undoes)
		if err != nil {
			return nil, err
		}
		add("batchrun.undoes", other)
	}
	undoing, err := x.s.Batches.Undoing(x.request().Context(), b.ID)
	if err != nil {
		return nil, err
	}
	for _, other := range undoing {
		if other.State == batch.Draft {
			add("batchrun.undone-draft", other)
		} else {
			add("batchrun.undone-by", other)
		}
	}
	return links, nil
}

// maySteer reports whether this person may let a batch go on and try rows again: the editor who made it.
func (x *exchange) maySteer(b batch.Batch) bool {
	return x.madeBatch(b) && change.Has(x.actor.Roles, change.Make) && !x.stopped()
}

// whyNotSend says why the rows of a batch cannot be sent by this person now, "" where they can.
func (x *exchange) whyNotSend(b batch.Batch) string {
	c, ok := x.s.Contract.Collection(b.Collection)
	if !ok {
		return x.words.T("why.contract")
	}
	for _, verb := range x.batchVerbs(b) {
		if why := x.whyNot(c, verb); why != "" {
			return why
		}
	}
	return ""
}

// batchVerbs are the verbs that the rows of a batch use.
func (x *exchange) batchVerbs(b batch.Batch) []contract.Verb {
	switch b.Operation {
	case batch.Create:
		return []contract.Verb{contract.Create}
	case batch.Replace:
		return []contract.Verb{contract.Replace}
	case batch.Delete:
		return []contract.Verb{contract.Delete}
	}
	of, err := x.s.Batches.Batch(x.request().Context(), b.Undoes)
	if err != nil {
		return nil // the run holds what may not be done
	}
	var verbs []contract.Verb
	for _, verb := range x.batchVerbs(of) {
		verbs = append(verbs, inverseOf(verb))
	}
	return verbs
}

// batchPath is the path of a batch's page with parameters, name and value by turns.
func batchPath(b batch.Batch, parameters ...string) string {
	return pathWith("/batches/"+b.ID, with(url.Values{}, parameters...))
}
