package change

import (
	"encoding/json"
	"strconv"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// body is what is sent of a record: what package form says, where the page brought it, and otherwise the record
// without what only the API sets.
func (d *Desk) body(col *contract.Collection, verb contract.Verb, before, after json.RawMessage) (json.RawMessage, error) {
	if d.Body != nil {
		return d.Body(col, verb, before, after)
	}
	switch {
	case col.Rows != "":
		return nil, ErrNotUndoable
	case verb == contract.Delete:
		return nil, nil
	}
	record, err := protime.ParseRecord(after)
	if err != nil {
		return nil, err
	}
	return withoutReadOnly(col.Fields, record).Raw(), nil
}

// withoutReadOnly leaves out what only the API sets, in objects and rows too.
func withoutReadOnly(fields []contract.Field, r protime.Record) protime.Record {
	for _, f := range fields {
		if f.ReadOnly {
			r = r.Without(f.Name)
			continue
		}
		if len(f.Fields) == 0 || f.Keyed {
			continue
		}
		raw, ok := r.Lookup(f.Name)
		if !ok {
			continue
		}
		inner, err := protime.ParseRecord(raw)
		if err != nil {
			continue
		}
		if f.Type == "array" {
			inner = rowsWithoutReadOnly(f.Fields, inner)
		} else {
			inner = withoutReadOnly(f.Fields, inner)
		}
		if changed, err := r.Set(inner.Raw(), f.Name); err == nil {
			r = changed
		}
	}
	return r
}

func rowsWithoutReadOnly(fields []contract.Field, rows protime.Record) protime.Record {
	i := 0
	for raw := range rows.Elements() {
		if row, err := protime.ParseRecord(raw); err == nil {
			if changed, err := rows.Set(withoutReadOnly(fields, row).Raw(), strconv.Itoa(i)); err == nil {
				rows = changed
			}
		}
		i++
	}
	return rows
}
