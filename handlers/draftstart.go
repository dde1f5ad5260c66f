package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/dryrun"
)

// POST /batches/{id}/start sends the rows of a draft. What was corrected on its page is kept first; where that changes what
// is sent, the page comes again and says so. Where the check is old, all rows are checked again first.
//
// A browser that has no script leaves the first request when its button is pressed again, while all rows are checked: both
// presses are one start, which goes on.
func (s *Server) startBatch(x *exchange) error {
	values, err := x.posted()
	if err != nil {
		return err
	}
	if x.given != nil {
		_, err := x.startDraft()
		return err
	}
	first := false
	press := strings.Join([]string{x.path(), x.actor.Issuer, x.actor.Subject, values.Encode()}, "\x00")
	led, err, _ := s.starts.Do(press, func() (any, error) {
		first = true
		r := x.request()
		x.c.SetRequest(r.WithContext(context.WithoutCancel(r.Context())))
		return x.startDraft()
	})
	if first {
		return err
	}
	if path, _ := led.(string); path != "" {
		return x.to(path)
	}
	_, err = x.startDraft()
	return err
}

// startDraft starts a draft. Where its rows were checked again it returns the page that shows what became of that.
func (x *exchange) startDraft() (path string, err error) {
	d, err := x.postedStart()
	if err != nil || d.values == nil {
		return "", err
	}
	undoes := d.Operation == batch.Undo // its page says why not, and the run reads what it changes
	if why := x.whyNotBatch(d.c, d.Operation); why != "" && !undoes {
		return "", x.refuse(d.c, dryrun.VerbOf(d.Operation), why)
	}
	_, corrected, err := x.correct(&d)
	switch {
	case err != nil:
		return "", x.notKept(d, err)
	case corrected > 0:
		d.problems = []string{x.words.N("batch.corrected", corrected)}
	case d.isChecked() && x.isStale(d) && !isLong(d.reason) && !undoes:
		return x.startAfresh(d)
	}
	return "", x.start(d)
}

// startAfresh starts a draft whose check is old, where a new check finds every row as it was. The reason is kept with the
// new check, which may take more than one request. It returns the page that shows what became of the check.
func (x *exchange) startAfresh(d draft) (path string, err error) {
	d.Reason = d.reason
	if err := x.beginCheck(&d); err != nil {
		return "", x.notKept(d, err)
	}
	at := reached{renews: true}
	done, err := x.checkRows(&d, &at)
	if err != nil {
		return "", x.notKept(d, err)
	}
	if !done {
		path = x.draftPath(d, url.Values{inputFrom: {at.text(d.Revision)}})
	} else {
		path = x.draftPath(d, nil)
	}
	switch {
	case d.failure != nil:
		d.at = at
	case !done:
		return path, x.to(path)
	case at.changed > 0:
		d.problems = []string{x.words.T("batch.changed")}
		d.values.Set(inputRows, string(batch.SelectChanged))
		d.values.Del(inputAfter)
		path = x.draftPath(d, d.selection())
	}
	return path, x.start(d)
}

// postedStart is postedDraft; a batch that was started by the first press of one button is no mistake of the second.
func (x *exchange) postedStart() (draft, error) {
	b, err := x.batchToChange()
	if err != nil {
		return draft{}, err
	}
	if b.State != batch.Draft && x.given == nil {
		return draft{}, x.to("/batches/" + b.ID)
	}
	return x.postedDraft(b)
}

// start makes a draft run, or draws it with what speaks against that.
func (x *exchange) start(d draft) error {
	ctx := x.request().Context()
	counts, err := x.s.Batches.Count(ctx, d.ID)
	if err != nil {
		return err
	}
	sends := counts.Sendable()
	switch {
	case len(d.problems) > 0:
	case d.failure != nil || !d.isChecked():
		d.problems = []string{x.words.T("batch.unchecked")}
	case sends == 0:
		d.problems = []string{x.words.T("batch.nothing-to-send")}
	case d.values.Has(inputSends) && d.values.Get(inputSends) != strconv.Itoa(sends):
		d.problems = []string{x.words.N("batch.sends-changed", sends)}
	default:
		d.whyNot = x.batchReasonProblem(d.reason, sends)
	}
	if len(d.problems) > 0 || d.whyNot != "" {
		d.status = http.StatusUnprocessableEntity
		return x.draftPage(d)
	}
	switch err := x.s.Batches.Start(ctx, d.ID, d.Revision, d.reason, x.id); {
	case errors.Is(err, batch.ErrRevision):
		if now, err := x.s.Batches.Batch(ctx, d.ID); err == nil && now.State != batch.Draft && now.Revision == d.Revision {
			return x.to("/batches/" + d.ID) // the other press of the button started it
		}
		return x.notKept(d, err)
	case err != nil:
		return err
	}
	x.rememberReason(d.reason.Code)
	return x.to("/batches/" + d.ID)
}

// batchReasonProblem is what is wrong with the reason of a batch of so many rows.
func (x *exchange) batchReasonProblem(reason change.Reason, rows int) string {
	above := x.s.Config.Audit.BatchReasonAbove
	if rows > above && strings.TrimSpace(reason.Code+reason.Note) == "" {
		return x.words.N("batch.why.required", above)
	}
	return x.reasonProblem(reason)
}
