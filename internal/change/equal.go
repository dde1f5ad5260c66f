package change

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// equal compares two JSON values by what they mean; nil is absent.
func equal(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, okX := decoded(a)
	y, okY := decoded(b)
	return okX && okY && same(x, y)
}

func decoded(raw json.RawMessage) (value any, ok bool) {
	if len(raw) == 0 {
		return nil, true
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return value, decoder.Decode(&value) == nil
}

func same(a, b any) bool {
	if nothing(a) || nothing(b) {
		return nothing(a) && nothing(b)
	}
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && sameNumber(x.String(), y.String())
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && within(x, y) && within(y, x)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, same)
	default: // a string or a boolean
		return a == b
	}
}

// nothing reports whether a value says no more than its absence.
func nothing(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		for _, member := range v {
			if !nothing(member) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	}
	return false
}

func within(a, b map[string]any) bool {
	for name, member := range a {
		if !same(member, b[name]) {
			return false
		}
	}
	return true
}

// longestNumber bounds the texts that are compared by value: 1e999999999 would be a gigabyte of digits.
const longestNumber = 40

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > longestNumber || len(b) > longestNumber || farExponent(a) || farExponent(b) {
		return false
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}

func farExponent(number string) bool {
	i := strings.IndexAny(number, "eE")
	return i >= 0 && len(strings.TrimLeft(number[i+1:], "+-0")) > 3
}

// sameRecord reports whether two records agree in what the API lets a client set.
func sameRecord(fields []contract.Field, a, b protime.Record) bool {
	return len(changed(fields, a, b)) == 0
}

// sameMember compares one member without the parts of it that only the API sets. A reference is compared by id where
// both sides have one: the answer may say more about what it refers to than was sent.
func sameMember(f contract.Field, a, b json.RawMessage) bool {
	if equal(a, b) {
		return true
	}
	if len(f.Fields) == 0 || f.Keyed {
		return false
	}
	x, errX := protime.ParseRecord(a)
	y, errY := protime.ParseRecord(b)
	if errX != nil || errY != nil {
		return false
	}
	if f.Type == "array" {
		return sameRows(f.Fields, x, y)
	}
	if f.Ref != "" && x.Text("id") != "" && y.Text("id") != "" {
		return x.Text("id") == y.Text("id")
	}
	return sameRecord(f.Fields, x, y)
}

func sameRows(fields []contract.Field, a, b protime.Record) bool {
	return slices.EqualFunc(slices.Collect(a.Elements()), slices.Collect(b.Elements()), func(a, b json.RawMessage) bool {
		x, errX := protime.ParseRecord(a)
		y, errY := protime.ParseRecord(b)
		return errX == nil && errY == nil && sameRecord(fields, x, y)
	})
}

// samePaths reports whether two records agree at some paths.
func samePaths(paths []string, a, b protime.Record) bool {
	return !slices.ContainsFunc(paths, func(path string) bool {
		steps := strings.Split(path, ".")
		x, _ := a.Lookup(steps...)
		y, _ := b.Lookup(steps...)
		return !equal(x, y)
	})
}
