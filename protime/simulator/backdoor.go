package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The methods of this file read and change records without HTTP and without asking any rule: they are what
// somebody does in Protime, or a terminal. The journal marks their changes with BackDoor. They panic on text
// that is not a JSON object and on records that do not exist.

// Clone returns a tenant with the same options and records. It has no journal, faults, tokens or accepted writes.
func (t *Tenant) Clone() *Tenant {
	t.optionsMu.RLock()
	defer t.optionsMu.RUnlock()
	t.mu.RLock()
	defer t.mu.RUnlock()
	c := &Tenant{
		Options: t.Options, tables: make(map[string]*table, len(t.tables)),
		references: make(map[reference]map[string]string, len(t.references)), circles: make(map[string][]string, len(t.circles)),
		version: t.version, guid: t.guid, pageEpoch: t.pageEpoch,
	}
	for collection, found := range t.tables {
		c.tables[collection] = found.clone()
	}
	for ref, values := range t.references {
		c.references[ref] = maps.Clone(values)
	}
	for circle, people := range t.circles {
		c.circles[circle] = slices.Clone(people)
	}
	return c
}

// Get returns the record as a GET would answer it, and whether there is one.
func (t *Tenant) Get(collection, id string) (string, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	found := t.lookup(collection, id)
	if found == nil {
		return "", false
	}
	return found.raw, true
}

// IDs returns the ids of a collection in the order of creation.
func (t *Tenant) IDs(collection string) []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var ids []string
	for _, r := range t.rowsOf(collection, 0) {
		ids = append(ids, r.id)
	}
	return ids
}

// Put stores a record byte for byte as it is given. A missing `id` or `changeVersion` is added; usages and
// restrictions are stored under their activity definition's id.
func (t *Tenant) Put(collection, id, record string) {
	mustBeObject(record)
	t.mu.Lock()
	defer t.mu.Unlock()
	method := http.MethodPut
	if t.lookup(collection, id) == nil {
		method = http.MethodPost
	}
	t.write(t.enter(&Entry{By: BackDoor, Method: method}), collection, id, t.identified(collection, id, record))
}

// Insert stores a new record, such as the clocking of a terminal, and gives its id.
func (t *Tenant) Insert(collection, record string) string {
	mustBeObject(record)
	t.mu.Lock()
	defer t.mu.Unlock()
	id := strconv.Itoa(t.table(collection).lastID + 1)
	t.write(t.enter(&Entry{By: BackDoor, Method: http.MethodPost}), collection, id, t.identified(collection, id, record))
	return id
}

// Edit replaces members of a record by those given; its changeVersion grows.
func (t *Tenant) Edit(collection, id, changed string) {
	mustBeObject(changed)
	t.mu.Lock()
	defer t.mu.Unlock()
	record := parseObject(t.mustFind(collection, id).raw)
	for name, value := range members(changed) {
		record.set(name, value)
	}
	record.set("changeVersion", t.nextVersion())
	t.write(t.enter(&Entry{By: BackDoor, Method: http.MethodPut}), collection, id, record.String())
}

// Delete does what deleting in Protime does: a clocking stays with status Deleted, other records go away.
func (t *Tenant) Delete(collection, id string) {
	if collection == clockings {
		t.Edit(collection, id, `{"status":"Deleted"}`)
		return
	}
	t.Remove(collection, id)
}

// Remove deletes a record completely, whatever the collection.
func (t *Tenant) Remove(collection, id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mustFind(collection, id)
	t.write(t.enter(&Entry{By: BackDoor, Method: http.MethodDelete}), collection, id, "")
}

// Refer gives a record a custom external reference.
func (t *Tenant) Refer(collection, name, value, id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refer(reference{collection, name}, value, id)
}

// Circle adds people to a named collection that filters can use, `person in circle(2)`; kind is "circle" or
// "org-group".
func (t *Tenant) Circle(kind string, id int, people ...int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.circles == nil {
		t.circles = make(map[string][]string)
	}
	key := kind + " " + strconv.Itoa(id)
	for _, person := range people {
		t.circles[key] = append(t.circles[key], strconv.Itoa(person))
	}
}

// identified adds the id and changeVersion that a record lacks.
func (t *Tenant) identified(collection, id, record string) string {
	added := ""
	if collection != "usages" && collection != "restrictions" && parseMember(record, "id") == "" {
		added = `"id":` + idValue(id) + `,`
	}
	if parseMember(record, "changeVersion") == "" {
		added += `"changeVersion":` + t.nextVersion() + `,`
	}
	rest := record[skipSpace(record, 0)+1:]
	if rest[skipSpace(rest, 0)] == '}' {
		added = strings.TrimSuffix(added, ",")
	}
	return "{" + added + rest
}

func (t *Tenant) mustFind(collection, id string) *row {
	found := t.lookup(collection, id)
	if found == nil {
		panic(fmt.Sprintf("simulator: there is no record %q of %s to change", id, collection))
	}
	return found
}

func mustBeObject(record string) {
	if !json.Valid([]byte(record)) || record[skipSpace(record, 0)] != '{' {
		panic("simulator: not a JSON object: " + record)
	}
}
