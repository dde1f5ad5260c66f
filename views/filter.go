package views

import "strings"

// letThrough names what the filters let through, "" where they let everything through.
func letThrough(filters []FilterInput) string {
	var names []string
	for _, f := range filters {
		if f.Kind == "date" {
			continue // the period says it
		}
		text := f.Value
		for _, option := range f.Options {
			if option.Selected && option.Value != "" {
				text = option.Text
			}
		}
		if text != "" {
			names = append(names, text)
		}
	}
	return strings.Join(names, ", ")
}
