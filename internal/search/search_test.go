package search_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"protime-admin/internal/search"
)

func TestWordsAreFoldedToWhatAKeyboardTypes(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Els Peeters", "els peeters"},
		{"D'Hondt, Zoë", "d hondt zoe"},
		{"Łukasz Wiśniewski", "lukasz wisniewski"},
		{"Søren Kierkegård", "soren kierkegard"},
		{"Groß-Müller", "gross muller"},
		{"Çağlar Işık", "caglar isik"},
		{"Đorđević", "dordevic"},
		{"  670012 ", "670012"},
		{"Ελένη Παπαδοπούλου", "ελενη παπαδοπουλου"},
		{"ﬁnn", "finn"},
		{"---", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := strings.Join(search.Words(test.text), " "); got != test.want {
			t.Errorf("Words(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestALineHoldsNamesOfSeveralWordsAsOneToo(t *testing.T) {
	got := search.Line("Van den Berghe", "Jan", "670012")
	if want := "van den berghe vandenberghe jan 670012"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRankPrefersWholeWordsAndTheBeginning(t *testing.T) {
	lines := []string{
		"peeters els 670012",      // the whole word, at the start
		"maes peeters 670013",     // the whole word
		"peetersen jan 670014",    // a beginning, at the start
		"janssen peetersen 67001", // a beginning
	}
	words := search.Words("Peeters")
	last := -1
	for _, line := range lines {
		rank, _, ok := search.Rank(line, words)
		if !ok || rank <= last {
			t.Errorf("Rank(%q) = %d, %v, want more than %d", line, rank, ok, last)
		}
		last = rank
	}
	if _, _, ok := search.Rank("speeters els", words); ok {
		t.Error("a word's middle was found, want beginnings only")
	}
}

func TestEveryWordMustBeFoundInAnyOrder(t *testing.T) {
	line := search.Line("Van den Berghe", "Zoë", "670012")
	for _, text := range []string{"zoe berg", "berghe zoë", "vandenb zo", "6700 zoe", ""} {
		if _, _, ok := search.Rank(line, search.Words(text)); !ok {
			t.Errorf("%q was not found in %q", text, line)
		}
	}
	for _, text := range []string{"zoe peeters", "erghe", "70012"} {
		if _, _, ok := search.Rank(line, search.Words(text)); ok {
			t.Errorf("%q was found in %q", text, line)
		}
	}
}

func FuzzWhatStandsInALineIsFound(f *testing.F) {
	f.Add("Van den Berghe", "Zoë")
	f.Add("Ǆ ŉ İ", "ﬃ")
	f.Add("\xff\x00", "a\u0301")
	f.Fuzz(func(t *testing.T, last, first string) {
		line := search.Line(last, first)
		for _, text := range []string{last, first, first + " " + last} {
			words := search.Words(text)
			if _, _, ok := search.Rank(line, words); !ok {
				t.Fatalf("%q (%q) was not found in %q", text, words, line)
			}
		}
		if again := search.Words(line); utf8.ValidString(last+first) && !slices.Equal(again, strings.Fields(line)) {
			t.Errorf("folding again gives %q, want %q", again, line)
		}
	})
}
