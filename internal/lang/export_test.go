package lang

import (
	"slices"
	"strings"
)

// Message is one message as tests look at it.
type Message struct {
	Texts        []string
	Placeholders string // sorted, over all plural forms
	Plural       bool
}

// Months are the short names of the months, January first.
func (p *Printer) Months() []string { return p.formats.months }

// Messages are all messages of a language by key.
func Messages(p *Printer) map[string]Message {
	all := map[string]Message{}
	for key, m := range p.messages {
		shown := Message{Plural: m.forms != nil}
		forms := []message{m}
		for _, form := range m.forms {
			forms = append(forms, form)
		}
		var names []string
		for _, form := range forms {
			shown.Texts = append(shown.Texts, form.text)
			for _, part := range form.parts {
				if part.Name != "" {
					names = append(names, part.Name)
				}
			}
		}
		slices.Sort(names)
		shown.Placeholders = strings.Join(slices.Compact(names), " ")
		all[key] = shown
	}
	return all
}
