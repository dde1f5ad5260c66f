package change_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
)

// adds are creates of clockings of several people on several days; every third is there already.
func adds(o *office, people, days int) (all []change.Change) {
	for person := range people {
		for day := range days {
			id := o.tenant.IDs("people")[person]
			body := fmt.Sprintf(`{"person":{"id":%s},"date":"2026-01-0%d","timeOfDayInMinutes":%d,"kind":"InOut"}`, id, 5+day, 400+person)
			if (person+day)%3 == 0 {
				o.tenant.Insert("clockings", body)
			}
			all = append(all, change.Change{
				ID: fmt.Sprintf("add-%d-%d", person, day), Actor: els(), Collection: "clockings", Verb: contract.Create,
				Path: "/clockings", After: json.RawMessage(body), Person: id,
				Request: change.Request{Method: http.MethodPost, Path: "/clockings", Body: json.RawMessage(body)},
			})
		}
	}
	return all
}

func TestASurveyOfManyFindsWhatASurveyOfEachDoes(t *testing.T) {
	o := newOffice(t)
	tests := []struct {
		name         string
		people, days int
		lists        int // that are read at most, pages counted
	}{
		{"one row", 1, 1, 1},
		{"many people on a day", 30, 1, 3},
		{"many days of a person", 1, 4, 1},
		{"many people on many days", 20, 4, 6},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := adds(o, test.people, test.days)
			o.tenant.Forget()
			found := o.SurveyAll(t.Context(), all)
			if reads := len(o.tenant.Requests()); reads > test.lists+1 { // a token
				t.Errorf("%d requests, want %d at most", reads, test.lists)
			}
			for i := range all {
				want, _ := o.Survey(t.Context(), all[i])
				got := found[i]
				for _, s := range []*change.Standing{&want.Standing, &got.Standing} {
					slices.Sort(s.Paths)
					slices.Sort(s.Neighbours)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: want (-), got (+):\n%s", all[i].ID, diff)
				}
			}
		})
	}
}

func TestWhatCannotBeReadTogetherIsLeftToASurveyOfItsOwn(t *testing.T) {
	o := newOffice(t)
	all := adds(o, 3, 1)
	nobody := all[0]
	nobody.After = json.RawMessage(`{"date":"2026-01-05","timeOfDayInMinutes":400,"kind":"InOut"}`)
	assignment := all[0]
	assignment.Collection, assignment.Path = "assignments", "/assignments"
	edit := all[0]
	edit.Verb = contract.Replace
	for _, c := range o.SurveyAll(t.Context(), []change.Change{nobody, edit}) {
		if c.Surveyed {
			t.Errorf("%s of %s is surveyed", c.Verb, c.Collection)
		}
	}
	o.tenant.Fail(simulator.Fault{Method: http.MethodGet, Path: "/clockings", Status: 400})
	for _, c := range o.SurveyAll(t.Context(), all) {
		if c.Surveyed || c.Standing.Read {
			t.Errorf("%s is surveyed although its list could not be read", c.ID)
		}
	}
}
