package handlers

import (
	"net/http"
	"strings"

	"protime-admin/internal/change"
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
