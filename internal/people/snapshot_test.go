package people

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/search"
	"protime-admin/protime"
)

// The personal members are those of the documentation's table (people/personal-information), with values that cannot
// stand anywhere by chance.
func TestNothingButNamesNumbersAndDatesIsKept(t *testing.T) {
	secret := []string{
		"telephone", "mobile", "email", "address", "postalCode", "town", "countryISOCode", "nationalityISOCode", "sex",
		"maritalStatus", "birthDate", "placeOfBirth", "drivingLicense", "registerNumber", "passportNumber",
		"socialSecurityNumber", "bankAccount", "wtdStartDate", "payGroup", "terminalLanguageISOCode", "madeUpTomorrow",
	}
	var members []string
	for _, name := range secret {
		members = append(members, fmt.Sprintf(`%q: "SECRET-%s"`, name, name))
	}
	raw := `{"id": 7, "changeVersion": "SECRET", "firstName": "Els", "lastName": "Peeters", "badgeNumber": "1010",
		"pinCode": 987654, "hourlyRate": 98.76, "maxAdvance": 98.76, "terminalGroup": {"id": 98765},
		` + strings.Join(members, ", ") + `}`
	record, err := protime.ParseRecord([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}

	var b builder
	p, ok := decode(record)
	if !ok {
		t.Fatal("the record was not taken for a person")
	}
	b.add(p)
	s := b.snapshot()
	if want := "7" + "Els" + "Peeters" + "1010" + "peeters els 1010 7"; s.texts != want {
		t.Errorf("kept %q, want %q", s.texts, want)
	}
}

func TestATextOfAnyLengthFits(t *testing.T) {
	var b builder
	long := strings.Repeat("ﷺ", 100_000) // eighteen letters each, once folded
	b.add(Person{ID: "1", First: long, Last: long, Initials: long, Badge: long, Number: long})
	b.add(Person{ID: "2", First: "Els", Last: "Peeters"})
	s := b.snapshot()

	p, ok := s.byID("1")
	if !ok || len(p.First) == 0 || len(p.First) > longest || !strings.HasPrefix(long, p.First) {
		t.Errorf("got %d bytes, %v", len(p.First), ok)
	}
	if p, ok := s.byID("2"); !ok || p.Last != "Peeters" {
		t.Errorf("the one after: got %+v, %v", p, ok)
	}
}

func TestWhoComesTwiceIsKeptOnce(t *testing.T) {
	var b builder
	for range 3 {
		b.add(Person{ID: "10", First: "Els"})
		b.add(Person{ID: "9", First: "Jan"})
	}
	s := b.snapshot()
	if got := len(s.entries); got != 2 {
		t.Errorf("got %d people, want 2", got)
	}
	if got := s.find(t.Context(), "els", "", 10); len(got) != 1 {
		t.Errorf("found %v, want Els once", got)
	}
}

// The index finds who a look at everybody finds, in the same order.
func TestTheIndexFindsWhoALookAtEverybodyFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := crowd(random, 2000)
	for range 500 {
		text := typed(random, s)
		got, want := s.find(t.Context(), text, "2026-11-17", 7), everybody(s, text, "2026-11-17", 7)
		if !slices.Equal(got, want) {
			t.Fatalf("find(%q):\ngot  %v\nwant %v", text, got, want)
		}
	}
}

func everybody(s *snapshot, text, today string, limit int) []Person {
	words := search.Words(text)
	var hits []hit
	for i, e := range s.entries {
		rank, _, ok := search.Rank(s.line(e), words)
		if !ok || len(words) == 0 {
			continue
		}
		p := s.person(e)
		if p.OutOfService != "" && p.OutOfService < today {
			rank += 2
		}
		if number := strings.TrimSpace(text); p.ID == number || p.Badge == number || p.Number == number {
			rank = -1
		}
		hits = append(hits, hit{rank, uint32(i)})
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank),
			strings.Compare(s.line(s.entries[a.owner]), s.line(s.entries[b.owner])), cmp.Compare(a.owner, b.owner))
	})
	people := []Person{}
	for _, h := range hits[:min(limit, len(hits))] {
		people = append(people, s.person(s.entries[h.owner]))
	}
	return people
}

// crowd makes up people with names that share words and beginnings.
func crowd(random *rand.Rand, n int) *snapshot {
	syllables := []string{"jan", "ma", "es", "pee", "ters", "zoë", "d'", "hondt", "van ", "den ", "berg", "he", "ł", "ø"}
	name := func() string {
		var b strings.Builder
		for range 1 + random.IntN(4) {
			b.WriteString(syllables[random.IntN(len(syllables))])
		}
		return b.String()
	}
	var b builder
	for i := range n {
		p := Person{
			ID: fmt.Sprint(1 + i), First: name(), Last: name(),
			Badge: fmt.Sprint(random.IntN(100_000)), Number: fmt.Sprint(670_000 + i), InService: "2020-01-01",
		}
		if random.IntN(4) == 0 {
			p.OutOfService = fmt.Sprintf("20%02d-01-01", 10+random.IntN(40))
		}
		b.add(p)
	}
	return b.snapshot()
}

// typed is a piece of somebody's line, as a person might type it.
func typed(random *rand.Rand, s *snapshot) string {
	words := strings.Fields(s.line(s.entries[random.IntN(len(s.entries))]))
	random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	words = words[:1+random.IntN(min(3, len(words)))]
	for i, w := range words {
		runes := []rune(w)
		words[i] = string(runes[:1+random.IntN(len(runes))])
	}
	return strings.Join(words, " ")
}

func BenchmarkFind(b *testing.B) {
	s := crowd(rand.New(rand.NewPCG(1, 2)), 100_000)
	for _, text := range []string{"j", "jan", "maes jan", "6700", "67000012", "nobody"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.find(b.Context(), text, "2026-11-17", 20)
			}
		})
	}
}

// BenchmarkFindP99 looks for a name or number of which some has been typed, often a single letter.
func BenchmarkFindP99(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	s := crowd(random, 100_000)
	var took []time.Duration
	for b.Loop() {
		p := s.person(s.entries[random.IntN(len(s.entries))])
		whole := []string{p.Last + " " + p.First, p.First + " " + p.Last, p.Number, p.Badge}[random.IntN(4)]
		typed := []rune(whole)
		text := string(typed[:1+random.IntN(len(typed))])
		began := time.Now()
		s.find(b.Context(), text, "2026-11-17", 20)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
}

func BenchmarkName(b *testing.B) {
	s := crowd(rand.New(rand.NewPCG(1, 2)), 100_000)
	b.ReportAllocs()
	for b.Loop() {
		s.byID("54321")
	}
}

func BenchmarkSnapshot(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		s := crowd(random, 100_000)
		bytes := len(s.texts) + len(s.entries)*28 + len(s.words)*8
		b.ReportMetric(float64(bytes)/100_000, "bytes/person")
	}
}
