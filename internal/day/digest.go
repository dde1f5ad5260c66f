package day

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// each calls do with every clocking of the day that is not deleted, in and out first.
func (d Day) each(do func(Clocking)) {
	for _, s := range d.Stretches {
		for _, c := range []*Clocking{s.In, s.Out} {
			if c != nil {
				do(*c)
			}
		}
	}
	for _, c := range slices.Concat(d.Second, d.Other) {
		do(c)
	}
}

// Clocking is one of the day's clockings that are not deleted; false for any other id.
func (d Day) Clocking(id string) (found Clocking, ok bool) {
	d.each(func(c Clocking) {
		if c.ID == id {
			found, ok = c, true
		}
	})
	return found, ok
}

// Digest identifies the clockings of the day, so that what was decided about them is known to be about others once one is
// added, moved or deleted.
func (d Day) Digest() string {
	var lines []string
	d.each(func(c Clocking) { lines = append(lines, fmt.Sprintf("%s %s %d %s", c.ID, c.Date, c.Minute, c.Kind)) })
	slices.Sort(lines)
	sum := sha256.Sum256(fmt.Append(nil, lines))
	return hex.EncodeToString(sum[:16])
}
