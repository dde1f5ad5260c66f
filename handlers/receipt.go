package handlers

import (
	"net/http"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /changes/{id}: one change with all that the log has of it, for those who may see it.
func (s *Server) receipt(x *exchange) error {
	r, err := x.changeOfPath()
	if err != nil {
		return err
	}
	return x.receiptPage(r, http.StatusOK, receiptForm{})
}

// changeOfPath is the change that the page's path names.
func (x *exchange) changeOfPath() (change.Receipt, error) {
	id, err := x.param("change")
	if err != nil {
		return change.Receipt{}, err
	}
	return x.s.Desk.Receipt(x.request().Context(), x.actor, id)
}

// receiptPage draws one change.
func (x *exchange) receiptPage(r change.Receipt, status int, typed receiptForm) error {
	page := x.page(x.words.OutcomeTitle(r))
	page.State = string(r.State)
	page.Problem = status >= http.StatusBadRequest
	if done := x.request().URL.Query().Get("done"); done != "" && done != r.ID {
		page.Banner = x.banner()
	}
	return x.show(status, views.ReceiptPage(page, x.receiptView(r, typed)))
}

func (x *exchange) receiptView(r change.Receipt, typed receiptForm) *views.Receipt {
	view := x.words.Receipt(r)
	view.Permalink, view.Log, view.History = x.permalink(r.ID), x.logLink(), x.historyPath(x.words.RecordPath(r))
	view.Check, view.Rule = x.checkPath(r), typed.view(x, x.rulePath(r))
	view.Undo, view.WhyNot = x.undoPath(r)
	return view
}

// permalink is the absolute URL of a receipt, for a message to somebody else.
func (x *exchange) permalink(id string) string {
	return strings.TrimSuffix(x.s.Config.PublicURL.String(), "/") + "/changes/" + id
}

// banner is the last change, named by ?done=, or a note that there was nothing to change.
func (x *exchange) banner() *views.Banner {
	if x.request().URL.Query().Get("notice") == "unchanged" {
		return &views.Banner{Title: x.words.T("banner.unchanged"), Sentence: x.words.T("banner.unchanged.text")}
	}
	r, ok := x.doneReceipt()
	if !ok {
		return nil
	}
	return x.receiptBanner(r)
}

// receiptBanner is a change in a few lines, with what this person may do about it.
func (x *exchange) receiptBanner(r change.Receipt) *views.Banner {
	b := x.words.Banner(r)
	b.Check = x.checkPath(r)
	b.Undo, _ = x.undoPath(r)
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
