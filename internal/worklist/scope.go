package worklist

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"protime-admin/protime"
)

// Scope is what a reading reads: the dates From to To, yyyy-mm-dd, of the people who are in all of the sets that are
// given; with none, of everybody.
type Scope struct {
	From, To           string
	Circles, OrgGroups []string // numbers that the API filters by; a person is in any of them
	People             []string // ids
}

// ErrScope is what a scope that cannot be read is.
var ErrScope = errors.New("worklist: the scope cannot be read")

// maxDates bounds a period. The API takes a year (documentation: filtering).
const maxDates = 366

// Years of a period. The days around it are read as well, and dates are compared as text: their years have four digits, too.
const (
	firstYear = 1001
	lastYear  = 9998
)

// normal sorts the scope, so that the same scopes are equal, and returns the part of its filter that names people.
func (s Scope) normal() (Scope, protime.Filter, error) {
	from, wrong := time.Parse(time.DateOnly, s.From)
	to, err := time.Parse(time.DateOnly, s.To)
	if wrong != nil || err != nil || to.Before(from) || to.Sub(from) >= maxDates*24*time.Hour ||
		from.Year() < firstYear || to.Year() > lastYear {
		return s, protime.Filter{}, fmt.Errorf("%w: it needs a period of at most %d days", ErrScope, maxDates)
	}
	var filters []protime.Filter
	for _, set := range []struct {
		ids *[]string
		in  func([]int64) protime.Filter
	}{
		{&s.Circles, func(ids []int64) protime.Filter { return protime.InCircle("person", ids...) }},
		{&s.OrgGroups, func(ids []int64) protime.Filter { return protime.InOrgGroup("person", ids...) }},
		{&s.People, people},
	} {
		if len(*set.ids) == 0 {
			continue
		}
		*set.ids = slices.Compact(slices.Sorted(slices.Values(*set.ids)))
		numbers, err := numbers(*set.ids)
		if err != nil {
			return s, protime.Filter{}, err
		}
		filters = append(filters, set.in(numbers))
	}
	return s, protime.And(filters...), nil
}

// people is the filter that names people.
func people(ids []int64) protime.Filter { return protime.In("person", protime.Numbers(ids...)...) }

func numbers(ids []string) ([]int64, error) {
	all := make([]int64, len(ids))
	for i, id := range ids {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: %q is no number", ErrScope, id)
		}
		all[i] = n
	}
	return all, nil
}

// covers reports whether a reading of one scope has all that another asks for.
func (s Scope) covers(other Scope) bool {
	return s.From <= other.From && other.To <= s.To && slices.Equal(s.Circles, other.Circles) &&
		slices.Equal(s.OrgGroups, other.OrgGroups) && (len(s.People) == 0 || slices.Equal(s.People, other.People))
}
