package handlers

import (
	"cmp"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/views"
)

// timeline is everything that the log knows of a change, in its order.
func (v *visit) timeline(r change.Receipt) []views.Fact {
	var facts []views.Fact
	for i := range r.Events {
		e := &r.Events[i]
		fact := views.Fact{Kind: string(e.Facts.Kind), When: v.words.Moment(e.At, v.s.Config.TimeZone), Text: v.fact(e)}
		if look := e.Facts.Look; look != nil {
			for _, path := range look.Paths {
				fact.Links = append(fact.Links, v.seenLink(path))
			}
			if look.Monitor != 0 {
				fact.Monitor = v.words.T("change.fact.monitor", "status", statusText(look.Monitor))
				fact.Body = indented(e.Personal.Response)
			}
		}
		facts = append(facts, fact)
	}
	return facts
}

// seenLink leads to what a look saw: a record, or the later change that proves this one.
func (v *visit) seenLink(path string) views.Link {
	if strings.HasPrefix(path, "/changes/") {
		return views.Link{Text: v.words.T("change.later"), Href: path}
	}
	return v.pathLink(path)
}

// fact says one event in a sentence.
func (v *visit) fact(e *change.Event) string {
	who := v.actorName(e.Actor())
	switch f := e.Facts; {
	case f.Prepared != nil:
		return v.words.T("change.fact.logged", "who", who)
	case f.Attempt != nil:
		return v.attempt(f.Kind, f.Attempt)
	case f.Look != nil:
		return v.words.T("change.fact.looked", "who", who, "seen", v.words.T(seenKey(f.Look.Seen)))
	case f.Ruling != "":
		key := "change.fact.ruled-there"
		if f.Ruling == change.RuledNotThere {
			key = "change.fact.ruled-not-there"
		}
		return v.words.T(key, "who", who, "why", cmp.Or(e.Personal.Note, v.words.T("record.not-given")))
	}
	return string(e.Facts.Kind)
}

// attempt says how one attempt to send a change ended.
func (v *visit) attempt(kind change.Kind, a *change.Attempt) string {
	number := itoa(a.Number)
	switch {
	case a.Number == 0:
		return v.lostSentence(a.Failure, 0)
	case kind == change.KindAnswered && a.HTML:
		return v.words.T("change.fact.web-page", "number", number, "status", statusText(a.Status))
	case kind == change.KindAnswered:
		return v.words.T("change.fact.answered", "number", number, "status", statusText(a.Status))
	case !a.Left:
		failure := v.failureOfUnsent(change.Receipt{Outcome: change.Outcome{Failure: a.Failure}})
		return v.words.T("change.fact.not-sent", "number", number, "why", failure.Text)
	case a.Status != 0:
		return v.words.T("change.fact.lost-after", "number", number, "status", statusText(a.Status),
			"why", v.lostSentence(a.Failure, 0))
	}
	return v.words.T("change.fact.lost", "number", number, "why", v.lostSentence(a.Failure, 0))
}

// seenKey is the sentence of what a look at Protime saw.
func seenKey(seen change.Seen) string {
	switch seen {
	case change.SeenAfter:
		return "change.seen.after"
	case change.SeenEarlier:
		return "change.seen.earlier"
	case change.SeenBefore:
		return "change.seen.before"
	case change.SeenOtherwise:
		return "change.seen.otherwise"
	case change.SeenMissing:
		return "change.seen.missing"
	case change.SeenDeleted:
		return "change.seen.deleted"
	case change.SeenThere:
		return "change.seen.there"
	case change.SeenFound:
		return "change.seen.found"
	case change.SeenNone:
		return "change.seen.none"
	case change.SeenSeveral:
		return "change.seen.several"
	}
	return "change.seen.unclear"
}
