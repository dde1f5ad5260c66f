package handlers

import (
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// reasonText is the reason in one line: the chosen one, the written one, or both.
func (v *visit) reasonText(r change.Receipt) string {
	code := ""
	if r.Reason.Code != "" {
		code = v.words.Value("why", r.Reason.Code) // the log keeps the text of the default language
	}
	if code == "" || r.Reason.Note == "" {
		return code + r.Reason.Note
	}
	return code + ": " + r.Reason.Note
}

// who made a change.
func (v *visit) who(r change.Receipt) string {
	return v.actorName(r.Actor)
}

// sentence says a change in full: "Els Peeters changed clocking 8192 of Jan Maes: Time 08:05 → 08:00, reason: ...".
// Without an answer that says so nobody knows that it was she: then it says what she wanted.
func (v *visit) sentence(r change.Receipt) string {
	values, why := v.changedText(r), v.reasonText(r)
	if values != "" {
		values = v.words.T("change.with-values", "values", values)
	}
	if why != "" {
		why = v.words.T("change.with-reason", "reason", strings.TrimRight(why, ". "))
	}
	args := []string{"who", v.who(r), "what", v.what(r), "values", values, "reason", why}
	if r.State == change.Applied && r.How == change.ByAnswer {
		switch {
		case created(r):
			return v.words.T("change.said.created", args...)
		case r.Verb == contract.Delete:
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
	case created(r):
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
