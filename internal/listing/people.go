package listing

import (
	"context"
	"net/url"
	"strings"

	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// people adds the input of people: ids, or a name, a badge or an employee number that was typed.
func (r Reader) people(ctx context.Context, s *Selection, f contract.Filter) {
	input := views.FilterInput{
		Name: f.Name, Label: r.Words.T("filter.person"), Kind: "person", Hint: r.Words.T("filter.person.hint"),
	}
	ids := list(r.Query.Get(f.Name))
	typed := strings.TrimSpace(r.Query.Get(f.Name + form.SuffixFind))
	was := strings.TrimSpace(r.Query.Get(f.Name + form.SuffixWas))
	if r.Query.Has(f.Name+form.SuffixFind) && typed != was && typed != r.names(ids) {
		input.Value = typed
		ids, input.Problem = r.typedPeople(ctx, s, f, typed)
	}
	s.Problem = s.Problem || input.Problem != ""
	s.Inputs = append(s.Inputs, input)
	if len(ids) == 0 {
		return
	}
	last := &s.Inputs[len(s.Inputs)-1]
	if r.tooMany(s, ids) {
		last.Value = strings.Join(ids, ", ")
		return
	}
	if protime.Condition(f, "in", ids...).Err() != nil {
		last.Value = strings.Join(ids, ", ")
		s.problem(len(s.Inputs)-1, r.Words.T("filter.ids"))
		return
	}
	last.Hidden, last.Value = strings.Join(ids, ","), r.names(ids)
	s.Values.Set(f.Name, last.Hidden)
	s.People = ids
}

// typedPeople looks up what was typed. Where several people match, the page asks which one is meant.
func (r Reader) typedPeople(ctx context.Context, s *Selection, f contract.Filter, typed string) (ids []string, problem string) {
	if typed == "" {
		return nil, ""
	}
	hits := r.Finder.Find(ctx, "people", typed, 20)
	switch {
	case len(hits) == 1:
		return []string{hits[0].ID}, ""
	case len(hits) > 1:
		s.Ask = &views.Choices{Title: r.Words.T("filter.several", "text", typed)}
		for _, hit := range hits {
			link := url.Values{}
			for name, values := range r.Query {
				if !strings.HasPrefix(name, f.Name+"~") && name != "page" {
					link[name] = values
				}
			}
			link.Set(f.Name, hit.ID)
			s.Ask.Items = append(s.Ask.Items, views.Link{
				Text: strings.TrimSpace(hit.Label + " " + hit.Detail), Href: r.Path + "?" + link.Encode(),
			})
		}
		return nil, ""
	case strings.Trim(typed, "0123456789, ") == "":
		return list(typed), "" // ids that the directory does not know (yet)
	}
	return nil, r.Words.T("filter.nobody", "text", typed)
}

func (r Reader) names(ids []string) string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		names = append(names, r.Words.PersonName(id))
	}
	return strings.Join(names, ", ")
}
