package handlers

import (
	"slices"
	"strings"

	"protime-admin/internal/change"
)

// longestReason is how many bytes of a reason the log takes.
const longestReason = 2000

// reasons are those to choose from. One that was given and is not of the list stays: the list may have changed since
// the form was opened, and what a person says is a reason.
func (x *exchange) reasons(given string) []string {
	listed := x.s.Config.Audit.Reasons
	if given == "" || slices.Contains(listed, given) {
		return listed
	}
	return append(slices.Clone(listed), given)
}

// reasonProblem is the sentence about a reason that is missing or too long.
func (x *exchange) reasonProblem(reason change.Reason) string {
	switch {
	case x.s.Config.Audit.ReasonRequired && strings.TrimSpace(reason.Code+reason.Note) == "":
		return x.words.T("form.why.required")
	case len(reason.Code)+len(reason.Note) > longestReason:
		return x.words.T("form.why.long")
	}
	return ""
}
