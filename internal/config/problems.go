package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong, in words for the person who sets Name.
type Problem struct {
	Name string // the environment variable
	Text string // continues the name: "is required", "must be ..."; never holds a secret's value
}

// Problems is the error of Read: everything that is wrong, in the table's order.
type Problems struct {
	List []Problem
}

// Error lists every problem on a line of its own.
func (p *Problems) Error() string {
	var b strings.Builder
	noun := "problems"
	if len(p.List) == 1 {
		noun = "problem"
	}
	fmt.Fprintf(&b, "%d %s in the configuration:", len(p.List), noun)
	for _, problem := range p.List {
		fmt.Fprintf(&b, "\n  %s %s", problem.Name, problem.Text)
	}
	return b.String()
}

func (p *Problems) add(name, text string) {
	p.List = append(p.List, Problem{Name: name, Text: text})
}

// err is nil when nothing was found: a nil *Problems inside an error would not be.
func (p *Problems) err() error {
	if len(p.List) == 0 {
		return nil
	}
	return p
}
