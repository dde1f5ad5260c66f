package field

import (
	"strings"

	"protime-admin/protime/contract"
)

// For gives a field's kind: x-widget where the contract names one of the kinds, else what follows from the schema
// and, for minutes, from the name.
func For(f contract.Field) Kind {
	if k := Kind(f.Widget); known(k) {
		return k
	}
	if f.Keyed {
		return Keyed
	}
	switch f.Type {
	case "array":
		return arrayKind(f)
	case "boolean":
		return YesNo
	case "object":
		return objectKind(f)
	}
	if len(f.Enum) > 0 {
		return Choice
	}
	switch f.Type {
	case "integer", "number":
		return numberKind(f)
	case "string":
		return stringKind(f)
	}
	if f.Ref != "" || len(f.Fields) > 0 {
		return objectKind(f)
	}
	return Raw
}

func known(k Kind) bool {
	switch k {
	case Text, Integer, Decimal, Date, Moment, Clock, Duration, Choice, YesNo,
		Reference, Translated, Keyed, Group, Rows, Values, Raw:
		return true
	}
	return false
}

func arrayKind(f contract.Field) Kind {
	if len(f.Fields) > 0 || f.Ref != "" {
		return Rows
	}
	if f.Item == nil || f.Item.Type == "object" || f.Item.Type == "array" || f.Item.Type == "" {
		return Raw
	}
	return Values
}

func objectKind(f contract.Field) Kind {
	if f.Ref != "" {
		return Reference
	}
	var fallback, translations bool
	for _, m := range f.Fields {
		switch m.Name {
		case "id":
			return Reference
		case "default":
			fallback = true
		case "translations":
			translations = true
		}
	}
	if fallback && translations {
		return Translated
	}
	if len(f.Fields) > 0 {
		return Group
	}
	return Raw
}

// numberKind reads minutes off the name: a time of day is a clock, every other number of minutes lasts.
func numberKind(f contract.Field) Kind {
	name := strings.ToLower(f.Name)
	switch {
	case strings.HasSuffix(name, "timeofdayinminutes"), strings.HasSuffix(name, "timeinminutes"):
		return Clock
	case strings.HasSuffix(name, "inminutes"):
		return Duration
	case f.Type == "integer":
		return Integer
	}
	return Decimal
}

func stringKind(f contract.Field) Kind {
	switch f.Format {
	case "date":
		return Date
	case "date-time":
		return Moment
	}
	return Text
}
