package tell_test

import (
	"testing"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/views"
)

func TestABatchIsSaidInOneSentenceInEveryLanguage(t *testing.T) {
	words := inEveryLanguage(t)
	made := func(n int) batch.Counts {
		return batch.Counts{Ready: 80, ByState: map[change.State]int{change.Applied: n, change.Refused: 1}}
	}
	for _, test := range []struct {
		name           string
		operation      batch.Operation
		source         batch.Source
		called         string
		counts         batch.Counts
		en, nl, fr, de string
	}{
		{"a file of new clockings", batch.Create, batch.File, "gate-a.xlsx", made(74),
			"Els Peeters added 74 clockings from gate-a.xlsx",
			"Els Peeters voegde 74 klokkingen toe uit gate-a.xlsx",
			"Els Peeters a ajouté 74 pointages à partir de gate-a.xlsx",
			"Els Peeters hat 74 Buchungen aus gate-a.xlsx hinzugefügt"},
		{"one row of it", batch.Create, batch.File, "gate-a.xlsx", made(1),
			"Els Peeters added 1 clocking from gate-a.xlsx",
			"Els Peeters voegde 1 klokking toe uit gate-a.xlsx",
			"Els Peeters a ajouté 1 pointage à partir de gate-a.xlsx",
			"Els Peeters hat 1 Buchung aus gate-a.xlsx hinzugefügt"},
		{"a named one", batch.Replace, batch.Ticked, "Gate A down", made(74),
			"Els Peeters changed 74 clockings: Gate A down",
			"Els Peeters wijzigde 74 klokkingen: Gate A down",
			"Els Peeters a modifié 74 pointages\u00a0: Gate A down",
			"Els Peeters hat 74 Buchungen geändert: Gate A down"},
		{"one without a name", batch.Delete, batch.Pasted, "", made(74),
			"Els Peeters deleted 74 clockings", "Els Peeters verwijderde 74 klokkingen",
			"Els Peeters a supprimé 74 pointages", "Els Peeters hat 74 Buchungen gelöscht"},
		{"an undo", batch.Undo, batch.Undone, "", made(74),
			"Els Peeters took back 74 clockings", "Els Peeters maakte 74 klokkingen ongedaan",
			"Els Peeters a annulé 74 pointages", "Els Peeters hat 74 Buchungen rückgängig gemacht"},
		{"one of which nothing is applied", batch.Undo, batch.Undone, "", made(0),
			"Els Peeters wanted to take back 80 clockings", "Els Peeters wilde 80 klokkingen ongedaan maken",
			"Els Peeters voulait annuler 80 pointages", "Els Peeters wollte 80 Buchungen rückgängig machen"},
	} {
		b := batch.Batch{
			Operation: test.operation, Source: test.source, Name: test.called, Collection: "clockings",
			Actor: change.Actor{Subject: "els", Name: "Els Peeters"},
		}
		for language, want := range map[string]string{"en": test.en, "nl": test.nl, "fr": test.fr, "de": test.de} {
			if got := views.Plain(words[language].SaidBatch(b, test.counts)); got != want {
				t.Errorf("%s in %s: got %q, want %q", test.name, language, got, want)
			}
		}
	}
}
