package people

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"

	"protime-admin/internal/search"
)

// hit is a candidate of a search with its rank; lower is better.
type hit struct {
	rank  int
	owner uint32
}

// find looks the words up in the index. Only the people of the rarest word are looked at, and of thousands who have a
// letter, none is who cannot be among the best any more.
//
// Whoever left before today comes after the others of the same rank; an exact badge, employee number or id comes
// first.
func (s *snapshot) find(ctx context.Context, text, today string, limit int) []Person {
	words := search.Words(text)
	if len(words) == 0 || limit <= 0 {
		return nil
	}
	rarest, candidates := 0, s.starting(words[0])
	for i, word := range words[1:] {
		if found := s.starting(word); len(found) < len(candidates) {
			rarest, candidates = i+1, found
		}
	}
	words[0], words[rarest] = words[rarest], words[0]

	// Candidates are in order of their words, so that the complete ones come first.
	complete := sort.Search(len(candidates), func(i int) bool {
		rest := s.word(candidates[i])[len(words[0]):]
		return rest != "" && rest[0] != ' '
	})
	number := strings.TrimSpace(text)
	hits := make([]hit, 0, min(limit, len(candidates))+1)
	for i, candidate := range candidates {
		if i%8192 == 8191 && ctx.Err() != nil {
			return nil
		}
		e := s.entries[candidate.owner]
		start := e.start + uint32(e.ends[fields-1]) // of the line
		exact := s.text(e, 5) == number || s.text(e, 4) == number || s.text(e, 0) == number
		if !exact && len(hits) == limit {
			least := 0
			if i >= complete {
				least += search.Beginning
			}
			if candidate.at != start {
				least += search.FurtherOn
			}
			if s.compare(hit{least, candidate.owner}, hits[limit-1]) >= 0 {
				continue
			}
		}
		rank, at, ok := search.Rank(s.line(e), words)
		if !ok || start+uint32(at) != candidate.at { //nolint:gosec // within a line
			continue // or the same person has the word once more, and was or will be looked at there
		}
		if until := s.text(e, 7); until != "" && until < today {
			rank += 2
		}
		if exact {
			rank = -1
		}
		hits = s.insert(hits, hit{rank, candidate.owner}, limit)
	}

	found := make([]Person, len(hits))
	for i, h := range hits {
		found[i] = s.person(s.entries[h.owner])
	}
	return found
}

// insert puts a hit among the best, which stay sorted and at most limit.
func (s *snapshot) insert(hits []hit, h hit, limit int) []hit {
	if len(hits) == limit && s.compare(h, hits[limit-1]) >= 0 {
		return hits
	}
	at, _ := slices.BinarySearchFunc(hits, h, s.compare)
	hits = slices.Insert(hits, at, h)
	return hits[:min(len(hits), limit)]
}

// compare orders hits by rank, then by name: a line begins with the last name.
func (s *snapshot) compare(a, b hit) int {
	if a.rank != b.rank {
		return cmp.Compare(a.rank, b.rank)
	}
	return cmp.Compare(s.entries[a.owner].order, s.entries[b.owner].order)
}
