package config

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// keys are sealed into cookies: half of each signs, half encrypts.
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

// decodeKey takes both alphabets, padded or not: tools differ, the bytes do not.
func decodeKey(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text)
}
