package views

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/protime/contract"
)

// Texts are what the pages of a server say in one language wherever a text would otherwise be put together, or looked
// up under several keys, for each request. NewTexts resolves them when the server is made.
type Texts struct {
	Languages   []Language
	Environment string // the tenant's environment in words
	Ending      string // when the session ends, with {time} for the script to fill
	Hits        string // how many records match, with {count} for the script to fill
	Optional    string
	Reasons     map[string]string // by code
	Inputs      map[*form.Input]InputText
}

// Language is one of those that pages speak.
type Language struct{ Tag, Name string }

// InputText is what stands around one input of a plan.
type InputText struct {
	Label string
	Hint  string // what the input takes; "" when its label says enough or the hint depends on the value
	ID    string // Reference: the hint where its id is typed
	Day   string // Clock: the label of its day
	When  string // which kinds of record take the field, for the script: "kind=Reason,Activity"
}

// NewTexts resolves the texts of one language. environment is "production", "sandbox", "demo" or "" for none; reasons
// are the codes that people choose from; plans are those whose forms are drawn.
func NewTexts(p *lang.Printer, languages []string, environment string, reasons []string, plans ...*form.Plan) *Texts {
	t := &Texts{
		Ending:   p.T("session.ending", "time", "{time}"),
		Hits:     p.T("picker.some", "count", "{count}"),
		Optional: p.T("form.optional"),
		Reasons:  map[string]string{},
		Inputs:   map[*form.Input]InputText{},
	}
	if environment != "" {
		t.Environment = p.T("environment." + environment)
	}
	for _, tag := range languages {
		t.Languages = append(t.Languages, Language{tag, p.T("language." + tag)})
	}
	for _, reason := range reasons {
		t.Reasons[reason] = p.Value("why", reason)
	}
	for _, plan := range plans {
		t.add(p, plan.Inputs)
	}
	return t
}

func (t *Texts) add(p *lang.Printer, inputs []form.Input) {
	for i := range inputs {
		in := &inputs[i]
		text := InputText{Label: p.First(in.Labels, in.Human), Hint: hintOf(p, in), When: when(in.Field)}
		switch in.Kind {
		case field.Clock:
			text.Day = p.T("form.day.of", "what", text.Label)
		case field.Reference:
			text.ID = cmp.Or(ownHint(p, in), p.T("form.hint.id"))
		}
		t.Inputs[in] = text
		t.add(p, in.Inputs)
	}
}

// hintOf explains what an input takes, whatever its value.
func hintOf(p *lang.Printer, in *form.Input) string {
	if own := ownHint(p, in); own != "" {
		return own
	}
	switch in.Kind {
	case field.Clock:
		return p.T("form.hint.clock")
	case field.Duration:
		return p.T("form.hint.duration")
	case field.Reference:
		if in.Field.Ref == "people" {
			return p.T("filter.person.hint")
		}
		return p.T("form.hint.reference")
	}
	return ""
}

// ownHint is the hint that the messages have for a field, "" for none.
func ownHint(p *lang.Printer, in *form.Input) string {
	for _, key := range in.Labels {
		if hint := key + ".hint"; p.Has(hint) {
			return p.T(hint)
		}
	}
	return ""
}

// when lists the kinds of record that take a field, by the field that holds the kind.
func when(f contract.Field) string {
	var rules []string
	for _, name := range slices.Sorted(maps.Keys(f.When)) {
		rules = append(rules, name+"="+strings.Join(f.When[name], ","))
	}
	return strings.Join(rules, ";")
}

// reason is a reason in words; one that left the list is its own text.
func (p *Page) reason(code string) string {
	if text, ok := p.Texts.Reasons[code]; ok {
		return text
	}
	return p.Value("why", code)
}

// label names an input. A member of a set of names and texts, such as a translation, says which name it has; the input
// for a new one's name says what kind of name it takes.
func (p *Page) label(c *form.Cell) string {
	text := p.Texts.Inputs[c.Input].Label
	if c.Key != "" {
		return text + " " + c.Key
	}
	set, _, isName := strings.Cut(c.Name, form.SuffixKey+".")
	switch {
	case isName && strings.HasSuffix(set, ".translations"):
		return p.T("form.entry.language")
	case isName:
		return p.T("form.entry.name")
	}
	return text
}

// hint explains what an input takes; "" when its label says enough. A date without a hint of its own is read out.
func (p *Page) hint(c *form.Cell, text InputText) string {
	switch day := c.Typed.Text; {
	case c.Plain:
		return text.ID
	case c.Input.Kind == field.Date && text.Hint == "" && day != "" && isDate(day):
		return p.LongDay(day) + ", " + p.T("form.week", "week", p.Week(day))
	}
	return text.Hint
}
