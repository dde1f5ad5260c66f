package handlers

import (
	"net/http"

	"protime-admin/internal/change"
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
	if !idPattern.MatchString(id) || x.stopped() {
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
