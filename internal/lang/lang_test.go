package lang_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"protime-admin/internal/lang"
)

func load(t *testing.T) *lang.Catalog {
	t.Helper()
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	c.Missing = func(language, key string) { t.Errorf("%s: no message %q", language, key) }
	return c
}

// files is the tree of a small language: the formats of English, and topics as given.
func files(t *testing.T, topics map[string]string) fstest.MapFS {
	t.Helper()
	tree := fstest.MapFS{}
	for name, text := range topics {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
		folder, _, _ := strings.Cut(name, "/")
		tree[folder+"/format.json"] = &fstest.MapFile{Data: []byte(source(t, "messages/en/format.json"))}
	}
	return tree
}

func source(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTextsAreFilledIn(t *testing.T) {
	c, err := lang.LoadFS(files(t, map[string]string{"en/a.json": `{
		"plain": "Nothing to change",
		"one": "{status} from {who}",
		"twice": "{a} and {a}",
		"rows": {"one": "{n} row of {what}", "other": "{n} rows of {what}"},
		"bare": {"one": "a row", "other": "rows"}
	}`}))
	if err != nil {
		t.Fatal(err)
	}
	var reported []string
	c.Missing = func(language, key string) { reported = append(reported, language+" "+key) }
	p := c.Printer("en")

	tests := []struct{ name, got, want string }{
		{"a plain text", p.T("plain"), "Nothing to change"},
		{"arguments that a text doesn't take", p.T("plain", "a", "b"), "Nothing to change"},
		{"placeholders", p.T("one", "who", "Els", "status", "200 OK"), "200 OK from Els"},
		{"a placeholder twice", p.T("twice", "a", "x"), "x and x"},
		{"braces in a value stay", p.T("twice", "a", "{a}"), "{a} and {a}"},
		{"one of a plural", p.N("rows", 1, "what", "clockings"), "1 row of clockings"},
		{"none of a plural", p.N("rows", 0, "what", "clockings"), "0 rows of clockings"},
		{"many of a plural", p.N("rows", 12480, "what", "clockings"), "12,480 rows of clockings"},
		{"a number of one's own", p.N("rows", 2, "n", "two", "what", "x"), "two rows of x"},
		{"a plural without number", p.N("bare", 1), "a row"},
		{"a plural of a plain text", p.N("plain", 3), "Nothing to change"},
		{"the first that exists", p.First([]string{"no", "plain", "bare"}, "last"), "Nothing to change"},
		{"the last resort", p.First([]string{"no", "neither"}, "last"), "last"},
		{"no keys at all", p.First(nil, "last"), "last"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
	if reported != nil {
		t.Errorf("reported %q, want nothing", reported)
	}

	if got, want := p.T("no.such"), "⟦no.such⟧"; got != want {
		t.Errorf("a missing key: got %q, want %q", got, want)
	}
	if got, want := p.N("no.plural", 2), "⟦no.plural⟧"; got != want {
		t.Errorf("a missing plural: got %q, want %q", got, want)
	}
	if got, want := p.T("one", "who", "Els"), "{status} from Els"; got != want {
		t.Errorf("a missing argument: got %q, want %q", got, want)
	}
	if got, want := fmt.Sprint(reported), "[en no.such en no.plural en one {status}]"; got != want {
		t.Errorf("reported %s, want %s", got, want)
	}
	if p.Has("no.such") || !p.Has("plain") {
		t.Error("Has: got the opposite")
	}
}

func TestATextWithoutPlaceholdersAllocatesNothing(t *testing.T) {
	p := load(t).Printer("nl")
	var got string
	allocations := testing.AllocsPerRun(100, func() {
		got = p.T("collection.clockings")
		got = p.Value("kind", "InOut")
		got = p.Clock(485)
	})
	if allocations != 0 || got != "08:05" {
		t.Errorf("got %v allocations, %q, want none", allocations, got)
	}
}

func TestAFileThatIsNoTopicIsRefused(t *testing.T) {
	tests := []struct{ name, topic, want string }{
		{"no JSON", `{`, "EOF"},
		{"an array", `["a"]`, "want an object"},
		{"a number", `{"a": 1}`, "want a text or plural forms"},
		{"an empty text", `{"a": ""}`, "empty text"},
		{"a key twice in one file", `{"a": "x", "a": "y"}`, `"a" stands in`},
		{"a key of another topic", `{"format.date": "x"}`, `"format.date" stands in`},
		{"an unknown plural form", `{"a": {"other": "x", "lots": "y"}}`, `"lots"`},
		{"no other form", `{"a": {"one": "x"}}`, `"other" is missing`},
		{"an open brace", `{"a": "{x"}`, "placeholder"},
		{"a closing brace", `{"a": "x}"}`, "without its {"},
		{"braces around a blank", `{"a": "{ x }"}`, "placeholder"},
		{"text after the object", `{"a": "x"} {}`, "after the object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := lang.LoadFS(files(t, map[string]string{"en/z.json": test.topic}))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that says %q", err, test.want)
			}
		})
	}
}

