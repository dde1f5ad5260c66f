package handlers

import (
	"net/url"
	"strings"
	"time"

	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// selection is what a list shows: the query of its page, understood.
type selection struct {
	filter   protime.Filter
	inputs   []views.FilterInput
	ask      *views.Choices
	problem  bool
	deleted  bool
	from, to string     // the period, where the list has one
	period   string     // name of the filter that the period is of
	values   url.Values // the filter's parameters as they hold now, for links
}

// selection reads a list's filters from the query. Without any, a list that needs a period shows this week.
func (v *visit) selection(c *contract.Collection) selection {
	q := v.request().URL.Query()
	sel := selection{deleted: q.Get("deleted") == "show", values: url.Values{}}
	var conditions []protime.Filter
	for _, f := range c.Filters {
		switch {
		case f.Type == "date":
			conditions = append(conditions, v.period(&sel, f, q)...)
		case f.Ref == "people":
			conditions = append(conditions, v.peopleFilter(&sel, f, q)...)
		default:
			conditions = append(conditions, v.plainFilter(&sel, f, q)...)
		}
	}
	if sel.deleted {
		sel.values.Set("deleted", "show")
	}
	sel.filter = protime.And(conditions...)
	return sel
}

// period is a range of dates: typed in any way a date is, this week when nothing was said.
func (v *visit) period(sel *selection, f contract.Filter, q url.Values) []protime.Filter {
	ge, le := f.Name+".ge", f.Name+".le"
	from, to := strings.TrimSpace(q.Get(ge)), strings.TrimSpace(q.Get(le))
	if f.Required && !q.Has(ge) && !q.Has(le) {
		from, to = week(v.words.Today)
	}
	var conditions []protime.Filter
	add := func(name, label, operator, typed string) string {
		input := views.FilterInput{Name: name, Label: v.words.T(label), Kind: "date", Value: typed}
		date, problem := v.date(typed)
		switch {
		case problem != "":
			input.Problem, sel.problem = problem, true
		case date != "":
			input.Value = date
			sel.values.Set(name, date)
			conditions = append(conditions, protime.Condition(f, operator, date))
		}
		sel.inputs = append(sel.inputs, input)
		return date
	}
	sel.period = f.Name
	sel.from = add(ge, "filter.from", "ge", from)
	sel.to = add(le, "filter.until", "le", to)
	last := &sel.inputs[len(sel.inputs)-1]
	switch {
	case sel.problem:
	case f.Required && sel.from == "":
		sel.inputs[len(sel.inputs)-2].Problem, sel.problem = v.words.T("filter.from-required"), true
	case sel.to != "" && sel.from > sel.to:
		last.Problem, sel.problem = v.words.T("filter.order"), true
	case f.TooWide(sel.from, sel.to):
		last.Problem, sel.problem = v.words.T("filter.over-a-year"), true
	}
	return conditions
}

// date reads a date that was typed into a filter; problem is a sentence when it is none.
func (v *visit) date(typed string) (date, problem string) {
	raw, wrong := field.Parse(contract.Field{Type: "string", Format: "date"}, field.Typed{Text: typed}, v.words.Today)
	if wrong != nil {
		return "", views.ProblemText(v.words.Printer, wrong)
	}
	return field.Plain(raw), ""
}

// peopleFilter takes ids, or what was typed: a name, a badge, an employee number. Several hits are asked about.
func (v *visit) peopleFilter(sel *selection, f contract.Filter, q url.Values) []protime.Filter {
	input := views.FilterInput{
		Name: f.Name, Label: v.words.T("filter.person"), Kind: "person", Hint: v.words.T("filter.person.hint"),
	}
	ids := split(q.Get(f.Name))
	typed, was := strings.TrimSpace(q.Get(f.Name+form.SuffixFind)), strings.TrimSpace(q.Get(f.Name+form.SuffixWas))
	changed := q.Has(f.Name+form.SuffixFind) && typed != was && typed != v.peopleNames(ids)
	if changed {
		ids = nil
	}
	if changed && typed != "" {
		hits := v.finder().Find(v.request().Context(), "people", typed, 20)
		switch {
		case len(hits) == 1:
			ids = []string{hits[0].ID}
		case len(hits) > 1:
			sel.ask = &views.Choices{Title: v.words.T("filter.several", "text", typed)}
			for _, hit := range hits {
				link := url.Values{}
				for name, values := range q {
					if !strings.HasPrefix(name, f.Name+"~") && name != "page" {
						link[name] = values
					}
				}
				link.Set(f.Name, hit.ID)
				sel.ask.Items = append(sel.ask.Items, views.Link{
					Text: strings.TrimSpace(hit.Label + " " + hit.Detail), Href: v.request().URL.Path + "?" + link.Encode(),
				})
			}
		case digits(typed):
			ids = split(typed) // an id that the directory does not know (yet)
		default:
			input.Problem, sel.problem = v.words.T("filter.nobody", "text", typed), true
		}
		input.Value = typed
	}
	sel.inputs = append(sel.inputs, input)
	last := &sel.inputs[len(sel.inputs)-1]
	if len(ids) == 0 {
		return nil
	}
	condition := protime.Condition(f, "in", ids...)
	if condition.Err() != nil {
		last.Value, last.Problem, sel.problem = strings.Join(ids, ", "), v.words.T("filter.ids"), true
		return nil
	}
	last.Hidden, last.Value = strings.Join(ids, ","), v.peopleNames(ids)
	sel.values.Set(f.Name, last.Hidden)
	return []protime.Filter{condition}
}

func (v *visit) peopleNames(ids []string) string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		name := id
		if known, ok := v.s.People.Name(id); ok {
			name = known
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// plainFilter is a choice or a typed value; several values of a choice are joined by commas.
func (v *visit) plainFilter(sel *selection, f contract.Filter, q url.Values) []protime.Filter {
	values := split(q.Get(f.Name))
	input := views.FilterInput{Name: f.Name, Label: v.words.FilterLabel(f), Kind: "text", Value: q.Get(f.Name)}
	options := f.Enum
	if f.Type == "boolean" {
		options = []string{"true", "false"}
	}
	if len(options) > 0 {
		input.Kind = "choice"
		input.Options = append(input.Options, views.Choice{Text: v.words.T("filter.all"), Selected: len(values) == 0})
		for _, option := range options {
			input.Options = append(input.Options, views.Choice{
				Value: option, Text: v.words.FilterValue(f, option), Selected: len(values) == 1 && values[0] == option,
			})
		}
	}
	if len(values) > 1 && input.Kind == "choice" {
		input.Options = append(input.Options, views.Choice{
			Value: strings.Join(values, ","), Text: strings.Join(values, ", "), Selected: true,
		})
	}
	var condition protime.Filter
	switch {
	case len(values) == 0:
		sel.inputs = append(sel.inputs, input)
		return nil
	case f.Multiple && len(values) > 1:
		var each []protime.Filter
		for _, value := range values {
			each = append(each, protime.Condition(f, "eq", value))
		}
		condition = protime.Or(each...)
	default:
		condition = protime.Condition(f, f.Operators[0], values...)
	}
	if condition.Err() != nil {
		input.Problem, sel.problem = v.words.T("filter.value"), true
		sel.inputs = append(sel.inputs, input)
		return nil
	}
	sel.values.Set(f.Name, strings.Join(values, ","))
	sel.inputs = append(sel.inputs, input)
	return []protime.Filter{condition}
}

// asRecord is what a new record has in common with those of the list: the person, the day, the kind. What was asked for
// once is not asked again.
func (sel *selection) asRecord(c *contract.Collection) string {
	q := url.Values{}
	for _, f := range c.Filters {
		value, name := sel.values.Get(f.Name), f.Name
		switch {
		case f.Type == "date" && sel.from == sel.to:
			value = sel.from
		case f.Ref != "":
			name += ".id"
		}
		if field, ok := c.Field(f.Name); ok && !field.ReadOnly && value != "" && !strings.Contains(value, ",") {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// neighbours are the periods of the same length before and after the one that the list shows.
func (v *visit) neighbours(sel *selection, path string, q url.Values) (earlier, later *views.Toggle) {
	from, errFrom := time.Parse(time.DateOnly, sel.from)
	to, errTo := time.Parse(time.DateOnly, sel.to)
	if errFrom != nil || errTo != nil || sel.problem {
		return nil, nil
	}
	period := func(text string, move int) *views.Toggle {
		ge, le := from.AddDate(0, 0, move).Format(time.DateOnly), to.AddDate(0, 0, move).Format(time.DateOnly)
		return &views.Toggle{
			Text: v.words.T(text), Title: v.words.Day(ge) + " – " + v.words.Day(le),
			Href: path + "?" + with(q, sel.period+".ge", ge, sel.period+".le", le, "page", "", "restarted", "", "done", ""),
		}
	}
	length := days(sel.from, sel.to) + 1
	if length == 7 {
		return period("list.previous-week", -length), period("list.next-week", length)
	}
	return period("list.earlier", -length), period("list.later", length)
}

func split(text string) []string {
	var values []string
	for value := range strings.SplitSeq(text, ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789, ") == ""
}

// week is Monday to Sunday around a day.
func week(day time.Time) (from, to string) {
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	return monday.Format(time.DateOnly), monday.AddDate(0, 0, 6).Format(time.DateOnly)
}

func days(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
