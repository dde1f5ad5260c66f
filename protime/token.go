package protime

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// The ages of a token. A 401 on a token that is younger than youngToken is a missing scope, not a token that ended:
// renewing it for that would ask for a token per call, which the token endpoint answers with rate limiting.
const (
	youngToken       = time.Minute
	tokenMargin      = time.Minute      // renewed this long before its end, or a tenth of a shorter life
	defaultTokenLife = 30 * time.Minute // documented; taken when the answer names none
	minTokenLife     = time.Minute      // taken when the answer names 0 or less: each call would ask for a token
)

// The pauses after a token request whose client or scopes were refused: that lasts until somebody changes a setting.
const (
	firstRefusedPause = 30 * time.Second
	maxRefusedPause   = 5 * time.Minute
)

// token is one access token.
type token struct {
	value   string
	born    time.Time
	renew   time.Time // from then on a new one is asked for
	expires time.Time
}

// tokens holds the token that all callers share until it expires. One caller asks for a new one while the others wait.
type tokens struct {
	config  clientcredentials.Config
	http    *http.Client
	timeout time.Duration
	now     func() time.Time
	secrets []string // the client secret, in each form that a server could echo

	mu       sync.Mutex
	current  *token
	pending  *tokenRequest
	grant    Grant
	unscoped bool      // the scopes were refused once: they are not asked for again
	rejected time.Time // when a young token was given up because the API called it invalid
	pause    backoff
}

// tokenRequest is a request for a token that callers wait for.
type tokenRequest struct {
	done  chan struct{}
	token *token
	err   error
}

func newTokens(c Config, client *Client) *tokens {
	sender := *client.writes // a request for a token is not repeated by net/http either
	sender.Transport = agentTransport{agent: client.agent, next: sender.Transport}
	return &tokens{
		config: clientcredentials.Config{
			ClientID:     c.ClientID,
			ClientSecret: c.ClientSecret,
			TokenURL:     c.TokenURL,
			Scopes:       c.Scopes,
			AuthStyle:    oauth2.AuthStyleInParams, // letting the library guess costs a refused request
		},
		http:    &sender,
		timeout: client.timeout,
		now:     client.now,
		secrets: forms(c.ClientSecret),
	}
}

// take returns the token to use. Callers that come while one is asked for wait for the same answer. After a failure no
// token is asked for until a pause is over: callers then get the failure again at once, with the time that is left.
func (s *tokens) take(ctx context.Context) (*token, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	now := s.now()
	if s.current != nil && now.Before(s.current.renew) {
		defer s.mu.Unlock()
		return s.current, nil
	}
	if left, cause := s.pause.left(now); cause != nil {
		defer s.mu.Unlock()
		if s.current != nil && now.Before(s.current.expires) {
			return s.current, nil // due for renewal, but still good
		}
		again := *cause
		again.RetryAfter, again.kinds = wholeSeconds(left), append(slices.Clip(again.kinds), Paused)
		return nil, &again
	}
	asked := s.pending
	if asked == nil {
		asked = &tokenRequest{done: make(chan struct{})}
		s.pending = asked
		// The first caller may give up; the others still wait for this answer.
		go s.ask(context.WithoutCancel(ctx), asked)
	}
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-asked.done:
		return asked.token, asked.err
	}
}

// ask fetches a token for all callers that wait.
func (s *tokens) ask(ctx context.Context, asked *tokenRequest) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	began := s.now()
	s.mu.Lock()
	unscoped := s.unscoped
	s.mu.Unlock()

	got, err := s.fetch(ctx, unscoped)
	if !unscoped && len(s.config.Scopes) > 0 && refusedScopes(err) {
		unscoped = true
		got, err = s.fetch(ctx, true)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(asked.done)
	s.pending = nil
	if err != nil {
		failure := s.failure(err)
		asked.err = failure
		bounds := steps{firstPause, maxPause}
		if failure.Status >= 400 && failure.Status < 500 && !failure.Is(RateLimited) {
			bounds.first, bounds.longest = firstRefusedPause, maxRefusedPause
		}
		s.pause.fail(failure, began, s.now(), failure.RetryAfter, bounds)
		return
	}
	s.pause.succeed(began)
	s.unscoped = unscoped
	s.current = s.tokenOf(got)
	s.grant = grantOf(got, s.config.Scopes, unscoped)
	asked.token = s.current
}

// fetch asks the token endpoint once.
func (s *tokens) fetch(ctx context.Context, unscoped bool) (*oauth2.Token, error) {
	config := s.config
	if unscoped {
		config.Scopes = nil
	}
	return config.Token(context.WithValue(ctx, oauth2.HTTPClient, s.http))
}

// refusedScopes reports whether a token was refused for the scopes that were asked for, as far as that can be told: what
// the endpoint answers then is not published. It is RFC 6749's invalid_scope, or an error in one of the API's own shapes
// (documentation: responses), whose codes are not known, unless its code blames the client.
func refusedScopes(err error) bool {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return false
	}
	var told Error
	readErrorBody(&told, refused.Body)
	switch cmp.Or(refused.ErrorCode, told.Code) {
	case "invalid_scope":
		return true
	case "invalid_client", "unauthorized_client", "invalid_grant", "unsupported_grant_type":
		return false
	}
	status := refused.Response.StatusCode
	return told.FromAPI && (status == http.StatusBadRequest || status == http.StatusForbidden)
}

// tokenOf gives a token its ages, by the client's own clock.
func (s *tokens) tokenOf(got *oauth2.Token) *token {
	life := defaultTokenLife
	switch {
	case !got.Expiry.IsZero():
		life = time.Until(got.Expiry)
	case got.Extra("expires_in") != nil:
		life = 0 // the library takes 0 for no answer
	}
	if life <= 0 {
		life = minTokenLife
	}
	now := s.now()
	return &token{
		value: got.AccessToken, born: now, renew: now.Add(life - min(tokenMargin, life/10)), expires: now.Add(life),
	}
}

// refuse gives a token up after a 401. It reports whether another attempt can end differently: not when the token is
// too young to have ended, unless the API called it invalid, which is believed of one young token a minute. A token
// that was renewed meanwhile is left alone.
func (s *tokens) refuse(t *token, invalid bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != t {
		return true
	}
	if now := s.now(); now.Sub(t.born) < youngToken {
		if !invalid || now.Sub(s.rejected) < youngToken {
			return false
		}
		s.rejected = now
	}
	s.current = nil
	return true
}

// fresh reports whether a 401 on this token means a missing scope.
func (s *tokens) fresh(t *token) bool { return s.now().Sub(t.born) < youngToken }

// agentTransport puts the required User-Agent on token requests, which the OAuth library builds itself.
type agentTransport struct {
	agent string
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (a agentTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.GetBody = nil
	r.Header.Set("User-Agent", a.agent)
	r.Header.Set("Accept", "application/json")
	return a.next.RoundTrip(r)
}
