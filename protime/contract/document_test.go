package contract_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml"

	"protime-admin/internal/papers"
	"protime-admin/protime/contract"
)

// The document is read once for all tests, which change nothing in what was read.
var (
	exampleFiles = sync.OnceValues(func() (map[string]string, error) {
		return papers.Example(os.DirFS(filepath.Join("..", "..")))
	})
	exampleOpenAPI = sync.OnceValues(func() (*openapi3.T, error) {
		files, err := exampleFiles()
		if err != nil {
			return nil, err
		}
		return openapi3.NewLoader().LoadFromData([]byte(files[papers.Document]))
	})
	examplePlain = sync.OnceValues(func() (map[string]any, error) {
		files, err := exampleFiles()
		if err != nil {
			return nil, err
		}
		var doc map[string]any
		_, err = yaml.Unmarshal([]byte(files[papers.Document]), &doc, yaml.DecodeOpts{DisableTimestamps: true})
		return doc, err
	})
	exampleContract = sync.OnceValues(func() (*contract.Contract, error) {
		files, err := exampleFiles()
		if err != nil {
			return nil, err
		}
		return contract.Load([]byte(files[papers.Document]))
	})
)

// example reads a file of the repository as it is once the worked example of CONTRIBUTING.md has been followed. Tests
// that read the document by it hold the example against every rule of the document.
func example(t *testing.T, file string) []byte {
	t.Helper()
	return []byte(once(t, exampleFiles)[file])
}

// openDocument reads the document as other tools see it.
func openDocument(t *testing.T) *openapi3.T { t.Helper(); return once(t, exampleOpenAPI) }

func plainDocument(t *testing.T) map[string]any { t.Helper(); return once(t, examplePlain) }

// described is the document with the worked example of CONTRIBUTING.md in it.
func described(t *testing.T) *contract.Contract { t.Helper(); return once(t, exampleContract) }

func once[T any](t *testing.T, read func() (T, error)) T {
	t.Helper()
	value, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return value
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

// endpoint is one line of testdata/endpoints.tsv. page is below documentation; "" where none was seen.
type endpoint struct{ verb, path, scope, collection, notes, page string }

// documentation is where the pages of the API's documentation are.
const documentation = "https://documentation.myprotime.eu/protimeapi/"

func endpoints(t *testing.T) []endpoint {
	t.Helper()
	var all []endpoint
	for line := range strings.Lines(string(example(t, papers.Endpoints))) {
		c := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "", "", "", "", "")
		all = append(all, endpoint{c[0], c[1], c[2], c[3], c[4], c[5]})
	}
	if len(all) < 80 {
		t.Fatalf("got %d endpoints", len(all))
	}
	return all[1:]
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

// No link may be given for a page that nobody saw.
func TestNoPageIsNamedThatNobodySaw(t *testing.T) {
	pages := []string{
		"general-specs/", "how-to/create-update-delete/", "how-to/fetch-resources/", "how-to/set-up-webhooks/",
		"how-to/use-external-references/", "reference/authentication/", "reference/delta/", "reference/external-references/",
		"reference/filtering/", "reference/general-specs/", "reference/responses/", "reference/webhooks/",
	}
	doc := openDocument(t)
	for _, e := range endpoints(t) {
		item := doc.Paths.Value(strings.ReplaceAll(e.path, "{category}", "department"))
		if item == nil { // a delta, or none of the API's paths
			continue
		}
		op := item.GetOperation(e.verb)
		got := ""
		if op.ExternalDocs != nil && !strings.Contains(op.ExternalDocs.Description, "assumed") {
			got = strings.TrimPrefix(op.ExternalDocs.URL, documentation)
		}
		if got != e.page {
			t.Errorf("%s %s: got the page %q, want %q", e.verb, e.path, got, e.page)
		}
		if why, _ := op.Extensions["x-inferred"].(string); e.page == "" && why == "" {
			t.Errorf("%s %s: neither a page nor x-inferred", e.verb, e.path)
		}
		pages = append(pages, e.page)
	}
	walk(t, "", plainDocument(t), func(where string, m map[string]any) {
		if text, _ := m["description"].(string); strings.Contains(text, "assumed") {
			return
		}
		for _, name := range []string{"url", "x-source", "source"} {
			link, _ := m[name].(string)
			if page, ok := strings.CutPrefix(link, documentation); ok && !slices.Contains(pages, page) {
				t.Errorf("%s: %s is no page that was seen", where, link)
			}
		}
	})
}

// Generators make one type of each component, whatever its kind.
func TestNoTwoComponentsShareAName(t *testing.T) {
	kinds := map[string]string{}
	components, _ := plainDocument(t)["components"].(map[string]any)
	for kind, all := range components {
		named, _ := all.(map[string]any)
		for name := range named {
			if other, ok := kinds[name]; ok {
				t.Errorf("%s is one of %s and of %s", name, kind, other)
			}
			kinds[name] = kind
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
	c := described(t)
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
	for _, col := range described(t).Collections {
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
