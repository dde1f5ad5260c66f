package handlers

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/listing"
	"protime-admin/views"
)

// Selections of the result page beside those of package batch.
const (
	selectNeeds batch.Selection = ""    // rows that need somebody, where there are any
	selectAll   batch.Selection = "all" // every row
)

// resultRows is how many rows a page of the result has, resultTimeout how long reading them may take.
const (
	resultRows    = 100
	resultTimeout = 5 * time.Second
)

// resultView is what became of every row.
func (x *exchange) resultView(now batch.Snapshot) (*views.BatchResult, error) {
	b, c := now.Batch, now.Counts
	view := &views.BatchResult{Stats: x.batchStats(b, c)}
	if b.State == batch.Canceled {
		view.Notes = x.stoppedNotes(b, notSent(c))
	}
	view.Notes = append(view.Notes, x.undoneNotes(c)...)
	if !b.Ended.IsZero() {
		view.Ended = x.words.T("batchrun.ended", "when", x.words.Moment(b.Ended, x.words.TimeZone))
	}
	view.Say = x.spokenStats(view.Stats)
	needs := c.Failed() + c.Doubtful()
	which := x.selected(needs)
	view.Tabs = x.resultTabs(b, c, which)
	query := x.request().URL.Query()
	view.Return = batchPath(b, paramRows, query.Get(paramRows), paramAfter, query.Get(paramAfter))
	after, _ := strconv.Atoi(query.Get(paramAfter)) // a number that is none is the first page
	rows, err := x.resultRows(b, which, after)
	if err != nil {
		return nil, err
	}
	if len(rows) > resultRows {
		rows = rows[:resultRows]
		view.More = batchPath(b, paramRows, string(which), paramAfter, strconv.Itoa(rows[resultRows-1].Number))
	}
	if after > 0 {
		view.Start = batchPath(b, paramRows, string(which))
	}
	steers := x.maySteer(b) && x.whyNotSend(b) == ""
	for _, row := range rows {
		drawn := x.runRow(b, row)
		drawn.Retry = steers && isRetryable(row)
		if row.Change != nil {
			drawn.Check = x.checkPath(*row.Change)
		}
		view.Rows = append(view.Rows, drawn)
	}
	if done := c.Applied(); which == selectNeeds && needs > 0 && done > 0 {
		view.Others = x.words.N("batchrun.others", done, "done", x.doneWord(b, done))
		view.OthersHref = batchPath(b, paramRows, string(batch.SelectApplied))
	}
	x.resultWays(view, b, c, steers)
	return view, nil
}

// stoppedNotes say of how many rows the sending was stopped, and how they are sent after all.
func (x *exchange) stoppedNotes(b batch.Batch, rows int) []string {
	if rows == 0 {
		return []string{x.words.T("batchrun.stopped.none")}
	}
	notes := []string{x.words.N("batchrun.stopped", rows)}
	if b.Source == batch.Pasted || b.Source == batch.File {
		notes = append(notes, x.words.T("batchrun.stopped.again"))
	}
	return notes
}

// notSent is how many rows were to be sent and were not.
func notSent(c batch.Counts) int { return c.ByState[change.NotSent] + c.Unsent() }

// undoneNotes say what became since of the rows that were applied.
func (x *exchange) undoneNotes(c batch.Counts) (notes []string) {
	for _, note := range []struct {
		key string
		n   int
	}{
		{"batchrun.n-undone", c.TakenBack}, {"batchrun.n-restored", c.Restored}, {"batchrun.n-undo-doubt", c.UndoDoubt()},
	} {
		if note.n > 0 {
			notes = append(notes, x.words.N(note.key, note.n))
		}
	}
	return notes
}

// selected is the selection that the page shows.
func (x *exchange) selected(needs int) batch.Selection {
	switch which := batch.Selection(x.request().URL.Query().Get(paramRows)); which {
	case batch.SelectFailed, batch.SelectUnknown, batch.SelectApplied, batch.SelectUnsent, batch.SelectWrong, batch.SelectLeftOut:
		return which
	case selectNeeds:
		if needs > 0 {
			return selectNeeds
		}
	}
	return selectAll
}

// resultRows reads one row more than a page has.
func (x *exchange) resultRows(b batch.Batch, which batch.Selection, after int) ([]batch.Result, error) {
	ctx, cancel := context.WithTimeout(x.request().Context(), resultTimeout)
	defer cancel()
	switch which {
	case selectNeeds:
		return batch.NeedSomebody(ctx, x.s.Batches, b.ID, after, resultRows+1)
	case selectAll:
		which = batch.All
	}
	return x.s.Batches.Rows(ctx, b.ID, which, after, resultRows+1)
}

