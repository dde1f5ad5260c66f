package sso

import (
	"fmt"
	"net/url"
	"time"
)

const (
	// parkedFor is how long a parked form may wait for its sign-in.
	parkedFor = 15 * time.Minute
	// maxParkedForm bounds a parked form, decoded: the server takes bodies of 1 MB.
	maxParkedForm = 1<<20 + 64<<10
	// MaxParkedToken is the most bytes that a token can have for a body of 1 MB: let a form that carries one have
	// this much, and 64 KB for its other fields.
	MaxParkedToken = 1536 << 10
)

// Parked keeps a form that was sent after its session had ended: sealed, deflated, in a hidden input of the page that
// asks to sign in. Nothing is stored on the server, and what was typed is readable to nobody but its author.
type Parked struct {
	seal *sealer
	now  func() time.Time
}

// Seal packs the form that was sent to path by subject (see Sessions.Subject). ErrOtherSubject when it is not known
// whose form it is: it cannot be given back to anybody then. ErrTooLarge over about 1 MB.
func (p *Parked) Seal(subject, path string, form url.Values) (string, error) {
	if subject == "" {
		return "", fmt.Errorf("sso: park a form: %w", ErrOtherSubject)
	}
	encoded := form.Encode()
	if len(encoded) > maxParkedForm {
		return "", fmt.Errorf("sso: park a form of %d bytes: %w", len(encoded), ErrTooLarge)
	}
	w := &wireWriter{}
	w.time(p.now())
	w.text(subject)
	w.text(path)
	w.bytes(deflate([]byte(encoded)))
	return p.seal.seal(w.b), nil
}

// Open gives the form and its path back to the subject who sent it. The error is ErrToken, ErrLate or ErrOtherSubject.
func (p *Parked) Open(token, subject string) (path string, form url.Values, err error) {
	if len(token) > MaxParkedToken {
		return "", nil, fmt.Errorf("sso: open a parked form: %w: %w", ErrToken, ErrTooLarge)
	}
	plain, err := p.seal.open(token)
	if err != nil {
		return "", nil, err
	}
	r := &wireReader{b: plain}
	at, owner, path, packed := r.time(), r.text(), r.text(), r.bytes()
	if err := r.done(); err != nil {
		return "", nil, fmt.Errorf("sso: open a parked form: %w: %w", ErrToken, err)
	}
	if owner == "" || owner != subject {
		return "", nil, fmt.Errorf("sso: open a parked form: %w", ErrOtherSubject)
	}
	if p.now().Sub(at) > parkedFor {
		return "", nil, fmt.Errorf("sso: open a parked form: %w", ErrLate)
	}
	encoded, err := inflate(packed, maxParkedForm)
	if err != nil {
		return "", nil, fmt.Errorf("sso: open a parked form: %w: %w", ErrToken, err)
	}
	form, err = url.ParseQuery(string(encoded))
	if err != nil {
		return "", nil, fmt.Errorf("sso: open a parked form: %w: its fields", ErrToken)
	}
	return path, form, nil
}
