package form

import (
	"encoding/json"

	"protime-admin/internal/field"
	"protime-admin/protime/contract"
)

// What the select beside a value that its widget cannot show says.
const (
	keep   = "keep"
	remove = "remove"
)

// options prepares the choices of a field once, one list for each choice that may be selected, so that drawing a
// form makes none.
func options(k field.Kind, f contract.Field) map[string][]Option {
	var choices []Option
	switch k {
	case field.Choice:
		for _, v := range f.Enum {
			choices = append(choices, Option{Value: v, Labels: []string{"value." + f.Name + "." + v}})
		}
	case field.YesNo:
		choices = []Option{
			{Value: "true", Labels: []string{"value.yesno.true"}},
			{Value: "false", Labels: []string{"value.yesno.false"}},
		}
	case field.Clock:
		return dayOptions(f)
	default:
		return nil
	}
	none := Option{Labels: []string{"form.choice.none"}}
	all := map[string][]Option{"": selected(append([]Option{none}, choices...), "")}
	for _, o := range choices {
		if f.Required && k == field.Choice {
			all[o.Value] = selected(choices, o.Value)
			continue
		}
		all[o.Value] = selected(append([]Option{none}, choices...), o.Value)
	}
	return all
}

// dayOptions are the days that a time may fall on.
func dayOptions(f contract.Field) map[string][]Option {
	first, last := field.Span(f)
	var days []Option
	if first < 0 {
		days = append(days, Option{Value: "-1", Labels: []string{"form.day.before"}})
	}
	days = append(days, Option{Value: "0", Labels: []string{"form.day.same"}})
	if last >= 1440 {
		days = append(days, Option{Value: "1", Labels: []string{"form.day.after"}})
	}
	all := make(map[string][]Option, len(days))
	for _, d := range days {
		all[d.Value] = selected(days, d.Value)
	}
	return all
}

func selected(options []Option, value string) []Option {
	all := make([]Option, len(options))
	copy(all, options)
	for i := range all {
		all[i].Selected = all[i].Value == value
	}
	return all
}

// choose sets the options of a cell by what stands in it. A value that is none of them stays selectable.
func (c *Cell) choose() {
	in := c.Input
	switch in.Kind {
	case field.Clock:
		c.Options = in.options[c.Typed.Day]
		if c.Options == nil {
			c.Options = in.options["0"]
		}
	case field.Choice, field.YesNo:
		if o, ok := in.options[c.Typed.Text]; ok && !c.Unshown {
			c.Options = o
			return
		}
		c.Options = in.options[c.Typed.Text]
		if c.Options == nil {
			c.Options = in.options[""]
		}
		if kept, ok := c.keptOption(); ok {
			c.Options = append([]Option{kept}, selected(in.options[""], c.Typed.Text)...)
		}
		return
	}
	if c.Unshown {
		removed := c.touched && c.value == nil && c.Typed.Text == ""
		c.UnshownOptions = []Option{
			{Value: keep, Labels: []string{"form.kept.keep"}, Selected: !removed},
			{Value: remove, Labels: []string{"form.kept.remove"}, Selected: removed},
		}
	}
}

// keptOption is the value at opening where the contract does not list it, or else an unknown value that was typed.
func (c *Cell) keptOption() (Option, bool) {
	text := c.Typed.Text
	if c.Unshown {
		was, _ := field.FormatAs(c.Input.Kind, c.Input.Field, c.Raw)
		return Option{Value: was.Text, Selected: was.Text == text}, true
	}
	return Option{Value: text, Selected: true}, text != ""
}

// given gives the value, or nil where it is null: absent and null are both not given.
func given(raw json.RawMessage) json.RawMessage {
	if field.IsNull(raw) {
		return nil
	}
	return raw
}
