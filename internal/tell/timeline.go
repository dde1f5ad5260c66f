package tell

import (
	"cmp"
	"strconv"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/views"
)

// Timeline is everything that the log knows of a change, in its order.
func (w *Words) Timeline(r change.Receipt) []views.Fact {
	var facts []views.Fact
	for i := range r.Events {
		e := &r.Events[i]
		fact := views.Fact{Kind: string(e.Facts.Kind), When: w.Moment(e.At, w.TimeZone), Text: w.event(e)}
		if look := e.Facts.Look; look != nil {
			for _, path := range look.Paths {
				fact.Links = append(fact.Links, w.seen(path))
			}
			if look.Monitor != 0 {
				fact.Monitor = w.T("change.fact.monitor", "status", Status(look.Monitor))
				fact.Body = Indented(e.Personal.Response)
			}
		}
		facts = append(facts, fact)
	}
	return facts
}

// seen leads to what a look saw: a record, or the later change that confirms this one.
func (w *Words) seen(path string) views.Link {
	if strings.HasPrefix(path, "/changes/") {
		return views.Link{Text: w.T("change.later"), Href: path}
	}
	return w.Link(path)
}

// event says one event in a sentence.
func (w *Words) event(e *change.Event) string {
	who := w.Actor(e.Actor())
	switch f := e.Facts; {
	case f.Prepared != nil:
		return w.T("change.fact.logged", "who", who)
	case f.Attempt != nil:
		return w.attempt(f.Kind, f.Attempt)
	case f.Look != nil:
		return w.T("change.fact.looked", "who", who, "seen", w.T(seenKey(f.Look)))
	case f.Ruling != "":
		key := "change.fact.ruled-there"
		if f.Ruling == change.RuledNotThere {
			key = "change.fact.ruled-not-there"
		}
		return w.T(key, "who", who, "why", cmp.Or(e.Personal.Note, w.T("record.not-given")))
	}
	return string(e.Facts.Kind)
}

// attempt says how one attempt to send a change ended.
func (w *Words) attempt(kind change.Kind, a *change.Attempt) string {
	number := strconv.Itoa(a.Number)
	switch {
	case a.Number == 0:
		return w.lost(a.Failure, 0)
	case kind == change.KindAnswered && a.HTML:
		return w.T("change.fact.web-page", "number", number, "status", Status(a.Status))
	case kind == change.KindAnswered:
		return w.T("change.fact.answered", "number", number, "status", Status(a.Status))
	case !a.Left:
		unsent := w.Unsent(change.Receipt{Outcome: change.Outcome{Failure: a.Failure}})
		return w.T("change.fact.not-sent", "number", number, "why", unsent.Text)
	case a.Status != 0:
		return w.T("change.fact.lost-after", "number", number, "status", Status(a.Status), "why", w.lost(a.Failure, 0))
	}
	return w.T("change.fact.lost", "number", number, "why", w.lost(a.Failure, 0))
}

// seenKey is the message for what a look at Protime saw.
func seenKey(look *change.Look) string {
	switch look.Seen {
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
		if len(look.Paths) == 1 { // another change could have made it, or it was there before
			return "change.seen.one"
		}
		return "change.seen.several"
	}
	return "change.seen.unclear"
}
