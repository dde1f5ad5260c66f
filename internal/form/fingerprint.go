package form

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Fingerprint is a digest of what was typed and picked, and of extra (verb, path): the same form's id with another
// fingerprint is another change. The reason and its note count, for they are written to the log; the form's id, the
// values at opening, the way back and the buttons do not.
func (p *Plan) Fingerprint(values url.Values, extra ...string) []byte {
	h := sha256.New()
	add := func(text string) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		h.Write(size[:])
		h.Write([]byte(text))
	}
	add("extra")
	for _, text := range extra {
		add(text)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !p.content(name) {
			continue
		}
		add("name")
		add(name)
		for _, text := range values[name] {
			add(text)
		}
	}
	return h.Sum(nil)
}

// content says that an input holds something that was typed.
func (p *Plan) content(name string) bool {
	switch {
	case name == InputWhy || name == InputNote:
		return true
	case strings.HasSuffix(name, SuffixWas) || strings.HasSuffix(name, suffixOpened):
		return false
	}
	member := strings.TrimPrefix(name, PrefixPick)
	if i := strings.IndexAny(member, ".~"); i >= 0 {
		member = member[:i]
	}
	return p.knows(member)
}
