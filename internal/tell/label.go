package tell

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"protime-admin/internal/form"
	"protime-admin/protime/contract"
)

// Label is a field's name in the page's language: the first of form.LabelKeys, else the humanised name.
func (w *Words) Label(c *contract.Collection, f contract.Field) string {
	return w.First(form.LabelKeys(c.Name, f.Path), form.Humanised(f.Name))
}

// FilterLabel is the name of a list's filter.
func (w *Words) FilterLabel(f contract.Filter) string {
	return w.First([]string{"filter." + f.Name, "field." + f.Name}, form.Humanised(f.Name))
}

// FilterValue is the word for one of the values that a filter takes.
func (w *Words) FilterValue(f contract.Filter, value string) string {
	if f.Type == "boolean" {
		return w.yesNo([]byte(value))
	}
	// The field that the values are of is "collectionName" where the filter is "collection-name".
	first, rest, _ := strings.Cut(f.Name, "-")
	for word := range strings.SplitSeq(rest, "-") {
		first += UpperFirst(word)
	}
	return w.Printer.Value(first, value)
}

// Collection is the title of a collection: "Clockings".
func (w *Words) Collection(c *contract.Collection) string {
	return w.First([]string{"collection." + c.Name}, form.Humanised(c.Name))
}

// One is the word for one record of a collection: "clocking".
func (w *Words) One(c *contract.Collection) string {
	return w.First([]string{"collection." + c.Name + ".one"}, strings.ToLower(form.Humanised(c.Name)))
}

// Right is what a verb of a collection needs the API's permission for: "reading people", "changing clockings".
func (w *Words) Right(c *contract.Collection, verb contract.Verb) string {
	name := w.Within(w.Collection(c))
	if verb == contract.List || verb == contract.Read {
		return w.T("right.read", "collection", name)
	}
	return w.T("right.write", "collection", name)
}

// UpperFirst is a text as it begins a sentence.
func UpperFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// Within is a collection's title as it stands within a sentence. A German one begins with a noun, which keeps its capital.
func (w *Words) Within(title string) string {
	if w.Tag == "de" {
		return title
	}
	return LowerFirst(title)
}

// LowerFirst is a word of no certain kind, or a member's name, without the capital of its first letter.
func LowerFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToLower(first)) + text[size:]
}
