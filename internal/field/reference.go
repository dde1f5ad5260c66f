package field

import (
	"encoding/json"
	"strings"

	"protime-admin/protime/contract"
)

// prefixCustom marks a custom external reference where an id is typed: "ref:HRMID:6767676". Predefined ones begin
// with "@" as in the API: "@badge-number:6767676".
const prefixCustom = "ref:"

// parseReference reads an id or an external reference and gives the whole reference object, as the page "External
// references" of the documentation writes it.
func parseReference(f contract.Field, text string) (json.RawMessage, *Problem) {
	text = strings.TrimSpace(text)
	if name, value, ok := External(text); ok {
		if name == "" || value == "" {
			return nil, &Problem{Key: ProblemExternal}
		}
		return object("externalReferences", object(name, Quote(value))), nil
	}
	id := idField(f)
	switch {
	case id.Type == "integer":
		d, rest := leading(clean(text))
		if d == "" || rest != "" {
			return nil, &Problem{Key: ProblemID}
		}
		return object("id", json.RawMessage(stripZeros(d))), nil
	case id.Format == "uuid" && !isGUID(text):
		return nil, &Problem{Key: ProblemGUID}
	}
	return object("id", Quote(text)), nil
}

// idField describes a reference's id; where the contract says nothing it is taken for an integer.
func idField(f contract.Field) contract.Field {
	for _, m := range f.Fields {
		if m.Name == "id" {
			return m
		}
	}
	return contract.Field{Name: "id", Type: "integer"}
}

// External splits "@badge-number:6767676" and "ref:HRMID:6767676" into name and value; ok says that the text is
// meant as an external reference, even where a part of it is missing.
func External(text string) (name, value string, ok bool) {
	text = strings.TrimSpace(text)
	custom, isCustom := strings.CutPrefix(text, prefixCustom)
	if !isCustom && !strings.HasPrefix(text, "@") {
		return "", "", false
	}
	if isCustom {
		text = custom
	}
	name, value, _ = strings.Cut(text, ":")
	if name == "@" {
		name = ""
	}
	return strings.TrimSpace(name), strings.TrimSpace(value), true
}

// formatReference shows the id; without one, the only external reference.
func formatReference(raw json.RawMessage) (string, bool) {
	if id, ok := Member(raw, "id"); ok && !IsNull(id) {
		if s, ok := Unquote(id); ok {
			return s, s != ""
		}
		return digits(id)
	}
	references, ok := Member(raw, "externalReferences")
	if !ok {
		return "", false
	}
	var text string
	n := 0
	for name, value := range Members(references) {
		n++
		s, ok := Unquote(value)
		if !ok || name == "" || s == "" || strings.Contains(name, ":") {
			return "", false
		}
		text = name + ":" + s
		if !strings.HasPrefix(name, "@") {
			text = prefixCustom + text
		}
	}
	if n != 1 {
		return "", false
	}
	return text, true
}

func object(name string, value json.RawMessage) json.RawMessage {
	q := Quote(name)
	b := make(json.RawMessage, 0, len(q)+len(value)+3)
	b = append(b, '{')
	b = append(b, q...)
	b = append(b, ':')
	b = append(b, value...)
	return append(b, '}')
}
