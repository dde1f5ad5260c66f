package tell

import (
	"cmp"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/protime/contract"
)

// Summary says in one line what changed: "Clocking 8192 of Jan Maes: Time 08:05 → 08:00."
func (w *Words) Summary(r change.Receipt) string {
	text, values := UpperFirst(w.What(r)), w.ChangedText(r)
	if values != "" {
		text += w.T("change.with-values", "values", values)
	}
	return text + "."
}

// What names the record of a change: "clocking 8192 of Jan Maes".
func (w *Words) What(r change.Receipt) string {
	one, id, person := w.oneOf(r), w.recordID(r), w.PersonName(r.Person)
	switch {
	case id == "" && person == "":
		return w.T("change.what.new", "one", one)
	case id == "":
		return w.T("change.what.new-of", "one", one, "person", person)
	case person == "":
		return w.T("change.what", "one", one, "id", id)
	}
	return w.T("change.what.of", "one", one, "id", id, "person", person)
}

func (w *Words) oneOf(r change.Receipt) string {
	if c, ok := w.Contract.Collection(r.Collection); ok {
		return w.One(c)
	}
	return r.Collection
}

// recordID is the number of the record that a change was about, "" when it has none (yet).
func (w *Words) recordID(r change.Receipt) string {
	c, params, item, ok := w.Contract.Match(w.RecordPath(r))
	if !ok || !item || len(c.Key) > 0 {
		return ""
	}
	return params[len(params)-1]
}

// PersonName is the name of a person, the id where it is not known (yet).
func (w *Words) PersonName(id string) string {
	if id == "" {
		return ""
	}
	if hit, ok := w.Names.Label("people", id); ok {
		return hit.Label
	}
	return id
}

// Actor names who did something.
func (w *Words) Actor(a change.Actor) string {
	if a.IsSystem() {
		return w.T("change.itself")
	}
	return cmp.Or(a.Name, a.Email, a.Subject, w.T("change.somebody"))
}

// Reason is the reason in one line: the chosen one, the written one, or both.
func (w *Words) Reason(r change.Receipt) string {
	code := ""
	if r.Reason.Code != "" {
		code = w.Printer.Value("why", r.Reason.Code) // the log holds the text of the default language
	}
	if code == "" || r.Reason.Note == "" {
		return code + r.Reason.Note
	}
	return code + ": " + r.Reason.Note
}

// Verb is what was done, in one word.
func (w *Words) Verb(verb contract.Verb) string {
	switch verb {
	case contract.Create:
		return w.T("change.verb.create")
	case contract.Delete:
		return w.T("change.verb.delete")
	}
	return w.T("change.verb.replace")
}

// ChangedText is what changed, in one line; of a record that was added or deleted its name without the person's.
func (w *Words) ChangedText(r change.Receipt) string {
	c, ok := w.Contract.Collection(r.Collection)
	switch {
	case !ok || r.Erased:
		return ""
	case created(r):
		return strings.Join(w.title(c, field.Record(r.After), false), ", ")
	case r.Verb == contract.Delete:
		return strings.Join(w.title(c, field.Record(r.Before), false), ", ")
	}
	var changes []string
	for _, row := range w.Changed(r) {
		changes = append(changes, w.T("change.field", "field", row.Label, "before", w.OrNothing(row.Now),
			"after", w.OrNothing(row.After)))
	}
	return strings.Join(changes, "; ")
}
