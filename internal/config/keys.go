package config

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// keys are those of cookies: half of each signs, half encrypts.
type keys struct{ to *[][]byte }

const keySize = 64

func (v *keys) Kind() string { return "keys" }

func (v *keys) String() string {
	if len(*v.to) == 0 {
		return ""
	}
	return "set"
}

func (v *keys) Set(text string) error {
	var parsed [][]byte
	var seen []string
	for item := range strings.SplitSeq(text, ",") {
		position := len(parsed) + 1
		key, err := decodeKey(strings.TrimSpace(item))
		switch {
		case err != nil:
			return fmt.Errorf("must be base64, key %d is not", position)
		case len(key) != keySize:
			return fmt.Errorf("must hold keys of %d bytes each, key %d has %d", keySize, position, len(key))
		case slices.Contains(seen, string(key)):
			return fmt.Errorf("holds key %d twice", position)
		}
		parsed, seen = append(parsed, key), append(seen, string(key))
	}
	*v.to = parsed
	return nil
}

// secretKey is one key of 32 bytes or more.
type secretKey struct{ to *[]byte }

const shortestKey = 32

func (v *secretKey) Kind() string { return "key" }

func (v *secretKey) String() string {
	if len(*v.to) == 0 {
		return ""
	}
	return "set"
}

func (v *secretKey) Set(text string) error {
	key, err := decodeKey(strings.TrimSpace(text))
	switch {
	case err != nil:
		return errors.New("must be base64")
	case len(key) < shortestKey:
		return fmt.Errorf("must hold %d bytes or more in base64, it has %d (make one with openssl rand -base64 %d)",
			shortestKey, len(key), shortestKey)
	}
	*v.to = key
	return nil
}

// verifierKey is the public half of AUDIT_KEY as `audit key` prints it.
type verifierKey struct{ to *string }

func (v *verifierKey) Kind() string   { return "key" }
func (v *verifierKey) String() string { return *v.to }
func (v *verifierKey) Set(text string) error {
	if _, err := note.NewVerifier(text); err != nil {
		return errors.New("must be the line that protime-admin audit key prints")
	}
	*v.to = text
	return nil
}

// repeats reports whether a key is one byte, repeated.
func repeats(key []byte) bool { return bytes.Count(key, key[:1]) == len(key) }

// decodeKey takes standard and URL-safe base64, with or without padding, because tools differ.
func decodeKey(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text)
}
