package handlers

import (
	"cmp"
	"errors"
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
	return v.receiptPage(r, http.StatusOK)
}

// changeOfPath is the change that the page's path names.
func (v *visit) changeOfPath() (change.Receipt, error) {
	id, err := v.param("change")
	if err != nil {
		return change.Receipt{}, err
	}
	r, err := v.s.Desk.Receipt(v.request().Context(), v.actor, id)
	if errors.Is(err, change.ErrRole) {
		failure := failureOf(v, "not-your-change")
		return r, &pageError{status: http.StatusForbidden, failure: failure, cause: err}
	}
	return r, err
}

// receiptPage draws one change. Banner, log and this page speak of the same receipt in the same words.
func (v *visit) receiptPage(r change.Receipt, status int) error {
	page := v.page(v.outcomeTitle(r))
	page.Problem = status >= http.StatusBadRequest
	if done := v.request().URL.Query().Get("done"); done != "" && done != r.ID {
		page.Banner = v.banner()
	}
	return v.show(status, views.ReceiptPage(page, v.receiptView(r)))
}

func (v *visit) receiptView(r change.Receipt) *views.Receipt {
	view := &views.Receipt{
		Heading: v.outcomeTitle(r), Sentence: v.sentence(r), Tone: tone(r.State), State: v.stateWord(r),
		Notes: v.receiptNotes(r), Facts: v.receiptFacts(r), Rows: v.changed(r), Record: v.recordLink(r),
		Person: v.personLink(r.Person), Permalink: v.permalink(r.ID), Log: v.logLink(),
	}
	if !r.Erased {
		view.Call = v.call(r)
	}
	seen, paths := r.Proof()
	if key := seenKey(seen); key != "" {
		view.Seen = v.words.T(key)
		for _, path := range paths {
			view.SeenAt = append(view.SeenAt, v.pathLink(path))
		}
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
	view.Check = v.checkPath(r)
	view.Undo, view.WhyNot = v.undoPath(r)
	return view
}

// receiptNotes are what must be known beside the sentence.
func (v *visit) receiptNotes(r change.Receipt) []string {
	var notes []string
	if r.Again {
		notes = append(notes, v.words.T("change.again"))
	}
	switch r.State {
	case change.Unknown, change.Sending:
		notes = append(notes, v.words.T("change.unknown.text"))
		if key := lostKey(r.Failure); key != "" {
			notes = append(notes, v.words.T(key))
		}
	case change.Accepted:
		notes = append(notes, v.words.T("change.accepted.text"))
	case change.Refused:
		if r.Status == 0 {
			notes = append(notes, failureOf(v, failureKind(r.Failure)).Text)
			break
		}
		if said := protime.Refusal(answerOf(r)); said != nil {
			notes = append(notes, apiReasons(said)...)
		}
	}
	if c, ok := v.s.Contract.Collection(r.Collection); ok && len(r.LeftOut) > 0 {
		notes = append(notes, v.leftOut(c, r.LeftOut))
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
	add(v.words.T("change.reason"), cmp.Or(reasonText(r), v.words.T("record.not-given")), "")
	add(v.words.T("change.state"), v.stateWord(r), "")
	if !r.Ended.IsZero() {
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

// reasonText is the reason in one line: the chosen one, the written one, or both.
func reasonText(r change.Receipt) string {
	if r.Reason.Code == "" || r.Reason.Note == "" {
		return r.Reason.Code + r.Reason.Note
	}
	return r.Reason.Code + ": " + r.Reason.Note
}

// who made a change, by the best name that there is.
func (v *visit) who(r change.Receipt) string {
	return cmp.Or(r.Actor.Name, r.Actor.Email, r.Actor.Subject, v.words.T("change.somebody"))
}

// sentence says a change in full: "Els Peeters changed clocking 8192 of Jan Maes: Time 08:05 → 08:00, reason: ...".
func (v *visit) sentence(r change.Receipt) string {
	values, why := v.changedText(r), reasonText(r)
	if values != "" {
		values = v.words.T("change.with-values", "values", values)
	}
	if why != "" {
		why = v.words.T("change.with-reason", "reason", strings.TrimRight(why, ". "))
	}
	args := []string{"who", v.who(r), "what", v.what(r), "values", values, "reason", why}
	if r.State == change.Done || r.State == change.Applied {
		switch r.Verb {
		case contract.Create:
			return v.words.T("change.said.created", args...)
		case contract.Delete:
			return v.words.T("change.said.deleted", args...)
		}
		return v.words.T("change.said.changed", args...)
	}
	switch r.Verb {
	case contract.Create:
		return v.words.T("change.tried.created", args...)
	case contract.Delete:
		return v.words.T("change.tried.deleted", args...)
	}
	return v.words.T("change.tried.changed", args...)
}

// what names the record of a change: "clocking 8192 of Jan Maes".
func (v *visit) what(r change.Receipt) string {
	one, id, person := v.oneOf(r), recordID(v.s, r), v.personName(r.Person)
	switch {
	case id == "" && person == "":
		return v.words.T("change.what.new", "one", one)
	case id == "":
		return v.words.T("change.what.new-of", "one", one, "person", person)
	case person == "":
		return v.words.T("change.what", "one", one, "id", id)
	}
	return v.words.T("change.what.of", "one", one, "id", id, "person", person)
}

func (v *visit) oneOf(r change.Receipt) string {
	if c, ok := v.s.Contract.Collection(r.Collection); ok {
		return v.one(c)
	}
	return r.Collection
}

// recordID is the number of the record that a change was about, "" when it has none (yet).
func recordID(s *Server, r change.Receipt) string {
	c, params, item, ok := s.Contract.Match(recordOf(s, r))
	if !ok || !item || len(c.Key) > 0 {
		return ""
	}
	return params[len(params)-1]
}

func (v *visit) personName(id string) string {
	if id == "" {
		return ""
	}
	if name, ok := v.s.People.Name(id); ok {
		return name
	}
	return id
}

// changedText is what changed, in one line; of a record that came or went its name, without the person's.
func (v *visit) changedText(r change.Receipt) string {
	c, ok := v.s.Contract.Collection(r.Collection)
	switch {
	case !ok || r.Erased:
		return ""
	case r.Verb == contract.Create:
		return v.recordValues(c, parsed(r.After))
	case r.Verb == contract.Delete:
		return v.recordValues(c, parsed(r.Before))
	}
	var changes []string
	for _, row := range v.changed(r) {
		changes = append(changes, v.words.T("change.field", "field", row.Label, "before", v.orNothing(row.Now), "after",
			v.orNothing(row.After)))
	}
	return strings.Join(changes, "; ")
}

// recordValues is a record's name without the person, who is named beside it.
func (v *visit) recordValues(c *contract.Collection, record protime.Record) string {
	var words []string
	for _, path := range c.Title {
		f, ok := c.Field(path)
		if !ok || f.Ref == "people" || f.Name == "kind" {
			continue
		}
		if text := v.value(f, lookup(record, path)).Text; text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, ", ")
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

// stateWord is how far a change has come, in one word or two.
func (v *visit) stateWord(r change.Receipt) string {
	switch r.State {
	case change.Done:
		return v.words.T("change.state.done")
	case change.Accepted:
		return v.words.T("change.state.accepted")
	case change.Refused:
		if r.Status == 0 {
			return v.words.T("change.state.not-sent")
		}
		return v.words.T("change.state.refused")
	case change.Applied:
		return v.words.T("change.state.applied")
	case change.NotApplied:
		return v.words.T("change.state.not-applied")
	}
	return v.words.T("change.state.unknown")
}
