package tell_test

import (
	"strings"
	"testing"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// named knows one person.
type named struct{}

func (named) Label(collection, id string) (form.Hit, bool) {
	return form.Hit{ID: id, Label: "Jan Maes"}, collection == "people" && id == "76547"
}

// inEveryLanguage are the words of a page in each language, on 26 November 2026.
func inEveryLanguage(t *testing.T) map[string]*tell.Words {
	t.Helper()
	described, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	catalog.Missing = func(language, key string) { t.Errorf("%s: no message %q", language, key) }
	teller := tell.New(tell.Options{
		Contract: described, TimeZone: time.UTC,
		Plan:     func(c *contract.Collection, v contract.Verb) *form.Plan { return form.NewPlan(c, v) },
		HostPath: func(link string) (string, bool) { return link, true },
	})
	words := map[string]*tell.Words{}
	for _, language := range catalog.Languages() {
		words[language] = &tell.Words{Printer: catalog.Printer(language), Teller: teller, Names: named{},
			Today: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)}
	}
	return words
}

// corrected is Tom's correction of a time of Jan's.
func corrected() change.Receipt {
	r := change.Receipt{Change: change.Change{
		ID: "a", Actor: change.Actor{Subject: "tom", Name: "Tom Claes"}, Collection: "clockings", Verb: contract.Replace,
		Path: "/clockings/8192", Person: "76547", Reason: change.Reason{Code: "Forgot to clock"},
		Before: []byte(`{"id":8192,"person":{"id":76547},"date":"2026-11-23","timeOfDayInMinutes":485,"kind":"InOut"}`),
		After:  []byte(`{"id":8192,"person":{"id":76547},"date":"2026-11-23","timeOfDayInMinutes":480,"kind":"InOut"}`),
	}}
	r.State, r.How, r.At = change.Applied, change.ByAnswer, time.Date(2026, 11, 26, 9, 12, 0, 0, time.UTC)
	return r
}

func with(alter func(*change.Receipt)) change.Receipt {
	r := corrected()
	alter(&r)
	return r
}

