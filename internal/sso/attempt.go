package sso

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	attemptCookie = "protime-signin-" // followed by the first letters of the state
	attemptFor    = 10 * time.Minute
	// Several tabs may sign in at once, each with its own cookie. These bounds keep the request's header small; the
	// oldest attempts are dropped.
	maxAttempts     = 4
	maxAttemptBytes = 3500
)

// attempt is the state of one sign-in between the redirect to the provider and its callback.
type attempt struct {
	state, nonce, verifier string
	began                  time.Time
	back                   string // path to redirect to afterwards
	frame                  string // challenge of the frame that waits for the sign-in, "" without one
}

// attempts keeps the state of sign-ins in sealed cookies.
type attempts struct {
	seal    *sealer
	cookies Cookies
	now     func() time.Time
}

// begin sets the cookie of a new attempt.
func (a *attempts) begin(w http.ResponseWriter, r *http.Request, next attempt) {
	record := &wireWriter{}
	record.time(next.began)
	for _, field := range []string{next.state, next.nonce, next.verifier, next.back, next.frame} {
		record.text(field)
	}
	value := a.seal.seal(record.b)
	a.makeRoom(w, r, len(value))
	http.SetCookie(w, a.cookies.New(attemptName(next.state), value, int(attemptFor/time.Second)))
}

// take returns the attempt of state. It clears the cookie first, so that an attempt is used once whatever comes of it.
func (a *attempts) take(w http.ResponseWriter, r *http.Request, state string) (attempt, error) {
	if len(state) != len(random()) || strings.Trim(state, letters) != "" {
		return attempt{}, fmt.Errorf("%w: not a state of this server", ErrAttempt)
	}
	value := a.cookies.Value(r, attemptName(state))
	http.SetCookie(w, a.cookies.Clear(attemptName(state)))
	found, err := a.open(value)
	if err != nil {
		return attempt{}, fmt.Errorf("%w: %w", ErrAttempt, err)
	}
	if subtle.ConstantTimeCompare([]byte(found.state), []byte(state)) != 1 {
		return attempt{}, fmt.Errorf("%w: another attempt's state", ErrAttempt)
	}
	if a.now().Sub(found.began) > attemptFor {
		return attempt{}, fmt.Errorf("%w: %w", ErrAttempt, ErrLate)
	}
	return found, nil
}

func (a *attempts) open(value string) (attempt, error) {
	plain, err := a.seal.open(value)
	if err != nil {
		return attempt{}, err
	}
	record := &wireReader{b: plain}
	found := attempt{began: record.time()}
	for _, field := range []*string{&found.state, &found.nonce, &found.verifier, &found.back, &found.frame} {
		*field = record.text()
	}
	return found, record.done()
}

// makeRoom clears the cookies of the oldest attempts, unreadable ones first, until another of size bytes fits.
func (a *attempts) makeRoom(w http.ResponseWriter, r *http.Request, size int) {
	type held struct {
		base  string
		size  int
		began time.Time
	}
	var all []held
	total := size
	for _, cookie := range r.Cookies() {
		base, ours := strings.CutPrefix(cookie.Name, a.cookies.prefix)
		if !ours || !strings.HasPrefix(base, attemptCookie) {
			continue
		}
		opened, err := a.open(cookie.Value)
		if err != nil {
			opened.began = time.Time{}
		}
		all = append(all, held{base, len(cookie.Value), opened.began})
		total += len(cookie.Value)
	}
	for len(all) >= maxAttempts || (total > maxAttemptBytes && len(all) > 0) {
		oldest := 0
		for i := range all {
			if all[i].began.Before(all[oldest].began) {
				oldest = i
			}
		}
		http.SetCookie(w, a.cookies.Clear(all[oldest].base))
		total -= all[oldest].size
		all = slices.Delete(all, oldest, oldest+1)
	}
}

// letters is the alphabet of base64 in URLs.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func attemptName(state string) string { return attemptCookie + state[:8] }
