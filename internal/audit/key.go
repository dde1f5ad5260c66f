package audit

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// signerName is whose signature a head carries.
const signerName = "protime-admin-audit"

// shortestKey is how many bytes AUDIT_KEY has at least.
const shortestKey = 32

// ErrKey says that a key cannot be used.
var ErrKey = errors.New("audit: the key cannot be used")

// signer derives the Ed25519 key that signs heads from AUDIT_KEY, and the text of its public half, which verifies and
// does not sign. The same key always gives the same pair.
func signer(key []byte) (note.Signer, string, error) {
	if len(key) < shortestKey {
		return nil, "", fmt.Errorf("%w: it has %d bytes, not %d or more", ErrKey, len(key), shortestKey)
	}
	seed, err := hkdf.Key(sha256.New, key, nil, "protime-admin audit head 1", ed25519.SeedSize)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	private := ed25519.NewKeyFromSeed(seed)
	public, err := note.NewEd25519VerifierKey(signerName, private.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	_, rest, _ := strings.Cut(public, "+") // name+hash+key
	hash, _, _ := strings.Cut(rest, "+")
	const ed25519Algorithm = 1
	text := "PRIVATE+KEY+" + signerName + "+" + hash + "+" +
		base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, seed...))
	sign, err := note.NewSigner(text)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return sign, public, nil
}

// PublicKey returns the text with which an auditor verifies heads that are signed with the key.
func PublicKey(key []byte) (string, error) {
	_, public, err := signer(key)
	return public, err
}

// keys sets what signs and what verifies, from the options.
func (l *Log) keys() error {
	public := strings.TrimSpace(l.options.PublicKey)
	if len(l.options.Key) > 0 || l.options.Serve {
		var err error
		if l.signer, public, err = signer(l.options.Key); err != nil {
			return err
		}
	}
	if public == "" {
		return nil // reading needs none; Verify says that it does
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	l.verifier = verifier
	return nil
}
