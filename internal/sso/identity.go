package sso

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Identity is a person as the provider describes them.
type Identity struct {
	Subject        string // unique and never reassigned within Issuer
	Issuer         string
	Name           string // for display: name, else given and family name, else user name, e-mail, subject
	Email          string
	EmployeeNumber string   // "" when the provider gives none
	Locale         string   // a BCP 47 tag as the provider gave it, "" when none
	Roles          []string // of Config.Roles, sorted
}

// group is a digest of one value of the roles claim. Sessions keep digests and not roles: a role removed from the
// configuration is gone at the next request, and a long group name takes eight bytes.
type group uint64

func digest(claim string) group {
	sum := sha256.Sum256([]byte(claim))
	return group(binary.BigEndian.Uint64(sum[:8]))
}

// maxGroups bounds how many groups that give a role one session keeps.
const maxGroups = 16

// roleTable has the roles that each group gives.
type roleTable map[group][]string

func newRoleTable(roles map[string][]string) roleTable {
	t := roleTable{}
	for role, values := range roles {
		for _, value := range values {
			if value != "" {
				t[digest(value)] = append(t[digest(value)], role)
			}
		}
	}
	return t
}

// matching returns the groups among the values of a roles claim that give a role.
func (t roleTable) matching(values []string) []group {
	var groups []group
	for _, value := range values {
		g := digest(value)
		if len(groups) < maxGroups && len(t[g]) > 0 && !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	return groups
}

// roles returns the roles that groups give, sorted.
func (t roleTable) roles(groups []group) []string {
	var roles []string
	for _, g := range groups {
		roles = append(roles, t[g]...)
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}
