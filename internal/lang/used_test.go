package lang_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"protime-admin/internal/config"
	"protime-admin/internal/lang"
	"protime-admin/protime/contract"
)

// family is a group of keys that the program puts together; every other key stands as a literal in the sources.
type family struct {
	prefix string
	keys   func(*contract.Collection) []string
}

var families = []family{
	{"environment.", func(*contract.Collection) []string { return []string{"production", "sandbox", "demo"} }},
	{"collection.", func(c *contract.Collection) []string {
		return []string{c.Name, c.Name + ".one"}
	}},
	{"filter.", func(c *contract.Collection) []string {
		var keys []string
		for _, filter := range c.Filters {
			keys = append(keys, filter.Name, filter.Name+".hint")
		}
		return keys
	}},
	{"field.", func(c *contract.Collection) []string {
		var keys []string
		for _, path := range labelled(c) {
			keys = append(keys, path, path+".hint", c.Name+"."+path, c.Name+"."+path+".hint")
		}
		return keys
	}},
	{"value.", func(c *contract.Collection) []string {
		return append(values(c), "yesno.true", "yesno.false")
	}},
	{"value.why.", func(*contract.Collection) []string { return defaultReasons() }},
}

// defaultReasons are those that a company has which sets none: they are shown in the person's language.
func defaultReasons() []string {
	for _, row := range config.Table() {
		if row.Name == "AUDIT_REASONS" {
			return strings.Split(strings.Trim(row.Default, "`"), ", ")
		}
	}
	return nil
}

// composed are the keys of all families.
func composed(c *contract.Contract) map[string]bool {
	keys := map[string]bool{}
	for _, f := range families {
		for _, collection := range c.Collections {
			for _, key := range f.keys(collection) {
				keys[f.prefix+key] = true
			}
		}
	}
	return keys
}

// kinds are families whose keys are a word of the sources with something around it: the failures.
var kinds = []struct{ prefix, suffix string }{{"error.", ".title"}, {"error.", ".text"}, {"error.", ".step"}}

func TestEveryMessageIsUsed(t *testing.T) {
	used := composed(embedded(t))
	for _, tag := range load(t).Languages() {
		used["language."+tag] = true
	}
	for _, file := range sources(t) {
		for _, literal := range literals(file.text) {
			used[literal] = true
			for _, kind := range kinds {
				used[kind.prefix+literal+kind.suffix] = true
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(lang.Messages(load(t).Printer(lang.Fallback)))) {
		if !used[key] {
			t.Errorf("nothing uses the message %q", key)
		}
	}
}

func TestEveryKeyOfTheSourcesHasAMessage(t *testing.T) {
	messages := lang.Messages(load(t).Printer(lang.Fallback))
	asked := regexp.MustCompile(`\.(?:T|N|Parts)\(\s*"([^"\\\n]+)"`)
	for _, file := range sources(t) {
		for _, match := range asked.FindAllStringSubmatch(file.text, -1) {
			if _, ok := messages[match[1]]; !ok && !strings.HasSuffix(match[1], ".") {
				t.Errorf("%s asks for %q, which is no message", file.name, match[1])
			}
		}
		if !returnsKeys(file.name) {
			continue
		}
		for _, literal := range literals(file.text) {
			topic, _, _ := strings.Cut(literal, ".")
			if strings.HasSuffix(literal, ".") || topic != "problem" && topic != "form" {
				continue
			}
			if _, ok := messages[literal]; !ok {
				t.Errorf("%s names %q, which is no message", file.name, literal)
			}
		}
	}
}

// returnsKeys says that a room hands out keys instead of sentences.
func returnsKeys(name string) bool {
	return strings.HasPrefix(name, "internal/field/") || strings.HasPrefix(name, "internal/form/")
}

type sourceFile struct{ name, text string }

// sources are the program's files, written by hand and no tests, by their path in the repository.
func sources(t *testing.T) []sourceFile {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []sourceFile
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if name == "node_modules" || name == "testdata" || path != root && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") ||
			!strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".templ") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		files = append(files, sourceFile{filepath.ToSlash(relative), string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("found %d source files below %s, want the whole program", len(files), root)
	}
	return files
}

var quoted = regexp.MustCompile(`"([^"\\\n]*)"`)

// literals are the texts between double quotes. A quote in a comment may pair wrongly; each line stands alone, so
// that the mistake ends with it.
func literals(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		for _, match := range quoted.FindAllStringSubmatch(line, -1) {
			all = append(all, match[1])
		}
	}
	return all
}
