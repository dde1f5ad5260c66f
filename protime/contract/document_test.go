package contract_test

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml"

	"protime-admin/protime/contract"
)

// openDocument reads the embedded document as other tools see it.
func openDocument(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(contract.Document())
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func plainDocument(t *testing.T) map[string]any {
	t.Helper()
	var doc map[string]any
	if _, err := yaml.Unmarshal(contract.Document(), &doc, yaml.DecodeOpts{DisableTimestamps: true}); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDocumentIsValidOpenAPI(t *testing.T) {
	doc := openDocument(t)
	if got, want := doc.OpenAPI, "3.0.3"; got != want {
		t.Errorf("got openapi %s, want %s", got, want)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

// endpoint is one line of testdata/endpoints.tsv.
type endpoint struct{ verb, path, scope, collection, notes string }

func endpoints(t *testing.T) []endpoint {
	t.Helper()
	f, err := os.Open("testdata/endpoints.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []endpoint
	s := bufio.NewScanner(f)
	s.Scan()
	for s.Scan() {
		c := append(strings.Split(s.Text(), "\t"), "", "", "", "", "")
		all = append(all, endpoint{c[0], c[1], c[2], c[3], c[4]})
	}
	if s.Err() != nil || len(all) < 80 {
		t.Fatalf("got %d endpoints, error %v", len(all), s.Err())
	}
	return all
}

func TestEveryEndpointIsInTheDocument(t *testing.T) {
	doc := openDocument(t)
	for _, e := range endpoints(t) {
		t.Run(e.verb+" "+e.path, func(t *testing.T) {
			switch {
			case e.collection == "auth":
				checkSignIn(t, doc, e)
			case strings.Contains(e.path, "not found"):
				checkUnknown(t, e)
			case strings.Contains(e.path, "{category}"):
				for _, c := range []string{"department", "employer", "job", "job-category", "sector", "work-location"} {
					one := e
					one.path = strings.ReplaceAll(e.path, "{category}", c)
					checkOperation(t, doc, one)
				}
			default:
				checkOperation(t, doc, e)
			}
		})
	}
}

func checkSignIn(t *testing.T, doc *openapi3.T, e endpoint) {
	t.Helper()
	scheme := doc.Components.SecuritySchemes["protime"].Value
	known := []any{scheme.Extensions["x-token-url"], scheme.Extensions["x-discovery-url"]}
	if !slices.Contains(known, any(e.path)) {
		t.Errorf("the security scheme names %v, want %s", known, e.path)
	}
}

func checkUnknown(t *testing.T, e endpoint) {
	t.Helper()
	notes, _ := plainDocument(t)["x-unknown"].([]any)
	for _, n := range notes {
		note, _ := n.(map[string]any)
		if note["method"] == e.verb && note["path"] == e.path && note["scope"] == e.scope {
			return
		}
	}
	t.Errorf("no x-unknown note for %+v", e)
}

func checkOperation(t *testing.T, doc *openapi3.T, e endpoint) {
	t.Helper()
	name, query, _ := strings.Cut(e.path, "?")
	item := doc.Paths.Value(name)
	if item == nil || item.GetOperation(e.verb) == nil {
		t.Fatalf("there is no %s %s", e.verb, name)
	}
	op := item.GetOperation(e.verb)
	for _, scope := range strings.Split(e.scope, " or ") {
		if !needs(op, scope) {
			t.Errorf("got security %v, want %s as an alternative", op.Security, scope)
		}
	}
	for _, p := range []string{"delta", "deltaToken", "filter"} {
		given := slices.ContainsFunc(strings.Split(query, "&"), func(q string) bool {
			return q == p || strings.HasPrefix(q, p+"=")
		})
		if given && op.Parameters.GetByInAndName("query", p) == nil {
			t.Errorf("there is no query parameter %s", p)
		}
	}
	for _, status := range strings.FieldsFunc(e.notes, func(r rune) bool { return strings.ContainsRune(" ;,/", r) }) {
		if len(status) == 3 && strings.Trim(status, "0123456789") == "" && !strings.HasPrefix(e.notes, "not with") {
			if !answers(op, status) {
				t.Errorf("status %s is not documented", status)
			}
		}
	}
}

// answers says that op names the status, or that its default response does.
func answers(op *openapi3.Operation, status string) bool {
	if op.Responses.Value(status) != nil {
		return true
	}
	rest := op.Responses.Default()
	if rest == nil {
		return false
	}
	known, _ := rest.Value.Extensions["x-statuses"].(map[string]any)
	return known[status] != nil
}

// needs says that a token with scope alone may call op. For the placeholder of all collections any scope will
// do.
func needs(op *openapi3.Operation, scope string) bool {
	if scope == "-" {
		return true
	}
	if op.Security == nil {
		return false
	}
	for _, r := range *op.Security {
		if slices.Equal(r["protime"], []string{scope}) {
			return true
		}
		if strings.Contains(scope, "{collection}") && len(r["protime"]) == 1 {
			return true
		}
	}
	return false
}

func TestEveryOperationSaysWhereItIsDocumentedAndHowItFails(t *testing.T) {
	doc := openDocument(t)
	ids := map[string]bool{}
	for name, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			where := method + " " + name
			inferred, _ := op.Extensions["x-inferred"].(string)
			if op.ExternalDocs == nil && inferred == "" {
				t.Errorf("%s: neither a page of the documentation nor x-inferred", where)
			}
			if d := op.ExternalDocs; d != nil && !strings.HasPrefix(d.URL, "https://documentation.myprotime.eu/") {
				t.Errorf("%s: %s is no page of the documentation", where, d.URL)
			}
			if op.OperationID == "" || ids[op.OperationID] {
				t.Errorf("%s: operationId %q is missing or used twice", where, op.OperationID)
			}
			ids[op.OperationID] = true
			if op.Responses.Value("400") == nil {
				t.Errorf("%s: 400 is not named by the operation: a mock would answer its own 422", where)
			}
			every := []string{"401", "403", "404", "414", "429", "500", "503"}
			if method == "GET" {
				every = append(every, "304")
			}
			for _, status := range every {
				if !answers(op, status) {
					t.Errorf("%s: status %s is not documented", where, status)
				}
			}
			agent := item.Parameters.GetByInAndName("header", "User-Agent")
			if agent == nil || !agent.Required {
				t.Errorf("%s: User-Agent is not required", where)
			}
		}
	}
}

func TestAReferenceHasNoMembersOfItsOwn(t *testing.T) {
	walk(t, "", plainDocument(t), func(where string, m map[string]any) {
		if _, ok := m["$ref"]; ok && len(m) > 1 {
			t.Errorf("%s: $ref beside other members: they would be dropped; use allOf", where)
		}
	})
}

func TestOptionalMembersAreNullable(t *testing.T) {
	c := embedded(t)
	for _, col := range c.Collections {
		for _, f := range col.Fields {
			given := f.Path == "structureVersion" || f.Path == "level" // of an activity definition: always there
			exempt := given || f.Required || f.Name == "id" || f.Name == "changeVersion" || f.Path == "name"
			if !f.Nullable && !exempt {
				t.Errorf("%s: %s is optional but not nullable", col.Name, f.Path)
			}
		}
	}
}

func TestNothingForbidsUnknownMembers(t *testing.T) {
	walk(t, "", plainDocument(t), func(where string, m map[string]any) {
		if m["additionalProperties"] == false {
			t.Errorf("%s: additionalProperties is false", where)
		}
	})
}

func TestReadOnlyMembersAreNeverRequired(t *testing.T) {
	for _, col := range embedded(t).Collections {
		for _, f := range col.Fields {
			if f.Required && f.ReadOnly {
				t.Errorf("%s: %s is required and read-only", col.Name, f.Path)
			}
		}
	}
}

// walk calls visit for every object of the document, with the place that it stands at.
func walk(t *testing.T, where string, v any, visit func(string, map[string]any)) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		visit(where, v)
		for name, m := range v {
			walk(t, path.Join(where, name), m, visit)
		}
	case []any:
		for i, m := range v {
			walk(t, path.Join(where, fmt.Sprint(i)), m, visit)
		}
	}
}
