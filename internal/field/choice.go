package field

import (
	"encoding/json"
	"strings"

	"protime-admin/protime/contract"
)

func parseChoice(f contract.Field, text string) (json.RawMessage, *Problem) {
	text = strings.TrimSpace(text)
	for _, v := range f.Enum {
		if strings.EqualFold(v, text) {
			return enumValue(f, v), nil
		}
	}
	return nil, &Problem{Key: ProblemChoice}
}

func enumValue(f contract.Field, v string) json.RawMessage {
	if f.Type == "integer" || f.Type == "number" {
		return json.RawMessage(v)
	}
	return Quote(v)
}

func formatChoice(f contract.Field, raw json.RawMessage) (string, bool) {
	text, ok := Unquote(raw)
	if !ok {
		text = string(raw)
	}
	number := f.Type == "integer" || f.Type == "number"
	for _, v := range f.Enum {
		if v == text {
			return text, ok != number
		}
	}
	return text, false
}

func parseYesNo(text string) (json.RawMessage, *Problem) {
	switch clean(text) {
	case "true", "yes", "ja", "oui", "1", "on":
		return json.RawMessage("true"), nil
	case "false", "no", "nee", "non", "nein", "0", "off":
		return json.RawMessage("false"), nil
	}
	return nil, &Problem{Key: ProblemChoice}
}

func formatYesNo(raw json.RawMessage) (string, bool) {
	s := strings.TrimSpace(string(raw))
	return s, s == "true" || s == "false"
}
