package change

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// lookAtRows looks for rows that have no record of their own: the API gives all of them in one document. Where another
// change of this log wrote the same rows, a person has to tell.
func (d *Desk) lookAtRows(ctx context.Context, col *contract.Collection, r Receipt) (Look, error) {
	document, path, err := d.rows(ctx, col, r.Path)
	if err != nil {
		return Look{}, err
	}
	rival, err := d.rivalInRows(ctx, col, path, r)
	if err != nil {
		return Look{}, err
	}
	look := lookAtRow(col, document, r, path)
	if col.ReplacesRows {
		look = lookAtAllRows(col, document, r, path)
	}
	if rival {
		look.Finding = Unclear
	}
	return look, nil
}

func lookAtRow(col *contract.Collection, document protime.Record, r Receipt, path string) Look {
	before, after := hasRow(col, document, r.Before), hasRow(col, document, r.After)
	switch {
	case r.Verb == contract.Delete && before:
		return absent(SeenBefore, path)
	case r.Verb == contract.Delete:
		return ours(SeenMissing, path)
	case r.Verb == contract.Create && !after:
		return absent(SeenNone, path)
	case r.Verb == contract.Create && (!r.Standing.Read || len(r.Standing.Paths) > 0):
		return unclear(SeenSeveral, path)
	case r.Verb == contract.Create:
		return ours(SeenFound, path)
	case after:
		return ours(SeenAfter, path)
	case before:
		return absent(SeenBefore, path)
	}
	return unclear(SeenOtherwise, path)
}

// lookAtAllRows compares the rows that a change added and removed; somebody else's are not its own.
func lookAtAllRows(col *contract.Collection, document protime.Record, r Receipt, path string) Look {
	before, after := elements(allRows(col, r.Before)), elements(allRows(col, r.After))
	now := elements(allRows(col, document.Raw()))
	added, removed := without(after, before), without(before, after)
	missing, left := without(added, now), without(removed, now)
	switch {
	case len(added)+len(removed) == 0:
		return unclear(SeenOtherwise, path)
	case len(missing) == 0 && len(left) == len(removed):
		return ours(SeenAfter, path)
	case len(missing) == len(added) && len(left) == 0:
		return absent(SeenBefore, path)
	}
	return unclear(SeenOtherwise, path)
}

func elements(rows json.RawMessage) []json.RawMessage {
	array, err := protime.ParseRecord(rows)
	if err != nil {
		return nil
	}
	return slices.Collect(array.Elements())
}

// without returns the rows that are not among the others.
func without(rows, others []json.RawMessage) []json.RawMessage {
	return slices.DeleteFunc(slices.Clone(rows), func(row json.RawMessage) bool {
		return slices.ContainsFunc(others, func(other json.RawMessage) bool { return protime.EqualOrEmpty(row, other) })
	})
}

// rivalInRows reports whether another change wrote to the same rows, as far as it could be mistaken for this one: to a
// row with the same key, or to all of them.
func (d *Desk) rivalInRows(ctx context.Context, col *contract.Collection, path string, r Receipt) (bool, error) {
	for other, err := range d.logged(ctx, Query{Collection: r.Collection}) {
		if err != nil {
			return false, err
		}
		_, params, _, ok := d.Contract.Match(other.Path)
		concerns := ok && other.ID != r.ID && !other.withoutEffect() && col.URL(params...) == path
		if !concerns || other.Sequence < r.Sequence && !other.overlaps(r) {
			continue
		}
		if col.ReplacesRows || sameRow(col, r, other) {
			return true, nil
		}
	}
	return false, nil
}

// sameRow reports whether two changes are about a row with the same key, before or after.
func sameRow(col *contract.Collection, r, other Receipt) bool {
	for _, a := range []json.RawMessage{r.Before, r.After} {
		for _, b := range []json.RawMessage{other.Before, other.After} {
			x, errX := protime.ParseRecord(a)
			y, errY := protime.ParseRecord(b)
			if len(a) > 0 && len(b) > 0 && errX == nil && errY == nil && samePaths(col.Key, x, y) {
				return true
			}
		}
	}
	return false
}

// rows reads the document that holds the rows of a page's path; the zero record when there is none.
func (d *Desk) rows(ctx context.Context, col *contract.Collection, page string) (protime.Record, string, error) {
	_, params, _, ok := d.Contract.Match(page)
	if !ok {
		return protime.Record{}, page, nil
	}
	path := col.URL(params...)
	document, _, err := d.API.Get(ctx, path, "")
	if gone(err) {
		return protime.Record{}, path, nil
	}
	return document, path, err
}

// matchingRow returns the path of the rows when one of them has the key of the row that is to be created.
func (d *Desk) matchingRow(ctx context.Context, col *contract.Collection, page string, row []byte) ([]string, error) {
	document, path, err := d.rows(ctx, col, page)
	if err != nil || !hasRow(col, document, row) {
		return nil, err
	}
	return []string{path}, nil
}

// hasRow reports whether a document has a row with the key of another.
func hasRow(col *contract.Collection, document protime.Record, row []byte) bool {
	wanted, err := protime.ParseRecord(row)
	if err != nil {
		return false
	}
	for is := range rowsOf(col, document) {
		if samePaths(col.Key, is, wanted) {
			return true
		}
	}
	return false
}

// rowsOf iterates over the rows of a document, or of an array of rows.
func rowsOf(col *contract.Collection, document protime.Record) iter.Seq[protime.Record] {
	return func(yield func(protime.Record) bool) {
		rows, err := protime.ParseRecord(allRows(col, document.Raw()))
		if err != nil {
			return
		}
		for raw := range rows.Elements() {
			row, err := protime.ParseRecord(raw)
			if err != nil || !yield(row) {
				return
			}
		}
	}
}

// allRows returns the array of rows of a document; a text that is that array already is returned as it is.
func allRows(col *contract.Collection, document json.RawMessage) json.RawMessage {
	record, err := protime.ParseRecord(document)
	if err != nil {
		return nil
	}
	if rows, ok := record.Lookup(col.Rows); ok {
		return rows
	}
	if len(document) > 0 && document[0] == '[' {
		return document
	}
	return nil
}
