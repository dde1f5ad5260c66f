package tell_test

import (
	"testing"

	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
)

func TestAFieldHasOneNameOnPagesAndInForms(t *testing.T) {
	c, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	unnamed := &contract.Collection{Name: "made-up", Fields: []contract.Field{
		{Name: "breakTimeInMinutes", Path: "breakTimeInMinutes", Type: "integer"},
		{Name: "employeeHRCode", Path: "employeeHRCode", Type: "string"},
		{Name: "cost-center", Path: "cost-center", Type: "string"},
	}}
	for _, language := range catalog.Languages() {
		words := &tell.Words{Printer: catalog.Printer(language)}
		for _, collection := range append(c.Collections, unnamed) {
			var compare func([]form.Input)
			compare = func(inputs []form.Input) {
				for _, input := range inputs {
					want := words.First(input.Labels, input.Human)
					if got := words.Label(collection, input.Field); got != want {
						t.Errorf("%s: %s of %s: got %q on pages, %q in forms", language, input.Field.Path, collection.Name, got, want)
					}
					compare(input.Inputs)
				}
			}
			compare(form.NewPlan(collection, contract.Create).Inputs)
		}
	}
}

func TestATitleLosesItsCapitalWithinASentence(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string]string{"en": "clockings", "nl": "klokkingen", "fr": "pointages", "de": "Buchungen"} {
		words := &tell.Words{Printer: catalog.Printer(language)}
		if got := words.Within(words.T("collection.clockings")); got != want {
			t.Errorf("%s: got %q, want %q", language, got, want)
		}
	}
}
