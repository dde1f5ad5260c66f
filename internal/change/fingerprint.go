package change

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"time"

	"protime-admin/protime/contract"
)

// Fingerprint digests the content of a form and where it was sent, which tells a repeated request from another change
// with the same id. The named inputs do not count (the form's id, the page to return to). The order of inputs with
// different names does not matter; a missing input and an empty one differ.
func Fingerprint(verb contract.Verb, path string, typed url.Values, without ...string) []byte {
	counted := maps.Clone(typed)
	for _, name := range without {
		counted.Del(name)
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%s %q %q", verb, path, counted)) // fmt prints maps in the order of their keys
	return digest[:]
}

// Spent looks up the id of a form before anything is read or sent. found is false for a new one. With the same content,
// from the same person, it waits for the first one's answer and returns its receipt, marked Again; with other
// content the error is a *SpentError.
//
// A page calls it before it reads the record, and again when the record holds the change already: the other request of
// a double click may have made it in between.
func (d *Desk) Spent(ctx context.Context, id string, fingerprint []byte, actor Actor) (r Receipt, found bool, err error) {
	first, err := d.read(ctx, id)
	if errors.Is(err, ErrNoChange) {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, err
	}
	if !Made(actor, first) || !sameContent(first.Fingerprint, fingerprint) {
		return Receipt{}, true, spent(actor, first)
	}
	r, err = d.answered(ctx, first)
	return r, true, err
}

// first returns the receipt of the change that spent c's id, when c is the same change.
func (d *Desk) first(ctx context.Context, c Change) (Receipt, error) {
	first, err := d.read(ctx, c.ID)
	if err != nil {
		return Receipt{}, err
	}
	same := Made(c.Actor, first) && sameContent(first.Fingerprint, c.Fingerprint) &&
		first.Collection == c.Collection && first.Path == c.Path && first.Verb == c.Verb
	if !same {
		return Receipt{}, spent(c.Actor, first)
	}
	return d.answered(ctx, first)
}

// answered waits until a change has an outcome. The one that runs it may be another replica, so it asks the log. It
// gives up when ctx ends or when the answer is overdue; the receipt then still says Sending.
func (d *Desk) answered(ctx context.Context, r Receipt) (Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout()+2*d.logTimeout())
	defer cancel()
	wait := 5 * time.Millisecond
	for r.State == Sending {
		select {
		case <-ctx.Done():
			r.Again = true
			return r, nil
		case <-time.After(wait):
		}
		wait = min(2*wait, 250*time.Millisecond)
		next, err := d.read(ctx, r.ID)
		if err != nil && ctx.Err() == nil {
			return Receipt{}, err
		}
		if err == nil {
			r = next
		}
	}
	r.Again, r.Shown = true, d.takeSecret(r.ID)
	return r, nil
}

func sameContent(a, b []byte) bool {
	return len(a) > 0 && subtle.ConstantTimeCompare(a, b) == 1
}

func spent(a Actor, first Receipt) error {
	if !MaySee(a, first) {
		return &SpentError{}
	}
	return &SpentError{First: &first}
}
