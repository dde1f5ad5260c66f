package change

import (
	"encoding/json"
	"strconv"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// body is what is sent to bring a record from before to after: the record without what only the API sets; of rows
// that have no record of their own what the contract says of them.
func body(col *contract.Collection, verb contract.Verb, before, after json.RawMessage) (json.RawMessage, error) {
	operation := col.Operations[verb]
	switch {
	case col.Whole:
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

// rowBody takes each member from the row as it was or as it shall be; what is not given there is left out.
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
		if equal(value, nil) {
			continue
		}
		var err error
		if sent, err = sent.Set(value, f.Name); err != nil {
			return nil, err
		}
	}
	return sent.Raw(), nil
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
