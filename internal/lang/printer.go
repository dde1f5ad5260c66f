package lang

import (
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Printer formats the messages, dates and numbers of one language. It is safe for use by many goroutines. A text without
// placeholders costs one map access.
type Printer struct {
	Tag string // for the page's lang attribute: "en", "nl"

	catalog  *Catalog
	language language.Tag
	messages map[string]message
	formats  formats
}

// T is the text of a key. args are the names and values of its placeholders, alternating: T("saved", "what", title).
// A key that does not exist comes back in ⟦brackets⟧, and a placeholder without value stays as written; both are
// reported to Catalog.Missing.
func (p *Printer) T(key string, args ...string) string {
	m, ok := p.messages[key]
	if !ok {
		return p.missing(key)
	}
	if m.parts == nil {
		return m.text
	}
	return p.join(key, m, "", args)
}

// N is T for a text that depends on a number. The placeholder {n} is the number as the language writes it; the form
// is the language's plural for it.
func (p *Printer) N(key string, n int, args ...string) string {
	m, ok := p.messages[key]
	if !ok {
		return p.missing(key)
	}
	if m.forms != nil {
		count := max(n, -n)
		if form, ok := m.forms[plural.Cardinal.MatchPlural(p.language, count, 0, 0, 0, 0)]; ok {
			m = form
		}
	}
	if m.parts == nil {
		return m.text
	}
	return p.join(key, m, p.Count(n), args)
}

// Parts is the text of a key, cut at its placeholders, for values that are more than text. A key that does not exist is
// treated as in T. The result is shared: it must not be changed.
func (p *Printer) Parts(key string) []Part {
	m, ok := p.messages[key]
	switch {
	case !ok:
		return []Part{{Text: p.missing(key)}}
	case m.parts == nil:
		return []Part{{Text: m.text}}
	}
	return m.parts
}

// Has says whether a key exists.
func (p *Printer) Has(key string) bool {
	_, ok := p.messages[key]
	return ok
}

// First is the text of the first key that exists, else last. A missing key is not reported.
func (p *Printer) First(keys []string, last string) string {
	for _, key := range keys {
		if m, ok := p.messages[key]; ok {
			return m.text
		}
	}
	return last
}

// Value is the word for a value of an enumeration, from the message value.<field>.<value>, else the value itself:
// a tenant's own contract may have values without a message.
func (p *Printer) Value(field, value string) string {
	if m, ok := p.messages["value."+field+"."+value]; ok {
		return m.text
	}
	return value
}

// Count is a whole number with the language's sign between thousands: "12,480".
func (p *Printer) Count(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = p.formats.minus, digits[1:]
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	var b strings.Builder
	b.Grow(len(sign) + len(digits) + len(digits)/3*len(p.formats.group))
	b.WriteString(sign)
	first := (len(digits)-1)%3 + 1
	b.WriteString(digits[:first])
	for i := first; i < len(digits); i += 3 {
		b.WriteString(p.formats.group)
		b.WriteString(digits[i : i+3])
	}
	return b.String()
}

// join fills the placeholders; n is the value of {n} unless args name one.
func (p *Printer) join(key string, m message, n string, args []string) string {
	size := len(m.text)
	for i := 1; i < len(args); i += 2 {
		size += len(args[i])
	}
	var b strings.Builder
	b.Grow(size)
	for _, part := range m.parts {
		b.WriteString(part.Text)
		if part.Name == "" {
			continue
		}
		value, ok := argument(args, part.Name)
		if !ok && part.Name == "n" && n != "" {
			value, ok = n, true
		}
		if !ok {
			p.report(key + " {" + part.Name + "}")
			value = "{" + part.Name + "}"
		}
		b.WriteString(value)
	}
	return b.String()
}

func argument(args []string, name string) (string, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return "", false
}

func (p *Printer) missing(key string) string {
	p.report(key)
	return "⟦" + key + "⟧"
}

func (p *Printer) report(key string) {
	if p.catalog != nil && p.catalog.Missing != nil {
		p.catalog.Missing(p.Tag, key)
	}
}
