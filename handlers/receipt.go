package handlers

import (
	"net/http"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /changes/{id}: one change with all that the log has of it, for those who may see it.
func (s *Server) receipt(v *visit) error {
	r, err := v.changeOfPath()
	if err != nil {
		return err
	}
	return v.receiptPage(r, http.StatusOK, receiptForm{})
}

// changeOfPath is the change that the page's path names.
func (v *visit) changeOfPath() (change.Receipt, error) {
	id, err := v.param("change")
	if err != nil {
		return change.Receipt{}, err
	}
	return v.s.Desk.Receipt(v.request().Context(), v.actor, id)
}

// receiptPage draws one change.
func (v *visit) receiptPage(r change.Receipt, status int, typed receiptForm) error {
	page := v.page(v.words.OutcomeTitle(r))
	page.State = string(r.State)
	page.Problem = status >= http.StatusBadRequest
	if done := v.request().URL.Query().Get("done"); done != "" && done != r.ID {
		page.Banner = v.banner()
	}
	return v.show(status, views.ReceiptPage(page, v.receiptView(r, typed)))
}

func (v *visit) receiptView(r change.Receipt, typed receiptForm) *views.Receipt {
	view := v.words.Receipt(r)
	view.Permalink, view.Log, view.History = v.permalink(r.ID), v.logLink(), v.historyPath(v.words.RecordPath(r))
	view.Check, view.Rule = v.checkPath(r), typed.view(v, v.rulePath(r))
	view.Undo, view.WhyNot = v.undoPath(r)
	return view
}

// permalink is the absolute URL of a receipt, for a message to somebody else.
func (v *visit) permalink(id string) string {
	return strings.TrimSuffix(v.s.Config.PublicURL.String(), "/") + "/changes/" + id
}

// banner is the last change, named by ?done=, or a note that there was nothing to change.
func (v *visit) banner() *views.Banner {
	if v.request().URL.Query().Get("notice") == "unchanged" {
		return &views.Banner{Title: v.words.T("banner.unchanged"), Sentence: v.words.T("banner.unchanged.text")}
	}
	r, ok := v.doneReceipt()
	if !ok {
		return nil
	}
	return v.receiptBanner(r)
}

// receiptBanner is a change in a few lines, with what this person may do about it.
func (v *visit) receiptBanner(r change.Receipt) *views.Banner {
	b := v.words.Banner(r)
	b.Check = v.checkPath(r)
	b.Undo, _ = v.undoPath(r)
	return b
}

// doneReceipt is the change that ?done= names, when this person may see it.
func (v *visit) doneReceipt() (change.Receipt, bool) {
	id := v.request().URL.Query().Get("done")
	if !idPattern.MatchString(id) || v.stopped() {
		return change.Receipt{}, false
	}
	if v.receipt == nil {
		r, err := v.s.Desk.Receipt(v.request().Context(), v.actor, id)
		if err != nil {
			return change.Receipt{}, false
		}
		v.receipt = &r
	}
	return *v.receipt, true
}

// doneRecord is the path of the record that the last change was about, "" when there was none.
func (v *visit) doneRecord() string {
	r, ok := v.doneReceipt()
	if !ok {
		return ""
	}
	return v.words.RecordPath(r)
}

// showSecret is the one page that answers a POST directly: what it shows is shown once and stored nowhere.
func (v *visit) showSecret(c *contract.Collection, r change.Receipt, back string) error {
	view := &views.Secret{
		Heading: v.words.T("secret.heading", "one", v.words.One(c)), Back: back, Secrets: v.words.Secrets(c, r),
	}
	page := v.page(view.Heading)
	page.Banner = v.receiptBanner(r)
	return v.show(http.StatusOK, views.SecretPage(page, view))
}
