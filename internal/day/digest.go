package day

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
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

// beside are the clockings that Day.Beside has.
func (j *judgement) beside(d Day) []Clocking {
	stands := map[string]bool{}
	d.each(func(c Clocking) { stands[c.ID] = true })
	var beside []Clocking
	date, _ := dayNumber(j.Date) // which the judgement has read
	for _, c := range j.Clockings {
		if at, ok := dayNumber(c.Date); ok && (at == date || at == date+1) && !c.Deleted && !stands[c.ID] {
			beside = append(beside, c)
		}
	}
	slices.SortFunc(beside, func(a, b Clocking) int {
		return cmp.Or(strings.Compare(a.Date, b.Date), cmp.Compare(a.Minute, b.Minute), compareIDs(a.ID, b.ID))
	})
	return beside
}

// DigestOn identifies the clockings of the day's date, or of the day after it, as DigestOf does. The day has findings.
func (d Day) DigestOn(date string) string {
	all := d.Beside
	d.each(func(c Clocking) { all = append(all[:len(all):len(all)], c) })
	return DigestOf(date, all)
}

// DigestOf identifies the clockings of a date that are not deleted, in any order. Those of other dates count for nothing.
// It is short, because a page has one of each of its rows, and is not kept: whoever made two days alike would deceive
// nobody else.
func DigestOf(date string, clockings []Clocking) string {
	var lines []string
	for _, c := range clockings {
		if c.Date == date && !c.Deleted {
			lines = append(lines, c.line())
		}
	}
	return digest(lines)[:16]
}

// line is what identifies a clocking as it stands.
func (c Clocking) line() string { return fmt.Sprintf("%s %s %d %s", c.ID, c.Date, c.Minute, c.Kind) }

// digest identifies lines in any order. A list that moved between two of its pages gives one twice.
func digest(lines []string) string {
	slices.Sort(lines)
	sum := sha256.Sum256(fmt.Append(nil, slices.Compact(lines)))
	return hex.EncodeToString(sum[:16])
}

// Digest identifies the clockings of the day, so that what was decided about them is known to be about others once one is
// added, moved or deleted.
func (d Day) Digest() string {
	var lines []string
	d.each(func(c Clocking) { lines = append(lines, c.line()) })
	return digest(lines)
}
