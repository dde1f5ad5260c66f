package field

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"protime-admin/protime/contract"
)

func parseText(f contract.Field, text string) (json.RawMessage, *Problem) {
	text = strings.TrimSpace(lines(text))
	if n := utf8.RuneCountInString(text); f.MaxLength > 0 && n > f.MaxLength {
		return nil, &Problem{Key: ProblemTooLong, Args: map[string]string{
			"max": strconv.Itoa(f.MaxLength), "length": strconv.Itoa(n),
		}}
	}
	switch f.Format {
	case "uuid":
		if !isGUID(text) {
			return nil, &Problem{Key: ProblemGUID}
		}
	case "uri", "url":
		if !isAddress(text) {
			return nil, &Problem{Key: ProblemAddress}
		}
	}
	return Quote(text), nil
}

// formatText shows strings; a number or a boolean where a text is due reads as itself. A text that an input would
// change on its way (control characters that browsers drop or replace) is not shown.
func formatText(raw json.RawMessage) (string, bool) {
	s, ok := Unquote(raw)
	if !ok {
		text := strings.TrimSpace(string(raw))
		if text == "" || strings.IndexByte("{[\"", text[0]) >= 0 {
			return "", false
		}
		return text, true
	}
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return "", false
		}
	}
	return s, true
}

// isAddress accepts what a webhook can be sent to: https and a host (page "Webhooks" of the documentation).
func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && !strings.ContainsAny(s, " \n")
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if s[i] != '-' {
				return false
			}
		case (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

func parseRaw(text string) (json.RawMessage, *Problem) {
	raw := json.RawMessage(strings.TrimSpace(text))
	if !json.Valid(raw) {
		return nil, &Problem{Key: ProblemJSON}
	}
	if IsNull(raw) {
		return nil, nil
	}
	return raw, nil
}
