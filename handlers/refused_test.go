package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAListThatTheTenantDoesNotOfferIsNoMissingRecord(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented} {
		api, els := atElsewhere(t)
		api.answers(http.MethodGet, "/terminals", status, "")
		got := els.get("/terminals").text("main")
		if !strings.Contains(got, "does not offer") || strings.Contains(got, "no record") || strings.Contains(got, "change") {
			t.Errorf("%d: got %q, want that the list is not offered, and no talk of records or changes", status, got)
		}
	}
}

func TestAListWhoseTokenExpiredIsNoConflictOfPeople(t *testing.T) {
	api, els := atElsewhere(t)
	api.answers(http.MethodGet, "/clockings", http.StatusConflict, "")
	page := els.get("/clockings").wants(http.StatusConflict)
	if got := page.text("main"); !strings.Contains(got, "Open the list again") || strings.Contains(got, "faster") {
		t.Errorf("got %q, want the list to be opened again, and nobody to have been faster", got)
	}
}

func TestATenantThatDoesNotOfferPOSTSaysSo(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented} {
		api, els := atElsewhere(t)
		fresh := els.get("/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=0912&kind=InOut")
		api.answers(http.MethodPost, "/clockings", status, "")
		page := theForm(fresh.wants(http.StatusOK)).send()
		if got := page.text("main .note"); !strings.Contains(got, "does not offer adding clockings") || strings.Contains(got, "no record") {
			t.Errorf("%d: got %q, want that adding is not offered", status, got)
		}
		if got := page.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "09:12" && got != "0912" {
			t.Errorf("%d: typed: got %q, want it kept", status, got)
		}
	}
}

func TestInvariant4_AnUnknownOutcomeSaysWhatBecameOfTheAnswer(t *testing.T) {
	tests := []struct {
		sentence string
		set      func(a *elsewhere)
		says     string
	}{
		{"a proxy answers", func(a *elsewhere) {
			a.answers(http.MethodPut, "/*/*", http.StatusBadGateway, proxyPage, "Content-Type", "text/html")
		}, "Something between here and Protime answered in its place."},
		{"the connection breaks", func(a *elsewhere) { a.breaks(http.MethodPut, false) }, "The connection broke"},
		{"the answer is cut off", func(a *elsewhere) { a.cutsOff(http.MethodPut, http.StatusOK) }, "The connection broke"},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			api, els := atElsewhere(t)
			edit := els.get(editClocking)
			test.set(api)
			page := theForm(edit).set("timeOfDayInMinutes", "7:58").send().wants(http.StatusBadGateway)
			for _, want := range []string{test.says, "not known whether the change was made", "unknown"} {
				if got := page.text("main"); !strings.Contains(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}
