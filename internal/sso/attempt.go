package sso

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	attemptCookie = "protime-signin-" // and the first letters of its state
	attemptFor    = 10 * time.Minute
	// Several tabs may sign in at once, each with a cookie of its own. These bounds keep them from filling the
	// request's header; the oldest give way.
	maxAttempts     = 4
	maxAttemptBytes = 3500
)

// attempt is one sign-in under way, as its cookie holds it between leaving for the provider and coming back.
type attempt struct {
	state, nonce, verifier string
	began                  time.Time
	back                   string // path to return to
	frame                  string // challenge of the frame that waits for it, "" without one
}

// attempts keeps sign-ins under way in sealed cookies.
type attempts struct {
	seal    *sealer
	cookies Cookies
	now     func() time.Time
}

func newAttempts(c Config, cookies Cookies) (*attempts, error) {
	seal, err := newSealer(c.SessionKeys, "sign-in under way")
	if err != nil {
		return nil, err
	}
	return &attempts{seal: seal, cookies: cookies, now: c.Now}, nil
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

// take gives the attempt that state belongs to, and clears its cookie first: whatever comes of it, it serves once.
func (a *attempts) take(w http.ResponseWriter, r *http.Request, state string) (attempt, error) {
	if len(state) != len(random()) || strings.Trim(state, letters) != "" {
		return attempt{}, fmt.Errorf("%w: not a state of ours", ErrAttempt)
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

// makeRoom clears the cookies of the oldest attempts, those that cannot be read first, until another of size bytes
// fits.
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
		all = append(all[:oldest], all[oldest+1:]...)
	}
}

// letters are those of base64 as URLs have it.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func attemptName(state string) string { return attemptCookie + state[:8] }
