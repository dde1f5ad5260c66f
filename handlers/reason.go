package handlers

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
)

// longestReason is how many bytes of a reason the log takes.
const longestReason = 2000

// reasonOf reads the reason of a posted form.
func reasonOf(values url.Values) change.Reason {
	return change.Reason{Code: withoutBidi(values.Get(form.InputWhy)), Note: withoutBidi(values.Get(form.InputNote))}
}

// withoutBidi removes the characters that change the direction of writing: with them a reason reads otherwise in the log
// and in files than it was stored.
func withoutBidi(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text)
}

// whyCookie holds the reason that was chosen last, so that the next form has it chosen.
const (
	whyCookie = "protime-why"
	whyFor    = 30 * 24 * 60 * 60 // seconds
)

// lastReason is the reason that the person chose last, "" where there is none or it has left the list.
func (x *exchange) lastReason() string {
	code, err := url.QueryUnescape(x.s.SignIn.Cookies.Value(x.request(), whyCookie))
	if err != nil || !slices.Contains(x.s.Config.Audit.Reasons, code) {
		return ""
	}
	return code
}

// reasonShown is the reason that a form shows: what was given, and in a form that is opened the last one.
func (x *exchange) reasonShown(given change.Reason) change.Reason {
	if !x.posting() && given.Code == "" {
		given.Code = x.lastReason()
	}
	return given
}

func (x *exchange) rememberReason(code string) {
	if slices.Contains(x.s.Config.Audit.Reasons, code) && code != x.lastReason() {
		x.c.SetCookie(x.s.SignIn.Cookies.New(whyCookie, url.QueryEscape(code), whyFor))
	}
}

// reasons are those to choose from. One that was given and is not of the list stays: the list may have changed since
// the form was opened, and what a person says is a reason.
func (x *exchange) reasons(given string) []string {
	listed := x.s.Config.Audit.Reasons
	if given == "" || slices.Contains(listed, given) {
		return listed
	}
	return append(slices.Clone(listed), given)
}

// isLong reports whether a reason is longer than the log takes.
func isLong(reason change.Reason) bool { return len(reason.Code)+len(reason.Note) > longestReason }

// reasonProblem is the sentence about a reason that is missing or too long.
func (x *exchange) reasonProblem(reason change.Reason) string {
	switch {
	case x.s.Config.Audit.ReasonRequired && strings.TrimSpace(reason.Code+reason.Note) == "":
		return x.words.T("form.why.required")
	case isLong(reason):
		return x.words.T("form.why.long")
	}
	return ""
}
