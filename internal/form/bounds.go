package form

import (
	"strconv"

	"protime-admin/internal/field"
)

// Bounds of a form. Records have a handful of rows, entries and members; what is typed or made up beyond that would only
// cost time.
const (
	mostRows    = 500       // of a list, and entries of a Keyed value, that a form draws; those behind stay as they are
	mostAdded   = 500       // rows and entries that one post may add; with more it is refused with ProblemTooMany
	mostEntries = 100       // that one post may add to a Keyed value; with more it is refused with ProblemTooMany
	mostCells   = 10_000    // that `opened` may fill: net/url reads no more inputs of a post
	mostOpened  = 256 << 10 // bytes of `opened`; a longer one counts as missing
)

// size returns the number of cells, those below them included.
func size(cells []Cell) int {
	n := len(cells)
	for i := range cells {
		n += size(cells[i].Cells) + size(cells[i].Rows)
	}
	return n
}

func (c *Cell) tooMany(most int) {
	c.refuse(&field.Problem{Key: field.ProblemTooMany, Args: map[string]string{"max": strconv.Itoa(most)}})
}
