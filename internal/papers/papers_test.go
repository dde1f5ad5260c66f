package papers_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oasdiff/yaml"

	"protime-admin/protime/contract"
)

const root = "../.."

// papers are the texts at the top of the repository, by name.
func papers(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		texts[filepath.Base(path)] = read(t, filepath.Base(path))
	}
	if len(texts) < 5 {
		t.Fatalf("got %d papers, want README.md and its fellows", len(texts))
	}
	return texts
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestEveryTestThatIsNamedExists(t *testing.T) {
	exists := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		for _, found := range declared.FindAllSubmatch(content, -1) {
			exists[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w+)`")
	for paper, text := range papers(t) {
		for _, found := range named.FindAllStringSubmatch(text, -1) {
			if !exists[found[1]] {
				t.Errorf("%s names %s, which no test file declares", paper, found[1])
			}
		}
	}
}

func TestEveryFileThatIsLinkedToIsThere(t *testing.T) {
	linked := regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	for paper, text := range papers(t) {
		for _, found := range linked.FindAllStringSubmatch(text, -1) {
			if strings.Contains(found[1], "://") || strings.HasPrefix(found[1], "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, found[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", paper, found[1])
			}
		}
	}
}

func TestEveryCommandThatIsGivenIsOne(t *testing.T) {
	makefile, program := read(t, "Makefile"), read(t, "main.go")
	target := regexp.MustCompile("(?m)(?:`|^)(?:[A-Z]+=\\S+ )?make ([a-z]+)")
	command := regexp.MustCompile("`protime-admin ([a-z]+)")
	for paper, text := range papers(t) {
		for _, found := range target.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(makefile, "\n"+found[1]+":") {
				t.Errorf("%s says make %s, which the Makefile does not know", paper, found[1])
			}
		}
		for _, found := range command.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(program, `case "`+found[1]+`"`) {
				t.Errorf("%s says protime-admin %s, which main.go does not know", paper, found[1])
			}
		}
	}
}

func TestTheWorkedExampleAddsACollection(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(read(t, "CONTRIBUTING.md"), -1)
	places := []string{"\npaths:\n", "\n  responses:\n", "\n  schemas:\n"}
	if len(blocks) != len(places) {
		t.Fatalf("got %d blocks of YAML in CONTRIBUTING.md, want paths, answers and schemas", len(blocks))
	}
	// By other names, so that whoever follows the example has no collection twice.
	renamed := strings.NewReplacer("meal-vouchers", "worked-example", "MealVoucher", "WorkedExample")
	document := string(contract.Document())
	for i, place := range places {
		document = strings.Replace(document, place, place+renamed.Replace(blocks[i][1]), 1)
	}
	described, err := contract.Load([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range described.Collections {
		if c.Name != "worked-example" {
			continue
		}
		if c.Description == "" {
			t.Error("got no description")
		}
		for _, verb := range []contract.Verb{contract.List, contract.Read, contract.Replace} {
			if c.Operations[verb] == nil {
				t.Errorf("got no %s, want the example's verbs", verb)
			}
		}
		var fields []string
		for _, field := range c.Fields {
			fields = append(fields, field.Name)
		}
		if got, want := strings.Join(fields, " "), "person date count id"; got != want {
			t.Errorf("fields: got %q, want %q", got, want)
		}
		return
	}
	t.Error("got no collection worked-example, want the example's")
}

// rooms are the folders with Go files, but for the top one: "internal/config".
func rooms(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == "node_modules" || name == "testdata" || len(name) > 2 && name[0] == '.') {
			return filepath.SkipDir
		}
		if room, err := filepath.Rel(root, filepath.Dir(path)); err == nil && filepath.Ext(path) == ".go" && room != "." {
			found[filepath.ToSlash(room)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

func TestEveryRoomIsInThePapersAndInALinterRule(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "ARCHITECTURE.md"), "## Rooms\n")
	table, _, _ = strings.Cut(table, "\n## ")
	var linters struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct{ Files []string }
				}
			}
		}
	}
	if _, err := yaml.Unmarshal([]byte(read(t, ".golangci.yml")), &linters, yaml.DecodeOpts{}); err != nil {
		t.Fatal(err)
	}
	rules := linters.Linters.Settings.Depguard.Rules
	for _, room := range rooms(t) {
		if !regexp.MustCompile("(?m)^\\|.*`" + room + "`.*\\|.*\\|$").MatchString(table) {
			t.Errorf("%s has no row in ARCHITECTURE.md's table of rooms", room)
		}
		var covering []string
		for name, rule := range rules {
			if name != "choices" && covers(rule.Files, room+"/file.go") {
				covering = append(covering, name)
			}
		}
		if len(covering) != 1 || covering[0] == "others" {
			t.Errorf("%s: got the depguard rules %v, want one of its own", room, covering)
		}
	}
	if !covers(rules["others"].Files, "internal/new/file.go") || !covers(rules["others"].Files, "new/file.go") {
		t.Error("the rule others does not cover a new room")
	}
}

// covers reports whether the patterns of a depguard rule fit a file: one has to, and none that begins with ! may.
func covers(patterns []string, file string) bool {
	fits := false
	for _, pattern := range patterns {
		pattern, not := strings.CutPrefix(pattern, "!")
		expression := strings.NewReplacer(".", `\.`, "**/", "(.*/)?", "/**", "/.*", "*", "[^/]*", "{", "(", "}", ")", ",", "|").Replace(pattern)
		if pattern == "$test" || !regexp.MustCompile("^"+expression+"$").MatchString(file) {
			continue
		}
		if not {
			return false
		}
		fits = true
	}
	return fits
}
