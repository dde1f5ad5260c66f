package change

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// lookForCreated searches the list for the record that an unanswered create would have made: one that has the same
// values in what identifies a record (clockings: person, date, time, kind). A record that another change of this log
// is known to have made does not count.
func (d *Desk) lookForCreated(ctx context.Context, col *contract.Collection, r Receipt) (State, string, error) {
	wanted, err := protime.ParseRecord(r.After)
	if err != nil {
		return "", evidence(SeenUnclear), nil
	}
	filter, ok := narrow(col, wanted)
	if !ok || unclear(col.Identity, wanted) {
		return "", evidence(SeenUnclear), nil
	}
	_, params, _, ok := d.Contract.Match(r.Path)
	if !ok || !col.HasItem() {
		return "", evidence(SeenUnclear), nil
	}
	var found []string
	pages := d.API.List(ctx, r.Path, protime.ListOptions{Filter: filter})
	for record, err := range protime.Records(pages) {
		if err != nil {
			return "", "", err
		}
		if deleted(col, record) || !isIt(col, record, wanted) {
			continue
		}
		found = append(found, col.ItemURL(append(slices.Clone(params), record.Text("id"))...))
	}
	if len(found) > 0 {
		ours, err := d.ours(ctx, r)
		if err != nil {
			return "", "", err
		}
		found = slices.DeleteFunc(found, func(path string) bool { return createdBy(ours, path) })
	}
	switch len(found) {
	case 0:
		return NotApplied, evidence(SeenNone), nil
	case 1:
		return Applied, evidence(SeenFound, found[0]), nil
	}
	return "", evidence(SeenSeveral, found...), nil
}

// isIt compares by what identifies a record, or where nothing does, by everything that a client sets.
func isIt(col *contract.Collection, record, wanted protime.Record) bool {
	if len(col.Identity) > 0 {
		return samePaths(col.Identity, record, wanted)
	}
	return sameRecord(col.Fields, record, wanted)
}

// unclear reports whether an identifying reference was sent by something else than its id, which lists do not show.
func unclear(identity []string, wanted protime.Record) bool {
	for _, path := range identity {
		steps := strings.Split(path, ".")
		if _, ok := wanted.Lookup(steps...); ok || len(steps) == 1 {
			continue
		}
		if _, ok := wanted.Lookup(append(slices.Clone(steps[:len(steps)-1]), "externalReferences")...); ok {
			return true
		}
	}
	return false
}

// narrow builds the filter of the list that the record would be in. ok is false when the list needs a condition
// that the record has no value for.
func narrow(col *contract.Collection, wanted protime.Record) (protime.Filter, bool) {
	var conditions []protime.Filter
	for _, f := range col.Filters {
		value := ""
		if f.Field != "" {
			value = wanted.Text(strings.Split(f.Field, ".")...)
		}
		if value == "" {
			if f.Required {
				return protime.Filter{}, false
			}
			continue
		}
		condition := exactly(f, value)
		if condition.Err() != nil {
			if f.Required {
				return protime.Filter{}, false
			}
			continue
		}
		conditions = append(conditions, condition)
	}
	return protime.And(conditions...), true
}

// exactly is the condition that a filter's field has one value, by whichever operators the filter takes.
func exactly(f contract.Filter, value string) protime.Filter {
	for _, operator := range []string{"eq", "in"} {
		if slices.Contains(f.Operators, operator) {
			return protime.Condition(f, operator, value)
		}
	}
	var bounds []protime.Filter
	for _, operator := range []string{"ge", "le"} {
		if slices.Contains(f.Operators, operator) {
			bounds = append(bounds, protime.Condition(f, operator, value))
		}
	}
	return protime.And(bounds...)
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
