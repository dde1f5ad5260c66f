package tell

import (
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Said says a change in one sentence of pieces, in the word order of the language: "Tom Claes changed 08:05 to 08:00 for
// Jan Maes on Mon 23 Nov". Where no answer confirms the change it says what the person wanted to do. The reason is not in it.
func (w *Words) Said(r change.Receipt) []views.Piece {
	c, known := w.Contract.Collection(r.Collection)
	s := said{Words: w, r: r, pieces: map[string][]views.Piece{}}
	s.pieces["who"] = []views.Piece{{Text: w.Actor(r.Actor), Tone: "who"}}
	s.pieces["whose"] = s.whose()
	s.pieces["record"] = []views.Piece{s.record()}
	if !known || r.Erased {
		return s.sentence(s.key("edited"))
	}
	before, after := field.Record(r.Before), field.Record(r.After)
	timed := len(w.titles[c]) > 0 && field.For(w.titles[c][0]) == field.Clock
	switch {
	case r.Verb == contract.Delete:
		return s.whole(c, before, timed, "was")
	case created(r):
		return s.whole(c, after, timed, "now")
	case !timed:
		return s.replaced("edited", w.Changed(r))
	}
	return s.timed(c, before, after)
}

// Sentence is Said as one text, with the reason: "Tom Claes changed 08:05 to 08:00 for Jan Maes on Mon 23 Nov, reason: ..."
func (w *Words) Sentence(r change.Receipt) string {
	why := ""
	if reason := w.Reason(r); reason != "" {
		why = w.T("change.with-reason", "reason", strings.TrimRight(reason, ". "))
	}
	return strings.TrimRight(views.Plain(w.Said(r))+why, ".") + "."
}

// said is one sentence while it is made.
type said struct {
	*Words
	r      change.Receipt
	pieces map[string][]views.Piece // by the name of the placeholder
}

// key is the message of what was done, or of what the person wanted to do.
func (s *said) key(done string) string {
	confirmed := s.r.State == change.Applied && s.r.How == change.ByAnswer
	switch {
	case done == "moved" && confirmed:
		return "log.did.moved"
	case done == "moved":
		return "log.wanted.moved"
	case s.r.Verb == contract.Delete && confirmed:
		return "log.did.deleted"
	case s.r.Verb == contract.Delete:
		return "log.wanted.deleted"
	case created(s.r) && confirmed:
		return "log.did.added"
	case s.r.Verb == contract.Create:
		return "log.wanted.added"
	case confirmed:
		return "log.did.edited"
	}
	return "log.wanted.edited"
}

// whole is the sentence of a record that was added or deleted: its time stands for it, or its name behind it.
func (s *said) whole(c *contract.Collection, record protime.Record, timed bool, tone string) []views.Piece {
	if timed {
		s.pieces["record"] = []views.Piece{{Text: s.ShortName(c, record), Tone: tone}}
		return s.sentence(s.key("whole"))
	}
	sentence := s.sentence(s.key("whole"))
	if name := strings.Join(s.title(c, record, false), ", "); name != "" {
		return s.then(sentence, []views.Piece{{Text: name, Tone: tone}})
	}
	return sentence
}

// timed is the sentence of a record that its time names: what became of the time, and of other fields behind it.
func (s *said) timed(c *contract.Collection, before, after protime.Record) []views.Piece {
	at := s.titles[c][0]
	was, now := s.ShortName(c, before), s.ShortName(c, after)
	if was == now {
		s.pieces["record"] = []views.Piece{{Text: now, Tone: "now"}}
		return s.replaced("edited", s.Changed(s.r))
	}
	s.pieces["before"] = []views.Piece{{Text: was, Tone: "was"}}
	s.pieces["after"] = []views.Piece{{Text: now, Tone: "now"}}
	var others []views.PreviewRow
	for _, row := range s.Changed(s.r) {
		if row.Label != s.Label(c, at) {
			others = append(others, row)
		}
	}
	return s.replaced("moved", others)
}

// replaced is a sentence with the fields that changed behind it.
func (s *said) replaced(done string, rows []views.PreviewRow) []views.Piece {
	var fields []views.Piece
	for i, row := range rows {
		label := row.Label + " "
		if i > 0 {
			label = "; " + label
		}
		fields = append(fields, views.Piece{Text: label}, views.Piece{Text: s.OrNothing(row.Now), Tone: "was"},
			views.Piece{Text: " → "}, views.Piece{Text: s.OrNothing(row.After), Tone: "now"})
	}
	if len(fields) == 0 {
		return s.sentence(s.key(done))
	}
	return s.then(s.sentence(s.key(done)), fields)
}

// then is a sentence with more behind it.
func (s *said) then(sentence, more []views.Piece) []views.Piece {
	s.pieces["said"], s.pieces["more"] = sentence, more
	return s.sentence("log.then")
}

// whose is the person and the day of the record, as far as they are known: "for Jan Maes on Mon 23 Nov".
func (s *said) whose() []views.Piece {
	date := recordDate(s.r)
	if date != "" {
		s.pieces["day"] = []views.Piece{{Text: s.NearDay(date)}}
	}
	if s.r.Person != "" {
		link := s.PersonLink(s.r.Person)
		s.pieces["person"] = []views.Piece{{Text: link.Text, Href: link.Href, Tone: "who"}}
	}
	switch {
	case date != "" && s.r.Person != "":
		return s.sentence("log.whose.day")
	case s.r.Person != "":
		return s.sentence("log.whose")
	case date != "":
		return s.sentence("log.day")
	}
	return nil
}

// record links to the record by its kind and number.
func (s *said) record() views.Piece {
	link := s.RecordLink(s.r)
	return views.Piece{Text: s.T("log.record", "record", link.Text), Href: link.Href}
}

// recordDate is the date of the record with the change, or of the one that was deleted; "" where it has none.
func recordDate(r change.Receipt) string {
	for _, record := range [][]byte{r.After, r.Before} {
		if date := field.Record(record).Text("date"); date != "" {
			return date
		}
	}
	return ""
}

// sentence puts the pieces where the message has its placeholders. One without pieces takes the blank before it away.
func (s *said) sentence(key string) []views.Piece {
	var sentence []views.Piece
	add := func(text string) {
		if last := len(sentence) - 1; last >= 0 && strings.HasSuffix(sentence[last].Text, " ") {
			text = strings.TrimPrefix(text, " ")
		}
		if text != "" {
			sentence = append(sentence, views.Piece{Text: text})
		}
	}
	for _, part := range s.Parts(key) {
		add(part.Text)
		sentence = append(sentence, s.pieces[part.Name]...)
	}
	if last := len(sentence) - 1; last >= 0 && sentence[last].Tone == "" {
		sentence[last].Text = strings.TrimRight(sentence[last].Text, " ")
	}
	return sentence
}

// NearDay is a date with its day of the week, and with its year where that is not this one: "Mon 23 Nov".
func (w *Words) NearDay(date string) string {
	if strings.HasPrefix(date, w.Today.Format("2006-")) {
		return w.ShortDay(date)
	}
	return w.Day(date)
}
