package simulator

import (
	"net/http"
	"slices"
	"strconv"

	"protime-admin/protime/contract"
)

// read answers a GET of one record.
func (t *Tenant) read(c *call) answer {
	found, refusal := t.target(c)
	if found == nil {
		return refusal
	}
	return answer{status: http.StatusOK, body: []byte(t.withReferences(c, found.raw))}
}

// target returns the record that the path of a call names; the answer is the refusal when there is none.
func (t *Tenant) target(c *call) (*row, answer) {
	parent := ""
	if c.collection.Name == activityDefinitions {
		parent = parentParams(c.params)
	}
	return t.addressed(c, c.collection.Name, c.id(), parent)
}

// replace answers a PUT of a full record. A record that does not exist is made where the collection has upsert
// and the path names it by an external reference, never where it names it by an id (manipulating-resources).
func (t *Tenant) replace(c *call) answer {
	old, refusal := t.target(c)
	if old != nil {
		return t.store(c, old, "")
	}
	at := slices.IndexFunc(c.references, func(ref reference) bool { return ref.collection == c.collection.Name })
	if !c.collection.Upsert || at < 0 {
		return refusal
	}
	return t.store(c, nil, c.references[at].name)
}

// store applies the body of a write to a record, or makes a new one where old is nil. A new record that a PUT
// makes gets the reference upsert that it was addressed by.
func (t *Tenant) store(c *call, old *row, upsert string) answer {
	body, refusal, ok := t.bodyOf(c, c.collection.Fields)
	if !ok {
		return refusal
	}
	record := assemble(c.collection, old, body)
	var f findings
	switch c.collection.Name {
	case clockings:
		t.clockingRules(&f, old, &record)
	case assignments:
		t.assignmentRules(&f, old, &record)
	case activityDefinitions:
		t.definitionRules(c, old, &record, upsert)
	case webhooks:
		webhookRules(&f, c, &record)
	}
	if a, wrong := f.answer(); wrong {
		return a
	}
	id := ""
	if old != nil {
		id = old.id
	} else {
		id = t.newID(c.collection)
		record.set("id", idValue(id))
	}
	if record.has("changeVersion") {
		record.set("changeVersion", t.nextVersion())
	}
	t.write(c.entry, c.collection.Name, id, record.String())
	if upsert != "" && predefined(upsert) == "" {
		t.refer(reference{c.collection.Name, upsert}, c.id(), id)
	}
	if old != nil {
		return answer{status: http.StatusOK}
	}
	a := answer{status: http.StatusCreated}.with("Location", t.pathOf(c, id))
	if c.collection.Name == webhooks {
		a.body = webhookCreated(c.collection, record)
	}
	return a
}

// assemble makes the record that a full-record write leaves behind: read-only members of the old record stay,
// every other member is the body's, and what the body leaves out is gone (how-to/create-update-delete). Members
// keep their order.
func assemble(c *contract.Collection, old *row, body object) object {
	record := object{{"id", "null"}} // both are replaced when the record is stored
	if fieldOf(c.Fields, "changeVersion") != nil {
		record.set("changeVersion", "null")
	}
	if old != nil {
		for name, value := range members(old.raw) {
			if field := fieldOf(c.Fields, name); field == nil || !field.ReadOnly && !field.CreateOnly {
				value = body.at(name)
			}
			if value != "" {
				record.set(name, value)
			}
		}
	}
	for _, m := range body {
		field := fieldOf(c.Fields, m.name)
		if field != nil && (field.ReadOnly || field.CreateOnly && old != nil) {
			continue
		}
		record.set(m.name, m.value)
	}
	return record
}

func fieldOf(fields []contract.Field, name string) *contract.Field {
	at := slices.IndexFunc(fields, func(f contract.Field) bool { return f.Name == name })
	if at < 0 {
		return nil
	}
	return &fields[at]
}

// newID counts on, or makes a GUID where the collection's ids are text.
func (t *Tenant) newID(c *contract.Collection) string {
	if field := fieldOf(c.Fields, "id"); field != nil && field.Type == "string" {
		return t.nextGUID()
	}
	return strconv.Itoa(t.table(c.Name).lastID + 1)
}

// pathOf returns the path of a record, as Location gives it: without the host.
func (t *Tenant) pathOf(c *call, id string) string {
	params := slices.Clone(c.params)
	if c.operation.Verb != contract.Create {
		params = params[:len(params)-1]
	}
	return BasePath + c.collection.ItemURL(append(params, id)...)
}

// remove answers a DELETE of one record: it goes away, or stays with the status of deleted ones.
func (t *Tenant) remove(c *call) answer {
	old, refusal := t.target(c)
	if old == nil {
		if c.collection.Name == assignments {
			return refused("The assignment " + c.id() + " does not exist.") // 400, as its page lists no 404
		}
		return refusal
	}
	var f findings
	switch c.collection.Name {
	case clockings:
		t.checkOpen(&f, old.person, old.date)
	case assignments:
		t.checkOpen(&f, old.person, text(parseMember(old.raw, "from")))
	}
	if a, wrong := f.answer(); wrong {
		return a
	}
	kept, status := "", c.collection.SoftDelete
	if c.collection.Name == webhooks {
		status = "Disabled" // webhooks stay readable; which status they get is not published (reference/webhooks)
	}
	if status != "" {
		if text(parseMember(old.raw, "status")) == status && c.collection.Name == clockings {
			return notFound("The clocking " + old.id)
		}
		record := parseObject(old.raw)
		record.set("status", quote(status))
		record.set("changeVersion", t.nextVersion())
		kept = record.String()
	}
	t.write(c.entry, c.collection.Name, old.id, kept)
	return answer{status: c.operation.Success[0]} // 200 or 204, depending on the collection (how-to/create-update-delete)
}
