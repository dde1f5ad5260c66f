package protime

import (
	"slices"
	"strings"

	"protime-admin/protime/contract"
)

// personal lists the members that are read of a collection with personal data. Members that the contract does not list are
// dropped too: they may be personal.
type personal struct {
	templates [][]string // of the list and of one record, split at "/"
	keep      []string
}

// personalOf collects the collections with personal members.
func personalOf(c *contract.Contract) []personal {
	if c == nil {
		return nil
	}
	var all []personal
	for _, collection := range c.Collections {
		p := personal{keep: []string{"externalReferences"}}
		sensitive := false
		for _, f := range collection.Fields {
			if isPersonal(f) {
				sensitive = true
				continue
			}
			p.keep = append(p.keep, f.Name)
		}
		if !sensitive {
			continue
		}
		for _, template := range []string{collection.Path, collection.ItemPath} {
			if template != "" {
				p.templates = append(p.templates, strings.Split(template, "/"))
			}
		}
		all = append(all, p)
	}
	return all
}

// isPersonal reports whether a field or anything in it is personal: the field is then dropped with everything in it.
func isPersonal(f contract.Field) bool {
	return f.Personal || slices.ContainsFunc(f.Fields, isPersonal)
}

// sensitive reports whether a path is one of a collection with personal members.
func (c *Client) sensitive(path string) bool {
	_, found := c.personalAt(path)
	return found
}

// reduce drops the personal members of a record that was read from a path.
func (c *Client) reduce(path string, r Record) Record {
	p, found := c.personalAt(path)
	switch {
	case !found:
		return r
	case !r.isObject():
		return mustParse([]byte("[]")) // not a record: nothing of it is known to be harmless
	}
	return r.Keep(p.keep...)
}

func (c *Client) personalAt(path string) (personal, bool) {
	if len(c.personal) == 0 {
		return personal{}, false
	}
	elements := strings.Split(path, "/")
	for _, p := range c.personal {
		if slices.ContainsFunc(p.templates, func(template []string) bool { return matches(template, elements) }) {
			return p, true
		}
	}
	return personal{}, false
}

// matches compares a path with a template such as /people/{PersonReference}.
func matches(template, elements []string) bool {
	return slices.EqualFunc(template, elements, func(t, e string) bool {
		return t == e || strings.HasPrefix(t, "{") && e != ""
	})
}

// WithPersonal returns the same client, with the same token and pauses, that keeps personal members. It is for
// comparisons that need them: what it reads must not be shown or stored.
func (c *Client) WithPersonal() *Client {
	keeping := *c
	keeping.personal = nil
	return &keeping
}
