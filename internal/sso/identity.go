package sso

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Role is what a person may do here.
type Role string

// The roles. Editors and auditors read too; nobody without a role gets in.
const (
	Viewer  Role = "viewer"
	Editor  Role = "editor"
	Auditor Role = "auditor"
)

// Identity is a person as the provider knows them.
type Identity struct {
	Subject        string // unique and never reassigned within Issuer
	Issuer         string
	Name           string // for display: name, else given and family name, else user name, e-mail, subject
	Email          string
	EmployeeNumber string // "" when the provider gives none
	Locale         string // a BCP 47 tag as the provider gave it, "" when none
	Roles          []Role // in the order viewer, editor, auditor
}

// Has tells whether the person has role r itself; what a role includes is the business of who asks.
func (i Identity) Has(r Role) bool { return slices.Contains(i.Roles, r) }

// group is the fingerprint of one value of the roles claim. Sessions keep the fingerprints and not the roles: a role
// taken out of the configuration is gone at the next request, and a long group name costs eight bytes.
type group uint64

func fingerprint(claim string) group {
	sum := sha256.Sum256([]byte(claim))
	return group(binary.BigEndian.Uint64(sum[:8]))
}

// maxGroups bounds how many values that give a role one session remembers.
const maxGroups = 16

// roleTable maps the values of the roles claim to roles.
type roleTable struct {
	order  []Role
	values map[Role]map[group]bool
}

func newRoleTable(c Config) roleTable {
	t := roleTable{order: []Role{Viewer, Editor, Auditor}, values: map[Role]map[group]bool{}}
	for role, claims := range map[Role][]string{Viewer: c.Viewers, Editor: c.Editors, Auditor: c.Auditors} {
		t.values[role] = map[group]bool{}
		for _, claim := range claims {
			if claim != "" {
				t.values[role][fingerprint(claim)] = true
			}
		}
	}
	return t
}

// matching gives the fingerprints of those claim values that give a role.
func (t roleTable) matching(claims []string) []group {
	var groups []group
	for _, claim := range claims {
		g := fingerprint(claim)
		if len(groups) < maxGroups && !slices.Contains(groups, g) && len(t.roles([]group{g})) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// roles gives the roles of somebody with these claim values.
func (t roleTable) roles(groups []group) []Role {
	var roles []Role
	for _, role := range t.order {
		if slices.ContainsFunc(groups, func(g group) bool { return t.values[role][g] }) {
			roles = append(roles, role)
		}
	}
	return roles
}
