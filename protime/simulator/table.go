package simulator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// table holds the records of one collection in the order of their creation. Records are kept as the text that
// a GET gives, so that nothing is lost that the contract does not know.
type table struct {
	rows   []*row
	byID   map[string]*row
	lastID int
	seq    int
}

// clone returns a copy. The rows are shared, because a row never changes.
func (s *table) clone() *table {
	return &table{rows: slices.Clone(s.rows), byID: maps.Clone(s.byID), lastID: s.lastID, seq: s.seq}
}

// row is one version of one record: a write replaces it and never changes it in place.
type row struct {
	id     string
	seq    int
	raw    string
	parent string // of an activity definition: "<structure version>/<level>"
	date   string // cut out of raw, as nearly every list filters by date and person
	person string
}

func newRow(id string, seq int, raw string) *row {
	r := &row{id: id, seq: seq, raw: raw}
	version, level := "", ""
	for name, value := range members(raw) {
		switch name {
		case "date":
			r.date = text(value)
		case "person":
			r.person = text(parseMember(value, "id"))
		case "structureVersion":
			version = strings.ToLower(text(value))
		case "level":
			level = value
		}
	}
	if version != "" {
		r.parent = version + "/" + level
	}
	return r
}

// table returns the table of a collection, made when it is asked for first.
func (t *Tenant) table(collection string) *table {
	found := t.tables[collection]
	if found != nil {
		return found
	}
	if t.tables == nil {
		t.tables = make(map[string]*table)
	}
	found = &table{byID: make(map[string]*row)}
	t.tables[collection] = found
	return found
}

// lookup returns one record, nil when there is none. It does not make a table.
func (t *Tenant) lookup(collection, id string) *row {
	if found := t.tables[collection]; found != nil {
		return found.byID[id]
	}
	return nil
}

// rowsOf returns the records of a collection whose seq is greater than after.
func (t *Tenant) rowsOf(collection string, after int) []*row {
	found := t.tables[collection]
	if found == nil {
		return nil
	}
	start, _ := slices.BinarySearchFunc(found.rows, after+1, bySeq)
	return found.rows[start:]
}

func bySeq(r *row, seq int) int { return cmp.Compare(r.seq, seq) }

// write adds a record, replaces its text, or removes it where raw is "". It is the only place where records
// change; e is the entry of the journal that says so.
func (t *Tenant) write(e *Entry, collection, id, raw string) {
	s := t.table(collection)
	old := s.byID[id]
	before := ""
	switch {
	case old != nil && raw == "":
		before = old.raw
		delete(s.byID, id)
		at, _ := slices.BinarySearchFunc(s.rows, old.seq, bySeq)
		s.rows = slices.Delete(s.rows, at, at+1)
	case old != nil:
		before = old.raw
		at, _ := slices.BinarySearchFunc(s.rows, old.seq, bySeq)
		s.rows[at] = newRow(id, old.seq, raw)
		s.byID[id] = s.rows[at]
	case raw != "":
		if number, err := strconv.Atoi(id); err == nil {
			s.lastID = max(s.lastID, number)
		}
		s.seq++
		s.byID[id] = newRow(id, s.seq, raw)
		s.rows = append(s.rows, s.byID[id])
	default:
		return
	}
	t.changed(e, collection, id, before, raw)
}

// nextVersion returns a changeVersion: text that grows with every change (reference/delta).
func (t *Tenant) nextVersion() string {
	t.version++
	return fmt.Sprintf(`"0001E7C5%012X"`, t.version)
}

// nextGUID returns a GUID that is unlike those of a real system, and the same in every run.
func (t *Tenant) nextGUID() string {
	t.guid++
	return fmt.Sprintf("5ca1ab1e-0000-4000-8000-%012x", t.guid)
}

// idValue writes an id as JSON: a number where it is one.
func idValue(id string) string {
	if _, err := strconv.Atoi(id); err == nil {
		return id
	}
	return quote(id)
}
