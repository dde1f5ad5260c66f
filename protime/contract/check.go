package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// check compares the x- members with the document.
func (c *Contract) check() error {
	for _, col := range c.Collections {
		if err := col.check(); err != nil {
			return fmt.Errorf("contract: %s: %w", col.Path, err)
		}
	}
	return nil
}

func (c *Collection) check() error {
	for what, paths := range map[string][]string{
		"title": c.Title, "identity": c.Identity, "key": c.Key, "first": c.First, "preset": slices.Collect(maps.Keys(c.Preset)),
	} {
		for _, p := range paths {
			if _, ok := c.Field(p); !ok {
				return fmt.Errorf("x-record: %s: there is no member %q", what, p)
			}
		}
	}
	for _, f := range c.Filters {
		if f.Name == "" || len(f.Operators) == 0 {
			return fmt.Errorf("x-filters: a filter needs a name and operators")
		}
		for _, o := range f.Operators {
			if !slices.Contains([]string{"eq", "ge", "le", "in"}, o) {
				return fmt.Errorf("x-filters: %s: there is no operator %q", f.Name, o)
			}
		}
		if _, ok := c.Field(f.Field); !ok {
			return fmt.Errorf("x-filters: %s: there is no member %q", f.Name, f.Field)
		}
	}
	if _, ok := c.Field("status"); c.SoftDelete != "" && !ok {
		return fmt.Errorf("x-record: softDelete needs a member %q", "status")
	}
	for _, o := range c.Operations {
		for _, f := range o.Body {
			for _, p := range []string{f.From, f.To} {
				if _, ok := c.Field(p); p != "" && !ok {
					return fmt.Errorf("%s: x-from or x-to: there is no member %q", f.Path, p)
				}
			}
		}
	}
	return c.checkFields(c.Fields)
}

func (c *Collection) checkFields(fields []Field) error {
	for _, f := range fields {
		for name := range f.When {
			if _, ok := c.Field(name); !ok {
				return fmt.Errorf("%s: x-when: there is no member %q", f.Path, name)
			}
		}
		if strings.ContainsAny(f.Name, ".[]") {
			return fmt.Errorf("%s: a member's name cannot hold a dot or a bracket", f.Path)
		}
		if err := c.checkFields(f.Fields); err != nil {
			return err
		}
	}
	return nil
}
