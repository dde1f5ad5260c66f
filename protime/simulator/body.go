package simulator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"protime-admin/protime/contract"
)

// findings are what is wrong with a body. Violations of the model (a missing member, a wrong type) are
// answered before anything else, in their own shape; reasons are rules that a well-formed body breaks.
type findings struct {
	violations []violation
	reasons    []string
}

func (f *findings) violate(field, format string, args ...any) {
	f.violations = append(f.violations, violation{field, fmt.Sprintf(format, args...)})
}

func (f *findings) refuse(format string, args ...any) {
	f.reasons = append(f.reasons, fmt.Sprintf(format, args...))
}

// answer is the refusal, if there is one.
func (f *findings) answer(t *Tenant) (answer, bool) {
	if len(f.violations) > 0 {
		return t.invalid(f.violations), true
	}
	if len(f.reasons) > 0 {
		return refused(f.reasons...), true
	}
	return answer{}, false
}

// bodyOf reads the body of a write as an object whose references are resolved and whose members fit the
// fields. Members that the contract does not know stay as they are.
func (t *Tenant) bodyOf(c *call, fields []contract.Field) (object, answer, bool) {
	if !isJSON(c.body) {
		return nil, t.invalid([]violation{{"", "The body is not valid JSON."}}), false
	}
	raw := strings.TrimSpace(string(c.body))
	if raw[0] != '{' {
		return nil, t.invalid([]violation{{"", "The body must be a JSON object."}}), false
	}
	var f findings
	t.checkMembers(&f, fields, raw, "")
	if a, wrong := f.answer(t); wrong {
		return nil, a, false
	}
	resolved, reasons := t.resolve(fields, raw)
	if len(reasons) > 0 {
		return nil, refused(reasons...), false
	}
	t.checkReferences(&f, fields, resolved)
	if a, wrong := f.answer(t); wrong {
		return nil, a, false
	}
	return parseObject(resolved), answer{}, true
}

// isJSON says whether a body is JSON, which is always UTF-8; the standard library would replace what is not.
func isJSON(body []byte) bool { return json.Valid(body) && utf8.Valid(body) }

// checkMembers holds the members of an object against its fields; read-only ones are ignored, as the server
// does.
func (t *Tenant) checkMembers(f *findings, fields []contract.Field, raw, prefix string) {
	o := parseObject(raw)
	for _, field := range fields {
		if field.ReadOnly {
			continue
		}
		name, value := prefix+field.Name, o.at(field.Name)
		switch {
		case value == "" && field.Required:
			f.violate(name, "The %s field is required.", name)
		case value == "":
		case value == "null" && (field.Required || !field.Nullable):
			f.violate(name, "The %s field must not be null.", name)
		case value != "null":
			t.checkValue(f, field, value, name)
		}
	}
}

func (t *Tenant) checkValue(f *findings, field contract.Field, value, name string) {
	if !fitsType(field.Type, value) {
		f.violate(name, "The value of %s could not be converted to %s.", name, field.Type)
		return
	}
	switch field.Type {
	case "object":
		t.checkObject(f, field, value, name)
	case "array":
		t.checkElements(f, field, value, name)
	default:
		checkPlain(f, field, value, name)
	}
}

func (t *Tenant) checkObject(f *findings, field contract.Field, value, name string) {
	if field.Ref != "" && parseMember(value, "id") == "" && parseMember(value, "externalReferences") == "" {
		f.violate(name+".id", "The %s.id field is required.", name)
		return
	}
	if field.Keyed {
		for key, entry := range members(value) {
			if entry[0] != '"' && entry != "null" {
				f.violate(name+"."+key, "The value of %s.%s could not be converted to string.", name, key)
			}
		}
		return
	}
	t.checkMembers(f, field.Fields, value, name+".")
}

func (t *Tenant) checkElements(f *findings, field contract.Field, value, name string) {
	i := 0
	for element := range elements(value) {
		at := fmt.Sprintf("%s[%d]", name, i)
		i++
		switch {
		case field.Item != nil:
			t.checkValue(f, *field.Item, element, at)
		case len(field.Fields) > 0 && element[0] != '{':
			f.violate(at, "The value of %s could not be converted to object.", at)
		default:
			t.checkMembers(f, field.Fields, element, at+".")
		}
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
		return value[0] == '-' || isDigit(value[0])
	case "boolean":
		return value == "true" || value == "false"
	case "object":
		return value[0] == '{'
	case "array":
		return value[0] == '['
	}
	return true
}

var moment = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d`)

// checkPlain holds a single value against format and choice (the model) and against its limits (a rule).
func checkPlain(f *findings, field contract.Field, value, name string) {
	plain := text(value)
	if !fitsFormat(field.Format, plain) {
		f.violate(name, "The value of %s is not a valid %s.", name, field.Format)
		return
	}
	if len(field.Enum) > 0 && !slices.Contains(field.Enum, plain) {
		f.violate(name, "The value '%s' is not valid for %s.", plain, name)
		return
	}
	number, err := strconv.ParseFloat(value, 64)
	low, high := field.Minimum != nil && number < *field.Minimum, field.Maximum != nil && number > *field.Maximum
	if err == nil && (low || high) {
		f.refuse("%s must be between %s and %s.", name, limit(field.Minimum), limit(field.Maximum))
	}
	if field.MaxLength > 0 && len([]rune(plain)) > field.MaxLength {
		f.refuse("%s must not be longer than %d characters.", name, field.MaxLength)
	}
}

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

func limit(n *float64) string {
	if n == nil {
		return "any"
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

// checkReferences refuses ids that do not exist. A collection without any record cannot tell, so it lets
// all pass.
func (t *Tenant) checkReferences(f *findings, fields []contract.Field, raw string) {
	for name, value := range members(raw) {
		at := slices.IndexFunc(fields, func(field contract.Field) bool { return field.Name == name })
		if at < 0 || fields[at].ReadOnly {
			continue
		}
		t.checkReferred(f, fields[at], value)
	}
}

func (t *Tenant) checkReferred(f *findings, field contract.Field, value string) {
	for element := range elements(value) {
		t.checkReferred(f, field, element)
	}
	if value[0] != '{' {
		return
	}
	id := text(parseMember(value, "id"))
	if field.Ref != "" && id != "" && !t.empty(field.Ref) && t.lookup(field.Ref, id) == nil {
		f.refuse("%s: the record %s of %s does not exist.", field.Path, id, field.Ref)
	}
	t.checkReferences(f, field.Fields, value)
}
