package contract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// The tests here hold the document to what other people's tools (Swagger UI, mocks, generators) need of it.

// body is one request or response that carries JSON.
type jsonBody struct {
	name    string
	request bool
	media   *openapi3.MediaType
}

func jsonBodies(t *testing.T) []jsonBody {
	t.Helper()
	var all []jsonBody
	for name, item := range openDocument(t).Paths.Map() {
		for method, op := range item.Operations() {
			if b := op.RequestBody; b != nil {
				all = append(all, jsonBody{method + " " + name, true, b.Value.Content["application/json"]})
			}
			for status, r := range op.Responses.Map() {
				for kind, media := range r.Value.Content {
					all = append(all, jsonBody{fmt.Sprint(method, " ", name, " ", status, " ", kind), false, media})
				}
			}
		}
	}
	if len(all) < 200 {
		t.Fatalf("got %d bodies", len(all))
	}
	return all
}

func TestEveryBodyHasAnExampleThatFits(t *testing.T) {
	for _, b := range jsonBodies(t) {
		examples := []any{b.media.Example}
		for _, e := range b.media.Examples {
			examples = append(examples, e.Value.Value)
		}
		seen := 0
		for _, e := range examples {
			if e == nil {
				continue
			}
			seen++
			how := openapi3.VisitAsResponse()
			if b.request {
				how = openapi3.VisitAsRequest()
			}
			if err := b.media.Schema.Value.VisitJSON(e, how, openapi3.EnableFormatValidation()); err != nil {
				t.Errorf("%s: %v", b.name, err)
			}
		}
		if seen == 0 {
			t.Errorf("%s: no example", b.name)
		}
	}
}

func TestListsAnswerNamedPages(t *testing.T) {
	for name, item := range openDocument(t).Paths.Map() {
		if item.Get == nil || item.Get.Responses.Value("200") == nil {
			continue
		}
		media := item.Get.Responses.Value("200").Value.Content["application/json"]
		if media.Schema.Ref == "" && !strings.HasPrefix(name, "/status-monitor/") {
			t.Errorf("%s: the answer's schema has no name", name)
		}
		page := strings.HasSuffix(media.Schema.Ref, "Page")
		if item.Get.Parameters.GetByInAndName("query", "continuationToken") != nil && !page {
			t.Errorf("%s: got %s, want a page", name, media.Schema.Ref)
		}
	}
}

func TestTheDocumentSaysWhoWroteItAndHowItsPartsAreCalled(t *testing.T) {
	doc := openDocument(t)
	if doc.Info.Contact == nil || doc.Info.Contact.Name == "" || doc.Info.License == nil || doc.Info.License.URL == "" {
		t.Errorf("got contact %+v, license %+v", doc.Info.Contact, doc.Info.License)
	}
	described := map[string]bool{}
	for _, tag := range doc.Tags {
		described[tag.Name] = tag.Description != ""
	}
	for name, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if len(op.Tags) != 1 || !described[op.Tags[0]] {
				t.Errorf("%s %s: got tags %v, want one that is described", method, name, op.Tags)
			}
		}
	}
	for _, name := range []string{"tenant", "environment"} {
		v := doc.Servers[0].Variables[name]
		if v == nil || v.Default == "" || v.Description == "" {
			t.Errorf("server variable %s: got %+v", name, v)
		}
	}
}

// What many operations share stands once: 741 lines named responses, and seventeen references were written out.
func TestWhatIsSharedStandsOnce(t *testing.T) {
	doc := plainDocument(t)
	responses, operations := 0, 0
	for _, item := range openDocument(t).Paths.Map() {
		operations += len(item.Operations())
	}
	walk(t, "", doc["paths"], func(where string, m map[string]any) {
		ref, _ := m["$ref"].(string)
		if strings.HasPrefix(ref, "#/components/responses/") {
			responses++
		}
	})
	if most := 5 * operations; responses > most {
		t.Errorf("got %d references to responses of %d operations, want at most %d", responses, operations, most)
	}
	components, _ := doc["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	references := 0
	for _, s := range schemas {
		schema, _ := s.(map[string]any)
		members, _ := schema["properties"].(map[string]any)
		if members["id"] != nil && members["externalReferences"] != nil && len(members) == 2 {
			references++
		}
	}
	if references > 5 {
		t.Errorf("got %d schemas of a reference, want at most 5: by number, GUID and text, null or not", references)
	}
}
