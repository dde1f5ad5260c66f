package tell

import (
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/views"
)

// SaidBatch says a batch in one sentence: "Els Peeters added 74 clockings from gate-a.xlsx". It counts what is applied.
// Where nothing is, it says what the person wanted to do.
func (w *Words) SaidBatch(b batch.Batch, counts batch.Counts) []views.Piece {
	n := counts.ByState[change.Applied]
	confirmed := n > 0
	if !confirmed {
		n = counts.Sendable()
	}
	what := b.Collection
	if c, ok := w.Contract.Collection(b.Collection); ok {
		if what = w.Within(w.Collection(c)); n == 1 {
			what = w.One(c)
		}
	}
	s := said{Words: w, pieces: map[string][]views.Piece{
		"who": {{Text: w.Actor(b.Actor), Tone: "who"}}, "what": {{Text: w.Count(n) + " " + what}},
	}}
	named := []views.Piece{{Text: b.Name, Tone: "who"}}
	if b.Name != "" && b.Source == batch.File {
		s.pieces["name"] = named
		s.pieces["from"] = s.sentence("log.batch.from")
	}
	sentence := s.sentence(batchKey(b.Operation, confirmed))
	if b.Name != "" && b.Source != batch.File {
		return s.then(sentence, named)
	}
	return sentence
}

// batchKey is the message of what a batch did, or of what the person wanted to do.
func batchKey(operation batch.Operation, confirmed bool) string {
	switch {
	case operation == batch.Create && confirmed:
		return "log.batch.added"
	case operation == batch.Create:
		return "log.batch.wanted.added"
	case operation == batch.Delete && confirmed:
		return "log.batch.deleted"
	case operation == batch.Delete:
		return "log.batch.wanted.deleted"
	case operation == batch.Undo && confirmed:
		return "log.batch.undone"
	case operation == batch.Undo:
		return "log.batch.wanted.undone"
	case confirmed:
		return "log.batch.edited"
	}
	return "log.batch.wanted.edited"
}
