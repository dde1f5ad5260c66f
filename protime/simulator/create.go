package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"protime-admin/protime/contract"
)

// create answers a POST to a collection.
func (t *Tenant) create(c *call) answer {
	body, refusal, ok := t.bodyOf(c, c.collection.Fields)
	if !ok {
		return refusal
	}
	return t.store(c, nil, body, "")
}

// store applies a checked body to a record, or makes a new one where old is nil, and answers the write. A
// new record that a PUT makes gets the reference that it was addressed by.
func (t *Tenant) store(c *call, old *row, body object, upsert string) answer {
	record := assemble(c.collection, old, body)
	var f findings
	t.settle(&f, c, old, &record, upsert)
	if a, wrong := f.answer(t); wrong {
		return a
	}
	id := ""
	if old != nil {
		id = old.id
	} else {
		id = t.newID(c.collection)
		record.set("id", idValue(id))
	}
	if fieldOf(c.collection, "changeVersion") != nil {
		record.set("changeVersion", quote(t.nextVersion()))
	}
	t.table(c.collection.Name).put(id, inOrder(c.collection, record).String())
	if upsert != "" {
		t.keepReference(c, upsert, id)
	}
	return t.stored(c, id, old == nil)
}

// assemble makes the record that a full-record write leaves behind: read-only members of the old record
// stay, every other member is the body's, and what the body leaves out is gone
// (how-to/create-update-delete).
func assemble(c *contract.Collection, old *row, body object) object {
	var record object
	if old != nil {
		for name, value := range members(old.raw) {
			if field := fieldOf(c, name); field != nil && (field.ReadOnly || field.CreateOnly) {
				record.set(name, value)
			}
		}
	}
	for _, m := range body {
		field := fieldOf(c, m.name)
		if field != nil && (field.ReadOnly || field.CreateOnly && old != nil) {
			continue
		}
		record.set(m.name, m.value)
	}
	return record
}

func fieldOf(c *contract.Collection, name string) *contract.Field {
	at := slices.IndexFunc(c.Fields, func(f contract.Field) bool { return f.Name == name })
	if at < 0 {
		return nil
	}
	return &c.Fields[at]
}

// inOrder puts id and version first, then what the contract knows in its order, then the rest as it came.
func inOrder(c *contract.Collection, record object) object {
	place := func(m member) int {
		switch m.name {
		case "id":
			return -2
		case "changeVersion":
			return -1
		}
		at := slices.IndexFunc(c.Fields, func(f contract.Field) bool { return f.Name == m.name })
		if at < 0 {
			return len(c.Fields)
		}
		return at
	}
	slices.SortStableFunc(record, func(a, b member) int { return place(a) - place(b) })
	return record
}

// settle is where collections differ: rules that refuse, and members that the system fills in.
func (t *Tenant) settle(f *findings, c *call, old *row, record *object, upsert string) {
	switch c.collection.Name {
	case clockings:
		t.settleClocking(f, old, record)
	case assignments:
		t.settleAssignment(f, old, record)
	case activityDefinitions:
		t.settleDefinition(f, c, old, record, upsert)
	case webhooks:
		settleWebhook(f, c, record)
	}
}

// newID counts on, or makes a GUID where the collection's ids are text.
func (t *Tenant) newID(c *contract.Collection) string {
	if field := fieldOf(c, "id"); field != nil && field.Type == "string" {
		return t.nextGUID()
	}
	s := t.table(c.Name)
	s.lastID++
	return strconv.Itoa(s.lastID)
}

// stored answers a write that was applied: 201 with Location, 200, or 202 as the older edition did.
func (t *Tenant) stored(c *call, id string, created bool) answer {
	path := t.pathOf(c, id)
	a := answer{status: http.StatusOK}
	if c.options.Bodies {
		a.body = []byte(t.lookup(c.collection.Name, id).raw)
	}
	if c.options.Accepted {
		return answer{status: http.StatusAccepted}.
			with("Operation-Location", BasePath+"/status-monitor/"+c.collection.Name+"/"+strconv.Itoa(t.version))
	}
	if created {
		a.status = http.StatusCreated
		a = a.with("Location", path)
	}
	if c.collection.Name == webhooks {
		a.body = []byte(t.webhookCreated(c, id))
	}
	return a
}

// pathOf is the path of a record, as Location gives it: without the host.
func (t *Tenant) pathOf(c *call, id string) string {
	var b strings.Builder
	b.WriteString(BasePath)
	params := append(slices.Clone(c.params), id)
	if c.operation.Verb != contract.Create {
		params[len(params)-2] = id
	}
	for _, segment := range strings.Split(strings.TrimPrefix(c.collection.ItemPath, "/"), "/") {
		b.WriteByte('/')
		if segment[0] != '{' {
			b.WriteString(segment)
			continue
		}
		b.WriteString(url.PathEscape(params[0]))
		params = params[1:]
	}
	return b.String()
}
