package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// table holds the records of one collection in the order of their creation. Records are kept as the text
// that a GET gives: small in memory, and nothing is lost that the contract does not know.
type table struct {
	rows   []*row
	byID   map[string]*row
	lastID int
	seq    int

	made *made // records that are made while they are read; nil for all but bulk tenants
}

// row is one record; its text is replaced as a whole and never changed in place.
type row struct {
	id     string
	seq    int
	raw    string
	parent string // the path parameters before its own: "<structure version>/<level>"
	date   string // cut out of raw, because nearly every list asks for it
	person string
}

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

// lookup is a table's row, also of a table that nobody has written to.
func (t *Tenant) lookup(collection, id string) *row {
	found := t.tables[collection]
	if found == nil {
		return nil
	}
	if found.made != nil {
		return found.made.row(id)
	}
	return found.byID[id]
}

// empty says that a collection has no records, so that references to it cannot be checked.
func (t *Tenant) empty(collection string) bool {
	found := t.tables[collection]
	return found == nil || len(found.rows) == 0 && found.made == nil
}

// put adds a record or replaces its text.
func (s *table) put(id, raw string) {
	fresh := row{id: id, raw: raw, parent: parentOf(raw)}
	fresh.date, fresh.person = text(parseMember(raw, "date")), first(raw, "person.id")
	if number, err := strconv.Atoi(id); err == nil {
		s.lastID = max(s.lastID, number)
	}
	if old := s.byID[id]; old != nil {
		fresh.seq = old.seq
		*old = fresh
		return
	}
	s.seq++
	fresh.seq = s.seq
	s.rows = append(s.rows, &fresh)
	s.byID[id] = &fresh
}

func (s *table) remove(id string) {
	old := s.byID[id]
	if old == nil {
		return
	}
	delete(s.byID, id)
	at, _ := slices.BinarySearchFunc(s.rows, old.seq, func(r *row, seq int) int { return cmp.Compare(r.seq, seq) })
	s.rows = slices.Delete(s.rows, at, at+1)
}

// parentOf is what an activity definition says about its place; "" for all other records.
func parentOf(raw string) string {
	version := parseMember(raw, "structureVersion")
	if version == "" {
		return ""
	}
	return strings.ToLower(text(version)) + "/" + parseMember(raw, "level")
}

// nextVersion is a changeVersion: text that grows with every change (reference/delta).
func (t *Tenant) nextVersion() string {
	t.version++
	return fmt.Sprintf("0001E7C5%012X", t.version)
}

// nextGUID is unlike any GUID of a real system, and the same in every run.
func (t *Tenant) nextGUID() string {
	t.guid++
	return fmt.Sprintf("5ca1ab1e-0000-4000-8000-%012x", t.guid)
}

// Put is a back door: it stores a record byte for byte as it is given, without asking any rule. A missing
// `id` or `changeVersion` is added; usages and restrictions are stored under their activity definition's
// id. It panics on text that is not a JSON object.
func (t *Tenant) Put(collection, id, record string) {
	if !json.Valid([]byte(record)) || record[skipSpace(record, 0)] != '{' {
		panic(fmt.Sprintf("simulator: Put(%q, %q): not a JSON object: %s", collection, id, record))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.table(collection).put(id, t.identified(collection, id, record))
}

// identified adds what Put leaves to the simulator.
func (t *Tenant) identified(collection, id, record string) string {
	added := ""
	if parseMember(record, "changeVersion") == "" {
		added = `"changeVersion":"` + t.nextVersion() + `"`
	}
	if parseMember(record, "id") == "" && collection != "usages" && collection != "restrictions" {
		added = strings.TrimPrefix(added+`,"id":`+idValue(id), ",")
	}
	if added == "" {
		return record
	}
	body := record[skipSpace(record, 0)+1:]
	if body[skipSpace(body, 0)] == '}' {
		return "{" + added + body
	}
	return "{" + added + "," + body
}

// idValue writes an id as JSON: a number where it is one.
func idValue(id string) string {
	if _, err := strconv.Atoi(id); err == nil {
		return id
	}
	return quote(id)
}

// Get is a back door: the record as a GET would answer it, and whether there is one.
func (t *Tenant) Get(collection, id string) (string, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	found := t.lookup(collection, id)
	if found == nil {
		return "", false
	}
	return found.raw, true
}

// Edit is a back door: what somebody else does to a record meanwhile. The members given replace those of
// the record, and its changeVersion grows. It panics when there is no such record.
func (t *Tenant) Edit(collection, id, changed string) {
	if !json.Valid([]byte(changed)) {
		panic(fmt.Sprintf("simulator: Edit(%q, %q): not JSON: %s", collection, id, changed))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.lookup(collection, id)
	if found == nil || t.tables[collection].made != nil {
		panic(fmt.Sprintf("simulator: Edit(%q, %q): no such record", collection, id))
	}
	record := parseObject(found.raw)
	for name, value := range members(changed) {
		record.set(name, value)
	}
	record.set("changeVersion", quote(t.nextVersion()))
	t.table(collection).put(id, record.String())
}

// Remove is a back door: the record is gone, without a trace.
func (t *Tenant) Remove(collection, id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.table(collection).remove(id)
}

// IDs is a back door: the ids of a collection in the order of creation.
func (t *Tenant) IDs(collection string) []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	found := t.tables[collection]
	if found == nil {
		return nil
	}
	ids := make([]string, len(found.rows))
	for i, r := range found.rows {
		ids[i] = r.id
	}
	return ids
}
