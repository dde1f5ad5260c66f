package change

import (
	"context"
	"errors"
	"slices"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// errNoSearch says that a create has nothing to find its record by.
var errNoSearch = errors.New("change: nothing to search the record by")

// search is the list in which the record of a create would be, and what is looked for in it.
type search struct {
	col    *contract.Collection
	path   string // of the list
	params []string
	filter protime.Filter
	wanted protime.Record
}

// listed is a record of that list.
type listed struct {
	path   string
	record protime.Record
}

func (d *Desk) search(col *contract.Collection, c Change) (search, error) {
	wanted, err := protime.ParseRecord(c.After)
	if err != nil {
		return search{}, errNoSearch
	}
	filter, ok := narrow(col.Filters, wanted)
	_, params, _, match := d.Contract.Match(c.Path)
	if !ok || !match || !col.HasItem() || byReference(col.Identity, wanted) {
		return search{}, errNoSearch
	}
	return search{col, c.Path, params, filter, wanted}, nil
}

// read returns the records of the list. Deleted ones that stay in it count.
func (s search) read(ctx context.Context, api API) ([]listed, error) {
	var list []listed
	pages := api.List(ctx, s.path, protime.ListOptions{Filter: s.filter})
	for record, err := range protime.Records(pages) {
		if err != nil {
			return nil, err
		}
		path := s.col.ItemURL(append(slices.Clone(s.params), record.Text("id"))...)
		list = append(list, listed{path, record})
	}
	return list, nil
}

// wide is the search among records of every kind: what stands on the day of a new record is of any kind.
func (s search) wide() search {
	filters := slices.DeleteFunc(slices.Clone(s.col.Filters), isKind)
	if filter, ok := narrow(filters, s.wanted); ok {
		s.filter = filter
	}
	return s
}

// isKind reports whether a filter chooses among a few kinds of record.
func isKind(f contract.Filter) bool { return len(f.Enum) > 0 && !f.Required }

// sameKind reports whether a record is of the kind that is searched.
func (s search) sameKind(record protime.Record) bool {
	return !slices.ContainsFunc(s.col.Filters, func(f contract.Filter) bool {
		steps := strings.Split(f.Field, ".")
		wanted := s.wanted.Text(steps...)
		return isKind(f) && wanted != "" && record.Text(steps...) != wanted
	})
}

// lists reports whether a record belongs in the list: one that a change of this log moved there does not.
func (s search) lists(record protime.Record) bool {
	for _, f := range s.col.Filters {
		if steps := strings.Split(f.Field, "."); f.Field != "" && record.Text(steps...) != s.wanted.Text(steps...) {
			return false
		}
	}
	return true
}

// isIt reports whether a record could be what a create was to make: it has the same values in what identifies a
// record, as far as they were sent. Where the API completes part of that by itself, everything that was sent counts.
func (s search) isIt(record protime.Record) bool {
	given := slices.DeleteFunc(slices.Clone(s.col.Identity), func(path string) bool {
		_, ok := s.wanted.Lookup(strings.Split(path, ".")...)
		return !ok
	})
	complete := len(given) > 0 && len(given) == len(s.col.Identity)
	return samePaths(given, record, s.wanted) && (complete || s.holdsSent(record))
}

// holdsSent reports whether a record has every member that was sent.
func (s search) holdsSent(record protime.Record) bool {
	for _, f := range s.col.Fields {
		shall, ok := s.wanted.Lookup(f.Name)
		is, _ := record.Lookup(f.Name)
		if ok && !f.ReadOnly && !sameMember(f, shall, is) {
			return false
		}
	}
	return true
}

// isExactly reports whether a record has every member that was sent, and refers to nothing beside: the API completes
// plain values by itself, and a punch at a terminal refers to the terminal.
func (s search) isExactly(record protime.Record) bool {
	return s.holdsSent(record) && !s.refersElsewhere(record)
}

// refersElsewhere reports whether a record refers to something that the create did not.
func (s search) refersElsewhere(record protime.Record) bool {
	for _, f := range s.col.Fields {
		is, _ := record.Lookup(f.Name)
		shall, _ := s.wanted.Lookup(f.Name)
		if f.Ref != "" && !f.ReadOnly && !protime.EqualOrEmpty(is, nil) && !sameMember(f, is, shall) {
			return true
		}
	}
	return false
}

// byReference reports whether an identifying reference was sent by something else than its id, which lists do not show.
func byReference(identity []string, wanted protime.Record) bool {
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
func narrow(filters []contract.Filter, wanted protime.Record) (protime.Filter, bool) {
	var conditions []protime.Filter
	for _, f := range filters {
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
