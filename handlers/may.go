package handlers

import (
	"net/http"
	"regexp"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// whyNot is the reason, as a sentence, why this person may not do something with a collection now; "" when they may.
// The role is checked again, and for good, where a change is made.
func (v *visit) whyNot(c *contract.Collection, verb contract.Verb) string {
	why := v.whyNever(c, verb)
	if why == "" && verb != contract.List && verb != contract.Read && v.stopped() {
		return v.words.T("why.log")
	}
	return why
}

// stopped reports whether changes are stopped because the audit log's database does not answer: it also knows which
// sessions were ended, so that this session cannot be confirmed. Reading goes on.
func (v *visit) stopped() bool { return v.session != nil && v.session.Unconfirmed }

// logAway is the page of a change that is not to be had while the audit log cannot be reached.
func (v *visit) logAway() *pageError {
	return &pageError{status: http.StatusServiceUnavailable, failure: v.words.Failure("log-away"), cause: change.ErrUnreadable}
}

// whyNever is whyNot without what passes by itself.
func (v *visit) whyNever(c *contract.Collection, verb contract.Verb) string {
	s := v.s
	if !c.Offers(verb) {
		return v.words.T("why.contract")
	}
	if !c.On(s.Config.Assumed) {
		return v.words.T("why.switched-off")
	}
	if verb != contract.List && verb != contract.Read {
		if !change.May(v.actor.Roles, verb) {
			return v.words.T("why.role")
		}
		if !s.writable[family(c)] && !s.writable[c.Name] {
			return v.words.T("why.switched-off")
		}
	}
	if missing := s.missingScope(c.Operations[verb].Scopes); missing != "" {
		return v.words.T("why.scope", "scope", missing)
	}
	return ""
}

// family is the collection whose switch a nested one follows: usages and restrictions are part of a definition, and
// share its scopes.
func family(c *contract.Collection) string {
	for _, verb := range []contract.Verb{contract.Create, contract.Replace, contract.Delete} {
		o := c.Operations[verb]
		if o == nil || len(o.Scopes) == 0 || len(o.Scopes[0]) == 0 {
			continue
		}
		stem := strings.TrimPrefix(o.Scopes[0][0], "connector-protimeapi-")
		return strings.TrimSuffix(stem, ".write")
	}
	return c.Name
}

// missingScope names a scope that the API did not grant, "" when none is known to be missing.
func (s *Server) missingScope(alternatives [][]string) string {
	missing := ""
	for _, together := range alternatives {
		lacking := ""
		for _, scope := range together {
			if known, granted := s.API.Grants(scope); known && !granted {
				lacking = scope
				break
			}
		}
		if lacking == "" {
			return ""
		}
		if missing == "" {
			missing = lacking
		}
	}
	return missing
}

// refuse is the page that says why a verb is not to be had.
func (v *visit) refuse(c *contract.Collection, verb contract.Verb, why string) error {
	refused := v.refusal(c, verb, why)
	if c.Offers(contract.List) && !nested(c) {
		refused.failure.Links = append(refused.failure.Links, views.Link{Text: v.words.Collection(c), Href: c.URL()})
	}
	if v.s.Config.SupportContact != "" {
		refused.failure.Steps = append(refused.failure.Steps, v.words.T("error.ask", "contact", v.s.Config.SupportContact))
	}
	return refused
}

// refusal is the failure of a verb that is not to be had, with the status that fits the reason.
func (v *visit) refusal(c *contract.Collection, verb contract.Verb, why string) *pageError {
	if v.stopped() && v.whyNever(c, verb) == "" {
		return v.logAway()
	}
	status := http.StatusForbidden
	if !c.Offers(verb) {
		status = http.StatusMethodNotAllowed
	}
	f := v.words.Failure("refused-verb", "collection", v.words.Collection(c), "why", why)
	return &pageError{status: status, failure: f}
}

// nested says that a collection lives below a record of another one, so that its path needs that record's id.
func nested(c *contract.Collection) bool { return strings.Contains(c.Path, "{") }

// An id of a record, of a page or of a change: what a path may hold and nothing that could lead elsewhere.
var idPattern = regexp.MustCompile(`^[0-9A-Za-z._~@-]{1,128}$`)
