package dryrun_test

import (
	"testing"

	"protime-admin/internal/batch"
)

func TestPeopleAreNamedAsSheetsNameThem(t *testing.T) {
	w := newWorld(t, append(staff(),
		[]string{"5", "000077", "E17", "Zoë", "D'Hondt"},
		[]string{"6", "670070", "1006", "Jan", "Peeters"},
		[]string{"7", "670071", "1007", "Jan", "Peeters"},
		[]string{"8", "670072", "670012", "An", "Van den Berghe"},
		[]string{"9", "", "", "Mia", "Sels"},
	)...)
	tests := []struct {
		name, heading, cell string
		person, problem     string
	}{
		{"a badge", "Badge", "670012", "1", ""},
		{"a badge with blanks", "Badge", " 670 012 ", "1", ""},
		{"a badge without its zeros", "Badge", "77", "5", ""},
		{"a badge with more zeros", "Badge", "00670012", "1", ""},
		{"an unknown badge", "Badge", "999999", "", "0 dryrun.no-badge text=999999"},
		{"a letter for a digit", "Badge", "67O051", "", "0 dryrun.no-badge text=67O051 [670051: Dries Wouters]"},
		{"two letters for digits", "Badge", "67OO5I", "", "0 dryrun.no-badge text=67OO5I [670051: Dries Wouters]"},
		{"two digits swapped", "Badge", "760051", "", "0 dryrun.no-badge text=760051 [670051: Dries Wouters]"},
		{"a digit too many", "Badge", "6700511", "", "0 dryrun.no-badge text=6700511 [670051: Dries Wouters]"},
		{"an employee number in the column of badges", "Badge", "1002", "", "0 dryrun.no-badge text=1002"},
		{"an employee number", "Personeelsnummer", "1002", "2", ""},
		{"an employee number in small letters", "Personeelsnummer", "e17", "5", ""},
		{"an unknown employee number", "Personeelsnummer", "10002", "", "0 dryrun.no-number text=10002 [1002: Fatima El Idrissi]"},
		{"a first and a last name", "Naam", "Jan Maes", "1", ""},
		{"a last and a first name", "Naam", "MAES, Jan", "1", ""},
		{"a name without its accents", "Naam", "zoe dhondt", "5", ""},
		{"a name written together", "Naam", "Vandenberghe An", "8", ""},
		{"a name with a number", "Naam", "Jan Peeters 670071", "7", ""},
		{"a name with somebody else's number", "Naam", "Jan Peeters 670012", "", "0 dryrun.no-name text=Jan Peeters 670012 [Jan Peeters 670070: Jan Peeters 670070] [Jan Peeters 670071: Jan Peeters 670071]"},
		{"two people of one name", "Naam", "Jan Peeters", "",
			"0 problem.several count=2 text=Jan Peeters [Jan Peeters 670070: Jan Peeters 670070] [Jan Peeters 670071: Jan Peeters 670071]"},
		{"a misspelt name", "Naam", "Fatima El Idrisi", "", "0 dryrun.no-name text=Fatima El Idrisi [Fatima El Idrissi: Fatima El Idrissi]"},
		{"a misspelt first name", "Naam", "Dreis Wouters", "", "0 dryrun.no-name text=Dreis Wouters [Dries Wouters: Dries Wouters]"},
		{"half a name", "Naam", "Wouters", "", "0 dryrun.no-name text=Wouters [Dries Wouters: Dries Wouters]"},
		{"a stranger", "Naam", "Xyzzy Quux", "", "0 dryrun.no-name text=Xyzzy Quux"},
		{"a number among names", "Naam", "670044", "2", ""},
		{"a number that is one's badge and another's employee number", "Naam", "670012", "",
			"0 problem.several count=2 text=670012 [Jan Maes: Jan Maes] [An Van den Berghe: An Van den Berghe]"},
		{"somebody without numbers", "Naam", "Mia Sels", "9", ""},
		{"a number of Protime's", "person.id", "9", "9", ""},
		{"an unknown number of Protime's", "person.id", "99", "", "0 dryrun.no-person text=99"},
		{"nothing", "Badge", "  ", "", "0 problem.required"},
		{"signs", "Naam", "---", "", "0 dryrun.no-name text=---"},
		{"a formula", "Badge", "=A1", "", "0 spreadsheet.formula"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, rows := w.sheet(batch.Create, tt.heading+"|Datum|Uur", tt.cell+"|16/11/2026|8:30")
			row := w.check(b, rows)[0]
			if row.Check.Person != tt.person || told(row.Check.Problems) != tt.problem {
				t.Errorf("got %q, problems %q, want %q and %q", row.Check.Person, told(row.Check.Problems), tt.person, tt.problem)
			}
		})
	}
}

