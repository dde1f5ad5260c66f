package form

import (
	"slices"
	"strings"

	"protime-admin/internal/field"
	"protime-admin/protime/contract"
)

// NewPlan computes a collection's form for one verb. others are the collections that its references point at: their
// predefined external references can be typed where an id can; without them any name is passed on.
//
// A collection whose rows are written one by one (usages) has a form for one row: its inputs are named as the row's
// members. On Replace only the members that the request changes are inputs, the others name the row. One whose rows
// are written together (restrictions) has a form for the document that holds them: "restrictions.0.level".
func NewPlan(c *contract.Collection, v contract.Verb, others ...*contract.Collection) *Plan {
	p := &Plan{Collection: c, Verb: v, fields: c.Fields, slots: map[string]int{}, targets: map[string][]string{}}
	for _, o := range others {
		if refers(c.Fields, o.Name) {
			p.targets[o.Name] = o.Predefined
		}
	}
	if c.ReplacesRows {
		p.fields = []contract.Field{{Name: c.Rows, Path: c.Rows, Type: "array", Fields: c.Fields}}
	}
	for i, f := range p.fields {
		p.slots[f.Name] = i
		if f.Personal {
			continue
		}
		if v == contract.Read || f.ReadOnly || p.fixed(f) {
			p.Shown = append(p.Shown, p.slotted(i, false))
			continue
		}
		in := p.slotted(i, true)
		if (in.Kind == field.Group || in.Kind == field.Rows) && len(in.Inputs) == 0 {
			p.Shown = append(p.Shown, p.slotted(i, false))
			continue
		}
		p.Inputs = append(p.Inputs, in)
	}
	return p
}

// refers says whether a field, or one below it, points at a collection.
func refers(fields []contract.Field, collection string) bool {
	return slices.ContainsFunc(fields, func(f contract.Field) bool {
		return f.Ref == collection || f.Item != nil && f.Item.Ref == collection || refers(f.Fields, collection)
	})
}

// fixed says that an existing record keeps a field as it is: one that only counts at creation, or a row's name.
func (p *Plan) fixed(f contract.Field) bool {
	if p.Verb != contract.Replace {
		return false
	}
	if f.CreateOnly {
		return true
	}
	op := p.Collection.Operations[contract.Replace]
	if op == nil || len(op.Body) == 0 || len(p.Collection.Key) == 0 {
		return false
	}
	return !slices.ContainsFunc(op.Body, func(b contract.Field) bool {
		return b.To == f.Name || b.To == "" && b.From == "" && b.Name == f.Name
	})
}

// slotted describes one of the record's own fields.
func (p *Plan) slotted(i int, writable bool) Input {
	in := p.input(p.fields[i], nil, writable)
	in.slot = i
	return in
}

// knows says that the contract has a member of a name.
func (p *Plan) knows(name string) bool {
	_, ok := p.slots[name]
	return ok
}

// input describes one field and those below it. names are the members on the way to it, nil in front of a row's own.
func (p *Plan) input(f contract.Field, names []string, writable bool) Input {
	names = append(slices.Clip(names), f.Name)
	in := p.describe(f, strings.Join(names, "."), "."+f.Name)
	switch in.Kind {
	case field.Group, field.Translated:
		in.Inputs = p.inputs(f.Fields, names, writable)
	case field.Rows:
		in.Inputs = p.rowInputs(f, writable)
	case field.Values:
		item := *f.Item
		item.Path = f.Path + "[]"
		element := p.describe(item, "", "")
		element.self = true
		in.Inputs = []Input{element}
	case field.Keyed:
		in.Inputs = []Input{p.describe(contract.Field{Name: f.Name, Path: f.Path + ".*", Type: "string"}, "", "")}
	}
	return in
}

func (p *Plan) inputs(fields []contract.Field, names []string, writable bool) []Input {
	var all []Input
	for _, f := range fields {
		if f.Personal || writable && f.ReadOnly {
			continue
		}
		all = append(all, p.input(f, names, writable))
	}
	return all
}

