package contract_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"protime-admin/protime/contract"
)

// tenantDocument is what a server writes about itself: JSON on few lines, one schema to read and another to
// write, nothing of ours.
const tenantDocument = `{"openapi":"3.0.1","info":{"title":"Acme","version":"v1"},
"servers":[{"url":"/connector/protimeapi"}],
"paths":{
"/api/v1/widgets/{key}/parts":{"get":{"parameters":[{"name":"key","in":"path","required":true,"schema":{"type":"string"}}],
 "responses":{"200":{"description":"","content":{"text/json":{"schema":{"type":"array","items":{"type":"object","properties":{"partNo":{"type":"integer"}}}}}}}}}},
"/api/v1/clockings":{
 "get":{"parameters":[{"name":"filter","in":"query","schema":{"type":"string"}},{"name":"top","in":"query","schema":{"type":"integer"}}],
  "security":[{"oauth":["b","a"]}],
  "responses":{"200":{"description":"","content":{"application/json":{"schema":{"type":"object","properties":{
   "value":{"type":"array","items":{"$ref":"#/components/schemas/Out"}},"nextLink":{"type":"string"}}}}}}}},
 "post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/In"}}}},
  "responses":{"201":{"description":""}}}},
"/api/v1/clockings/{clockingId}":{
 "parameters":[{"name":"clockingId","in":"path","required":true,"schema":{"type":"integer","format":"int64"}}],
 "get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Out"}}}}}}},
"/api/v1/people":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":{"type":"array",
 "items":{"$ref":"#/components/schemas/Person"}}}}}}}},
"/api/v1/widgets":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":{"type":"array",
 "items":{"$ref":"#/components/schemas/Widget"}}}}}}}},
"/api/v1/widgets/{key}":{"get":{"parameters":[{"name":"key","in":"path","required":true,"schema":{"type":"string"}}],
 "responses":{"200":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Widget"}}}}}}},
"/api/v1/delta/{collection}":{"get":{"parameters":[{"name":"collection","in":"path","required":true,"schema":{"type":"string"}}],
 "responses":{"200":{"description":"","content":{"application/json":{"schema":{"type":"object"}}}}}}}},
"components":{"securitySchemes":{"oauth":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"https://a.example/t","scopes":{"a":"","b":"","c":""}}}}},
"schemas":{
 "Ref":{"type":"object","properties":{"id":{"type":"integer"}}},
 "In":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string"},"person":{"$ref":"#/components/schemas/Ref"},
  "timeOfDayInMinutes":{"type":"integer"},"reason":{"nullable":true,"oneOf":[{"$ref":"#/components/schemas/Ref"}]}}},
 "Out":{"type":"object","properties":{"id":{"type":"integer"},"kind":{"type":"string"},"date":{"type":"string"},
  "person":{"$ref":"#/components/schemas/Ref"},"timeOfDayInMinutes":{"type":"integer"},"reason":{"$ref":"#/components/schemas/Ref"},
  "status":{"type":"string"},"widget":{"$ref":"#/components/schemas/Ref"}}},
 "Person":{"type":"object","properties":{"lastName":{"type":"string"},"shoeSize":{"type":"integer"},"id":{"type":"integer"}}},
 "Widget":{"type":"object","properties":{"zeta":{"type":"string"},"alpha":{"type":"string"},"code":{"type":"string"},
  "parent":{"$ref":"#/components/schemas/Widget"},"children":{"type":"array","items":{"$ref":"#/components/schemas/Widget"}}}}}}}`

