package form

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/field"
)

// rows reads the rows at opening and those behind them.
func (d decoder) rows(c *Cell) {
	stood := min(count(c.Raw), mostRows)
	c.Rows = c.Rows[:stood]
	for i := range c.Rows {
		d.each(c.Rows[i].Cells)
		c.Rows[i].Removed = c.Rows[i].changed() && c.Rows[i].empty()
	}
	for _, index := range d.positions(c.Name + ".") {
		if index < stood {
			continue
		}
		if *d.room == 0 {
			c.tooMany(mostAdded)
			break
		}
		*d.room--
		row := d.row(c, index, nil)
		d.each(row.Cells)
		c.Rows = append(c.Rows, row)
	}
}

// count returns the number of elements of an array, 0 for anything else.
func count(array json.RawMessage) int {
	n := 0
	for range field.Elements(array) {
		n++
	}
	return n
}

// positions lists the positions behind a prefix of the posted names, in order.
func (d decoder) positions(prefix string) []int {
	var all []int
	for name := range d.values {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		digits, _, _ := strings.Cut(rest, ".")
		digits, _, _ = strings.Cut(digits, "~")
		if n, err := strconv.Atoi(digits); err == nil && n >= 0 && n <= mostRows && strconv.Itoa(n) == digits {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// entries reads the members of a Keyed value and the new ones.
func (d decoder) entries(c *Cell) {
	d.each(c.Cells)
	c.Rows = nil
	stood := make(map[string]bool, len(c.Cells))
	for i := range c.Cells {
		stood[c.Cells[i].Key] = true
	}
	var named []string
	for name := range d.values {
		key, ok := strings.CutPrefix(name, c.Name+".")
		if ok && key != "" && !strings.HasSuffix(key, SuffixKept) && !stood[key] {
			named = append(named, key)
		}
	}
	slices.Sort(named)
	pairs := slices.Concat(d.positions(c.Name+SuffixKey+"."), d.positions(c.Name+SuffixValue+"."))
	slices.Sort(pairs)
	pairs = slices.Compact(pairs)
	most := min(mostEntries, *d.room)
	if len(named)+len(pairs) > most {
		c.tooMany(most)
		named = named[:min(len(named), most)]
		pairs = pairs[:min(len(pairs), most-len(named))]
	}
	*d.room -= len(named) + len(pairs)
	for _, key := range named {
		e := d.entry(c, key, nil)
		d.plain(&e)
		c.Cells = append(c.Cells, e)
	}
	for _, n := range pairs {
		d.pairOf(c, n)
	}
	if len(c.Rows) == 0 {
		c.Rows = []Cell{d.pair(c, 0)}
	}
}

func (c *Cell) has(key string) bool {
	return slices.ContainsFunc(c.Cells, func(e Cell) bool { return e.Key == key })
}

// pairOf reads a new entry: a name and a value.
func (d decoder) pairOf(c *Cell, n int) {
	pair := d.pair(c, n)
	name, value := &pair.Cells[0], &pair.Cells[1]
	d.plain(name)
	d.plain(value)
	pair.Key = strings.TrimSpace(name.Typed.Text)
	switch {
	case value.value == nil && pair.Key == "":
	case pair.Key == "":
		name.refuse(&field.Problem{Key: field.ProblemKey})
	case value.value == nil && value.Problem == nil:
		value.refuse(&field.Problem{Key: field.ProblemRequired})
	case c.has(pair.Key) || slices.ContainsFunc(c.Rows, func(row Cell) bool { return row.Key == pair.Key }):
		name.refuse(&field.Problem{Key: field.ProblemKeyTwice, Args: map[string]string{"name": pair.Key}})
	}
	c.Rows = append(c.Rows, pair)
}
