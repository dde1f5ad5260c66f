package sso

import (
	"fmt"
	"net/url"
	"time"
)

const (
	formFor = 15 * time.Minute
	// maxForm bounds a form in bytes before it is sealed: the server takes bodies of 1 MB.
	maxForm = 1<<20 + 64<<10
	// MaxSealedForm bounds a sealed form in bytes: enough for a body of 1 MB. A request that carries one needs some
	// more for its other fields.
	MaxSealedForm = 1536 << 10
)

// SealedForms seals forms that were posted after their session had ended, for a cookie or a hidden input of the page that
// asks to sign in. Nothing is stored on the server, and only the author gets the form back.
type SealedForms struct {
	seal *sealer
	now  func() time.Time
}

// Seal deflates and encrypts the form that subject (see Sessions.Subject) posted to path. The error is ErrOtherSubject
// when subject is "", and ErrTooLarge above about 1 MB.
func (f *SealedForms) Seal(subject, path string, form url.Values) (string, error) {
	if subject == "" {
		return "", fmt.Errorf("sso: seal a form: %w", ErrOtherSubject)
	}
	encoded := form.Encode()
	if len(encoded) > maxForm {
		return "", fmt.Errorf("sso: seal a form of %d bytes: %w", len(encoded), ErrTooLarge)
	}
	w := &wireWriter{}
	w.time(f.now())
	w.text(subject)
	w.text(path)
	w.bytes(deflate([]byte(encoded)))
	return f.seal.seal(w.b), nil
}

// Open returns the form and its path to the subject who posted it, within 15 minutes. The error is ErrToken, ErrLate or ErrOtherSubject.
func (f *SealedForms) Open(token, subject string) (path string, form url.Values, err error) {
	if len(token) > MaxSealedForm {
		return "", nil, fmt.Errorf("sso: open a sealed form: %w: %w", ErrToken, ErrTooLarge)
	}
	plain, err := f.seal.open(token)
	if err != nil {
		return "", nil, err
	}
	r := &wireReader{b: plain}
	at, owner, path, packed := r.time(), r.text(), r.text(), r.bytes()
	if err := r.done(); err != nil {
		return "", nil, fmt.Errorf("sso: open a sealed form: %w: %w", ErrToken, err)
	}
	if owner == "" || owner != subject {
		return "", nil, fmt.Errorf("sso: open a sealed form: %w", ErrOtherSubject)
	}
	if f.now().Sub(at) > formFor {
		return "", nil, fmt.Errorf("sso: open a sealed form: %w", ErrLate)
	}
	encoded, err := inflate(packed, maxForm)
	if err != nil {
		return "", nil, fmt.Errorf("sso: open a sealed form: %w: %w", ErrToken, err)
	}
	form, err = url.ParseQuery(string(encoded))
	if err != nil {
		return "", nil, fmt.Errorf("sso: open a sealed form: %w: its fields", ErrToken)
	}
	return path, form, nil
}
