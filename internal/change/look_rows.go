package change

import (
	"context"
	"encoding/json"
	"iter"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// lookAtRows looks for rows that have no record of their own: the API gives all of them in one document.
func (d *Desk) lookAtRows(ctx context.Context, col *contract.Collection, r Receipt) (Look, error) {
	document, path, err := d.rows(ctx, col, r.Path)
	if err != nil {
		return Look{}, err
	}
	if col.Whole {
		return lookAtAllRows(col, document, r, path), nil
	}
	before, after := hasRow(col, document, r.Before), hasRow(col, document, r.After)
	switch {
	case r.Verb == contract.Delete && before:
		return absent(SeenBefore, path), nil
	case r.Verb == contract.Delete:
		return ours(SeenMissing, path), nil
	case r.Verb == contract.Create && !after:
		return absent(SeenNone, path), nil
	case r.Verb == contract.Create && (!r.Standing.Read || len(r.Standing.Paths) > 0):
		return unclear(SeenSeveral, path), nil
	case r.Verb == contract.Create:
		return ours(SeenFound, path), nil
	case after:
		return ours(SeenAfter, path), nil
	case before:
		return absent(SeenBefore, path), nil
	}
	return unclear(SeenOtherwise, path), nil
}

func lookAtAllRows(col *contract.Collection, document protime.Record, r Receipt, path string) Look {
	now := allRows(col, document.Raw())
	switch {
	case equal(now, allRows(col, r.After)):
		return ours(SeenAfter, path)
	case equal(now, allRows(col, r.Before)):
		return absent(SeenBefore, path)
	}
	return unclear(SeenOtherwise, path)
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
