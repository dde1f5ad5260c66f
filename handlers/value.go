package handlers

import (
	"encoding/json"
	"strings"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// label is a field's name in the page's language.
func (v *visit) label(c *contract.Collection, f contract.Field) string {
	path := strings.ReplaceAll(f.Path, "[]", "")
	if text := "field." + c.Name + "." + path; v.words.Has(text) {
		return v.words.T(text)
	}
	if text := "field." + path; v.words.Has(text) {
		return v.words.T(text)
	}
	return humanised(f.Name)
}

// humanised turns a member's name into words: "startTimeInMinutes" into "Start time in minutes".
func humanised(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteString(strings.ToUpper(string(r)))
		case r >= 'A' && r <= 'Z':
			b.WriteByte(' ')
			b.WriteString(strings.ToLower(string(r)))
		case r == '-' || r == '_':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// value draws one value of a record as a person reads it. A nil raw is nothing at all.
func (v *visit) value(f contract.Field, raw json.RawMessage) views.Value {
	if isNull(raw) {
		return views.Value{}
	}
	switch kind := field.For(f); kind {
	case field.Clock:
		if minutes, ok := field.Minutes(raw); ok {
			return views.Value{Text: v.words.Clock(minutes), Strong: true}
		}
	case field.Duration:
		if minutes, ok := field.Minutes(raw); ok {
			return views.Value{Text: v.words.Duration(minutes)}
		}
	case field.Date:
		return views.Value{Text: v.words.Day(plain(raw))}
	case field.Choice:
		return views.Value{Text: v.words.Value(f.Name, plain(raw))}
	case field.YesNo:
		return views.Value{Text: v.yesNo(raw)}
	case field.Reference:
		return v.reference(f, raw)
	case field.Translated:
		return views.Value{Text: v.translated(raw)}
	case field.Keyed, field.Group, field.Rows, field.Values:
		return v.several(f, kind, raw)
	}
	return views.Value{Text: plain(raw)}
}

func (v *visit) yesNo(raw json.RawMessage) string {
	switch string(raw) {
	case "true":
		return v.words.T("value.yesno.true")
	case "false":
		return v.words.T("value.yesno.false")
	}
	return plain(raw)
}

// reference names a record that a value refers to, and links to its page. A name that is not known (yet) leaves the id.
func (v *visit) reference(f contract.Field, raw json.RawMessage) views.Value {
	member, ok := field.Member(raw, "id")
	if !ok || isNull(member) {
		record, err := protime.ParseRecord(raw)
		if err != nil {
			return views.Value{Text: plain(raw)}
		}
		return v.externalReference(record, raw)
	}
	id := plain(member)
	value := views.Value{Text: id}
	if f.Ref == "" {
		return value
	}
	c, ok := v.s.Contract.Collection(f.Ref)
	if ok && len(c.Params) == 1 && c.Offers(contract.Read) && c.On(v.s.Config.Assumed) {
		value.Href = c.ItemURL(id)
	}
	if hit, ok := v.finder().Label(f.Ref, id); ok {
		value.Text, value.Detail = hit.Label, hit.Detail
	}
	return value
}

func (v *visit) externalReference(record protime.Record, raw json.RawMessage) views.Value {
	external, ok := record.Lookup("externalReferences")
	if !ok {
		return views.Value{Text: plain(raw)}
	}
	names, err := protime.ParseRecord(external)
	if err != nil {
		return views.Value{Text: plain(raw)}
	}
	for name, value := range names.Members() {
		return views.Value{Text: name + ":" + plain(value)}
	}
	return views.Value{}
}

// translated is a text in the page's language, else its default.
func (v *visit) translated(raw json.RawMessage) string {
	record, err := protime.ParseRecord(raw)
	if err != nil {
		return plain(raw)
	}
	if translations, ok := record.Lookup("translations"); ok {
		if texts, err := protime.ParseRecord(translations); err == nil {
			for tag, text := range texts.Members() {
				if language, _, _ := strings.Cut(strings.ToLower(tag), "-"); language == v.words.Tag {
					return plain(text)
				}
			}
		}
	}
	if text, ok := record.Lookup("default"); ok {
		return plain(text)
	}
	return plain(raw)
}

// several draws objects and arrays as lists of named values.
func (v *visit) several(f contract.Field, kind field.Kind, raw json.RawMessage) views.Value {
	var value views.Value
	switch kind {
	case field.Keyed:
		if record, err := protime.ParseRecord(raw); err == nil {
			for name, text := range record.Members() {
				value.Parts = append(value.Parts, views.Part{Name: name, Value: views.Value{Text: plain(text)}})
			}
		}
	case field.Group:
		value.Parts = v.parts(f.Fields, raw)
	case field.Values:
		for _, element := range elements(raw) {
			item := contract.Field{Type: "string"}
			if f.Item != nil {
				item = *f.Item
				item.Name = f.Name
			}
			value.Parts = append(value.Parts, views.Part{Value: v.value(item, element)})
		}
	case field.Rows:
		if collection := rowsOf(f); collection != "" {
			for _, element := range elements(raw) {
				value.Parts = append(value.Parts, views.Part{Value: v.reference(contract.Field{Ref: collection}, element)})
			}
			break
		}
		for _, element := range elements(raw) {
			value.Parts = append(value.Parts, views.Part{Value: views.Value{Parts: v.parts(f.Fields, element)}})
		}
	}
	if len(value.Parts) == 0 && string(raw) != "[]" && string(raw) != "{}" {
		value.Text = plain(raw)
	}
	return value
}

// rowsOf is the collection whose records are all that the rows of a list are: references and nothing beside them.
func rowsOf(f contract.Field) string {
	for _, member := range f.Fields {
		if member.Name != "id" && member.Name != "externalReferences" {
			return ""
		}
	}
	if f.Ref == "" && f.Item != nil {
		return f.Item.Ref
	}
	return f.Ref
}

func (v *visit) parts(fields []contract.Field, raw json.RawMessage) []views.Part {
	record, err := protime.ParseRecord(raw)
	if err != nil {
		return nil
	}
	var parts []views.Part
	for _, f := range fields {
		if member, ok := record.Lookup(f.Name); ok && !isNull(member) {
			parts = append(parts, views.Part{Name: v.label(&contract.Collection{}, f), Value: v.value(f, member)})
		}
	}
	return parts
}

func elements(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// plain is a JSON value as text: a string without its quotes, anything else as it stands.
func plain(raw json.RawMessage) string {
	if len(raw) < 2 || raw[0] != '"' {
		return string(raw)
	}
	if text := string(raw[1 : len(raw)-1]); !strings.ContainsAny(text, `\"`) {
		return text
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	return text
}

// lookup finds a field's value in a record by the contract's path: "person.id".
func lookup(r protime.Record, path string) json.RawMessage {
	raw, ok := r.Lookup(strings.Split(path, ".")...)
	if !ok {
		return nil
	}
	return raw
}
