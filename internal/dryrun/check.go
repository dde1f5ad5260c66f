package dryrun

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/day"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Checker checks the rows of one batch, some at a time. It is for one goroutine and one request: it goes by the directory,
// the clock and the columns of the moment at which it was made.
type Checker struct {
	*Reader
	batch      batch.Batch
	collection *contract.Collection
	plan       *form.Plan // nil on Delete and Undo
	params     []string   // of the list's path
	finder     form.Finder
	columns    []column
	people     []string // the inputs that refer to people
	given      []preset
	everybody  *persons
	now        time.Time
	answers    map[lookedUp]answer
	values     url.Values // of the row that is checked
	lists      map[string][]string
}

// preset is a value that every row has.
type preset struct {
	column
	text string
}

// column is a column that is used.
type column struct {
	Input
	at            int
	months, hours batch.Doubt
}

// Checker makes the checker of a batch as it is now. finder finds records of other collections by name. It fails where the
// batch is of a collection or a list that the contract does not have, which its maker has refused before.
func (r *Reader) Checker(b batch.Batch, finder form.Finder) (*Checker, error) {
	c, ok := r.Contract.Collection(b.Collection)
	if !ok {
		return nil, fmt.Errorf("dryrun: no collection %q", b.Collection)
	}
	of, params, item, ok := r.Contract.Match(b.List)
	if !ok || item || of != c {
		return nil, fmt.Errorf("dryrun: %q is no list of %s", b.List, c.Name)
	}
	k := &Checker{
		Reader: r, batch: b, collection: c, params: params, finder: finder,
		everybody: r.everybody(), now: r.today(), answers: map[lookedUp]answer{}, values: url.Values{}, lists: map[string][]string{},
	}
	if b.Operation == batch.Create || b.Operation == batch.Replace {
		k.plan = r.Plan(c, VerbOf(b.Operation))
	}
	inputs := r.Inputs(c, b.Operation)
	for at, c := range b.Columns {
		in, ok := named(inputs, c.Input)
		if !ok {
			continue
		}
		k.columns = append(k.columns, column{in, at, c.Months, c.Hours})
		if of := stem(in.Name); in.Person && !slices.Contains(k.people, of) {
			k.people = append(k.people, of)
		}
	}
	for name, text := range presets(c, b) {
		if in, ok := named(inputs, name); ok && strings.TrimSpace(text) != "" {
			k.given = append(k.given, preset{column{Input: in, at: -1}, strings.TrimSpace(text)})
		}
	}
	return k, nil
}

// named is the input of a name, also of one that no choice offers: the values that a row's record had when the row was
// made.
func named(inputs []Input, name string) (Input, bool) {
	if name == batch.InputOpened {
		return Input{Name: name}, true
	}
	i := slices.IndexFunc(inputs, func(in Input) bool { return name != "" && in.Name == name })
	if i < 0 {
		return Input{}, false
	}
	return inputs[i], true
}

// Check checks rows of the batch, in order of their numbers, at most batch.MostAtOnce of them: whoever checks all rows of a
// sheet stores some before the next are checked, since a row is compared with those that are stored before it. It returns
// the rows with what it found. Errors are those of the API, where it could not be read now, and of the Store.
func (k *Checker) Check(ctx context.Context, rows []batch.Row) ([]batch.Row, error) {
	rows = slices.Clone(rows)
	if k.batch.Operation == batch.Undo {
		for i := range rows {
			rows[i].Check = batch.Check{Verdict: batch.Ready}
		}
		return rows, nil
	}
	bases, err := k.bases(ctx, rows)
	if err != nil {
		return nil, err
	}
	places := make([]day.Clocking, len(rows))
	for i := range rows {
		row := &rows[i]
		row.Check = batch.Check{Path: k.batch.List}
		if bases != nil {
			places[i] = k.based(ctx, row, bases[i])
		} else {
			places[i] = k.created(ctx, row)
		}
		if len(row.Check.Problems) > 0 { // it is not sent, so no other row is its double
			row.Check.After, row.Check.Key, row.Check.Digest, places[i] = nil, "", nil, day.Clocking{}
		}
	}
	if err := k.compare(ctx, rows, places); err != nil {
		return nil, err
	}
	for i := range rows {
		conclude(&rows[i])
	}
	return rows, nil
}

// conclude says what the findings of a row come to. Whether it is sent is the person's choice, where they made one.
func conclude(row *batch.Row) {
	switch check := &row.Check; {
	case len(check.Problems) > 0:
		check.Verdict = batch.Wrong
	case len(check.Warnings) > 0:
		check.Verdict = batch.Warned
	default:
		check.Verdict = batch.Ready
	}
	if !row.Chosen {
		leaves := func(f batch.Finding) bool { return leavesOut(f.Key) }
		row.LeftOut = row.Check.Verdict == batch.Warned && slices.ContainsFunc(row.Check.Warnings, leaves)
	}
}

