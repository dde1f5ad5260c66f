package form

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Writable gives the record without its read-only members, nested ones too, and every other byte as it was.
func (p *Plan) Writable(rec protime.Record) protime.Record {
	return writable(rec, p.fields, nil)
}

func writable(rec protime.Record, fields []contract.Field, path []string) protime.Record {
	for i := range fields {
		f := &fields[i]
		at := below(path, f.Name)
		raw, ok := rec.Lookup(at...)
		if !ok {
			continue
		}
		if f.ReadOnly {
			rec = without(rec, at)
			continue
		}
		if len(f.Fields) == 0 || field.IsNull(raw) {
			continue
		}
		if raw[0] != '[' {
			rec = writable(rec, f.Fields, at)
			continue
		}
		for n := range length(rec, at) {
			rec = writableRow(rec, f.Fields, below(at, strconv.Itoa(n)))
		}
	}
	return rec
}

// writableRow keeps a row in its place even where nothing of it is left.
func writableRow(rec protime.Record, fields []contract.Field, path []string) protime.Record {
	raw, _ := rec.Lookup(path...)
	row, err := protime.ParseRecord(raw)
	if err != nil {
		return rec
	}
	changed := writable(row, fields, nil)
	if len(changed.Raw()) == len(row.Raw()) {
		return rec
	}
	return put(rec, changed.Raw(), path)
}

// Body gives what the request carries to turn before into after: the writable members; for a list that is written as
// a whole its rows; for rows that are written one by one the members that the contract takes from the row as it was
// and as it shall be. before is the zero Record on Create, after on Delete. It returns an error where a record is
// missing that the body needs.
func (p *Plan) Body(before, after protime.Record) (json.RawMessage, error) {
	if p.Collection.ReplacesRows {
		rows, ok := p.Writable(after).Lookup(p.Collection.Rows)
		if !ok || field.IsNull(rows) {
			return json.RawMessage("[]"), nil
		}
		return rows, nil
	}
	op := p.Collection.Operations[p.Verb]
	if op == nil || len(op.Body) == 0 {
		if p.Verb == contract.Delete {
			return nil, nil
		}
		if after.Raw() == nil {
			return nil, fmt.Errorf("form: %s of %s needs the record as it shall be", p.Verb, p.Collection.Name)
		}
		return p.Writable(after).Raw(), nil
	}
	body, _ := protime.ParseRecord([]byte("{}"))
	for _, f := range op.Body {
		source, path := after, f.Name
		switch {
		case f.From != "":
			source, path = before, f.From
		case f.To != "":
			path = f.To
		}
		raw, _ := p.Writable(source).Lookup(strings.Split(path, ".")...)
		if field.IsNull(raw) {
			if f.Required {
				return nil, fmt.Errorf("form: %s of %s needs %s", p.Verb, p.Collection.Name, f.Name)
			}
			continue
		}
		body = put(body, raw, []string{f.Name})
	}
	return body.Raw(), nil
}
