package protime

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// removed stands where a secret stood.
const removed = "[removed]"

// minSecretLength is the length from which a secret cannot be part of a record by chance: only then it is taken out of
// the body of a success, where every byte counts.
const minSecretLength = 16

// forms returns a secret as a server could echo it: plain, form-encoded, and inside a JSON string.
func forms(secret string) []string {
	all := []string{secret}
	if encoded := url.QueryEscape(secret); encoded != secret {
		all = append(all, encoded)
	}
	if quoted, err := json.Marshal(secret); err == nil && string(quoted[1:len(quoted)-1]) != secret {
		all = append(all, string(quoted[1:len(quoted)-1]))
	}
	return all
}

// scrub takes the token and the client secret out of a text.
func (s *tokens) scrub(t *token, text string) string {
	for _, secret := range s.known(t) {
		text = strings.ReplaceAll(text, secret, removed)
	}
	return text
}

// scrubBody does the same for a body.
func (s *tokens) scrubBody(t *token, body []byte, status int) []byte {
	for _, secret := range s.known(t) {
		if status < 300 && len(secret) < minSecretLength || !bytes.Contains(body, []byte(secret)) {
			continue
		}
		body = bytes.ReplaceAll(body, []byte(secret), []byte(removed))
	}
	return body
}

// known lists what must not be seen.
func (s *tokens) known(t *token) []string {
	if t == nil {
		return s.secrets
	}
	return append([]string{t.value}, s.secrets...)
}

// hide replaces a failure whose text holds a secret by one that does not.
func (s *tokens) hide(t *token, err error) error {
	if text := err.Error(); s.scrub(t, text) != text {
		return errors.New(s.scrub(t, text))
	}
	return err
}

// failure is the error of a request for a token. What the endpoint said is kept as far as it is an OAuth error; its
// body is not, because it may repeat what was posted.
func (s *tokens) failure(err error) *Error {
	e := &Error{Op: "token", Method: "POST", Path: "token", kinds: []Kind{NoToken, Unreached}}
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		var inURL *url.Error
		if errors.As(err, &inURL) {
			err = inURL.Err
		}
		e.cause = s.hide(nil, err)
		return e.addTimeout(err)
	}
	e.Status = refused.Response.StatusCode
	var told Error
	readErrorBody(&told, refused.Body)
	e.Code = s.scrub(nil, cmp.Or(refused.ErrorCode, told.Code))
	e.Message = s.scrub(nil, cmp.Or(refused.ErrorDescription, told.Message))
	e.RetryAfter = retryAfter(refused.Response.Header.Get("Retry-After"), s.now())
	switch kind := kindOf(e.Status); kind {
	case RateLimited, Unavailable, ServerFault:
		e.kinds = append(e.kinds, kind)
	}
	return e
}

// withoutToken turns a failure to get a token, which callers share, into the error of the call that needed it.
func withoutToken(r Request, err error) *Error {
	var failed *Error
	if errors.As(err, &failed) {
		own := *failed
		return &own
	}
	return notSent(r, err)
}
