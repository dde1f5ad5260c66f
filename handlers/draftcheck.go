package handlers

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/views"
)

// rowsAPage is how many rows of a sheet a page shows.
const rowsAPage = 100

// checkPage shows the rows of a draft with what the check says of them.
func (x *exchange) checkPage(d draft) error {
	ctx := x.request().Context()
	counts, err := x.s.Batches.Count(ctx, d.ID)
	if err != nil {
		return err
	}
	p := x.checkingOf(d, counts)
	results, err := x.s.Batches.Rows(ctx, d.ID, p.which, p.after, rowsAPage+1)
	if err != nil {
		return err
	}
	more := len(results) > rowsAPage
	results = results[:min(len(results), rowsAPage)]
	teller := x.rowTeller(d)
	view := p.view(teller.moved(results))
	if len(results) > 0 && more {
		view.More = p.link(p.which, results[len(results)-1].Number)
	}
	if text := x.unsentTimes(d, results); text != "" {
		view.Head.Intro += " " + text
	}
	teller.only = view.ReadOnly
	for _, column := range teller.columns {
		view.Columns = append(view.Columns, column.label)
	}
	for _, result := range results {
		row := teller.row(result.Row)
		row.Ticks = row.Ticks && !view.ReadOnly
		row.Focus = row.Ticks && p.chosen == "" && p.which == batch.SelectWarned && len(view.Rows) == 0
		if row.Ticks {
			view.Shown = strings.TrimPrefix(view.Shown+","+row.Number, ",")
		}
		view.Rows = append(view.Rows, row)
	}
	if counts.LeftOut > 0 && !view.ReadOnly {
		if view.Again, err = x.offersOf(d); err != nil {
			return err
		}
	}
	quiet := len(view.Problems)+len(view.Notes)+len(view.Again) == 0 && !view.AskWhy
	view.Ready = view.Start != "" && quiet && counts.Warned+counts.Wrong == 0 && !view.Deletes
	page := x.page(view.Head.Heading)
	page.Kind = views.BatchOnly
	page.Problem = d.status >= http.StatusBadRequest
	return x.show(cmp.Or(d.status, http.StatusOK), views.BatchCheckPage(page, view))
}

// checkOf is a draft with the selection of its rows that a page shows.
type checkOf struct {
	x      *exchange
	d      draft
	counts batch.Counts
	which  batch.Selection
	after  int
	chosen string // the selection as the address or the form names it; "": those with an error come first, then those with a warning
}

func (x *exchange) checkingOf(d draft, counts batch.Counts) checkOf {
	query := x.address().Query()
	if d.values != nil {
		query = d.values
	}
	p := checkOf{x: x, d: d, counts: counts, chosen: query.Get(inputRows)}
	p.after, _ = strconv.Atoi(query.Get(inputAfter))
	switch which := batch.Selection(p.chosen); which {
	case batch.SelectReady, batch.SelectWarned, batch.SelectWrong, batch.SelectLeftOut, batch.SelectChanged:
		p.which = which
	case selectAll:
		p.which = batch.All
	default:
		p.chosen = ""
		switch {
		case counts.Wrong > 0:
			p.which = batch.SelectWrong
		case counts.Warned > 0:
			p.which = batch.SelectWarned
		}
	}
	return p
}

// link leads to a selection of the rows, behind a row.
func (p checkOf) link(which batch.Selection, after int) string {
	query := url.Values{inputRows: {string(cmp.Or(which, selectAll))}}
	if after > 0 {
		query.Set(inputAfter, strconv.Itoa(after))
	}
	return "/batches/" + p.d.ID + "?" + query.Encode()
}

// view is all of the page but its rows. moved is how many more rows its ticks send than those that are kept.
func (p checkOf) view(moved int) *views.BatchCheck {
	x, d, counts := p.x, p.d, p.counts
	sends := counts.Sendable() + moved
	view := &views.BatchCheck{
		Head:   x.batchHead(d.Batch, stepCheck, x.words.T("batch.check.intro")),
		Action: "/batches/" + d.ID, Revision: strconv.FormatInt(d.Revision, 10), Which: p.chosen,
		Sends: strconv.Itoa(sends), ReadOnly: !x.madeBatch(d.Batch) || !change.Has(x.actor.Roles, change.Make),
		Problems: d.problems, Discard: x.discardOf(d.Batch, counts.Rows), Tabs: p.tabs(),
		Button: x.words.N("batch.send.n", sends), ButtonOne: x.words.N("batch.send.n", 1),
		ButtonMany: x.words.T("batch.send.any"),
	}
	if d.Operation == batch.Delete {
		view.Deletes, view.Button = true, x.words.N("batch.delete.n", sends)
		view.ButtonOne, view.ButtonMany = x.words.N("batch.delete.n", 1), x.words.T("batch.delete.any")
	}
	if p.after > 0 {
		view.After = strconv.Itoa(p.after)
	}
	if !view.ReadOnly {
		view.Files = []views.Link{
			{Text: x.words.T("batch.files.rejected"), Href: "/batches/" + d.ID + "/rejected.xlsx"},
			{Text: x.words.T("batch.files.all"), Href: "/batches/" + d.ID + ".xlsx"},
		}
	}
	if text := x.presetText(d); text != "" {
		view.Head.Intro += " " + x.words.T("batch.every-row", "values", text)
	}
	if d.Source == batch.Pasted || d.Source == batch.File {
		view.Back, view.BackText = "/batches/"+d.ID+"?"+inputStep+"="+doColumns, x.words.T("batch.step.columns")
	}
	if hidden, _ := strconv.Atoi(x.address().Query().Get(inputHidden)); hidden > 0 {
		view.Notes = append(view.Notes, x.words.N("batch.hidden", hidden))
	}
	if others, _ := strconv.Atoi(x.address().Query().Get(inputOthers)); others > 0 {
		view.Notes = append(view.Notes, x.words.N("batch.others", others))
	}
	switch {
	case len(d.problems) > 0:
	case p.which == batch.SelectChanged:
		view.Notes = append(view.Notes, x.words.T("batch.changed"))
	case x.address().Query().Has(inputRenewed):
		view.Notes = append(view.Notes, x.words.T("batch.renewed"))
	}
	if x.given != nil {
		view.Notes = append(view.Notes, x.words.T("form.restored"))
	}
	switch {
	case d.failure != nil:
		_, failure := x.s.explain(x, d.failure)
		view.Trouble = &failure
		fallthrough
	case !d.isChecked():
		view.Rest = p.rest()
	case sends > 0 && !view.ReadOnly:
		view.Start = "/batches/" + d.ID + "/start"
		view.Summary, view.Foot = p.summary()
		p.addReasons(view)
	default:
		view.Summary, view.Foot = p.summary()
	}
	return view
}