func tenant(t *testing.T) *contract.Contract {
	t.Helper()
	c, err := contract.Load([]byte(tenantDocument))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestATenantsOwnDocument(t *testing.T) {
	c := tenant(t)
	var got []string
	for _, col := range c.Collections {
		got = append(got, col.Name+" "+col.Path+" "+col.ItemPath)
	}
	want := []string{"parts /widgets/{key}/parts ", "clockings /clockings /clockings/{clockingId}", "people /people ",
		"widgets /widgets /widgets/{key}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if want := "/connector/protimeapi/api/v1"; c.Base != want {
		t.Errorf("got base %q, want %q", c.Base, want)
	}
	if got := c.Scopes(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("got scopes %v", got)
	}
	if got := collection(t, c, "clockings").ReadScopes(); !cmp.Equal(got, [][]string{{"a", "b"}}) {
		t.Errorf("got scopes %v to read clockings", got)
	}
	if got := collection(t, c, "clockings").Operations[contract.List].Query; !slices.Equal(got, []string{"top"}) {
		t.Errorf("got query parameters %v", got)
	}
	if got := collection(t, c, "parts").Parent; got != "widgets" {
		t.Errorf("got parent %q, want widgets", got)
	}
}

func TestATenantsFieldsKeepTheirOrderOnOneLineOfJSON(t *testing.T) {
	widgets := collection(t, tenant(t), "widgets")
	want := []string{"zeta", "alpha", "code", "parent", "children"}
	if diff := cmp.Diff(want, names(widgets.Fields)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if got := widgets.Title; !slices.Equal(got, []string{"code"}) {
		t.Errorf("got title %v, want code", got)
	}
}

func TestATenantsRequestsSayWhatCanBeWritten(t *testing.T) {
	clockings := collection(t, tenant(t), "clockings")
	if got, want := names(clockings.Writable()), []string{"kind", "person", "timeOfDayInMinutes", "reason"}; !slices.Equal(got, want) {
		t.Errorf("got writable %v, want %v", got, want)
	}
	if got, want := names(clockings.ReadOnly()), []string{"id", "date", "status", "widget"}; !slices.Equal(got, want) {
		t.Errorf("got read-only %v, want %v", got, want)
	}
	if kind, _ := clockings.Field("kind"); !kind.Required {
		t.Error("kind is not required, but the request's schema says so")
	}
}

func TestATenantsDocumentTakesOverWhatIsDocumented(t *testing.T) {
	c := tenant(t)
	clockings := collection(t, c, "clockings")
	if date, ok := clockings.Filter("date"); !ok || !date.Required {
		t.Errorf("got filter %+v", date)
	}
	if clockings.SoftDelete != "Deleted" || !slices.Contains(clockings.Title, "timeOfDayInMinutes") {
		t.Errorf("got soft delete %q, title %v", clockings.SoftDelete, clockings.Title)
	}
	for path, want := range map[string]string{"person": "people", "reason": "absence-definitions", "widget": "widgets"} {
		if f, _ := clockings.Field(path); f.Ref != want {
			t.Errorf("%s refers to %q, want %q", path, f.Ref, want)
		}
	}
	if reason, _ := clockings.Field("reason"); !reason.Nullable || len(reason.When) == 0 {
		t.Errorf("got reason %+v", reason)
	}
	if kind, _ := clockings.Field("kind"); !slices.Contains(kind.Enum, "InOut") {
		t.Errorf("got kinds %v", kind.Enum)
	}
}

func TestATenantsDocumentCannotMakePersonalDataPublic(t *testing.T) {
	people := collection(t, tenant(t), "people")
	for path, want := range map[string]bool{"lastName": false, "id": false, "shoeSize": true} {
		if f, _ := people.Field(path); f.Personal != want {
			t.Errorf("%s: personal is %v, want %v", path, f.Personal, want)
		}
	}
	marked := strings.Replace(tenantDocument, `"/api/v1/people":{`, `"/api/v1/people":{"x-record":{"title":["id"]},`, 1)
	c, err := contract.Load([]byte(marked))
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := collection(t, c, "people").Field("shoeSize"); !f.Personal {
		t.Error("a document with x-record made a member public")
	}
}

func TestErrorsNameThePlaceInTheDocument(t *testing.T) {
	good := string(contract.Document())
	swap := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("the document does not hold %q", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	for _, tt := range []struct{ name, document, want string }{
		{"nothing", " \n", "empty"},
		{"no YAML", "a: [", "not an OpenAPI document"},
		{"a list", "[1, 2]", "not an OpenAPI document"},
		{"an older version", `{"swagger":"2.0","info":{"title":"a","version":"1"},"paths":{}}`, "OpenAPI 3 is needed"},
		{"no paths", `{"openapi":"3.0.3","info":{"title":"a","version":"1"},"paths":{}}`, "no path"},
		{"no info", `{"openapi":"3.0.3","paths":{}}`, "not a valid"},
		{"a title that is no member", swap("title: [timeOfDayInMinutes", "title: [nothing"), `/clockings: x-record: title: there is no member "nothing"`},
		{"a word that x-record does not have", swap("softDelete: Deleted", "softDeleted: Deleted"), `unknown field "softDeleted"`},
		{"an operator that filters do not have", swap("operators: [ge, le]", "operators: [gt]"), `there is no operator "gt"`},
		{"a filter on no member", swap("field: person.id", "field: people.id"), `there is no member "people.id"`},
		{"x-when on no member", swap("x-when: {kind: [Reason]}", "x-when: {sort: [Reason]}"), `there is no member "sort"`},
		{"x-when of a wrong form", swap("x-when: {kind: [Reason]}", "x-when: Reason"), "reason: x-when"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := contract.Load([]byte(tt.document))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v and error %v, want %q in it", c, err, tt.want)
			}
		})
	}
}
