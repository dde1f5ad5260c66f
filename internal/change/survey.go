package change

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// surveyTimeout bounds the reading of one list for many creates: long enough for the pauses that the API asks for.
const surveyTimeout = 5 * time.Minute

// SurveyAll is Survey for many creates: it reads the lists of several people and days at once. What it cannot read so
// comes back as it was, for Do to survey: creates of collections whose lists do not filter so, of records that lack one
// of the values, and those whose list could not be read now.
func (d *Desk) SurveyAll(ctx context.Context, changes []Change) []Change {
	changes = slices.Clone(changes)
	groups := map[string][]place{}
	for i, c := range changes {
		if p, ok := d.placeOf(i, c); ok {
			key := p.search.path + "\n" + p.many.Name + "\n" + p.span.Name
			groups[key] = append(groups[key], p)
		}
	}
	for _, group := range groups {
		for _, together := range lists(group) {
			d.survey(ctx, changes, together)
		}
	}
	return changes
}

// place is where the record of a create will be in a list that filters by a value and by a span of days.
type place struct {
	index      int // of the change
	search     search
	many, span contract.Filter
	value, day string
}

// placeOf returns the place of a create; false where its list is not filtered by exactly such two filters.
func (d *Desk) placeOf(index int, c Change) (place, bool) {
	col, ok := d.Contract.Collection(c.Collection)
	if !ok || c.Surveyed || c.Verb != contract.Create || col.Rows != "" {
		return place{}, false
	}
	s, err := d.search(col, c)
	if err != nil {
		return place{}, false
	}
	p := place{index: index, search: s.wide()}
	for _, f := range col.Filters {
		if isKind(f) {
			continue
		}
		value := ""
		if f.Field != "" {
			value = s.wanted.Text(strings.Split(f.Field, ".")...)
		}
		switch {
		case value == "" || exactly(f, value).Err() != nil:
			return place{}, false
		case slices.Contains(f.Operators, "in") && p.value == "":
			p.many, p.value = f, value
		case f.Type == "date" && slices.Contains(f.Operators, "ge") && slices.Contains(f.Operators, "le") && p.day == "":
			p.span, p.day = f, value
		default:
			return place{}, false
		}
	}
	return p, p.value != "" && p.day != ""
}

// A list of many people on many days holds what nobody asked for: an estimate of how many records a person has on a day,
// and of how many a page holds, tells in which lists the fewest pages come.
const (
	perDay      = 4
	perPage     = 100
	longestList = 365 // days: no list is longer (documentation: filtering, "max 1 year")
)

// lists puts places together that are read as one list: all of them, those of a day, or those of a person.
func lists(places []place) [][]place {
	byDay, byValue := gathered(places, place.onDay), gathered(places, place.ofValue)
	best := [][]place{places}
	for _, other := range [][][]place{byDay, byValue} {
		if pages(other) < pages(best) {
			best = other
		}
	}
	return best
}

func (p place) onDay() string   { return p.day }
func (p place) ofValue() string { return p.value }

func gathered(places []place, by func(place) string) [][]place {
	groups := map[string][]place{}
	for _, p := range places {
		groups[by(p)] = append(groups[by(p)], p)
	}
	var all [][]place
	for _, p := range places { // in the order of the rows
		if group := groups[by(p)]; group != nil {
			all = append(all, group)
			delete(groups, by(p))
		}
	}
	return all
}

// pages estimates how many pages lists have.
func pages(lists [][]place) int {
	sum := 0
	for _, list := range lists {
		first, last := span(list)
		days := 1
		if a, b := dayOf(first), dayOf(last); !a.IsZero() && !b.IsZero() {
			days += int(b.Sub(a).Hours() / 24)
		}
		if days > longestList {
			return math.MaxInt
		}
		sum += 1 + len(gathered(list, place.ofValue))*days*perDay/perPage
	}
	return sum
}

func dayOf(date string) time.Time {
	at, _ := time.Parse(time.DateOnly, date) // the zero time is no date
	return at
}

func span(places []place) (first, last string) {
	byDay := func(a, b place) int { return cmp.Compare(a.day, b.day) }
	return slices.MinFunc(places, byDay).day, slices.MaxFunc(places, byDay).day
}

// survey reads one list and gives each change of it what stands where its record will be.
func (d *Desk) survey(ctx context.Context, changes []Change, places []place) {
	ctx, cancel := context.WithTimeout(ctx, surveyTimeout)
	defer cancel()
	many, days := places[0].many, places[0].span
	var values []string
	found := map[[2]string][]listed{}
	for _, p := range places {
		values = append(values, p.value)
		found[[2]string{p.value, p.day}] = nil
	}
	first, last := span(places)
	all := places[0].search
	all.filter = protime.And(protime.Condition(days, "ge", first), protime.Condition(days, "le", last),
		protime.Condition(many, "in", values...))
	list := d.API.List(ctx, all.path, protime.ListOptions{Filter: all.filter})
	for record, err := range protime.Records(list) {
		if err != nil {
			return
		}
		at := [2]string{record.Text(strings.Split(many.Field, ".")...), record.Text(strings.Split(days.Field, ".")...)}
		if there, asked := found[at]; asked {
			path := all.col.ItemURL(append(slices.Clone(all.params), record.Text("id"))...)
			found[at] = append(there, listed{path, record})
		}
	}
	for _, p := range places {
		c := &changes[p.index]
		c.Standing, c.Surveyed = p.search.standing(slices.Clone(found[[2]string{p.value, p.day}])), true
	}
}