// batchStats are the rows by what became of them; what there is none of is left out, but for what was made.
func (x *exchange) batchStats(b batch.Batch, c batch.Counts) []views.BatchStat {
	stats := []views.BatchStat{{Label: x.doneWord(b, c.ByState[change.Applied]), Count: x.words.Count(c.ByState[change.Applied])}}
	for _, other := range []struct {
		key string
		n   int
	}{
		{"batchrun.stat.sending", c.ByState[change.Sending]},
		{"batchrun.stat.refused", c.ByState[change.Refused]},
		{"batchrun.stat.not-applied", c.ByState[change.NotApplied]},
		{"batchrun.stat.unknown", c.Doubtful()},
		{"batchrun.stat.held", c.Held},
		{"batchrun.stat.not-sent", notSent(c)},
		{"batchrun.stat.wrong", c.Wrong},
		{"batchrun.stat.left-out", c.LeftOut},
	} {
		if other.n > 0 {
			stats = append(stats, views.BatchStat{Label: x.words.N(other.key, other.n), Count: x.words.Count(other.n)})
		}
	}
	return stats
}

// spokenStats are the counts as one sentence for those who hear the page.
func (x *exchange) spokenStats(stats []views.BatchStat) string {
	text := ""
	for i, stat := range stats {
		if i > 0 {
			text += ", "
		}
		text += stat.Count + " " + stat.Label
	}
	return text
}

// doneWord is what was done to n rows that were applied: "added".
func (x *exchange) doneWord(b batch.Batch, n int) string {
	switch b.Operation {
	case batch.Create:
		return x.words.N("batchrun.stat.added", n)
	case batch.Delete:
		return x.words.N("batchrun.stat.deleted", n)
	case batch.Undo:
		return x.words.N("batchrun.stat.taken-back", n)
	}
	return x.words.N("batchrun.stat.changed", n)
}

// resultTabs are the selections that have rows.
func (x *exchange) resultTabs(b batch.Batch, c batch.Counts, which batch.Selection) []views.BatchTab {
	var tabs []views.BatchTab
	for _, tab := range []struct {
		which batch.Selection
		text  string
		n     int
	}{
		{selectNeeds, x.words.T("batchrun.tab.needs"), c.Failed() + c.Doubtful()},
		{batch.SelectApplied, x.words.T("batchrun.tab.done"), c.Applied()},
		{batch.SelectUnsent, x.words.T("batchrun.tab.unsent"), c.Unsent()},
		{batch.SelectWrong, x.words.T("batchrun.tab.wrong"), c.Wrong},
		{batch.SelectLeftOut, x.words.T("batchrun.tab.left-out"), c.LeftOut},
		{selectAll, x.words.T("batchrun.tab.all"), c.Rows},
	} {
		if tab.n > 0 {
			tabs = append(tabs, views.BatchTab{
				Text: tab.text, Count: x.words.Count(tab.n), Href: batchPath(b, paramRows, string(tab.which)),
				Current: tab.which == which,
			})
		}
	}
	return tabs
}

// isRetryable reports whether another try may help a row, which is not in Protime although it was to be.
func isRetryable(row batch.Result) bool {
	if row.Held != "" {
		return !slices.Contains(batch.HeldForGood(), row.Held)
	}
	if row.Change == nil {
		return false
	}
	switch row.Change.State {
	case change.Refused, change.NotSent, change.NotApplied:
		return true
	}
	return false
}

// resultWays are what can be done with the batch as a whole.
func (x *exchange) resultWays(view *views.BatchResult, b batch.Batch, c batch.Counts, steers bool) {
	view.End = endOf(b)
	if n := c.Retryable(); steers && n > 0 {
		view.RetryAll = x.words.N("batchrun.retry-all", n)
	}
	if n := c.Undoable(); n > 0 && x.maySteer(b) && x.whyNotUndo(b) == "" {
		view.Undo, view.UndoID = x.words.N("batchrun.undo-all", n), undoID(b, c)
		if c.Undone > 0 {
			view.Undo = x.words.N("batchrun.undo-rest", n)
		}
	}
	view.Files = x.batchFiles(b, c.Rows > c.ByState[change.Applied])
	if c.Sent > 0 {
		view.Log = x.batchLog(b)
	}
}

// batchLog is the path of the changes of a batch, "" for who may not see them: without the log, people see their own.
func (x *exchange) batchLog(b batch.Batch) string {
	query := url.Values{listing.LogBatch: {b.ID}}
	switch {
	case change.Has(x.actor.Roles, change.SeeLog):
	case x.madeBatch(b):
		query.Set(listing.LogMine, "1")
	default:
		return ""
	}
	return "/changes?" + query.Encode()
}

// endOf says which end of the sending a page shows: rows are tried again only by a form of the latest.
func endOf(b batch.Batch) string { return strconv.FormatInt(b.Ended.UnixMicro(), 10) }