func TestALanguageWithoutItsCalendarIsRefused(t *testing.T) {
	tree := files(t, map[string]string{"en/a.json": "{}"})
	tree["de/a.json"] = &fstest.MapFile{Data: []byte(`{"format.months": "Jan Feb"}`)}
	_, err := lang.LoadFS(tree)
	if err == nil || !strings.Contains(err.Error(), "de: ") || !strings.Contains(err.Error(), "2 words, want 12") {
		t.Errorf("got %v, want what is missing in de", err)
	}
	if _, err := lang.LoadFS(fstest.MapFS{}); err == nil {
		t.Error("no folder at all: got no error")
	}
}

func TestAFurtherLanguageIsAFolder(t *testing.T) {
	c, err := lang.LoadFS(files(t, map[string]string{
		"fr/a.json": `{"a": "bonjour", "rows": {"one": "{n} ligne", "many": "{n} de lignes", "other": "{n} lignes"}}`,
		"en/a.json": `{"a": "hello", "rows": {"one": "{n} row", "other": "{n} rows"}}`,
		"de/a.json": `{"a": "hallo", "rows": {"one": "{n} Zeile", "other": "{n} Zeilen"}}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(c.Languages()); got != "[en de fr]" {
		t.Errorf("Languages: got %s", got)
	}
	if got := c.Printer("fr").N("rows", 0); got != "0 ligne" {
		t.Errorf("none in French: got %q, want the singular", got)
	}
	if got := c.Match("", "", "fr-BE, nl;q=0.8", "en"); got != "fr" {
		t.Errorf("Match: got %q, want fr", got)
	}
	if got := c.Printer("es"); got.Tag != "en" {
		t.Errorf("Printer of an unknown language: got %q, want en", got.Tag)
	}
}

func TestTheLanguageIsChosenByPersonThenClaimThenBrowser(t *testing.T) {
	c := load(t)
	tests := []struct {
		name                                    string
		choice, claim, acceptLanguage, fallback string
		want                                    string
	}{
		{"the person's choice wins", "nl", "en", "en", "en", "nl"},
		{"the claim comes next", "", "nl-BE", "en", "en", "nl"},
		{"a claim with an underscore", "", "nl_BE", "en", "en", "nl"},
		{"then the browser", "", "", "nl-BE,nl;q=0.9,en;q=0.8", "en", "nl"},
		{"the browser's order", "", "", "ja, en;q=0.5, nl;q=0.9", "en", "nl"},
		{"French as Belgians ask for it", "", "", "fr-BE,fr;q=0.9,nl;q=0.8", "en", "fr"},
		{"German as Belgians ask for it", "", "", "de-BE, fr;q=0.5", "nl", "de"},
		{"a claim in German", "", "de_BE", "fr", "en", "de"},
		{"a relative of the language", "", "", "en-GB", "nl", "en"},
		{"without any wish the default", "", "", "", "nl", "nl"},
		{"a choice that we don't speak", "ja", "", "nl", "en", "nl"},
		{"no wish that we speak", "ja", "zh", "ja", "nl", "nl"},
		{"nonsense", "%%%", "\x00", ";;q=", "nl", "nl"},
		{"anything goes for the browser", "", "", "*", "nl", "nl"},
		{"nothing that we speak at all", "", "", "", "ja", "en"},
		{"a refused language", "", "", "nl;q=0, en;q=0.1", "nl", "en"},
		{"a long header", "", "", strings.Repeat("ja-", 5000) + ",nl", "en", "en"},
	}
	for _, test := range tests {
		if got := c.Match(test.choice, test.claim, test.acceptLanguage, test.fallback); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestValuesHaveWords(t *testing.T) {
	p := load(t).Printer("nl")
	if got := p.Value("kind", "InOut"); got != "In of uit" {
		t.Errorf("got %q", got)
	}
	if got := p.Value("kind", "SomethingNew"); got != "SomethingNew" {
		t.Errorf("a value without a word: got %q, want the value", got)
	}
}

// TestInvariant8_DatesAndTimesAreNeverConverted draws the same texts wherever the server stands: on the day of a
// clock change in Brussels, at the edges of the year, and in a zone where the day is another one.
func TestInvariant8_DatesAndTimesAreNeverConverted(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	c := load(t)
	for _, zone := range []string{"UTC", "Europe/Brussels", "Pacific/Kiritimati", "Pacific/Pago_Pago"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = location
		en, nl := c.Printer("en"), c.Printer("nl")
		tests := []struct{ what, got, want string }{
			{"en date", en.Date("2026-11-17"), "17 Nov 2026"},
			{"nl date", nl.Date("2026-11-17"), "17/11/2026"},
			{"en day", en.Day("2026-11-17"), "Tue 17 Nov 2026"},
			{"nl day", nl.Day("2026-11-17"), "di 17 nov 2026"},
			{"en long day", en.LongDay("2026-03-01"), "Sunday 1 March 2026"},
			{"nl long day", nl.LongDay("2026-03-01"), "zondag 1 maart 2026"},
			{"the day of the spring's clock change", en.Day("2026-03-29"), "Sun 29 Mar 2026"},
			{"the day of the autumn's clock change", nl.Day("2026-10-25"), "zo 25 okt 2026"},
			{"a leap day", en.Date("2028-02-29"), "29 Feb 2028"},
			{"new year's day", en.Day("2026-01-01"), "Thu 1 Jan 2026"},
			{"the week of new year's day", en.Week("2027-01-01"), "53"},
			{"the week of the last day", en.Week("2024-12-31"), "1"},
			{"a week", nl.Week("2026-11-17"), "47"},
			{"no date", en.Date("2026-02-30"), "2026-02-30"},
			{"no date at all", nl.Day(""), ""},
			{"a date with a time", en.Date("2026-11-17T08:00:00Z"), "2026-11-17T08:00:00Z"},
			{"the week of no date", en.Week("soon"), ""},

			{"midnight", en.Clock(0), "00:00"},
			{"morning", en.Clock(485), "08:05"},
			{"the last minute", en.Clock(1439), "23:59"},
			{"24:00 is the next day's midnight", en.Clock(1440), "00:00 (next day)"},
			{"the next morning", nl.Clock(1800), "06:00 (volgende dag)"},
			{"the evening before", en.Clock(-120), "22:00 (day before)"},
			{"the first minute before", nl.Clock(-1), "23:59 (vorige dag)"},
			{"the earliest", en.Clock(-1440), "00:00 (day before)"},
			{"the latest", en.Clock(2880), "00:00 (2 days later)"},
			{"beyond what the API takes", nl.Clock(-1441), "23:59 (2 dagen eerder)"},

			{"a duration", en.Duration(456), "7 h 36"},
			{"a Dutch duration", nl.Duration(456), "7 u 36"},
			{"a short duration", en.Duration(5), "0 h 05"},
			{"no duration", en.Duration(0), "0 h 00"},
			{"a negative duration", en.Duration(-90), "−1 h 30"},
			{"a long duration", en.Duration(6000), "100 h 00"},
		}
		for _, test := range tests {
			if test.got != test.want {
				t.Errorf("%s: %s: got %q, want %q", zone, test.what, test.got, test.want)
			}
		}
	}
}

func TestEveryLanguageWritesDatesTimesAndCountsAsItsReadersDo(t *testing.T) {
	c := load(t)
	for _, test := range []struct{ tag, date, day, long, later, duration, count, none, one, two string }{
		{"en", "1 Mar 2026", "Sun 1 Mar 2026", "Sunday 1 March 2026", "06:00 (next day)", "7 h 36", "12,480",
			"0 rows shown", "1 row shown", "2 rows shown"},
		{"nl", "01/03/2026", "zo 1 mrt 2026", "zondag 1 maart 2026", "06:00 (volgende dag)", "7 u 36", "12.480",
			"0 rijen getoond", "1 rij getoond", "2 rijen getoond"},
		{"fr", "01/03/2026", "dim. 1 mars 2026", "dimanche 1 mars 2026", "06:00 (le lendemain)", "7 h 36", "12\u202f480",
			"0 ligne affichée", "1 ligne affichée", "2 lignes affichées"},
		{"de", "01.03.2026", "So 1. März 2026", "Sonntag, 1. März 2026", "06:00 (Folgetag)", "7:36 Std.", "12.480",
			"0 Zeilen angezeigt", "1 Zeile angezeigt", "2 Zeilen angezeigt"},
	} {
		p := c.Printer(test.tag)
		got := []string{p.Date("2026-03-01"), p.Day("2026-03-01"), p.LongDay("2026-03-01"), p.Clock(1800), p.Duration(456),
			p.Count(12480), p.N("list.count", 0), p.N("list.count", 1), p.N("list.count", 2)}
		want := []string{test.date, test.day, test.long, test.later, test.duration, test.count, test.none, test.one, test.two}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", test.tag, got, want)
		}
	}
}

func TestAMomentIsShownOnTheLogsClock(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 16, 23, 30, 5, 0, time.UTC)
	c := load(t)
	if got := c.Printer("en").Moment(at, brussels); got != "17 Nov 2026 00:30:05" {
		t.Errorf("got %q", got)
	}
	if got := c.Printer("nl").Moment(at, time.UTC); got != "16/11/2026 23:30:05" {
		t.Errorf("got %q", got)
	}
}

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	c := load(t)
	en, nl := c.Printer("en"), c.Printer("nl")
	tests := []struct{ what, got, want string }{
		{"digits stay", nl.Number("51.1441270"), "51,1441270"},
		{"English too", en.Number("51.1441270"), "51.1441270"},
		{"a whole number", nl.Number("-12"), "-12"},
		{"a count", en.Count(999), "999"},
		{"a count of thousands", nl.Count(100000), "100.000"},
		{"a count of millions", en.Count(1234567), "1,234,567"},
		{"a count below zero", en.Count(-1234), "−1,234"},
		{"bytes", en.Bytes(999), "999 B"},
		{"kilobytes", nl.Bytes(4210), "4,2 kB"},
		{"many kilobytes", en.Bytes(65_536), "66 kB"},
		{"megabytes", en.Bytes(12_000_000), "12 MB"},
		{"milliseconds", en.Seconds(85 * time.Millisecond), "85 ms"},
		{"seconds", nl.Seconds(1440 * time.Millisecond), "1,4 s"},
		{"whole seconds", en.Seconds(3 * time.Second), "3 s"},
		{"many seconds", en.Seconds(31400 * time.Millisecond), "31 s"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.what, test.got, test.want)
		}
	}
}

func BenchmarkPlainText(b *testing.B) {
	c, err := lang.Load()
	if err != nil {
		b.Fatal(err)
	}
	p := c.Printer("nl")
	b.ReportAllocs()
	for b.Loop() {
		p.T("field.timeOfDayInMinutes")
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lang.Load(); err != nil {
			b.Fatal(err)
		}
	}
}