func TestTheFirstFilledColumnSaysWho(t *testing.T) {
	w := newWorld(t, staff()...)
	tests := []struct{ name, cells, person, problems, warnings string }{
		{"badge and name agree", "670012|Maes J.", "1", "", ""},
		{"the name is cut off", "670044|El Idrissi F", "2", "", ""},
		{"the name is misspelt", "670044|Fatima El Idrisi", "2", "", ""},
		{"the badge is somebody else's", "670051|Jan Maes", "3", "", "0 dryrun.name name=Jan Maes person=Dries Wouters text=670051"},
		{"the badge is that of another Dries", "670051|Dries Maes", "3", "", "0 dryrun.name name=Dries Maes person=Dries Wouters text=670051"},
		{"only the name is there", "|Jan Maes", "1", "", ""},
		{"an unknown badge beside a known name", "123456|Jan Maes", "", "0 dryrun.no-badge text=123456 [670012: Jan Maes]", ""},
		{"an unknown badge near another one", "670O51|Jan Maes", "",
			"0 dryrun.no-badge text=670O51 [670012: Jan Maes] [670051: Dries Wouters]", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, rows := w.sheet(batch.Create, "Badge|Naam|Datum|Uur", tt.cells+"|16/11/2026|8:30")
			row := w.check(b, rows)[0]
			if row.Check.Person != tt.person || told(row.Check.Problems) != tt.problems || told(row.Check.Warnings) != tt.warnings {
				t.Errorf("got %q, problems %q, warnings %q, want %+v", row.Check.Person, told(row.Check.Problems), told(row.Check.Warnings), tt)
			}
		})
	}
	b, rows := w.sheet(batch.Create, "Naam|Badge|Datum|Uur", "Jan Maes|670051|16/11/2026|8:30")
	if row := w.check(b, rows)[0]; row.Check.Person != "3" {
		t.Errorf("a name before the badge: got %q, want the badge to count", row.Check.Person)
	}
	b, rows = w.sheet(batch.Create, "Naam|Badge|Datum|Uur", "Jan Maes|123456|16/11/2026|8:30")
	if got := told(w.check(b, rows)[0].Check.Problems); got != "1 dryrun.no-badge text=123456 [670012: Jan Maes]" {
		t.Errorf("an unknown badge behind a name: got %q, want nothing said of the name", got)
	}
	b, rows = w.sheet(batch.Create, "Voornaam|Naam|Datum|Uur", "Jan|Maes|16/11/2026|8:30")
	if row := w.check(b, rows)[0]; row.Check.Person != "1" {
		t.Errorf("a name in two columns: got %q, problems %q", row.Check.Person, told(row.Check.Problems))
	}
}

func TestNumbersOfTwoPeopleAreNotTakenForOne(t *testing.T) {
	w := newWorld(t, staff()...)
	for _, tt := range []struct{ name, cells, person, warnings string }{
		{"badge, employee number and number agree", "670012|1001|1", "1", ""},
		{"the employee number is somebody else's", "670012|1002|1", "1", "0 dryrun.name name=Fatima El Idrissi person=Jan Maes text=670012"},
		{"the number in Protime is somebody else's", "670012||2", "1", "0 dryrun.name name=Fatima El Idrissi person=Jan Maes text=670012"},
		{"the employee number is nobody's", "670012|9999|", "1", ""},
		{"no badge", "|1002|2", "2", ""},
	} {
		b, rows := w.sheet(batch.Create, "Badge|Personeelsnummer|Persoon ID|Datum|Uur", tt.cells+"|16/11/2026|8:30")
		row := w.check(b, rows)[0]
		if row.Check.Person != tt.person || told(row.Check.Warnings) != tt.warnings || len(row.Check.Problems) > 0 {
			t.Errorf("%s: got %q, problems %q, warnings %q, want %q and %q", tt.name, row.Check.Person, told(row.Check.Problems), told(row.Check.Warnings), tt.person, tt.warnings)
		}
	}
}

func TestEveryOfferNamesOnePerson(t *testing.T) {
	w := newWorld(t, append(staff(), []string{"6", "670070", "1006", "Jan", "Peeters"}, []string{"7", "", "", "Jan", "Peeters"})...)
	for _, cell := range []string{"Jan Peeters", "Jan", "Peters Jan", "Lies Peetres"} {
		b, rows := w.sheet(batch.Create, "Naam|Datum|Uur", cell+"|16/11/2026|8:30")
		row := w.check(b, rows)[0]
		if len(row.Check.Problems) != 1 || len(row.Check.Problems[0].Offers) == 0 {
			t.Fatalf("%s: got %q, want offers", cell, told(row.Check.Problems))
		}
		for _, offer := range row.Check.Problems[0].Offers {
			taken := row
			taken.Cells = []string{offer.Value, "16/11/2026", "8:30"}
			if again := w.check(b, []batch.Row{taken})[0]; len(again.Check.Problems) > 0 {
				t.Errorf("%s: %q is offered, and wrong: %s", cell, offer.Value, told(again.Check.Problems))
			}
		}
	}
}
