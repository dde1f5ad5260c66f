package change

import (
	"encoding/json"
	"slices"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// sameRecord reports whether two records agree in what the API lets a client set.
func sameRecord(fields []contract.Field, a, b protime.Record) bool {
	return len(changed(fields, a, b)) == 0
}

// sameMember compares one member without the parts of it that only the API sets. A reference is compared by id where
// both sides have one: the answer may say more about what it refers to than was sent.
func sameMember(f contract.Field, a, b json.RawMessage) bool {
	if protime.EqualOrEmpty(a, b) {
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
		return !protime.EqualOrEmpty(x, y)
	})
}
