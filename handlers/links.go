package handlers

import (
	"net/url"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/internal/listing"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// checkPath is where Check now is sent, "" where there is nothing to look up or this person may not. Nothing outranks
// a look that saw the change.
func (x *exchange) checkPath(r change.Receipt) string {
	settled := r.State == change.Applied && r.How == change.ByLook
	if !r.InDoubt() || settled || r.Erased || x.stopped() || !change.Has(x.actor.Roles, change.Resolve) {
		return ""
	}
	return "/changes/" + r.ID + "/check"
}

// undoPath leads to a change's undo; why says why there is none where one could expect it.
func (x *exchange) undoPath(r change.Receipt) (path, why string) {
	if r.State != change.Applied || r.UndoneBy != "" || r.Erased || !change.MayUndo(x.actor, r) {
		return "", ""
	}
	c, ok := x.s.Contract.Collection(r.Collection)
	if !ok {
		return "", ""
	}
	if why := x.whyNot(c, inverseOf(r.Verb)); why != "" {
		sentence := x.words.T("undo.not", "why", why)
		return "", sentence
	}
	return "/changes/" + r.ID + "/undo", ""
}

// rulePath is where a ruling is sent, "" where a look or an answer has decided it or this person may not.
func (x *exchange) rulePath(r change.Receipt) string {
	if x.checkPath(r) == "" {
		return ""
	}
	return "/changes/" + r.ID + "/rule"
}

// inverseOf is the verb that takes another one back.
func inverseOf(verb contract.Verb) contract.Verb {
	switch verb {
	case contract.Create:
		return contract.Delete
	case contract.Delete:
		return contract.Create
	}
	return contract.Replace
}

// historyPath leads to the changes of a record, "" for who may not see them.
func (x *exchange) historyPath(record string) string {
	if record == "" || !change.Has(x.actor.Roles, change.SeeHistory) {
		return ""
	}
	return "/changes?" + url.Values{listing.LogRecord: {record}}.Encode()
}

// logLink leads to the log as far as this person may see it.
func (x *exchange) logLink() views.Link {
	if change.Has(x.actor.Roles, change.SeeLog) {
		return views.Link{Text: x.words.T("changes.title"), Href: "/changes"}
	}
	return views.Link{Text: x.words.T("changes.own"), Href: "/changes?" + listing.LogMine + "=1"}
}

// unknownLink leads to the changes of everybody whose outcome is unknown; it is zero when there are none, and for those
// who may not say what became of them.
func (x *exchange) unknownLink() (views.Link, error) {
	if !change.Has(x.actor.Roles, change.Resolve) || x.stopped() {
		return views.Link{}, nil
	}
	unknown, err := x.s.Desk.Unknown(x.request().Context(), x.actor, mostCounted+1)
	if err != nil || unknown == 0 {
		return views.Link{}, err
	}
	link := views.Link{
		Text: x.words.N("changes.unknown", unknown), Href: "/changes?" + listing.LogState + "=" + string(change.Unknown),
	}
	if unknown > mostCounted {
		link.Text = x.words.N("changes.unknown.many", mostCounted)
	}
	return link, nil
}

// mostCounted is the number up to which unknown outcomes are counted.
const mostCounted = 20

// againLink leads to the form that adds a record with the values of this one, and from there to a page of ours.
func (x *exchange) againLink(c *contract.Collection, params []string, record protime.Record, back string) string {
	return newLink(c, params, x.s.plan(c, contract.Create).Query(record), back)
}

// newLink leads to the form of a new record with its inputs filled in.
func newLink(c *contract.Collection, params []string, inputs url.Values, back string) string {
	if c.SoftDelete != "" {
		inputs.Del("status")
	}
	inputs.Set(form.InputReturn, back)
	return c.URL(params...) + "/new?" + inputs.Encode()
}

// up leads from a list below a record to that record.
func (x *exchange) up(c *contract.Collection, params []string) views.Link {
	parent, ok := x.s.Contract.Collection(c.Parent)
	if !ok || !parent.Offers(contract.Read) || len(params) < len(parent.Params) {
		return views.Link{}
	}
	return views.Link{Text: tell.UpperFirst(x.words.One(parent)), Href: parent.ItemURL(params...)}
}

// related are the collections below a record: a definition's usages, a person's history.
func (x *exchange) related(c *contract.Collection, params []string) []views.Link {
	var links []views.Link
	for _, other := range x.s.Contract.Collections {
		if other == c || other.Path == "" || len(other.Params) < len(c.Params) ||
			!below(other.Path, c.ItemPath) || x.whyNot(other, contract.List) != "" {
			continue
		}
		links = append(links, views.Link{Text: x.words.Collection(other), Href: other.URL(params...)})
	}
	return links
}

// below reports whether a template is one element deeper than another.
func below(path, parent string) bool {
	return parent != "" && len(path) > len(parent) && strings.HasPrefix(path, parent) &&
		!strings.Contains(path[len(parent)+1:], "/") && path[len(parent)] == '/'
}
