package handlers

import (
	"net/http"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// refused gives the form back after a change that was refused, or not sent, with what Protime said: at its field where
// it named one, above the form where not.
func (f *sheet) refused(r change.Receipt) error {
	v := f.v
	f.spent = true
	said := refusal(tell.Answer(r), r.Request.Path)
	if r.State == change.NotSent || said == nil {
		failure := v.words.Unsent(r)
		f.trouble = &failure
		return f.draw(v.unsentStatus(r))
	}
	status := apiStatus(said)
	switch {
	case f.notOffered(said):
		f.trouble = f.offerAnother(said)
	case said.Is(protime.Conflict):
		return f.conflicted(said)
	case said.Is(protime.Invalid):
		f.invalid(said)
	default:
		failure := v.words.APIFailure(said)
		f.trouble = &failure
	}
	v.askToWait(status, said)
	if f.trouble != nil {
		f.trouble.Call = v.words.Call(r)
	}
	return f.draw(status)
}

// refusal reads a kept answer as the error that it was, about the path that was called.
func refusal(answer protime.Answer, path string) *protime.Error {
	said := protime.Refusal(answer)
	if said != nil {
		said.Path = path
	}
	return said
}

// invalid puts what Protime said beside the inputs that it named.
func (f *sheet) invalid(said *protime.Error) {
	f.problems = f.plan.Attach(said.Fields)
	for _, reason := range said.Reasons {
		f.problems = append(f.problems, apiProblem(reason))
	}
	if len(f.problems) == 0 {
		text := said.Message
		if text == "" {
			text = tell.Status(said.Status)
		}
		f.problems = append(f.problems, apiProblem(text))
	}
	f.notes = append(f.notes, f.v.words.StatusLine(said.Status))
}

func apiProblem(text string) form.Problem {
	return form.Problem{Problem: field.Problem{Key: "problem.api", Args: map[string]string{"text": text}}}
}

// notOffered: a POST to a list, or a PUT or DELETE of a record that a GET just gave, and the API does not know what
// we mean. Below another record a POST may also name one that is not there.
func (f *sheet) notOffered(said *protime.Error) bool {
	if said.Is(protime.NotOffered) {
		return true
	}
	if f.verb == contract.Create {
		return said.Is(protime.NotFound) && !nested(f.c)
	}
	return said.Is(protime.NotFound) && f.exists && (f.verb == contract.Replace || f.verb == contract.Delete)
}

// offerAnother says that this tenant's API does not offer the verb, and what can be done instead.
func (f *sheet) offerAnother(said *protime.Error) *views.Failure {
	v := f.v
	key := "error.no-replace"
	switch f.verb {
	case contract.Delete:
		key = "error.no-delete"
	case contract.Create:
		key = "error.no-create"
	}
	failure := views.Failure{
		Title: v.words.T("error.not-offered.title"), Text: v.words.T(key, "what", tell.LowerFirst(v.words.Collection(f.c))),
		Protime: v.words.StatusLine(said.Status), Reasons: tell.Reasons(said),
	}
	if f.verb == contract.Replace && v.whyNot(f.c, contract.Create) == "" {
		link := views.Link{Text: v.words.T("error.add-instead"), Href: f.asNew()}
		failure.Links = append(failure.Links, link)
		failure.Steps = []string{v.words.T("error.add-instead.text")}
	}
	return &failure
}

// asNew is the form that adds a record with what was typed here.
func (f *sheet) asNew() string {
	after, _, problems := f.sub.Merge(f.base)
	if len(problems) > 0 {
		after = f.base
	}
	return f.v.againLink(f.c, f.params, after)
}

// conflicted reads the record again after Protime's 409 or 412 and shows both sides.
func (f *sheet) conflicted(said *protime.Error) error {
	v := f.v
	if f.verb == contract.Replace && f.exists {
		fresh, answer, err := v.s.fetch(v, f.c, f.params, f.query)
		if err == nil {
			f.base, f.etag = fresh, answer.ETag
			if conflicts := f.sub.Compare(f.base); len(conflicts) > 0 {
				f.conflict = true
				f.notes = append(f.notes, v.words.StatusLine(said.Status))
				return f.drawConflict(conflicts)
			}
		}
	}
	failure := v.words.APIFailure(said)
	f.trouble = &failure
	return f.draw(http.StatusConflict)
}