// What a page says once: how many rows of a file its spreadsheet does not show, how many other sheets the file has, and that
// all rows were checked again.
const (
	inputHidden  = "hidden"
	inputOthers  = "others"
	inputRenewed = "renewed"
)

// reasonShown is the reason that was typed, or else the one that was kept.
func (d *draft) reasonShown() change.Reason {
	if d.values.Has(form.InputNote) {
		return d.reason
	}
	return d.Reason
}

// addReasons asks why.
func (p checkOf) addReasons(view *views.BatchCheck) {
	x, d := p.x, p.d
	reason := d.reasonShown()
	view.Reasons = &views.Form{Reasons: x.reasons(reason.Code), WhyNot: d.whyNot}
	view.Reasons.State.Why, view.Reasons.State.Note = reason.Code, reason.Note
	view.AskWhy = d.whyNot != "" || x.batchReasonProblem(change.Reason{}, p.counts.Sendable()) != ""
}

func (p checkOf) tabs() []views.BatchTab {
	var tabs []views.BatchTab
	add := func(key string, which batch.Selection, count int) {
		if count == 0 && which != batch.All && which != p.which {
			return
		}
		tabs = append(tabs, views.BatchTab{
			Text: p.x.words.T(key), Href: p.link(which, 0), Count: p.x.words.Count(count), Current: which == p.which,
		})
	}
	add("batch.tab.all", batch.All, p.counts.Rows)
	add("batch.tab.ready", batch.SelectReady, p.counts.Ready)
	add("batch.tab.warned", batch.SelectWarned, p.counts.Warned)
	add("batch.tab.wrong", batch.SelectWrong, p.counts.Wrong)
	add("batch.tab.left-out", batch.SelectLeftOut, p.counts.LeftOut)
	return tabs
}

// rest says that rows are not checked yet, with the button that goes on.
func (p checkOf) rest() *views.BatchRest {
	if !p.x.madeBatch(p.d.Batch) {
		return nil
	}
	at := p.d.at
	if p.d.failure == nil {
		at = reachedAt(p.x.address().Query().Get(inputFrom), p.d.Revision)
	}
	done := min(at.last, p.counts.Rows)
	text := p.x.words.N("batch.rest", p.counts.Rows, "done", p.x.words.Count(done))
	if at.renews {
		text = p.x.words.T("batch.renewing") + " " + text
	}
	return &views.BatchRest{
		Text: text, Button: p.x.words.T("batch.rest.button"), Done: strconv.Itoa(done), All: strconv.Itoa(p.counts.Rows),
		From: at.text(p.d.Revision),
	}
}

// summary says how many rows there are of which kind, and what becomes of those with an error or a warning.
func (p checkOf) summary() (summary, foot string) {
	words, c := p.x.words, p.counts
	said := []string{words.N("batch.sum.ready", c.Ready)}
	if c.Warned > 0 {
		said = append(said, words.N("batch.sum.warned", c.Warned))
	}
	if c.Wrong > 0 {
		said = append(said, words.N("batch.sum.wrong", c.Wrong))
	}
	if c.LeftOut > 0 {
		said = append(said, words.N("batch.sum.left-out", c.LeftOut))
	}
	summary = words.N("batch.sum", c.Rows, "kinds", strings.Join(said, ", "))
	sentences := p.checkedAt()
	if c.Wrong > 0 {
		sentences = append(sentences, words.N("batch.foot.wrong", c.Wrong))
	}
	if c.Warned > 0 {
		sentences = append(sentences, words.N("batch.foot.warned", c.Warned))
	}
	return summary, strings.Join(sentences, " ")
}

// checkedAt says when the rows were checked, where that is known.
func (p checkOf) checkedAt() []string {
	words := p.x.words
	at := p.d.CheckedAt.In(words.TimeZone)
	date, clock := at.Format(time.DateOnly), at.Format("15:04")
	switch {
	case p.d.CheckedAt.IsZero() || !p.d.isChecked():
		return nil
	case date == words.Today.Format(time.DateOnly):
		return []string{words.T("batch.checked-at", "time", clock)}
	}
	return []string{words.T("batch.checked-on", "date", words.NearDay(date), "time", clock)}
}

// dayLink leads to the day that a row is about, for who wants to see what stands there.
func (x *exchange) dayLink(c batch.Check) views.Link {
	if c.Person == "" || c.Date == "" {
		return views.Link{}
	}
	query := url.Values{periodFrom: {c.Date}, periodUntil: {c.Date}}
	return views.Link{Text: x.words.T("batch.see-day"), Href: "/people/" + url.PathEscape(c.Person) + "/days?" + query.Encode()}
}
