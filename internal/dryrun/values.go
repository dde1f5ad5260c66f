package dryrun

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/people"
	"protime-admin/internal/spreadsheet"
)

// fill turns the cells of a row into the values of a form's inputs. What names nobody, or nothing, becomes a problem of
// its cell. An empty cell gives the value that every row has; on Replace it leaves the record as it is.
func (k *Checker) fill(ctx context.Context, row *batch.Row) {
	clear(k.values)
	for i := range k.given {
		k.put(ctx, row, &k.given[i].column, k.given[i].text)
	}
	for i := range k.columns {
		column := &k.columns[i]
		if text := cell(row, column.at); text != "" && !column.ours() && !column.Person {
			k.put(ctx, row, column, text)
		}
	}
	for _, of := range k.people {
		k.person(ctx, row, of)
	}
}

// ours reports whether an input is none of the record.
func (in Input) ours() bool {
	return in.Name == batch.InputNote || in.Name == batch.InputRecord || in.Name == batch.InputOpened
}

// put sets the value of an input that a cell stands for.
func (k *Checker) put(ctx context.Context, row *batch.Row, column *column, text string) {
	if key := spreadsheet.CellProblem(text); key != "" {
		row.Check.Problems = append(row.Check.Problems, batch.Finding{Column: column.at, Key: key})
		return
	}
	switch {
	case column.isDay():
		day := k.day(text)
		if day == "" {
			row.Check.Problems = append(row.Check.Problems, batch.Finding{Column: column.at, Key: field.ProblemDay})
			return
		}
		text = day
	case column.field == nil:
	case column.both:
		k.moment(row, column, text)
		return
	case column.Person:
		k.take(row, column, text, func(text string) (string, *batch.Finding) { return k.who(ctx, column.Name, text) })
		return
	case column.field.Kind == field.Reference:
		k.take(row, column, text, func(text string) (string, *batch.Finding) { return k.refer(ctx, column.field.Field.Ref, text) })
		return
	case column.field.Kind == field.Choice:
		if value := k.choice(column, text); value != "" {
			text = value
		}
	case column.isTimed():
		text = plainTime(text)
		if clock, of, both := strings.Cut(text, "("); both && column.field.Kind == field.Clock { // "01:00 (next day)", as lists have it
			if day := k.day(strings.TrimSuffix(of, ")")); day != "" {
				k.set(column.Name+form.SuffixDay, day)
				text = strings.TrimSpace(clock)
			}
		}
		if wrong := k.timeProblem(row, column, text); wrong != nil {
			row.Check.Problems = append(row.Check.Problems, *wrong)
			return
		}
	}
	k.set(column.Name, text)
}

// set is the value of an input. The lists of values are those of the row before, used again.
func (k *Checker) set(name, text string) {
	list := k.lists[name]
	if list == nil {
		list = make([]string, 1)
		k.lists[name] = list
	}
	list[0] = text
	k.values[name] = list
}

// take sets what a text names, or notes that it names nothing.
func (k *Checker) take(row *batch.Row, column *column, text string, find func(string) (string, *batch.Finding)) {
	asked := lookedUp{column.Name, text}
	answer, known := k.answers[asked]
	if !known {
		answer.id, answer.wrong = find(text)
		if len(k.answers) < mostAnswers {
			k.answers[asked] = answer
		}
	}
	if answer.wrong != nil {
		wrong := *answer.wrong
		wrong.Column = column.at
		row.Check.Problems = append(row.Check.Problems, wrong)
		return
	}
	k.set(stem(column.Name), answer.id)
}

// lookedUp is a text that was looked up for an input, answer the id that it names, or what is wrong with it.
type (
	lookedUp struct{ input, text string }
	answer   struct {
		id    string
		wrong *batch.Finding
	}
)

// mostAnswers bounds what is remembered of one check.
const mostAnswers = 20_000

// choice is the value of an enumeration that a text means, "" for none.
func (k *Checker) choice(column *column, text string) string {
	asked := lookedUp{column.Name, text}
	known, ok := k.answers[asked]
	if !ok {
		known.id = column.choice(k.Reader, text)
		if len(k.answers) < mostAnswers {
			k.answers[asked] = known
		}
	}
	return known.id
}

// person finds who a row is about. The first of the columns that is filled in says it; the others are compared with it.
func (k *Checker) person(ctx context.Context, row *batch.Row, of string) {
	var by *column
	var names []string
	var others []*column
	for i := range k.columns {
		column := &k.columns[i]
		text := cell(row, column.at)
		if !column.Person || text == "" || stem(column.Name) != of {
			continue
		}
		isName := strings.HasSuffix(column.Name, batch.SuffixName)
		if isName {
			names = append(names, text)
		}
		switch {
		case by == nil || strings.HasSuffix(by.Name, batch.SuffixName) && !isName:
			by = column
		case !isName:
			others = append(others, column)
		}
	}
	if by == nil {
		return
	}
	delete(k.values, of)
	name := strings.Join(names, " ")
	if strings.HasSuffix(by.Name, batch.SuffixName) {
		k.put(ctx, row, by, name)
		return
	}
	before := len(row.Check.Problems)
	k.put(ctx, row, by, cell(row, by.at))
	if len(row.Check.Problems) > before {
		if name != "" {
			k.prefer(&row.Check.Problems[before], by, name)
		}
		return
	}
	texts := k.values[of]
	if len(texts) == 0 {
		return
	}
	id := texts[0]
	if person, known := k.People.Person(id); known {
		if name != "" && !k.everybody.sameName(id, name) {
			k.another(row, by, person, name)
		}
		for _, other := range others {
			if ids := k.everybody.identified(other.Name, cell(row, other.at)); len(ids) > 0 && !slices.Contains(ids, id) {
				k.another(row, by, person, k.everybody.person(ids[0]).Name())
			}
		}
	}
}

// another warns that a column names somebody else than the one that says who a row is about.
func (k *Checker) another(row *batch.Row, by *column, person people.Person, name string) {
	row.Check.Warnings = append(row.Check.Warnings, batch.Finding{
		Column: by.at, Key: warningName, Args: map[string]string{"text": cell(row, by.at), "person": person.Name(), "name": name},
	})
}

// prefer puts those whose name stands beside a badge or number first among those who may be meant by it.
func (k *Checker) prefer(wrong *batch.Finding, by *column, name string) {
	named := k.offers(by.Name, k.everybody.called(name))
	for _, offer := range wrong.Offers {
		if len(named) < mostOffers && (len(named) == 0 || named[0] != offer) {
			named = append(named, offer)
		}
	}
	wrong.Offers = named
}

// refer finds the record of another collection that a text names, by its number, name or code.
func (k *Checker) refer(ctx context.Context, collection, text string) (id string, wrong *batch.Finding) {
	if _, _, external := field.External(text); external || k.finder == nil || !k.finder.Offered(collection) {
		return text, nil
	}
	if _, known := k.finder.Label(collection, text); known {
		return text, nil
	}
	hits := form.Exact(k.finder.Find(ctx, collection, text, form.MostHits), text)
	switch len(hits) {
	case 0:
		return "", &batch.Finding{Key: field.ProblemNotFound, Args: map[string]string{"text": text}}
	case 1:
		return hits[0].ID, nil
	}
	wrong = &batch.Finding{Key: field.ProblemSeveral, Args: map[string]string{"text": text, "count": strconv.Itoa(len(hits))}}
	for _, hit := range hits[:min(len(hits), mostOffers)] {
		wrong.Offers = append(wrong.Offers, batch.Offer{Value: hit.ID, Label: hit.Text()})
	}
	return "", wrong
}
