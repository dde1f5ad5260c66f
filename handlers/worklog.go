package handlers

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/tell"
	"protime-admin/internal/worklist"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// readLog reads what was done to the days of the period, and has the days read again that were changed since the reading
// began. Where the log cannot be read nothing is corrected here either: a change whose outcome is not known would not be
// seen. It returns what has to be said then.
func (w *worklistPage) readLog(ctx context.Context, reading *worklist.Reading) string {
	x := w.x
	if x.stopped() {
		return x.words.T("desk.log-away")
	}
	acknowledged, err := x.s.Desk.Acknowledged(ctx, x.actor, w.scope.From, w.scope.To)
	for _, a := range acknowledged {
		d := personDay{a.Person, a.Date}
		w.left[d] = append(w.left[d], a)
		if a.ID == x.address().Query().Get(paramLeft) {
			w.after = w.position(d)
		}
	}
	found, unread := w.changes()
	for _, r := range found {
		w.corrected.add(r)
	}
	w.recheck(ctx, reading, found)
	if r, ok := x.doneReceipt(); ok {
		w.afterChange(r)
	}
	if cmp.Or(err, unread) != nil {
		x.s.Logger.WarnContext(ctx, "what was done cannot be shown", "error", errors.Join(err, unread))
		w.readOnly = x.words.T("desk.log-away")
		return w.readOnly
	}
	return ""
}

// changes are the newest changes of the clockings of the period, and before them those in doubt, which may be older.
func (w *worklistPage) changes() ([]change.Receipt, error) {
	x := w.x
	if !change.Has(x.actor.Roles, change.SeeHistory) {
		return nil, nil
	}
	var found []change.Receipt
	for _, state := range []change.State{change.Unknown, change.Accepted, ""} {
		some, _, err := x.s.Desk.Changes(x.request().Context(), x.actor, change.Query{
			Collection: w.clockings.Name, People: w.scope.People, FirstDate: w.scope.From, LastDate: w.scope.To, State: state,
			Limit: mostDayChanges,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			if !slices.ContainsFunc(found, func(known change.Receipt) bool { return known.ID == r.ID }) {
				found = append(found, r)
			}
		}
	}
	return found, nil
}

// recheck has the days read again that were changed after they were read, each change once.
func (w *worklistPage) recheck(ctx context.Context, reading *worklist.Reading, changes []change.Receipt) {
	_, progress, _ := reading.Rows()
	stale := map[string][]change.Receipt{}
	for _, r := range changes {
		if changedSince(r, progress.Began) && !leftAsRead(r) && w.x.s.rechecked.first(r, w.x.s.Now()) {
			stale[r.Person] = append(stale[r.Person], r)
		}
	}
	for person, receipts := range stale {
		days := correctedDays{}
		for _, r := range receipts {
			days.add(r)
		}
		dates := map[string]bool{}
		for d := range days {
			dates[d.date] = true
		}
		rows, err := w.x.s.worklist.Recheck(ctx, person, slices.Collect(maps.Keys(dates))...)
		if err != nil {
			w.x.s.Logger.WarnContext(ctx, "days that were changed cannot be read again", "error", err)
			w.x.s.rechecked.forget(receipts)
		}
		for d := range days {
			w.unread[d] = err != nil
		}
		for _, row := range rows {
			w.reread[personDay{row.Person, row.Date}] = row.Day
		}
	}
}

// tellFailure says that the last correction of a day was not made, and puts the time that was typed back into the field.
func (w *worklistPage) tellFailure(of personDay, row *views.WorkRow) {
	r := w.corrected.failed(of, w.x.actor)
	if r == nil || r.Verb != contract.Create {
		return
	}
	typed, key := tell.TimeIn(r.After), "desk.refused"
	if r.State == change.NotSent {
		key = "desk.not-sent"
	}
	if typed == "" {
		return
	}
	row.Failed = &views.Link{Text: w.x.words.T(key, "time", typed), Href: "/changes/" + r.ID}
	if row.Add != nil && len(row.Add.Days) == 0 {
		row.Add.Value = typed
	}
}

// leftAsRead reports whether a change surely left the day as it was read, and Protime may ask not to be called now.
func leftAsRead(r change.Receipt) bool {
	return r.State == change.NotSent || r.State == change.Refused && r.Status == http.StatusTooManyRequests
}

// changedSince reports whether a change may have happened after a time: its last event, an answer or a look, is later.
func changedSince(r change.Receipt, at time.Time) bool {
	return len(r.Events) > 0 && r.Events[len(r.Events)-1].At.After(at)
}

// afterChange finds the row of the change that was just made: the work goes on behind it, and after an undo with it.
func (w *worklistPage) afterChange(r change.Receipt) {
	days := correctedDays{}
	days.add(r)
	for d := range days {
		if w.after == (position{}) || w.position(d).before(w.after) {
			w.after = w.position(d)
		}
	}
	w.itself = r.Undoes != ""
}

// rechecks are the changes for which this process has had days read again. A change counts once for each event, so that
// an answer that came late counts again. The zero value is ready for use.
type rechecks struct {
	mu   sync.Mutex
	made map[string]time.Time
}

// A reading is shared for some minutes at most; the changes before it are in it.
const (
	recheckFor   = 30 * time.Minute
	mostRechecks = 10_000
)

// first reports whether a change has to be rechecked, and notes that it is.
func (k *rechecks) first(r change.Receipt, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	id := recheckOf(r)
	if _, made := k.made[id]; made {
		return false
	}
	if k.made == nil || len(k.made) >= mostRechecks {
		k.made = map[string]time.Time{}
	}
	for old, at := range k.made {
		if now.Sub(at) > recheckFor {
			delete(k.made, old)
		}
	}
	k.made[id] = now
	return true
}

// forget has changes rechecked again.
func (k *rechecks) forget(receipts []change.Receipt) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, r := range receipts {
		delete(k.made, recheckOf(r))
	}
}

