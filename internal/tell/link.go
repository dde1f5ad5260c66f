package tell

import (
	"net/http"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// RecordPath is the path of the record that a change was about: of the new one after a create, "" when it is not known.
func (w *Words) RecordPath(r change.Receipt) string {
	if !created(r) {
		return r.Path
	}
	return w.LocationPage(r.Location)
}

// created reports whether a change made a record: one that was added, or put under a key that had none.
func created(r change.Receipt) bool {
	return r.Verb == contract.Create || r.Verb == contract.Replace && r.Status == http.StatusCreated
}

// LocationPage is the page of a Location that the API gave: the same path, from the API's base when it is relative. It
// is "" for a Location on another host, or one that has no page.
func (w *Words) LocationPage(location string) string {
	if location == "" {
		return ""
	}
	if !strings.HasPrefix(location, "/") && !strings.Contains(location, "://") {
		location = "/" + location
	}
	path, ok := w.HostPath(location)
	if !ok {
		return ""
	}
	c, params, item, ok := w.Contract.Match(path)
	if !ok || !item || !c.Offers(contract.Read) {
		return ""
	}
	return c.ItemURL(params...)
}

// RecordLink leads to the record of a change: "clocking 8192".
func (w *Words) RecordLink(r change.Receipt) views.Link {
	path := w.RecordPath(r)
	link := w.Link(path)
	switch {
	case path == "":
		link.Text = w.T("change.what.new", "one", w.oneOf(r))
	case link.Href != "" && r.Verb == contract.Replace && r.Request.Query != "":
		link.Href += "?" + r.Request.Query // the path ends in a key of the company's own
	}
	return link
}

// Link leads to the page of a record or a list, where the API lets it be read. It is made from what the contract
// recognises in path, because path may come from an address that somebody made up.
func (w *Words) Link(path string) views.Link {
	c, params, item, ok := w.Contract.Match(path)
	if !ok {
		return views.Link{Text: path}
	}
	link := views.Link{Text: w.Collection(c)}
	if item && len(c.Key) == 0 {
		link.Text = w.T("change.what", "one", w.One(c), "id", params[len(params)-1])
	}
	switch {
	case item && (c.Offers(contract.Read) || len(c.Key) > 0):
		link.Href = c.ItemURL(params...)
	case !item && (!c.HasItem() || len(c.Key) > 0):
		link.Href = c.URL(params...)
	}
	return link
}

// PersonLink leads to the person whom a change concerns.
func (w *Words) PersonLink(id string) views.Link {
	link := views.Link{Text: w.PersonName(id)}
	if c, ok := w.Contract.Collection("people"); ok && id != "" && c.Offers(contract.Read) {
		link.Href = c.ItemURL(id)
	}
	return link
}
