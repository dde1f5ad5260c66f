package handlers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// banner is the last change, named by ?done=, or a note that there was nothing to change.
func (x *exchange) banner() *views.Banner {
	if x.request().URL.Query().Get("notice") == "unchanged" {
		return &views.Banner{Title: x.words.T("banner.unchanged"), Sentence: x.words.T("banner.unchanged.text")}
	}
	r, ok := x.doneReceipt()
	if !ok {
		return nil
	}
	b := x.receiptBanner(r)
	x.verify(b, r)
	return b
}

// receiptBanner is a change in a few lines, with what this person may do about it.
func (x *exchange) receiptBanner(r change.Receipt) *views.Banner {
	b := x.words.Banner(r)
	b.Check = x.checkPath(r)
	b.Undo, _ = x.undoPath(r)
	if b.Undo != "" && inverseOf(r.Verb) != contract.Delete {
		b.UndoID = newID() // one press takes it back; before something is deleted its page asks
		if x.s.Config.Audit.ReasonRequired {
			b.UndoWhy = x.lastReason()
		}
	}
	return b
}

// doneReceipt is the change that ?done= names, when this person may see it.
func (x *exchange) doneReceipt() (change.Receipt, bool) {
	id := x.request().URL.Query().Get("done")
	if !isElement(id) || x.stopped() {
		return change.Receipt{}, false
	}
	if x.receipt == nil {
		r, err := x.s.Desk.Receipt(x.request().Context(), x.actor, id)
		if err != nil {
			return change.Receipt{}, false
		}
		x.receipt = &r
	}
	return *x.receipt, true
}

// doneRecord is the path of the record that the last change was about, "" when there was none.
func (x *exchange) doneRecord() string {
	r, ok := x.doneReceipt()
	if !ok {
		return ""
	}
	return x.words.RecordPath(r)
}

// showSecret is the one page that answers a POST directly: what it shows is shown once and stored nowhere.
func (x *exchange) showSecret(c *contract.Collection, r change.Receipt, back string) error {
	view := &views.Secret{
		Heading: x.words.T("secret.heading", "one", x.words.One(c)), Back: back, Secrets: x.words.Secrets(c, r),
	}
	page := x.page(view.Heading)
	page.Banner = x.receiptBanner(r)
	return x.show(http.StatusOK, views.SecretPage(page, view))
}

// After a change the page reads the record again, for the banner to say what Protime has made of it.
const (
	// verifyFor is how long after its answer a change is compared with the record: later somebody else may have changed it.
	verifyFor = 2 * time.Minute
	// verifyTimeout bounds that reading: the page is more important.
	verifyTimeout = 2 * time.Second
)

// saw keeps a record that the page has read, so that a banner about it reads nothing.
func (x *exchange) saw(path string, record protime.Record) {
	if x.records == nil {
		x.records = map[string]protime.Record{}
	}
	x.records[path] = record
}

// sawDone keeps the record of the banner's change where it is among those of a list.
func (x *exchange) sawDone(c *contract.Collection, params []string, records []protime.Record) {
	done := x.doneRecord()
	for _, record := range records {
		if done == "" {
			return
		}
		if path := c.URL(params...) + "/" + record.Text("id"); path == done {
			x.saw(path, record)
			return
		}
	}
}

// verify adds to the banner of a change what Protime has stored and calculated, and whether that is what was sent.
func (x *exchange) verify(b *views.Banner, r change.Receipt) {
	if r.State != change.Applied || r.How != change.ByAnswer || r.UndoneBy != "" || x.s.Now().Sub(r.Ended) > verifyFor {
		return
	}
	path := x.words.RecordPath(r)
	c, params, item, ok := x.s.Contract.Match(path)
	if !ok || !item || !c.Offers(contract.Read) || len(c.Key) > 0 || r.Request.Query != "" {
		return
	}
	stored, known := x.records[path]
	if !known {
		ctx, cancel := context.WithTimeout(x.request().Context(), verifyTimeout)
		defer cancel()
		record, _, err := x.s.API.Get(ctx, c.ItemURL(params...), "")
		if r.Verb == contract.Delete && errors.Is(err, protime.NotFound) || err != nil {
			return // gone, as it should be, or nothing is known
		}
		stored = record
	}
	if r.Verb == contract.Delete {
		if !tell.IsDeleted(c, stored) {
			b.Tone, b.Notes = "warn", append(b.Notes, x.words.T("banner.still-there"))
		}
		return
	}
	b.Differs = x.words.Stored(c, r, stored)
	if len(b.Differs) > 0 {
		b.Tone = "warn"
	}
	b.Calculated = x.words.Calculated(c, stored)
}
