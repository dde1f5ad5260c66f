package sso

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// sessionKeySize is the size of one of SESSION_KEYS in bytes.
const sessionKeySize = 64

// sealer encrypts and authenticates every value that leaves the server and comes back, cookies included (AES-256-GCM).
// Each purpose has its own keys, derived from the session keys, so that a value made for one purpose is refused for
// another.
type sealer struct {
	purpose string
	aeads   []cipher.AEAD // newest key first, which seals
}

func newSealer(keys [][]byte, purpose string) (*sealer, error) {
	s := &sealer{purpose: purpose}
	for _, key := range keys {
		derived, err := hkdf.Key(sha256.New, key, nil, "protime-admin sso: "+purpose, 32)
		if err != nil {
			return nil, fmt.Errorf("derive the key for a %s: %w", purpose, err)
		}
		block, err := aes.NewCipher(derived)
		if err != nil {
			return nil, fmt.Errorf("derive the key for a %s: %w", purpose, err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("derive the key for a %s: %w", purpose, err)
		}
		s.aeads = append(s.aeads, aead)
	}
	return s, nil
}

// seal returns the sealed plain in letters, digits, - and _.
func (s *sealer) seal(plain []byte) string {
	sealed := s.aeads[0].Seal(nil, nil, plain, []byte(s.purpose)) //nolint:gosec // this AEAD makes its own random nonce
	return base64.RawURLEncoding.EncodeToString(sealed)
}

// open returns what seal took. The error is ErrToken.
func (s *sealer) open(token string) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return nil, fmt.Errorf("sso: open a %s: %w: not base64", s.purpose, ErrToken)
	}
	for _, aead := range s.aeads {
		if plain, err := aead.Open(nil, nil, sealed, []byte(s.purpose)); err == nil {
			return plain, nil
		}
	}
	return nil, fmt.Errorf("sso: open a %s: %w: no key opens it", s.purpose, ErrToken)
}

// random returns 128 random bits as text.
func random() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails: the program ends when the system has no randomness
	return base64.RawURLEncoding.EncodeToString(b)
}
