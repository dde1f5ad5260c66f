package protime

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what is read from an error body.
const (
	maxComplaints = 100 // field errors, and reasons
	maxTextLength = 500 // bytes of one message, path or code
)

// readErrorBody fills an error from the body of an answer, whichever of the API's shapes it has (documentation:
// responses): wrapped {"error": {code, message}}, the same with reasons, or unwrapped with validationErrors. The
// elements of validationErrors are not documented, so strings and objects of any plausible shape are read, and the
// `errors` object of ASP.NET too. A body that is none of these, HTML for example, leaves the error as it is.
// The body is parsed once, and each value in it is looked at a fixed number of times.
func readErrorBody(e *Error, body []byte) {
	r, err := ParseRecord(body)
	if err != nil {
		return
	}
	top := value{r, 0}
	readErrorObject(e, top)
	for name, inner := range top.members() {
		switch {
		case name != "error" && name != "Error":
		case inner.kind() == '{':
			readErrorObject(e, inner)
		default:
			e.Code = cmp.Or(e.Code, inner.text()) // an OAuth error from a gateway: {"error": "invalid_token"}
		}
	}
	_, code := r.String("error", "code")
	_, message := r.String("error", "message")
	list, found := r.child(0, "validationErrors")
	e.FromAPI = code && message || found && r.nodes[list].kind() == '['
}

// value is one value in a body.
type value struct {
	of Record
	at int
}

func (v value) kind() byte   { return v.of.nodes[v.at].kind() }
func (v value) text() string { return truncated(textOf(v.of.at(v.at))) }

// members iterates over the members of an object; other values have none.
func (v value) members() iter.Seq2[string, value] {
	return func(yield func(string, value) bool) {
		if v.kind() != '{' {
			return
		}
		for i := range v.of.children(v.at) {
			if !yield(v.of.name(i), value{v.of, i}) {
				return
			}
		}
	}
}

// elements iterates over the elements of an array, or over the value itself.
func (v value) elements() iter.Seq[value] {
	return func(yield func(value) bool) {
		if v.kind() != '[' {
			yield(v)
			return
		}
		for i := range v.of.children(v.at) {
			if !yield(value{v.of, i}) {
				return
			}
		}
	}
}

// firstText reads a string, or the first of an array of strings (memberNames).
func (v value) firstText() string {
	for element := range v.elements() {
		if text := element.text(); text != "" {
			return text
		}
	}
	return ""
}

func readErrorObject(e *Error, object value) {
	for name, member := range object.members() {
		switch strings.ToLower(name) {
		case "code":
			e.Code = cmp.Or(e.Code, member.text())
		case "message", "title", "error_description":
			e.Message = cmp.Or(e.Message, member.text())
		case "detail":
			e.addReason(member.text())
		case "reasons":
			readReasons(e, member)
		case "validationerrors", "errors":
			readFields(e, "", member)
		}
	}
}

// readReasons takes strings, or objects that hold a message.
func readReasons(e *Error, list value) {
	for element := range list.elements() {
		f := fieldError("", element)
		if f.Path != "" {
			e.addField(f)
		} else {
			e.addReason(f.Message)
		}
	}
}

// readFields takes an array of complaints, one complaint, or objects of field to complaints:
// {"date": ["is required"]}, {"person": {"id": "is unknown"}}.
func readFields(e *Error, path string, list value) {
	for element := range list.elements() {
		if len(e.Fields) == maxComplaints {
			return
		}
		if element.kind() == '{' && !complaint(element) {
			for name, member := range element.members() {
				readFields(e, truncated(strings.TrimPrefix(path+"."+name, ".")), member)
			}
			continue
		}
		e.addField(fieldError(path, element))
	}
}

func (e *Error) addReason(text string) {
	if text != "" && len(e.Reasons) < maxComplaints && !slices.Contains(e.Reasons, text) {
		e.Reasons = append(e.Reasons, text)
	}
}

func (e *Error) addField(f FieldError) {
	if f.Message != "" && len(e.Fields) < maxComplaints && !slices.Contains(e.Fields, f) {
		e.Fields = append(e.Fields, f)
	}
}

// fieldError reads one complaint; path is the field that it was found under, "" for none.
func fieldError(path string, v value) FieldError {
	f := FieldError{Path: path}
	if v.kind() != '{' && v.kind() != '[' {
		f.Message = v.text()
		return f
	}
	code := ""
	for name, member := range v.members() {
		switch {
		case messageName(name):
			f.Message = cmp.Or(f.Message, member.firstText())
		case fieldName(name):
			f.Path = cmp.Or(f.Path, member.firstText())
		case strings.EqualFold(name, "code"), strings.EqualFold(name, "errorCode"):
			code = member.text()
		}
	}
	// A shape that is not known is shown as it is.
	f.Message = cmp.Or(f.Message, code, truncated(string(v.of.at(v.at))))
	return f
}

// complaint reports whether an object is one complaint rather than fields with theirs. Names that could be a
// field's own (reason, description, name) do not decide.
func complaint(object value) bool {
	for name, member := range object.members() {
		switch strings.ToLower(name) {
		case "message", "errormessage", "error":
			if member.kind() == '"' {
				return true
			}
		case "field", "fieldname", "path", "property", "propertyname", "propertypath", "member", "membername",
			"membernames", "pointer", "jsonpath":
			return true
		}
	}
	return false
}

func messageName(name string) bool {
	switch strings.ToLower(name) {
	case "message", "errormessage", "error", "description", "detail", "reason", "text", "messages", "errors":
		return true
	}
	return false
}

func fieldName(name string) bool {
	switch strings.ToLower(name) {
	case "field", "fieldname", "path", "property", "propertyname", "propertypath", "member", "membername",
		"membernames", "name", "key", "target", "pointer", "jsonpath", "source", "parameter":
		return true
	}
	return false
}

// truncated cuts a text to maxTextLength, between two characters.
func truncated(text string) string {
	if len(text) <= maxTextLength {
		return text
	}
	end := maxTextLength
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
