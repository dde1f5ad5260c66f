// Package access decides what may be done with a collection: what the API offers and has granted, what the configuration
// switches on and what a person's roles allow.
package access

import (
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// Rules are those of one deployment.
type Rules struct {
	Assumed  []string // ASSUMED_COLLECTIONS
	Writable []string // WRITABLE
	// Grants returns whether the API gave this product a scope; known is false before the first token.
	Grants func(scope string) (known, granted bool)
}

// Reason is why something may not be done, as a message key; Scope is its argument. The zero Reason says that it may.
type Reason struct {
	Key, Scope string
}

// WhyNot returns why a person with these roles may not do something with a collection. The role is checked again where a
// change is made.
func (r Rules) WhyNot(c *contract.Collection, verb contract.Verb, roles []change.Role) Reason {
	if !c.Offers(verb) {
		return Reason{Key: "why.contract"}
	}
	if !c.On(r.Assumed) {
		return Reason{Key: "why.switched-off"}
	}
	if verb != contract.List && verb != contract.Read {
		if !change.May(roles, verb) {
			return Reason{Key: "why.role"}
		}
		if !slices.Contains(r.Writable, c.Name) && !slices.Contains(r.Writable, family(c)) {
			return Reason{Key: "why.switched-off"}
		}
	}
	if missing := r.missingScope(c.Operations[verb].Scopes); missing != "" {
		return Reason{Key: "why.scope", Scope: missing}
	}
	return Reason{}
}

// May reports whether WhyNot has no reason.
func (r Rules) May(c *contract.Collection, verb contract.Verb, roles []change.Role) bool {
	return r.WhyNot(c, verb, roles) == Reason{}
}

// family is the collection in whose place WRITABLE names a nested one: usages and restrictions are part of a definition,
// and share its scopes.
func family(c *contract.Collection) string {
	for _, verb := range []contract.Verb{contract.Create, contract.Replace, contract.Delete} {
		if o := c.Operations[verb]; o != nil && len(o.Scopes) > 0 && len(o.Scopes[0]) > 0 {
			return strings.TrimSuffix(strings.TrimPrefix(o.Scopes[0][0], "connector-protimeapi-"), ".write")
		}
	}
	return c.Name
}

// missingScope names a scope that the API did not grant; "" when one of the alternatives is granted, or may be.
func (r Rules) missingScope(alternatives [][]string) string {
	missing := ""
	for _, together := range alternatives {
		i := slices.IndexFunc(together, func(scope string) bool {
			known, granted := r.Grants(scope)
			return known && !granted
		})
		if i < 0 {
			return ""
		}
		if missing == "" {
			missing = together[i]
		}
	}
	return missing
}
