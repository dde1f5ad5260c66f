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
	view.Permalink, view.Log = x.permalink(r.ID), x.logLink()
	x.addHistory(view, r)
	view.Check, view.Rule = x.checkPath(r), typed.view(x, x.rulePath(r))
	view.Undo, view.WhyNot = x.undoPath(r)
	return view
}

// mostSince is how many changes of the record a receipt lists.
const mostSince = 10

// addHistory adds the newest changes of the record. Where the log cannot be read now, the link to them is enough.
func (x *exchange) addHistory(view *views.Receipt, r change.Receipt) {
	record := x.words.RecordPath(r)
	href := x.historyPath(record)
	if href == "" {
		return
	}
	view.History = views.Link{Text: x.words.T("log.since", "record", view.Record.Text), Href: href}
	changes, err := x.recordChanges(record, mostSince)
	if err != nil {
		x.s.Logger.WarnContext(x.request().Context(), "the changes of a record cannot be read", "error", err)
		return
	}
	for _, c := range changes {
		past := views.Past{When: x.words.Moment(c.At, x.words.TimeZone), Said: x.words.Said(c), Current: c.ID == r.ID}
		if !past.Current && change.MaySee(x.actor, c) {
			past.Href = "/changes/" + c.ID
		}
		view.Since = append(view.Since, past)
	}
}

// permalink is the absolute URL of a receipt, for a message to somebody else.
func (x *exchange) permalink(id string) string {
	return strings.TrimSuffix(x.s.Config.PublicURL.String(), "/") + "/changes/" + id
}
