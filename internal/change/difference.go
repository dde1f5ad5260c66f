package change

import (
	"encoding/json"
	"strings"

	"protime-admin/protime"
)

// Difference is one value that is not the same at the three places that count. A value that is absent is nil.
type Difference struct {
	Path   string          // "person.id", "activityLevels" (all rows together)
	Opened json.RawMessage // when the form was opened
	Now    json.RawMessage // at the server
	Mine   json.RawMessage // as it was typed
}

// Moved returns what changed at the server since a form was opened and is not what was typed anyway: every such value
// is shown to the person, none is merged silently. Only the given paths of writable values count: a new changeVersion
// is no conflict. Values are compared by their meaning in JSON: 480 equals 480.0, and null, an empty object and an
// empty array equal an absent value. A path into rows ("activityLevels[].level") means the rows.
func Moved(opened, now, mine protime.Record, paths []string) []Difference {
	var moved []Difference
	seen := make(map[string]bool, len(paths))
	for _, path := range paths {
		path, _, _ = strings.Cut(path, "[]")
		if seen[path] {
			continue
		}
		seen[path] = true
		steps := strings.Split(path, ".")
		was, _ := opened.Lookup(steps...)
		is, _ := now.Lookup(steps...)
		if protime.EqualOrEmpty(was, is) {
			continue
		}
		shall, _ := mine.Lookup(steps...)
		if protime.EqualOrEmpty(is, shall) {
			continue
		}
		moved = append(moved, Difference{Path: path, Opened: was, Now: is, Mine: shall})
	}
	return moved
}
