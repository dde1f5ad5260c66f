package handlers

import (
	"cmp"
	"net/http"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /changes/{id}: one change with all that the log knows of it, for those who may see it.
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

// receiptPage draws one change. Banner, log and this page speak of the same receipt in the same words.
func (v *visit) receiptPage(r change.Receipt, status int, typed receiptForm) error {
	page := v.page(v.outcomeTitle(r))
	page.State = string(r.State)
	page.Problem = status >= http.StatusBadRequest
	if done := v.request().URL.Query().Get("done"); done != "" && done != r.ID {
		page.Banner = v.banner()
	}
	return v.show(status, views.ReceiptPage(page, v.receiptView(r, typed)))
}

func (v *visit) receiptView(r change.Receipt, typed receiptForm) *views.Receipt {
	view := &views.Receipt{
		Heading: v.outcomeTitle(r), Sentence: v.sentence(r), Tone: tone(r), State: v.stateWord(r.State),
		Notes: v.receiptNotes(r), Standing: v.standing(r), Facts: v.receiptFacts(r), Timeline: v.timeline(r), Rows: v.changed(r), Record: v.recordLink(r),
		Person: v.personLink(r.Person), Permalink: v.permalink(r.ID), Log: v.logLink(),
	}
	if !r.Erased {
		view.Call = v.call(r)
	}
	if r.Undoes != "" {
		view.Undoes = "/changes/" + r.Undoes
	}
	if r.UndoneBy != "" {
		view.UndoneBy = "/changes/" + r.UndoneBy
	}
	if path := recordOf(v.s, r); path != "" && change.Has(v.actor.Roles, change.SeeHistory) {
		view.History = "/changes?" + with(nil, "record", path)
	}
	view.Check, view.Rule = v.checkPath(r), typed.view(v, v.rulePath(r))
	view.Undo, view.WhyNot = v.undoPath(r)
	return view
}

// receiptNotes are what must be known beside the sentence.
func (v *visit) receiptNotes(r change.Receipt) []string {
	notes := v.outcomeNotes(r)
	if r.State == change.Refused {
		notes = append(notes, saidByProtime(r)...)
	}
	if r.Erased {
		notes = append(notes, v.words.T("change.erased"))
	}
	return notes
}

func answerOf(r change.Receipt) protime.Answer {
	return protime.Answer{Method: r.Request.Method, URL: r.URL, Status: r.Status, Header: r.Header, Body: r.Body}
}

// receiptFacts are who, when and why, and what Protime answered.
func (v *visit) receiptFacts(r change.Receipt) []views.Part {
	var facts []views.Part
	add := func(label, text, detail string) {
		if text != "" {
			facts = append(facts, views.Part{Name: label, Value: views.Value{Text: text, Detail: detail}})
		}
	}
	zone := v.s.Config.TimeZone
	add(v.words.T("change.when"), v.words.Moment(r.At, zone), "")
	add(v.words.T("change.who"), v.who(r), r.Actor.Email)
	add(v.words.T("change.reason"), cmp.Or(v.reasonText(r), v.words.T("record.not-given")), "")
	add(v.words.T("change.state"), v.stateWord(r.State), "")
	if r.Status != 0 && !r.Ended.IsZero() {
		add(v.words.T("change.ended"), v.words.Moment(r.Ended, zone), milliseconds(v.words, r))
	}
	if r.Status != 0 {
		add(v.words.T("change.status"), statusText(r.Status), "")
	}
	if page, ok := v.s.locationPage(r.Location); ok {
		facts = append(facts, views.Part{Name: "Location", Value: views.Value{Text: r.Location, Href: page}})
	} else {
		add("Location", r.Location, "")
	}
	add("Operation-Location", r.OperationLocation, "")
	add(v.words.T("change.id"), r.ID, "")
	add(v.words.T("change.request"), r.RequestID, "")
	return facts
}

// changed are the values before and after a change, field by field.
func (v *visit) changed(r change.Receipt) []views.PreviewRow {
	c, ok := v.s.Contract.Collection(r.Collection)
	if !ok || r.Erased {
		return nil
	}
	return v.differencesOf(c, r.Verb, r.Before, r.After)
}

// differencesOf compares two states of a record, either of which may be nothing.
func (v *visit) differencesOf(c *contract.Collection, verb contract.Verb, before, after []byte) []views.PreviewRow {
	plan := v.s.plan(c, contract.Replace)
	if verb == contract.Create {
		plan = v.s.plan(c, contract.Create)
	}
	return v.differences(plan, orEmpty(before), orEmpty(after))
}

// orEmpty is a record without members where there is none.
func orEmpty(raw []byte) protime.Record {
	record, err := protime.ParseRecord(raw)
	if err == nil {
		return record
	}
	return parsed([]byte("{}"))
}

// recordLink leads to the record of a change: "clocking 8192".
func (v *visit) recordLink(r change.Receipt) views.Link {
	path := recordOf(v.s, r)
	link := v.pathLink(path)
	switch {
	case path == "":
		link.Text = v.words.T("change.what.new", "one", v.oneOf(r))
	case link.Href != "" && r.Verb == contract.Replace && r.Request.Query != "":
		link.Href += "?" + r.Request.Query // the path ends in a key of the company's own
	}
	return link
}

// pathLink leads to the page of a path, where it is one that the API lets be read.
func (v *visit) pathLink(path string) views.Link {
	c, params, item, ok := v.s.Contract.Match(path)
	if !ok {
		return views.Link{Text: path}
	}
	link := views.Link{Text: v.collectionName(c)}
	if item && len(c.Key) == 0 {
		link.Text = v.words.T("change.what", "one", v.one(c), "id", params[len(params)-1])
	}
	switch {
	case item && c.Offers(contract.Read) && len(c.Key) == 0:
		link.Href = c.ItemURL(params...)
	case !c.HasItem() || len(c.Key) > 0:
		link.Href, _, _ = strings.Cut(path, "?")
	}
	return link
}

// personLink leads to the person concerned.
func (v *visit) personLink(id string) views.Link {
	link := views.Link{Text: v.personName(id)}
	if c, ok := v.s.Contract.Collection("people"); ok && id != "" && c.Offers(contract.Read) {
		link.Href = c.ItemURL(id)
	}
	return link
}

// permalink is the address of a receipt, whole, for a message to somebody else.
func (v *visit) permalink(id string) string {
	return strings.TrimSuffix(v.s.Config.PublicURL.String(), "/") + "/changes/" + id
}
