package handlers

import (
	"net/http"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/views"
)

// mostBatches is how many batches the list shows, and fewEarlier how many the page of a new one does.
const (
	mostBatches = 200
	fewEarlier  = 5
)

// GET /batches: the person's batches, and those of everybody for auditors.
func (s *Server) batches(x *exchange) error {
	audits := change.Has(x.actor.Roles, change.SeeLog)
	if !audits && !change.Has(x.actor.Roles, change.Make) {
		return x.noBatches()
	}
	if x.stopped() {
		return x.logAway()
	}
	rows, err := x.batchLines(mostBatches, audits)
	if err != nil {
		return err
	}
	view := &views.Batches{Rows: rows, Makers: audits}
	if change.Has(x.actor.Roles, change.Make) {
		view.New = newBatchPath
	}
	page := x.page(x.words.T("batch.title"))
	page.Kind = views.BatchOnly
	return x.show(http.StatusOK, views.BatchesPage(page, view))
}

// noBatches is the page for who may not change anything.
func (x *exchange) noBatches() error {
	return &pageError{
		status: http.StatusForbidden, failure: x.words.AskSupport(x.words.Failure("no-batches")), cause: change.ErrRole,
	}
}

// batchLines are the newest batches: of everybody, or the person's own.
func (x *exchange) batchLines(limit int, everybody bool) ([]views.BatchLine, error) {
	issuer, subject := x.actor.Issuer, x.actor.Subject
	if everybody {
		issuer, subject = "", ""
	}
	all, err := x.s.Batches.Batches(x.request().Context(), issuer, subject, limit)
	if err != nil {
		return nil, err
	}
	lines := make([]views.BatchLine, 0, len(all))
	for _, one := range all {
		line := views.BatchLine{
			Name: x.batchName(one.Batch), Href: "/batches/" + one.ID, Who: x.words.Actor(one.Actor),
			When: x.words.Moment(one.Made, x.words.TimeZone), State: x.batchState(one),
		}
		line.Icon, line.Tone = batchIcon(one)
		if line.Name == x.batchHeading(one.Batch) && one.Source != batch.Undone {
			line.Source = x.words.Within(x.sourceText(one.Source))
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// batchState says in a few words what became of a batch.
func (x *exchange) batchState(s batch.Summary) string {
	c := s.Counts
	switch s.State {
	case batch.Draft:
		return x.words.N("batch.state.draft", c.Rows)
	case batch.Running:
		return x.words.N("batch.state.running", c.InRun(), "sent", x.words.Count(c.Attempted()))
	case batch.Paused:
		return x.words.N("batch.state.paused", c.InRun(), "sent", x.words.Count(c.Attempted()))
	}
	applied := c.ByState[change.Applied]
	said := []string{x.words.N("batch.state.applied", applied)}
	add := func(key string, n int) {
		if n > 0 {
			said = append(said, x.words.N(key, n))
		}
	}
	if !isUndone(c) {
		add("batch.state.taken-back", c.TakenBack)
	}
	add("batch.state.sending", c.ByState[change.Sending])
	if isUndone(c) {
		said[0] = x.words.N("batch.state.undone", applied)
		add("batch.state.unknown", c.Doubtful())
		return strings.Join(said, ", ")
	}
	add("batch.state.refused", c.ByState[change.Refused])
	add("batch.state.unknown", c.Doubtful())
	add("batch.state.not-sent", c.Sendable()-c.Sent+c.ByState[change.NotSent]+c.ByState[change.NotApplied])
	return strings.Join(said, ", ")
}

// isUndone reports whether all that a batch made is taken back.
func isUndone(c batch.Counts) bool {
	return c.ByState[change.Applied] > 0 && c.TakenBack == c.ByState[change.Applied]
}

// batchIcon is the sign of a batch's state and its tone.
func batchIcon(s batch.Summary) (icon, tone string) {
	c := s.Counts
	switch {
	case s.State == batch.Draft:
		return "edit", "quiet"
	case s.State == batch.Running:
		return "right", "quiet"
	case s.State == batch.Paused, c.Doubtful() > 0:
		return "warn", "warn"
	case isUndone(c):
		return "undo", "quiet"
	case c.ByState[change.Applied] < c.Sendable():
		return "close", "bad"
	}
	return "check", "good"
}
