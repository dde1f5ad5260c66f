package form

import (
	"strings"

	"protime-admin/internal/field"
	"protime-admin/protime"
)

// Attach puts the API's complaints at the inputs they are about. Paths come as "timeOfDayInMinutes",
// "TimeOfDayInMinutes", "$.person.id" or "activityLevels[0].level", also behind the name of a request; what fits no
// input is said of the whole record.
func (p *Plan) Attach(errors []protime.FieldError) []Problem {
	problems := make([]Problem, 0, len(errors))
	for _, e := range errors {
		name := p.named(e.Path)
		text := e.Message
		if name == "" && e.Path != "" && e.Path != "$" {
			text = e.Path + ": " + text
		}
		problems = append(problems, Problem{Name: name, Problem: field.Problem{
			Key: field.ProblemAPI, Args: map[string]string{"text": text},
		}})
	}
	return problems
}

// named gives the name of the input that a path is about; "" where there is none.
func (p *Plan) named(path string) string {
	steps := split(path)
	if len(steps) > 0 && p.Collection.ReplacesRows && strings.Trim(steps[0], digits) == "" {
		steps = append([]string{p.Collection.Rows}, steps...)
	}
	for ; len(steps) > 0; steps = steps[1:] {
		if name := walk(p.Inputs, "", p.renamed(steps)); name != "" {
			return name
		}
	}
	return ""
}

// renamed reads the names that a request has for a row's members: updatedFrom is the row's from.
func (p *Plan) renamed(steps []string) []string {
	op := p.Collection.Operations[p.Verb]
	if op == nil {
		return steps
	}
	for _, f := range op.Body {
		if strings.EqualFold(f.Name, steps[0]) && f.To != "" {
			return append([]string{f.To}, steps[1:]...)
		}
	}
	return steps
}

// split takes a path apart: "$.activityLevels[0].level" is activityLevels, 0, level.
func split(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("$.[]/'\" ", r) })
}

const digits = "0123456789"

func walk(inputs []Input, prefix string, steps []string) string {
	for i := range inputs {
		in := &inputs[i]
		rest := steps
		if !in.self {
			if len(steps) == 0 || !strings.EqualFold(in.Field.Name, steps[0]) {
				continue
			}
			rest = steps[1:]
		}
		name := in.full
		if prefix != "" {
			name = prefix + in.tail
		}
		return step(in, prefix, name, rest)
	}
	return ""
}

// step goes on below an input that fits. A complaint about an object or a row stands at its first input.
func step(in *Input, prefix, name string, rest []string) string {
	switch {
	case members(in.Kind):
		if prefix != "" {
			prefix = name
		}
		if below := walk(in.Inputs, prefix, rest); below != "" {
			return below
		}
		return first(in.Inputs, prefix)
	case lists(in.Kind) && len(rest) > 0 && strings.Trim(rest[0], digits) == "":
		row := name + "." + rest[0]
		if below := walk(in.Inputs, row, rest[1:]); below != "" {
			return below
		}
		return first(in.Inputs, row)
	case in.Kind == field.Keyed && len(rest) > 0:
		return name + "." + strings.Join(rest, ".")
	}
	return name
}

func first(inputs []Input, prefix string) string {
	for len(inputs) > 0 {
		in := &inputs[0]
		name := in.full
		if prefix != "" {
			name = prefix + in.tail
		}
		if !members(in.Kind) {
			return name
		}
		if prefix != "" {
			prefix = name
		}
		inputs = in.Inputs
	}
	return ""
}
