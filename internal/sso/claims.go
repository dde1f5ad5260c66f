package sso

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits in bytes of what a session keeps of a person: together they have to fit a cookie.
const (
	maxSubject = 255 // the limit of OpenID Connect Core, section 2
	maxName    = 200
	maxEmail   = 200
	maxNumber  = 64
	maxLocale  = 35
)

// claims are the members of an ID token or of a userinfo answer.
type claims map[string]any

// claimsOf decodes claims, keeping the digits of numbers.
func claimsOf(read func(any) error) (claims, error) {
	var raw json.RawMessage
	if err := read(&raw); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var c claims
	if err := decoder.Decode(&c); err != nil || c == nil {
		return nil, errors.New("claims: not a JSON object")
	}
	return c, nil
}

// at finds a claim by its name, which may contain dots (https://acme.example/roles), or by a path of names separated by
// dots (realm_access.roles, resource_access.protime.admin.roles); a claim of the full name comes first.
func (c claims) at(path string) (any, bool) {
	if value, ok := c[path]; ok {
		return value, value != nil
	}
	for i := range len(path) {
		if path[i] != '.' {
			continue
		}
		inner, ok := c[path[:i]].(map[string]any)
		if !ok {
			continue
		}
		if value, ok := claims(inner).at(path[i+1:]); ok {
			return value, true
		}
	}
	return nil, false
}

// text returns the first of these claims that is a text or a number and not blank, as plainText has it.
func (c claims) text(names ...string) string {
	for _, name := range names {
		var value string
		switch v := c[name].(type) {
		case string:
			value = v
		case json.Number:
			value = v.String()
		}
		if value = plainText(value, 1024); value != "" {
			return value
		}
	}
	return ""
}

// time reads a claim in seconds since 1970.
func (c claims) time(name string) (time.Time, bool) {
	number, ok := c[name].(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > latestMilli/1000 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// distributed reports whether the provider refers to another endpoint for a claim (OpenID Connect Core, section 5.6.2).
func (c claims) distributed(claim string) bool {
	names, _ := c["_claim_names"].(map[string]any)
	_, elsewhere := names[claim]
	return elsewhere
}

// unverified reports whether the provider says that it has not verified the e-mail address. Most say nothing.
func (c claims) unverified() bool {
	verified, said := c["email_verified"]
	return said && verified != true && verified != "true"
}

// roleValues returns the values of a roles claim: one text, or the texts of a list. A text is never split, since group
// names may contain commas and spaces.
func roleValues(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var values []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				values = append(values, text)
			}
		}
		return values
	default:
		return nil
	}
}

// either returns the text of one of these claims in the ID token, else in userinfo; "" when it is longer than limit
// bytes, since a part of an address or number can be somebody else's.
func either(said, extra claims, limit int, names ...string) string {
	value := said.text(names...)
	if value == "" {
		value = extra.text(names...)
	}
	if len(value) > limit {
		return ""
	}
	return value
}

// employeeNumberClaims returns the names that providers use for an employee number; there is no standard one.
func employeeNumberClaims() []string {
	return []string{"employee_number", "employeeNumber", "employeeid", "employee_id", "employeeId"}
}

// displayName returns the person's name for pages.
func displayName(said, extra claims, subject string) string {
	for _, c := range []claims{said, extra} {
		if name := c.text("name"); name != "" {
			return plainText(name, maxName)
		}
	}
	for _, c := range []claims{said, extra} {
		if name := strings.TrimSpace(c.text("given_name") + " " + c.text("family_name")); name != "" {
			return plainText(name, maxName)
		}
	}
	for _, name := range []string{"preferred_username", "email"} {
		if text := either(said, extra, maxName, name); text != "" {
			return text
		}
	}
	return plainText(subject, maxName)
}

func validSubject(subject string) bool {
	return subject != "" && len(subject) <= maxSubject && utf8.ValidString(subject) &&
		!strings.ContainsFunc(subject, unicode.IsControl)
}

// plainText returns s for a page, a header or a log line: one line of valid UTF-8 without control characters and without
// those that change the direction of writing, cut to limit bytes between letters.
func plainText(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r):
			return -1
		case r == '\u2028' || r == '\u2029':
			return ' '
		default:
			return r
		}
	}, s)
	s = strings.TrimSpace(s)
	for len(s) > limit {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return strings.TrimSpace(s)
}
