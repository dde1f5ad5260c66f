package contract_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mark is what the document marks with x-unknown or x-inferred at one place. place is the operation's id, or the way to
// the schema, parameter or response and to the member: "createClocking", "schemas/Clocking/reason".
type mark struct{ extension, place string }

// README.md says of each mark of the document, at its place, what the product does about it either way.
func TestEveryUnknownHasARowThatNamesItsTests(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, extension := map[mark]string{}, ""
	product := testsOfTheProduct(t)
	quoted := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			extension = "x-" + strings.ToLower(strings.TrimSpace(heading))
		}
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 4 || !strings.Contains(cells[1], "`") {
			continue
		}
		for _, place := range quoted.FindAllStringSubmatch(cells[1], -1) {
			rows[mark{extension, place[1]}] = cells[0]
		}
		tests := quoted.FindAllStringSubmatch(cells[3], -1)
		if len(tests) == 0 && !strings.HasPrefix(cells[3], "none: ") {
			t.Errorf("%q names no test", cells[0])
		}
		for _, name := range tests {
			if !product[name[1]] {
				t.Errorf("%q names %s, which is no test of the product", cells[0], name[1])
			}
		}
	}
	marked := map[mark]string{}
	walk(t, "", plainDocument(t), func(where string, m map[string]any) {
		for _, name := range []string{"x-unknown", "x-inferred"} {
			if note, ok := m[name].(string); ok {
				marked[mark{name, placeOf(m, where)}] = note
			}
		}
		if note, ok := m["note"].(string); ok {
			marked[mark{"x-unknown", where}] = note
		}
	})
	if diff := cmp.Diff(marked, rows); diff != "" {
		t.Errorf("document -, README.md +:\n%s", diff)
	}
}

func placeOf(m map[string]any, where string) string {
	if operation, ok := m["operationId"].(string); ok {
		return operation
	}
	return strings.ReplaceAll(strings.TrimPrefix(where, "components/"), "/properties/", "/")
}

// testsOfTheProduct are the tests that are neither of the simulator nor of the document itself.
func testsOfTheProduct(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	all := map[string]bool{}
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		skipped := []string{"internal/browsertest/node_modules", ".git", "protime/simulator"}
		if entry.IsDir() && slices.Contains(skipped, path) {
			return fs.SkipDir
		}
		ofDocument := []string{"claims_test.go", "document_test.go", "foreign_test.go", "tools_test.go"}
		if !strings.HasSuffix(path, "_test.go") || slices.Contains(ofDocument, entry.Name()) {
			return nil
		}
		source, err := fs.ReadFile(root, path)
		for _, found := range declared.FindAllSubmatch(source, -1) {
			all[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
