package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"protime-admin/internal/change"
	"protime-admin/internal/listing"
	"protime-admin/internal/parallel"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /people/76547: the person's name, numbers, department and dates, with this week. One that is named by a reference
// of the company's own has the page of any record.
func (s *Server) person(x *exchange, c *contract.Collection) error {
	params, err := x.params(c, true)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(params[0], 10, 64)
	clockings, known := s.Contract.Collection("clockings")
	if err != nil || !known || x.readQuery(c) != "" {
		return s.record(x, c)
	}
	if why := x.whyNot(c, contract.Read); why != "" {
		return x.refuse(c, contract.Read, why)
	}
	v := &views.Person{}
	var record protime.Record
	var read personDays
	var unread error
	may := x.whyNot(clockings, contract.List) == ""
	var reading parallel.Group
	reading.Go(func() { record, _, err = s.API.Get(x.request().Context(), c.ItemURL(params...), "") })
	if may {
		reading.Go(func() { read, unread = x.readDays(id, weekOf(x.words.Today)) })
	}
	reading.Wait()
	if err != nil {
		return err
	}
	x.loadNames(c.Fields)
	who, _ := s.People.Person(params[0])
	v.Name = x.words.PersonName(params[0])
	if who.ID == "" {
		v.Name = x.words.RecordName(c, record) // the directory is not filled yet
	}
	v.Facts = x.personFacts(who, weekOf(x.words.Today))
	v.Record = s.recordView(x, c, params, record)
	if !c.Offers(contract.Replace) {
		v.Record.History = "" // it would hold nothing: changes are about people, and not to them
	}
	v.Changes = x.changesAbout(params[0])
	switch {
	case !may:
	case unread != nil:
		_, failure := x.listFailure(clockings, unread)
		v.Failures = []string{x.words.T("week.missing", "what", x.words.Collection(clockings), "why", failure.Text)}
	default:
		table := x.daysTable(clockings, read, x.s.register.Judged(read.Days), "")
		table.Caption = x.daysCaption(v.Name, read.period)
		v.Table, v.Failures = &table, read.missing
	}
	if may {
		v.Days = c.ItemURL(params...) + "/days"
	}
	if x.whyNot(clockings, contract.Create) == "" {
		v.Add = x.addClocking(clockings, params[0], "", nil)
	}
	page := x.page(v.Name)
	page.Banner = x.banner()
	return x.show(http.StatusOK, views.PersonPage(page, v))
}

// changesAbout leads to the changes about a person that this person may see: for an editor their own.
func (x *exchange) changesAbout(person string) views.Link {
	q := url.Values{listing.LogPerson: {person}}
	switch {
	case change.Has(x.actor.Roles, change.SeeLog):
		return views.Link{Text: x.words.T("person.changes.all"), Href: "/changes?" + q.Encode()}
	case change.Has(x.actor.Roles, change.Make):
		q.Set(listing.LogMine, "1")
		return views.Link{Text: x.words.T("person.changes.mine"), Href: "/changes?" + q.Encode()}
	}
	return views.Link{}
}
