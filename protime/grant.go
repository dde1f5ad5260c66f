package protime

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/oauth2"
)

// Grant is what the token endpoint gave.
type Grant struct {
	Scopes []string // sorted
	// Known is false while no token was given, and when the endpoint did not say what it granted to a request
	// that named no scopes.
	Known bool
}

// Has reports whether a scope was granted.
func (g Grant) Has(scope string) bool {
	_, found := slices.BinarySearch(g.Scopes, scope)
	return found
}

// Granted returns which scopes the current token has. It asks for a token when there is none.
func (c *Client) Granted(ctx context.Context) (Grant, error) {
	if _, err := c.tokens.take(ctx); err != nil {
		return Grant{}, withoutToken(Request{}, err)
	}
	return c.tokens.granted(), nil
}

// Grants reports whether a scope was granted, from the last token; it makes no call. known is false before the first
// token and when the endpoint did not say.
func (c *Client) Grants(scope string) (known, granted bool) {
	g := c.tokens.granted()
	return g.Known, g.Has(scope)
}

// MayRead reports whether the token has all scopes of one of the alternatives, as a contract lists them. It asks for a
// token when there is none, and is true when it cannot be known: the API then answers for itself.
func (c *Client) MayRead(ctx context.Context, alternatives [][]string) bool {
	grant, err := c.Granted(ctx)
	if err != nil || !grant.Known || len(alternatives) == 0 {
		return true
	}
	return slices.ContainsFunc(alternatives, func(together []string) bool {
		return !slices.ContainsFunc(together, func(scope string) bool { return !grant.Has(scope) })
	})
}

func (s *tokens) granted() Grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Grant{Scopes: slices.Clone(s.grant.Scopes), Known: s.grant.Known}
}

// grantOf reads the granted scopes. An answer that leaves `scope` out granted what was asked for (RFC 6749, 5.1).
func grantOf(got *oauth2.Token, asked []string, unscoped bool) Grant {
	text, _ := got.Extra("scope").(string)
	scopes := strings.Fields(text)
	if len(scopes) == 0 && !unscoped {
		scopes = slices.Clone(asked)
	}
	slices.Sort(scopes)
	return Grant{Scopes: slices.Compact(scopes), Known: len(scopes) > 0}
}
