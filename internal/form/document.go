package form

import (
	"slices"
	"strings"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// RowsOf are the rows of a document. A row that is no object is left out.
func RowsOf(c *contract.Collection, document protime.Record) []protime.Record {
	raw, _ := document.Lookup(c.Rows)
	var rows []protime.Record
	for element := range field.Elements(raw) {
		if record, err := protime.ParseRecord(element); err == nil {
			rows = append(rows, record)
		}
	}
	return rows
}

// RowKey names a row that has no id: its key fields joined by "~". A field that is not given leaves its place empty.
func RowKey(c *contract.Collection, row protime.Record) string {
	values := make([]string, 0, len(c.Key))
	for _, path := range c.Key {
		values = append(values, row.Text(strings.Split(path, ".")...))
	}
	return strings.Join(values, "~")
}

// RowByKey finds a row in its document.
func RowByKey(c *contract.Collection, document protime.Record, key string) (protime.Record, bool) {
	rows := RowsOf(c, document)
	i := slices.IndexFunc(rows, func(row protime.Record) bool { return RowKey(c, row) == key })
	if i < 0 {
		return protime.Record{}, false
	}
	return rows[i], true
}
