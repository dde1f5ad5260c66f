package simulator

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"protime-admin/protime/contract"
)

// findings are what is wrong with a body. Violations of the model (a missing member, a wrong type) are answered
// before anything else, in their own shape; reasons are rules that a well-formed body breaks.
type findings struct {
	violations []string
	reasons    []string
}

func (f *findings) violate(format string, args ...any) {
	f.violations = append(f.violations, fmt.Sprintf(format, args...))
}

func (f *findings) refuse(format string, args ...any) {
	f.reasons = append(f.reasons, fmt.Sprintf(format, args...))
}

// answer returns the refusal, if there is one.
func (f *findings) answer() (answer, bool) {
	if len(f.violations) > 0 {
		return invalid(f.violations...), true
	}
	return refused(f.reasons...), len(f.reasons) > 0
}

// bodyOf reads the body of a write as an object whose references are resolved and whose members fit the fields.
// Members that the contract does not know stay as they are. The answer is the refusal where it is not ok.
func (t *Tenant) bodyOf(c *call, fields []contract.Field) (object, answer, bool) {
	if !isJSON(c.body) {
		return nil, invalid("The body is not valid JSON."), false
	}
	raw := strings.TrimSpace(string(c.body))
	if raw[0] != '{' {
		return nil, invalid("The body must be a JSON object."), false
	}
	var f findings
	checkMembers(&f, fields, raw, "")
	if len(f.violations) == 0 {
		raw = eachObject(contract.Field{Fields: fields}, raw, t.resolver(&f))
	}
	if a, wrong := f.answer(); wrong {
		return nil, a, false
	}
	return parseObject(raw), answer{}, true
}

// isJSON reports whether a body is JSON, which is always UTF-8; the standard library would replace what is not.
func isJSON(body []byte) bool { return json.Valid(body) && utf8.Valid(body) }

// checkMembers holds the members of an object against its fields. Read-only members in a body are ignored, as
// the server does (how-to/create-update-delete).
func checkMembers(f *findings, fields []contract.Field, raw, prefix string) {
	o := parseObject(raw)
	for _, field := range fields {
		name, value := prefix+field.Name, o.at(field.Name)
		switch {
		case field.ReadOnly:
		case value == "" && field.Required:
			f.violate("The %s field is required.", name)
		case value == "":
		case value == "null" && (field.Required || !field.Nullable):
			f.violate("The %s field must not be null.", name)
		case value != "null":
			checkValue(f, field, value, name)
		}
	}
}

func checkValue(f *findings, field contract.Field, value, name string) {
	switch {
	case !fitsType(field.Type, value):
		f.violate("The value of %s could not be converted to %s.", name, field.Type)
	case field.Type == "array":
		element := field
		element.Type = "object"
		if field.Item != nil {
			element = *field.Item
		}
		i := 0
		for _, value := range members(value) {
			checkValue(f, element, value, fmt.Sprintf("%s[%d]", name, i))
			i++
		}
	case field.Type == "object" && field.Ref != "" && parseMember(value, "id") == "" && parseMember(value, "externalReferences") == "":
		f.violate("The %s.id field is required.", name)
	case field.Type == "object":
		checkMembers(f, field.Fields, value, name+".")
	default:
		checkPlain(f, field, value, name)
	}
}

func fitsType(want, value string) bool {
	switch want {
	case "string":
		return value[0] == '"'
	case "integer":
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case "number":
		_, err := strconv.ParseFloat(value, 64)
		return err == nil
	case "boolean":
		return value == "true" || value == "false"
	}
	return (want != "object" || value[0] == '{') && (want != "array" || value[0] == '[')
}

// checkPlain holds a single value against format and choice (the model) and against its limits (a rule).
func checkPlain(f *findings, field contract.Field, value, name string) {
	plain := text(value)
	if !fitsFormat(field.Format, plain) && (plain != "" || !field.MayBeEmpty) {
		f.violate("The value of %s is not a valid %s.", name, field.Format)
		return
	}
	if len(field.Enum) > 0 && !slices.Contains(field.Enum, plain) {
		f.violate("The value '%s' is not valid for %s.", plain, name)
		return
	}
	low, high := math.Inf(-1), math.Inf(1)
	if field.Minimum != nil {
		low = *field.Minimum
	}
	if field.Maximum != nil {
		high = *field.Maximum
	}
	if number, err := strconv.ParseFloat(value, 64); err == nil && (number < low || number > high) {
		f.refuse("%s must be between %v and %v.", name, low, high)
	}
	if field.MaxLength > 0 && utf8.RuneCountInString(plain) > field.MaxLength {
		f.refuse("%s must not be longer than %d characters.", name, field.MaxLength)
	}
}

var (
	moment = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d`)
	guid   = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

func fitsFormat(format, plain string) bool {
	switch format {
	case "date":
		_, err := time.Parse(time.DateOnly, plain)
		return err == nil
	case "date-time":
		return moment.MatchString(plain)
	case "uuid":
		return guid.MatchString(plain)
	}
	return true
}
