package lang_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// prose is what a person reads and no key, name, value or list of classes: two words of which the first has a capital, or
// three. What has a control character in it is no text.
var prose = regexp.MustCompile(`^[^[:cntrl:]]*(\p{Lu}\p{L}+ \p{L}+|\p{L}+ \p{L}+ \p{L}+)[^[:cntrl:]]*$`)

// Rooms that put text into pages hold keys only. A literal with words in it that is no error, log line or name of an API's
// header would be read in one language by everybody.
func TestNoSentenceIsWrittenIntoTheCodeOfAPage(t *testing.T) {
	found := 0
	for _, file := range sources(t) {
		room := strings.Split(file.name, "/")
		if !strings.HasSuffix(file.name, ".go") || room[0] != "handlers" && room[0] != "views" &&
			(len(room) < 3 || room[1] != "tell" && room[1] != "listing" && room[1] != "access") {
			continue
		}
		found++
		for _, literal := range sentences(t, file) {
			t.Errorf("%s: %q is written into the code, want a message", file.name, literal)
		}
	}
	if found < 20 {
		t.Errorf("looked at %d files, want those of the rooms that make pages", found)
	}
}

func TestASentenceInTheCodeIsNoticed(t *testing.T) {
	got := sentences(t, sourceFile{"a.go", `package a

func f(x *exchange) error {
	page := views.Page{Title: "All changes", Kind: "date"}
	page.Notes = append(page.Notes, "Nothing was sent.")
	x.s.Logger.Warn("names cannot be read", "error", errors.New("no such thing"))
	return fmt.Errorf("handlers: no page: %w", x.show(page, x.words.T("page.title")))
}
`})
	if text := strings.Join(got, "; "); text != "All changes; Nothing was sent." {
		t.Errorf("got %q, want what a page would show", text)
	}
}

// sentences are the literals of a file that are more than a word, without those of errors and of the log.
func sentences(t *testing.T, file sourceFile) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file.name, file.text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	var look func(ast.Node) bool
	look = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			if n.Tag != nil {
				return false
			}
		case *ast.CallExpr:
			if isForOperators(n.Fun) {
				for _, argument := range n.Args {
					if _, literal := argument.(*ast.BasicLit); !literal {
						ast.Inspect(argument, look)
					}
				}
				return false
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && prose.MatchString(strings.ReplaceAll(text, "Protime Admin", "")) {
				found = append(found, text)
			}
		}
		return true
	}
	ast.Inspect(parsed, look)
	return found
}

// isForOperators says that what a function is called with goes into an error or the log.
func isForOperators(function ast.Expr) bool {
	selector, ok := function.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch selector.Sel.Name {
	case "New", "Errorf", "Log", "LogAttrs", "Debug", "Info", "Warn", "Error", "DebugContext", "InfoContext", "WarnContext",
		"ErrorContext", "MustCompile":
		return true
	}
	return false
}

// monthFirst is a date with its month before its day: one whose second number is no month, and the layouts of it.
var monthFirst = regexp.MustCompile(`\b(0?[1-9]|1[0-2])/(1[3-9]|2\d|3[01])(/\d{2,4})?\b|(?i)\bmm/dd\b|\b0?1/0?2/(20)?06\b`)

func TestNoDateIsWrittenWithItsMonthFirst(t *testing.T) {
	for text, want := range map[string]bool{
		"11/20/2026": true, "02/30": true, "mm/dd/yyyy": true, "01/02/2006": true,
		"20/11/2026": false, "17/11": false, "dd/mm": false, "2026-11-20": false, "10/12/2026": false,
	} {
		if got := monthFirst.MatchString(text); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
	c := load(t)
	for _, tag := range c.Languages() {
		p := c.Printer(tag)
		for key, text := range texts(t, tag) {
			if found := monthFirst.FindString(text); found != "" {
				t.Errorf("%s: %s: %q has the month first", tag, key, found)
			}
		}
		for _, written := range []string{p.Date("2026-11-20"), p.Day("2026-11-20"), p.ShortDay("2026-11-20"), p.LongDay("2026-11-20")} {
			if day, month := strings.Index(written, "20"), strings.Index(written, p.Months()[10]); month >= 0 && month < day ||
				monthFirst.MatchString(written) {
				t.Errorf("%s: got %q, want the day first", tag, written)
			}
		}
	}
	for _, file := range sources(t) {
		for _, literal := range literals(file.text) {
			if found := monthFirst.FindString(literal); found != "" {
				t.Errorf("%s: %q has the month first", file.name, literal)
			}
		}
	}
}