func TestAChangeIsSaidAsAPersonWouldSayItInEveryLanguage(t *testing.T) {
	words := inEveryLanguage(t)
	tests := []struct {
		name           string
		receipt        change.Receipt
		en, nl, fr, de string
	}{
		{"a time that was changed", corrected(),
			"Tom Claes changed 08:05 to 08:00 for Jan Maes on Mon 23 Nov, reason: Forgot to clock.",
			"Tom Claes wijzigde 08:05 in 08:00 voor Jan Maes op ma 23 nov, reden: Vergeten te klokken.",
			"Tom Claes a changé 08:05 en 08:00 pour Jan Maes, lun. 23 nov., raison\u00a0: Oubli de pointage.",
			"Tom Claes hat bei Jan Maes am Mo 23. Nov. 08:05 auf 08:00 geändert, Begründung: Buchung vergessen."},
		{"one that Protime refused", with(func(r *change.Receipt) { r.State, r.Reason = change.Refused, change.Reason{} }),
			"Tom Claes wanted to change 08:05 to 08:00 for Jan Maes on Mon 23 Nov.",
			"Tom Claes wilde 08:05 wijzigen in 08:00 voor Jan Maes op ma 23 nov.",
			"Tom Claes voulait changer 08:05 en 08:00 pour Jan Maes, lun. 23 nov.",
			"Tom Claes wollte bei Jan Maes am Mo 23. Nov. 08:05 auf 08:00 ändern."},
		{"a clocking that was added", with(func(r *change.Receipt) {
			r.Verb, r.Path, r.Before, r.Location, r.Status, r.Reason = contract.Create, "/clockings", nil, "/clockings/9", 201, change.Reason{}
		}),
			"Tom Claes added 08:00 for Jan Maes on Mon 23 Nov.", "Tom Claes voegde 08:00 toe voor Jan Maes op ma 23 nov.",
			"Tom Claes a ajouté 08:00 pour Jan Maes, lun. 23 nov.", "Tom Claes hat bei Jan Maes am Mo 23. Nov. 08:00 hinzugefügt."},
		{"one that was deleted", with(func(r *change.Receipt) { r.Verb, r.After, r.Reason = contract.Delete, nil, change.Reason{} }),
			"Tom Claes deleted 08:05 for Jan Maes on Mon 23 Nov.", "Tom Claes verwijderde 08:05 voor Jan Maes op ma 23 nov.",
			"Tom Claes a supprimé 08:05 pour Jan Maes, lun. 23 nov.", "Tom Claes hat bei Jan Maes am Mo 23. Nov. 08:05 gelöscht."},
		{"another field of a clocking, last year", with(func(r *change.Receipt) {
			r.Reason = change.Reason{}
			r.Before = []byte(`{"id":8192,"date":"2025-11-24","timeOfDayInMinutes":480,"kind":"InOut"}`)
			r.After = []byte(`{"id":8192,"date":"2025-11-24","timeOfDayInMinutes":480,"kind":"Reason"}`)
		}),
			"Tom Claes changed 08:00 for Jan Maes on Mon 24 Nov 2025: Kind In or out → Clocking with a reason.",
			"Tom Claes wijzigde 08:00 voor Jan Maes op ma 24 nov 2025: Soort In of uit → Klokking met reden.",
			"Tom Claes a modifié 08:00 pour Jan Maes, lun. 24 nov. 2025\u00a0: Type Entrée ou sortie → Pointage avec motif.",
			"Tom Claes hat bei Jan Maes am Mo 24. Nov. 2025 08:00 geändert: Art Kommen oder Gehen → Buchung mit Grund."},
		{"a record that no time names", with(func(r *change.Receipt) {
			r.Collection, r.Path, r.Reason = "assignments", "/assignments/5", change.Reason{}
			r.Before = []byte(`{"id":5,"person":{"id":76547},"from":"2026-11-23","comments":"early"}`)
			r.After = []byte(`{"id":5,"person":{"id":76547},"from":"2026-11-23","comments":"late"}`)
		}),
			"Tom Claes changed assignment 5 for Jan Maes: Comments early → late.",
			"Tom Claes wijzigde toewijzing 5 voor Jan Maes: Opmerkingen early → late.",
			"Tom Claes a modifié «\u00a0affectation 5\u00a0» pour Jan Maes\u00a0: Remarques early → late.",
			"Tom Claes hat bei Jan Maes „Zuweisung 5“ geändert: Bemerkungen early → late."},
		{"one whose personal data is gone", with(func(r *change.Receipt) {
			r.Erased, r.Actor, r.Person, r.Before, r.After, r.Reason = true, change.Actor{}, "", nil, nil, change.Reason{}
		}),
			"Somebody changed clocking 8192.", "Iemand wijzigde klokking 8192.",
			"Quelqu'un a modifié «\u00a0pointage 8192\u00a0».", "Jemand hat „Buchung 8192“ geändert."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for language, want := range map[string]string{"en": test.en, "nl": test.nl, "fr": test.fr, "de": test.de} {
				if got := words[language].Sentence(test.receipt); got != want {
					t.Errorf("%s: got %q, want %q", language, got, want)
				}
			}
		})
	}
}

func TestASentenceMarksWhatWasAndWhatIs(t *testing.T) {
	var got []string
	for _, piece := range inEveryLanguage(t)["en"].Said(corrected()) {
		if piece.Tone != "" || strings.TrimSpace(piece.Href) != "" {
			got = append(got, piece.Tone+" "+piece.Text+" "+piece.Href)
		}
	}
	want := "who Tom Claes , was 08:05 , now 08:00 , who Jan Maes /people/76547"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if text := views.Plain(inEveryLanguage(t)["en"].Said(corrected())); strings.Contains(text, "  ") {
		t.Errorf("got %q with doubled blanks", text)
	}
}

func TestALookThatFoundOneRecordSaysOne(t *testing.T) {
	words := inEveryLanguage(t)
	for paths, want := range map[int]map[string]string{
		1: {"en": "One is there that", "nl": "Er is er één", "fr": "Il y en a un", "de": "Ein Eintrag ist da"},
		2: {"en": "Several could", "nl": "Er zijn er meerdere", "fr": "Plusieurs", "de": "Mehrere"},
	} {
		r := corrected()
		r.Events = []change.Event{{Facts: change.Facts{Kind: change.KindLooked, Look: &change.Look{
			Finding: change.Unclear, Seen: change.SeenSeveral, Paths: []string{"/clockings/1", "/clockings/2"}[:paths],
		}}}}
		for language, words := range words {
			if got := words.Timeline(r)[0].Text; !strings.Contains(got, want[language]) {
				t.Errorf("%s: got %q, want %q", language, got, want[language])
			}
		}
	}
}