func recheckOf(r change.Receipt) string { return r.ID + " " + strconv.Itoa(len(r.Events)) }

// personDay is a person's date.
type personDay struct{ person, date string }

// correctedDays are the changes of clockings by the days that they concern, newest first. A change of the date concerns
// two.
type correctedDays map[personDay][]change.Receipt

func (c correctedDays) add(r change.Receipt) {
	var days []personDay
	for _, raw := range [][]byte{r.Before, r.After} {
		record, err := protime.ParseRecord(raw)
		if err != nil {
			continue
		}
		d := personDay{record.Text("person", "id"), record.Text("date")}
		d.date = d.date[:min(len(d.date), len("2006-01-02"))]
		if d.person != "" && d.date != "" && !slices.Contains(days, d) {
			days = append(days, d)
			c[d] = append(c[d], r)
		}
	}
}

// doubtful is the newest change of a day whose outcome is not known, nil where there is none.
func (c correctedDays) doubtful(d personDay) *change.Receipt {
	return c.first(d, func(r change.Receipt) bool { return r.InDoubt() || r.State == change.Sending })
}

// made is the newest change of a day that holds: applied, not undone, and no undo itself.
func (c correctedDays) made(d personDay) *change.Receipt {
	return c.first(d, func(r change.Receipt) bool {
		return r.State == change.Applied && !r.InDoubt() && r.UndoneBy == "" && r.Undoes == ""
	})
}

// failed is the newest change of a day, if it is one of the actor's own that Protime refused or that was not sent.
func (c correctedDays) failed(d personDay, actor change.Actor) *change.Receipt {
	if all := c[d]; len(all) > 0 && (all[0].State == change.Refused || all[0].State == change.NotSent) && change.Made(actor, all[0]) {
		return &all[0]
	}
	return nil
}

func (c correctedDays) first(d personDay, is func(change.Receipt) bool) *change.Receipt {
	if i := slices.IndexFunc(c[d], is); i >= 0 {
		return &c[d][i]
	}
	return nil
}