// rowInputs are the inputs of one row. Where a row is a reference and nothing else, the row itself is the picker.
func (p *Plan) rowInputs(f contract.Field, writable bool) []Input {
	if !isReference(f.Fields) {
		return p.inputs(f.Fields, nil, writable)
	}
	element := contract.Field{
		Name: f.Name, Path: f.Path + "[]", Type: "object", Ref: f.Ref, Fields: f.Fields, Required: true,
	}
	if element.Ref == "" && f.Item != nil {
		element.Ref = f.Item.Ref
	}
	in := p.describe(element, "", "")
	in.Kind, in.self = field.Reference, true
	in.tail = ".id"
	return []Input{in}
}

func isReference(fields []contract.Field) bool {
	id := false
	for _, f := range fields {
		switch f.Name {
		case "id":
			id = true
		case "externalReferences":
		default:
			return false
		}
	}
	return id
}

func (p *Plan) describe(f contract.Field, full, tail string) Input {
	in := Input{
		Field:  f,
		Kind:   field.For(f),
		Group:  group(f),
		Labels: LabelKeys(p.Collection.Name, f.Path),
		Human:  Humanised(f.Name),
		quoted: string(field.Quote(f.Name)) + ":",
		full:   full,
		tail:   tail,
	}
	if in.Kind == field.Reference {
		in.full += ".id"
		in.tail += ".id"
	}
	in.options = options(in.Kind, f)
	return in
}

// LabelKeys are the messages that may name a field, the first that exists counting: the collection's own word for the
// path, the word for the path, and for a nested path the word for its last member. A new field, or a collection of known
// ones, needs a message only where its name is new.
func LabelKeys(collection, path string) []string {
	keys := []string{"field." + collection + "." + path, "field." + path}
	if last := strings.TrimSuffix(path[strings.LastIndexByte(path, '.')+1:], "[]"); last != path && last != "*" {
		keys = append(keys, "field."+last)
	}
	return keys
}

// group puts a field into one of the form's four fieldsets.
func group(f contract.Field) string {
	switch {
	case f.Ref == "people":
		return "form.group.who"
	case f.Ref == "terminals", f.Ref == "work-locations", f.Name == "geolocation":
		return "form.group.where"
	case f.When != nil, f.Name == "kind", f.Name == "name",
		f.Ref == "activity-definitions", f.Ref == "absence-definitions", f.Name == "activityLevels":
		return "form.group.what"
	}
	switch field.For(f) {
	case field.Clock, field.Duration, field.Date, field.Moment:
		return "form.group.who"
	}
	return "form.group.other"
}

// Humanised writes a member's name as words, for a contract whose names have no message: "timeOfDayInMinutes" is
// "Time of day".
func Humanised(name string) string {
	name = strings.TrimSuffix(name, "InMinutes")
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteString(strings.ToUpper(string(r)))
		case r >= 'A' && r <= 'Z':
			before, after := name[i-1], name[i-1]
			if i+1 < len(name) {
				after = name[i+1]
			}
			if isUpper(before) && isUpper(after) {
				b.WriteRune(r)
				continue
			}
			b.WriteByte(' ')
			if isUpper(after) || i+1 == len(name) {
				b.WriteRune(r)
				continue
			}
			b.WriteRune(r + 'a' - 'A')
		case r == '-' || r == '_':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// Paths are the writable values that count when a record moved between opening and saving, in the contract's order:
// "person", "geolocation.latitude", "activityLevels". A list of rows is one of them as a whole.
func (p *Plan) Paths() []string {
	var all []string
	var walk func(prefix string, inputs []Input)
	walk = func(prefix string, inputs []Input) {
		for _, in := range inputs {
			path := prefix + in.Field.Name
			if in.Kind == field.Group || in.Kind == field.Translated {
				walk(path+".", in.Inputs)
				continue
			}
			all = append(all, path)
		}
	}
	walk("", p.Inputs)
	return all
}
