package change

import (
	"encoding/json"
	"strconv"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// body is the request body that changes a record from before to after: the record without its read-only members; for
// rows without a record of their own, the members that the contract names.
func body(col *contract.Collection, verb contract.Verb, before, after json.RawMessage) (json.RawMessage, error) {
	operation := col.Operations[verb]
	switch {
	case col.ReplacesRows:
		rows, err := protime.ParseRecord(allRows(col, after))
		if err != nil {
			return nil, ErrNotUndoable
		}
		return rowsWithoutReadOnly(col.Fields, rows).Raw(), nil
	case len(operation.Body) > 0:
		return rowBody(operation.Body, before, after)
	case verb == contract.Delete:
		return nil, nil
	}
	record, err := protime.ParseRecord(after)
	if err != nil {
		return nil, err
	}
	return withoutReadOnly(col.Fields, record).Raw(), nil
}

// rowBody takes each member from the row before or after the change; absent ones are left out.
func rowBody(fields []contract.Field, before, after json.RawMessage) (json.RawMessage, error) {
	was, _ := protime.ParseRecord(before) // the zero record where there is none
	shall, _ := protime.ParseRecord(after)
	var sent protime.Record
	for _, f := range fields {
		source, path := shall, f.Name
		switch {
		case f.From != "":
			source, path = was, f.From
		case f.To != "":
			path = f.To
		}
		value, _ := source.Lookup(strings.Split(path, ".")...)
		if protime.EqualOrEmpty(value, nil) {
			continue
		}
		var err error
		if sent, err = sent.Set(value, f.Name); err != nil {
			return nil, err
		}
	}
	return sent.Raw(), nil
}

// withoutReadOnly leaves out read-only members, in objects and rows too.
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
