package contract_test

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
	"unicode/utf8"
)

// Prism and the clients that generators make match patterns by backtracking. Of a pattern with two ways to read the same
// blanks that takes time that grows with the square of the text, or worse.
func TestPatternsTakeTimeInProportionToTheText(t *testing.T) {
	hostile := func(n int) []string {
		blanks := strings.Repeat(" ", n)
		return []string{
			"(" + blanks, "(a" + blanks, "(a," + blanks, "(" + blanks + "," + blanks + ")x",
			strings.Repeat("(a,b)", n) + "x", strings.Repeat("(a,b) ", n) + "(", "(a,b)" + blanks + "x", "https://" + blanks,
		}
	}
	walk(t, "", plainDocument(t), func(where string, m map[string]any) {
		pattern, ok := m["pattern"].(string)
		if !ok {
			return
		}
		parsed, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		program, err := syntax.Compile(parsed.Simplify())
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		once, twice := hostile(50), hostile(100)
		for i := range once {
			if short, long := steps(program, once[i]), steps(program, twice[i]); long > 3*short {
				t.Errorf("%s: %q takes %d steps, and twice as long %d", where, once[i], short, long)
			}
		}
	})
}

// steps counts the instructions that backtracking takes at the beginning of a text, up to a million.
func steps(program *syntax.Prog, text string) int {
	type state struct{ pc, at int }
	count := 0
	for left := []state{{program.Start, 0}}; len(left) > 0 && count < 1_000_000; count++ {
		s := left[len(left)-1]
		left = left[:len(left)-1]
		before, _ := utf8.DecodeLastRuneInString(text[:s.at])
		after, size := utf8.DecodeRuneInString(text[s.at:])
		if s.at == 0 {
			before = -1
		}
		if size == 0 {
			after = -1
		}
		switch in := &program.Inst[s.pc]; in.Op {
		case syntax.InstMatch:
			return count
		case syntax.InstAlt, syntax.InstAltMatch:
			left = append(left, state{int(in.Arg), s.at}, state{int(in.Out), s.at})
		case syntax.InstCapture, syntax.InstNop:
			left = append(left, state{int(in.Out), s.at})
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^syntax.EmptyOpContext(before, after) == 0 {
				left = append(left, state{int(in.Out), s.at})
			}
		default:
			if size > 0 && in.MatchRune(after) {
				left = append(left, state{int(in.Out), s.at + size})
			}
		}
	}
	return count
}

func TestExternalReferencesAreNamedInPairs(t *testing.T) {
	parameter := openDocument(t).Components.Parameters["ExternalReferencesQuery"].Value
	pattern := regexp.MustCompile(parameter.Schema.Value.Pattern)
	for text, want := range map[string]bool{
		"(people,@badge-number)":                       true,
		"(people,@badge-number)(departments,Code)":     true,
		"( people , HRM ID ) (departments,Code) ":      true,
		strings.Repeat("(absence-groups,Code)", 1_000): true,
		"":                           false,
		"people,HRMID":               false,
		"(people)":                   false,
		"(people,)":                  false,
		"(people,HRMID":              false,
		"(people,HRMID)x":            false,
		"(people,HRMID,departments)": false,
	} {
		if got := pattern.MatchString(text); got != want {
			t.Errorf("%.40q: got %v, want %v", text, got, want)
		}
	}
}
