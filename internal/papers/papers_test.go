package papers_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oasdiff/yaml"

	"protime-admin/internal/batch"
	"protime-admin/internal/day"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/form"
	"protime-admin/internal/papers"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

const root = "../.."

// texts are the papers at the top of the repository, by name.
func texts(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, path := range paths {
		all[filepath.Base(path)] = read(t, filepath.Base(path))
	}
	if len(all) < 5 {
		t.Fatalf("got %d papers, want README.md and its fellows", len(all))
	}
	return all
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
	for paper, text := range texts(t) {
		for _, found := range named.FindAllStringSubmatch(text, -1) {
			if !exists[found[1]] {
				t.Errorf("%s names %s, which no test file declares", paper, found[1])
			}
		}
	}
}

func TestEveryFileThatIsLinkedToIsThere(t *testing.T) {
	linked := regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	for paper, text := range texts(t) {
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
	for paper, text := range texts(t) {
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
	files, err := papers.Example(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	described, err := contract.Load([]byte(files[papers.Document]))
	if err != nil {
		t.Fatal(err)
	}
	vouchers, ok := described.Collection("meal-vouchers")
	if !ok || !vouchers.Offers(contract.List) || !vouchers.Offers(contract.Read) || !vouchers.Offers(contract.Replace) {
		t.Fatalf("got %+v, want a collection with the verbs of the example", vouchers)
	}
	sheets := dryrun.New(dryrun.Options{
		Contract: described, Texts: func(keys ...string) []string { return keys[len(keys)-1:] },
		Plan: func(c *contract.Collection, verb contract.Verb) *form.Plan {
			return form.NewPlan(c, verb, described.Collections...)
		},
	})
	var columns []string
	for _, in := range sheets.Inputs(vouchers, batch.Replace) {
		columns = append(columns, in.Name)
	}
	if !dryrun.Takes(vouchers, batch.Replace) || !slices.Contains(columns, batch.InputRecord) || !slices.Contains(columns, "count") {
		t.Errorf("a sheet of meal vouchers has the columns %q, want those of the example", columns)
	}
	for _, file := range []string{papers.English, papers.Dutch, papers.French, papers.German} {
		labels := map[string]string{}
		decode(t, files[file], &labels)
		for _, key := range []string{"collection.meal-vouchers", "collection.meal-vouchers.one"} {
			if labels[key] == "" {
				t.Errorf("%s: no %s", file, key)
			}
		}
		for _, field := range vouchers.Fields {
			if labels["field."+field.Path] == "" {
				t.Errorf("%s: no label of %s", file, field.Path)
			}
		}
		again := regexp.MustCompile(`(?m)^  ("[^"]+"): `)
		seen := map[string]bool{}
		for _, key := range again.FindAllStringSubmatch(files[file], -1) {
			if seen[key[1]] {
				t.Errorf("%s: %s stands twice", file, key[1])
			}
			seen[key[1]] = true
		}
	}
	records := map[string]map[string]json.RawMessage{}
	decode(t, files[papers.Records], &records)
	record, err := protime.ParseRecord(records["meal-vouchers"]["12"])
	if err != nil {
		t.Fatal(err)
	}
	for name := range record.Members() {
		if _, ok := vouchers.Field(name); !ok {
			t.Errorf("the record has %s, which the collection lacks", name)
		}
	}
}

func decode(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatal(err)
	}
}

func TestEveryRuleIsInTheReadme(t *testing.T) {
	_, section, _ := strings.Cut(read(t, "README.md"), "### Rules\n")
	section, _, _ = strings.Cut(section, "\n#")
	var got []day.Rule
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(section, -1) {
		got = append(got, day.Rule(row[1]))
	}
	if !slices.Equal(got, day.AllRules()) {
		t.Errorf("got the rules %v in README.md, want %v", got, day.AllRules())
	}
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
	for _, file := range []string{"internal/new/file.go", "new/file.go", "internal/new/main.go", "new/main.go"} {
		if !covers(rules["others"].Files, file) {
			t.Errorf("the rule others does not cover %s", file)
		}
	}
	if covers(rules["others"].Files, "main.go") {
		t.Error("the rule others covers main.go, which imports what it likes")
	}
}

// covers reports whether the patterns of a depguard rule fit a file: one has to, and none that begins with ! may.
func covers(patterns []string, file string) bool {
	fits := false
	for _, pattern := range patterns {
		pattern, not := strings.CutPrefix(pattern, "!")
		expression := strings.NewReplacer("${base-path}/", "", ".", `\.`, "**/", "(.*/)?", "/**", "/.*", "*", "[^/]*", "{", "(", "}", ")", ",", "|").Replace(pattern)
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
