package protime

import (
	"encoding/json"
	"slices"
	"strings"
)

// readErrorBody fills an error from the body of an answer, whichever of the API's shapes it has (documentation:
// responses): wrapped {"error": {code, message}}, the same with reasons, or unwrapped with validationErrors. The
// elements of validationErrors are not documented, so strings and objects of any plausible shape are read, and the
// `errors` object of ASP.NET too. A body that is none of these, HTML for example, leaves the error as it is.
func readErrorBody(e *Error, body []byte) {
	top, err := ParseRecord(body)
	if err != nil {
		return
	}
	readErrorObject(e, top)
	for _, wrapper := range []string{"error", "Error"} {
		inner, ok := top.Lookup(wrapper)
		if !ok {
			continue
		}
		if object, err := ParseRecord(inner); err == nil {
			readErrorObject(e, object)
		} else if e.Code == "" {
			e.Code = top.Text(wrapper) // an OAuth error from a gateway: {"error": "invalid_token"}
		}
	}
}

func readErrorObject(e *Error, object Record) {
	for name, value := range object.Members() {
		switch strings.ToLower(name) {
		case "code":
			e.Code = first(e.Code, object.Text(name))
		case "message", "title", "error_description":
			e.Message = first(e.Message, object.Text(name))
		case "detail":
			e.Reasons = appendText(e.Reasons, object.Text(name))
		case "reasons":
			readReasons(e, value)
		case "validationerrors", "errors":
			readFields(e, "", value)
		}
	}
}

// readReasons takes strings, or objects that hold a message.
func readReasons(e *Error, raw json.RawMessage) {
	for _, element := range elements(raw) {
		f := fieldError("", element)
		if f.Path != "" && f.Message != "" {
			e.Fields = append(e.Fields, f)
			continue
		}
		e.Reasons = appendText(e.Reasons, f.Message)
	}
}

// readFields takes an array of complaints, one complaint, or objects of field to complaints:
// {"date": ["is required"]}, {"person": {"id": "is unknown"}}.
func readFields(e *Error, path string, raw json.RawMessage) {
	for _, element := range elements(raw) {
		object, err := ParseRecord(element)
		if err == nil && object.isObject() && !complaint(object) {
			for name, value := range object.Members() {
				readFields(e, strings.TrimPrefix(path+"."+name, "."), value)
			}
			continue
		}
		f := fieldError(path, element)
		if f.Message != "" && !slices.Contains(e.Fields, f) {
			e.Fields = append(e.Fields, f)
		}
	}
}

// elements returns those of an array, or the value itself.
func elements(raw json.RawMessage) []json.RawMessage {
	array, err := ParseRecord(raw)
	if err != nil || array.isObject() {
		return []json.RawMessage{raw}
	}
	return slices.Collect(array.Elements())
}

// fieldError reads one complaint; path is the field that it was found under, "" for none.
func fieldError(path string, raw json.RawMessage) FieldError {
	f := FieldError{Path: path}
	object, err := ParseRecord(raw)
	if err != nil {
		f.Message = textOf(raw)
		return f
	}
	code := ""
	for name, value := range object.Members() {
		switch {
		case messageName(name):
			f.Message = first(f.Message, firstText(value))
		case fieldName(name):
			f.Path = first(f.Path, firstText(value))
		case strings.EqualFold(name, "code"), strings.EqualFold(name, "errorCode"):
			code = object.Text(name)
		}
	}
	// A shape that nobody foresaw is shown as it is rather than lost.
	f.Message = first(first(f.Message, code), string(raw))
	return f
}

// complaint reports whether an object is one complaint rather than fields with theirs. Names that could be a
// field's own (reason, description, name) do not decide.
func complaint(object Record) bool {
	for name, value := range object.Members() {
		switch strings.ToLower(name) {
		case "message", "errormessage", "error":
			if value[0] == '"' {
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

// firstText reads a string, or the first of an array of strings (memberNames).
func firstText(raw json.RawMessage) string {
	for _, element := range elements(raw) {
		if text := textOf(element); text != "" {
			return text
		}
	}
	return ""
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func appendText(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}
