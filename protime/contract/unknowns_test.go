package contract_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// README.md says what the product does about everything that the document marks as inferred or unknown.
func TestEveryUnknownHasARowThatNamesItsTests(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, " | "); len(cells) == 3 && strings.HasPrefix(line, "| ") {
			rows[strings.TrimPrefix(cells[0], "| ")] = true
		}
	}
	for _, header := range []string{"unknown", "inferred"} {
		if !rows[header] {
			t.Errorf("there is no table of what is %s", header)
		}
		delete(rows, header)
	}
	marked := map[string]bool{}
	walk(t, "", plainDocument(t), func(_ string, m map[string]any) {
		for _, name := range []string{"x-unknown", "x-inferred"} {
			if note, ok := m[name].(string); ok {
				marked[note] = true
			}
		}
		if note, ok := m["note"].(string); ok {
			marked[note] = true
		}
	})
	for note := range marked {
		if !rows[note] {
			t.Errorf("no row for %q", note)
		}
	}
	for row := range rows {
		if !marked[row] {
			t.Errorf("the document does not say %q", row)
		}
	}
	exist := testsOfTheRepository(t)
	for _, name := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(exist, name[1]) {
			t.Errorf("there is no %s", name[1])
		}
	}
}

func testsOfTheRepository(t *testing.T) []string {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	var all []string
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		for _, found := range declared.FindAllSubmatch(source, -1) {
			all = append(all, string(found[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
