package change

import (
	"bytes"
	"encoding/json"
	"math/big"
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
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i], y[i]) {
				return false
			}
		}
		return true
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
	for _, f := range fields {
		if f.ReadOnly || f.CreateOnly {
			continue
		}
		x, _ := a.Lookup(f.Name)
		y, _ := b.Lookup(f.Name)
		if !sameMember(f, x, y) {
			return false
		}
	}
	return true
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
	var rows []json.RawMessage
	for row := range b.Elements() {
		rows = append(rows, row)
	}
	i := 0
	for row := range a.Elements() {
		if i == len(rows) {
			return false
		}
		x, errX := protime.ParseRecord(row)
		y, errY := protime.ParseRecord(rows[i])
		if errX != nil || errY != nil || !sameRecord(fields, x, y) {
			return false
		}
		i++
	}
	return i == len(rows)
}

// samePaths reports whether two records agree at some paths.
func samePaths(paths []string, a, b protime.Record) bool {
	for _, path := range paths {
		steps := strings.Split(path, ".")
		x, _ := a.Lookup(steps...)
		y, _ := b.Lookup(steps...)
		if !equal(x, y) {
			return false
		}
	}
	return true
}
