package tell

import (
	"encoding/json"
	"strings"

	"protime-admin/internal/field"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Value is one value of a record as a person reads it; null and nil are the zero Value.
func (w *Words) Value(f contract.Field, raw json.RawMessage) views.Value {
	if field.IsNull(raw) {
		return views.Value{}
	}
	switch kind := field.For(f); kind {
	case field.Clock:
		if minutes, ok := field.Minutes(raw); ok {
			return views.Value{Text: w.Clock(minutes), Strong: true}
		}
	case field.Duration:
		if minutes, ok := field.Minutes(raw); ok {
			return views.Value{Text: w.Duration(minutes)}
		}
	case field.Date:
		return views.Value{Text: w.Day(field.Plain(raw))}
	case field.Choice:
		return views.Value{Text: w.Printer.Value(f.Name, field.Plain(raw))}
	case field.YesNo:
		return views.Value{Text: w.yesNo(raw)}
	case field.Reference:
		return w.reference(f.Ref, raw)
	case field.Translated:
		return views.Value{Text: w.translated(raw)}
	case field.Keyed, field.Group, field.Rows, field.Values:
		if parts := w.parts(f, kind, raw); len(parts) > 0 {
			return views.Value{Parts: parts}
		}
		if text := string(raw); text == "[]" || text == "{}" {
			return views.Value{}
		}
	}
	return views.Value{Text: field.Plain(raw)}
}

func (w *Words) yesNo(raw json.RawMessage) string {
	switch string(raw) {
	case "true":
		return w.T("value.yesno.true")
	case "false":
		return w.T("value.yesno.false")
	}
	return field.Plain(raw)
}

// reference names the record that a value refers to, and links to its page. Where its name is not known (yet) the id
// stands for it.
func (w *Words) reference(collection string, raw json.RawMessage) views.Value {
	member, ok := field.Member(raw, "id")
	if !ok || field.IsNull(member) {
		return views.Value{Text: externalReference(raw)}
	}
	id := field.Plain(member)
	value := views.Value{Text: id}
	if collection == "" {
		return value
	}
	c, ok := w.Contract.Collection(collection)
	if ok && len(c.Params) == 1 && c.Offers(contract.Read) && c.On(w.Assumed) {
		value.Href = c.ItemURL(id)
	}
	if hit, ok := w.Names.Label(collection, id); ok {
		value.Text, value.Detail = hit.Label, hit.Detail
	}
	return value
}

// externalReference is the first of the company's own references to a record: "SAP:4711".
func externalReference(raw json.RawMessage) string {
	names, ok := field.Member(raw, "externalReferences")
	if !ok || names[0] != '{' {
		return field.Plain(raw)
	}
	for name, value := range field.Members(names) {
		return name + ":" + field.Plain(value)
	}
	return ""
}

// translated is a text in the page's language, else its default.
func (w *Words) translated(raw json.RawMessage) string {
	translations, _ := field.Member(raw, "translations")
	for tag, text := range field.Members(translations) {
		if language, _, _ := strings.Cut(strings.ToLower(tag), "-"); language == w.Tag {
			return field.Plain(text)
		}
	}
	if text, ok := field.Member(raw, "default"); ok {
		return field.Plain(text)
	}
	return field.Plain(raw)
}

// parts are the members of an object or the elements of a list.
func (w *Words) parts(f contract.Field, kind field.Kind, raw json.RawMessage) []views.Part {
	var parts []views.Part
	switch kind {
	case field.Group:
		return w.members(f.Fields, raw)
	case field.Keyed:
		for name, text := range field.Members(raw) {
			parts = append(parts, views.Part{Name: name, Value: views.Value{Text: field.Plain(text)}})
		}
	case field.Values:
		item := contract.Field{Type: "string"}
		if f.Item != nil {
			item = *f.Item
			item.Name = f.Name
		}
		for element := range field.Elements(raw) {
			parts = append(parts, views.Part{Value: w.Value(item, element)})
		}
	case field.Rows:
		collection := referencesOnly(f)
		for element := range field.Elements(raw) {
			value := views.Value{Parts: w.members(f.Fields, element)}
			if collection != "" {
				value = w.reference(collection, element)
			}
			parts = append(parts, views.Part{Value: value})
		}
	}
	return parts
}

// referencesOnly is the collection that the rows of a list refer to, where they hold a reference and nothing beside it.
func referencesOnly(f contract.Field) string {
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

func (w *Words) members(fields []contract.Field, raw json.RawMessage) []views.Part {
	var parts []views.Part
	for _, f := range fields {
		if member, ok := field.Member(raw, f.Name); ok && !field.IsNull(member) {
			parts = append(parts, views.Part{Name: w.Label(&contract.Collection{}, f), Value: w.Value(f, member)})
		}
	}
	return parts
}

// OrNothing is a value in one line, and words for one that is not given.
func (w *Words) OrNothing(value views.Value) string {
	if value.Empty() {
		return w.T("record.not-given")
	}
	return joined(value, ", ")
}

// joined is a value in one line, its parts separated.
func joined(value views.Value, separator string) string {
	if len(value.Parts) == 0 {
		return value.Text
	}
	parts := make([]string, 0, len(value.Parts))
	for _, part := range value.Parts {
		text := joined(part.Value, ", ")
		if part.Name != "" {
			text = part.Name + " " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, separator)
}