// created checks a row that makes a record. It returns where a clocking will stand.
func (k *Checker) created(ctx context.Context, row *batch.Row) day.Clocking {
	k.fill(ctx, row)
	typed := k.plan.Decode(ctx, k.values, nil, k.now)
	return k.place(protime.Record{}, k.merged(row, typed, protime.Record{}))
}

// merged takes what a row will send from what was typed into it, and returns it; the zero Record where something is wrong.
func (k *Checker) merged(row *batch.Row, typed form.Submission, base protime.Record) protime.Record {
	after, leftOut, problems := typed.Merge(base)
	for _, problem := range problems {
		k.problem(row, problem)
	}
	for _, path := range leftOut {
		row.Check.Warnings = append(row.Check.Warnings, k.found(row, path, warningNotTaken, nil))
	}
	check := &row.Check
	check.Person, check.Date = after.Text("person", "id"), dateOf(k.collection, after)
	if len(check.Problems) > 0 {
		return protime.Record{}
	}
	check.After = after.Raw()
	check.Digest = k.digest(check.Path, k.plan.Writable(after).Raw())
	check.Key = k.key(check.Path, after)
	k.warn(row, base, after)
	return after
}

// digest is equal for two rows that send the same.
func (k *Checker) digest(path string, writable []byte) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s\n%s", k.batch.Operation, k.collection.Name, path, writable))
	return sum[:]
}

// key is equal for two rows that make the same record, or change the same one. Two clockings of a person at one minute
// are the same, whatever their kind.
func (k *Checker) key(path string, after protime.Record) string {
	if k.batch.Operation != batch.Create {
		return path
	}
	identity := k.collection.Identity
	if k.collection.Name == clockings {
		identity = []string{"person.id", "date", "timeOfDayInMinutes"}
	}
	if len(identity) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(path)
	for _, member := range identity {
		first, rest, nested := strings.Cut(member, ".")
		raw, _ := after.Lookup(first)
		if nested {
			if value, ok := after.Lookup(first, rest); ok {
				raw = value
			}
		}
		b.WriteByte('|')
		b.Write(raw)
	}
	if b.Len() > longestKey {
		return fmt.Sprintf("%x", sha256.Sum256([]byte(b.String())))
	}
	return b.String()
}

// longestKey is from where on a key is a digest, in bytes: an index of PostgreSQL takes no text of any length.
const longestKey = 500

// clockings is the collection that the rules know.
const clockings = "clockings"

// problem puts what is wrong with an input at the cell that fills it.
func (k *Checker) problem(row *batch.Row, problem form.Problem) {
	key, args := problem.Key, problem.Args
	at := k.columnOf(row, problem.Name)
	for _, known := range row.Check.Problems {
		if at >= 0 && (known.Column == at || k.isOf(known.Column, problem.Name)) {
			return // it could not be read at all
		}
	}
	if at < 0 {
		if args == nil {
			args = map[string]string{}
		}
		args["input"] = problem.Name
		if key == field.ProblemRequired {
			key = problemMissing
		}
	}
	if key == field.ProblemRequired && problem.Name == "timeOfDayInMinutes" && k.batch.Source == batch.Ticked {
		key = problemNoLikely // a day that was ticked had none
	}
	row.Check.Problems = append(row.Check.Problems, batch.Finding{Column: at, Key: key, Args: args})
}

// found is something about the cell that fills a path of the record.
func (k *Checker) found(row *batch.Row, path, key string, args map[string]string) batch.Finding {
	return batch.Finding{Column: k.columnOf(row, path), Key: key, Args: args}
}

// columnOf is the column that fills an input in a row: of several the first that is filled, else the first. -1: none
// does.
func (k *Checker) columnOf(row *batch.Row, input string) int {
	first := -1
	if input == "" {
		return first
	}
	for _, column := range k.columns {
		if !column.fills(input) {
			continue
		}
		if cell(row, column.at) != "" {
			return column.at
		}
		if first < 0 {
			first = column.at
		}
	}
	return first
}

// isOf reports whether a column of the sheet is one of those that fill an input.
func (k *Checker) isOf(at int, input string) bool {
	return slices.ContainsFunc(k.columns, func(c column) bool { return c.at == at && c.fills(input) })
}

// fills reports whether the column gives an input, or a part of it.
func (c column) fills(input string) bool {
	name := strings.TrimSuffix(stem(c.Name), form.SuffixDay)
	return name == input || c.time == input || strings.HasPrefix(name, input+".")
}

// cell is what stands in a column of a row, without blanks around it.
func cell(row *batch.Row, at int) string {
	if at >= len(row.Cells) {
		return ""
	}
	return strings.TrimSpace(row.Cells[at])
}
