package simulator

import "protime-admin/protime/contract"

// replace answers a PUT of a full record.
func (t *Tenant) replace(c *call) answer {
	old, refusal := t.target(c)
	upsert := ""
	if old == nil {
		if upsert = t.upsertable(c); upsert == "" {
			return refusal
		}
	}
	if old != nil {
		if a, found := conflict(c, old); found {
			return a
		}
	}
	body, refusal, ok := t.bodyOf(c, c.collection.Fields)
	if !ok {
		return refusal
	}
	return t.store(c, old, body, upsert)
}

// upsertable is the name of the external reference under which a PUT makes a new record, "" when it cannot:
// only a record addressed by a reference is made, never one addressed by an internal id
// (manipulating-resources).
func (t *Tenant) upsertable(c *call) string {
	if !c.collection.Upsert {
		return ""
	}
	for _, ref := range c.references {
		if ref.collection == c.collection.Name {
			return ref.name
		}
	}
	return ""
}

// keepReference remembers a custom reference that a PUT made a record with; predefined ones are fields of
// the record.
func (t *Tenant) keepReference(c *call, name, id string) {
	if predefined(name) == "" {
		t.refer(reference{c.collection.Name, name}, c.id(), id)
	}
}

// remove answers a DELETE of one record: gone, or kept with the status of deleted ones.
func (t *Tenant) remove(c *call) answer {
	old, refusal := t.target(c)
	if old == nil {
		if c.collection.Name == assignments {
			return refused("The assignment " + c.id() + " does not exist.") // 400, as its page lists no 404
		}
		return refusal
	}
	if a, found := conflict(c, old); found {
		return a
	}
	var f findings
	t.settleDelete(&f, c, old)
	if a, wrong := f.answer(t); wrong {
		return a
	}
	if softly := softDeleted(c.collection); softly != "" {
		if text(parseMember(old.raw, "status")) == softly && c.collection.Name == clockings {
			return notFound("The clocking " + old.id)
		}
		record := parseObject(old.raw)
		record.set("status", quote(softly))
		record.set("changeVersion", quote(t.nextVersion()))
		t.table(c.collection.Name).put(old.id, record.String())
	} else {
		t.table(c.collection.Name).remove(old.id)
	}
	return answer{status: c.options.deleteStatus(c.collection)}
}

// softDeleted is the status that a deleted record keeps, "" when it goes away. Webhooks stay readable too;
// which status they get is not published (reference/webhooks).
func softDeleted(c *contract.Collection) string {
	if c.Name == webhooks {
		return "Disabled"
	}
	return c.SoftDelete
}

// settleDelete holds a delete against the rules of its collection.
func (t *Tenant) settleDelete(f *findings, c *call, old *row) {
	switch c.collection.Name {
	case clockings:
		t.checkOpen(f, text(first(old.raw, "person.id")), text(parseMember(old.raw, "date")))
	case assignments:
		t.checkOpen(f, text(first(old.raw, "person.id")), text(parseMember(old.raw, "from")))
	}
}
