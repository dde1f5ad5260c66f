package dryrun

import (
	"context"
	"errors"
	"slices"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/form"
	"protime-admin/internal/parallel"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// MostRead is how many rows a batch that changes or deletes records may have: each record is read.
const MostRead = 2000

// base is the record that a row is about as Protime has it.
type base struct {
	path   string // of its page, "" where the row names none
	params []string
	record protime.Record
	gone   bool
}

// bases reads the records that rows change or delete; nil where rows make new ones. Records that are not there are marked;
// any other failure is returned.
func (k *Checker) bases(ctx context.Context, rows []batch.Row) ([]base, error) {
	if k.batch.Operation == batch.Create {
		return nil, nil
	}
	bases := make([]base, len(rows))
	first := map[string]int{} // a record that two rows name is read once
	var read []int
	for i := range rows {
		b := &bases[i]
		b.path, b.params = k.pathOf(k.text(&rows[i], batch.InputRecord))
		if _, again := first[b.path]; !again && b.path != "" {
			first[b.path] = i
			read = append(read, i)
		}
	}
	err := parallel.Each(ctx, len(read), mostReaders, func(ctx context.Context, i int) error {
		b := &bases[read[i]]
		err := patiently(ctx, func() (err error) {
			b.record, err = k.get(ctx, b.params)
			return err
		})
		if b.gone = isNoRecord(err); b.gone {
			return nil
		}
		return err
	})
	for i := range bases {
		if b := &bases[i]; b.path != "" {
			b.record, b.gone = bases[first[b.path]].record, bases[first[b.path]].gone
		}
	}
	return bases, err
}

// isNoRecord reports whether the answer to a GET by number says that there is no such record. That of a number which cannot
// be one is not published: it may be refused as invalid, and a long one is refused as an address (documentation: responses).
func isNoRecord(err error) bool {
	return slices.ContainsFunc([]error{protime.NotFound, protime.Invalid, protime.Gone, protime.TooLong}, func(kind error) bool {
		return errors.Is(err, kind)
	})
}

// get reads one record. Of a collection whose rows stand in one document it is a row of that.
func (k *Checker) get(ctx context.Context, params []string) (protime.Record, error) {
	c := k.collection
	if len(c.Key) == 0 {
		record, _, err := k.API.Get(ctx, c.ItemURL(params...), "")
		return record, err
	}
	document, _, err := k.API.Get(ctx, c.URL(params...), "")
	if err != nil {
		return protime.Record{}, err
	}
	row, ok := form.RowByKey(c, document, params[len(params)-1])
	if !ok {
		return protime.Record{}, protime.NotFound
	}
	return row, nil
}

// pathOf is the path of the record that a cell names, with its parameters: by its number, its path, or the address of its
// page or of the API's resource. "" for a record of another collection.
func (k *Checker) pathOf(text string) (path string, params []string) {
	if text == "" || text == "." || text == ".." { // these would be another path
		return "", nil
	}
	if !strings.Contains(text, "/") {
		params = append(slices.Clone(k.params), text)
		return k.collection.ItemURL(params...), params
	}
	text, _, _ = strings.Cut(text, "?")
	for at := strings.Index(text, k.batch.List); at >= 0; {
		if c, params, item, ok := k.Contract.Match(text[at:]); ok && item && c == k.collection {
			return c.ItemURL(params...), params
		}
		next := strings.Index(text[at+1:], k.batch.List)
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return "", nil
}

// text is what stands in the column of an input, "" where no column means it.
func (k *Checker) text(row *batch.Row, input string) string {
	for _, column := range k.columns {
		if column.Name == input {
			return cell(row, column.at)
		}
	}
	return ""
}

// based checks a row that changes or deletes a record. It returns where a clocking that is changed will stand.
func (k *Checker) based(ctx context.Context, row *batch.Row, b base) (place day.Clocking) {
	add := func(key string, args map[string]string) {
		row.Check.Problems = append(row.Check.Problems, k.found(row, batch.InputRecord, key, args))
	}
	text := k.text(row, batch.InputRecord)
	switch {
	case text == "":
		add(problemNoRecord, nil)
		return place
	case b.path == "":
		add(problemOtherRecord, map[string]string{"text": text})
		return place
	}
	row.Check.Path = b.path
	if b.gone {
		add(problemGone, map[string]string{"text": text})
		return place
	}
	row.Check.Base = b.record.Raw()
	row.Check.Person, row.Check.Date = b.record.Text("person", "id"), dateOf(k.collection, b.record)
	if deleted := k.collection.SoftDelete; deleted != "" && b.record.Text("status") == deleted {
		add(problemDeleted, nil)
		return place
	}
	if k.batch.Operation == batch.Delete {
		k.removed(row, b)
		return place
	}
	return k.replaced(ctx, row, b)
}

// removed checks a row that deletes a record.
func (k *Checker) removed(row *batch.Row, b base) {
	row.Check.Digest = k.digest(b.path, nil)
	row.Check.Key = k.key(b.path, b.record)
	k.warn(row, b.record, protime.Record{})
	plan := k.Plan(k.collection, contract.Replace)
	if opened, ok := k.opened(row); ok && len(change.Moved(opened, b.record, protime.Record{}, plan.Paths())) > 0 {
		row.Check.Warnings = append(row.Check.Warnings, batch.Finding{Column: -1, Key: warningMoved})
	}
}

// opened are the values that the record of a row had when the row was made, where it says so.
func (k *Checker) opened(row *batch.Row) (protime.Record, bool) {
	text := k.text(row, batch.InputOpened)
	if text == "" {
		return protime.Record{}, false
	}
	opened, err := protime.ParseRecord([]byte(text))
	return opened, err == nil
}

// replaced checks a row that changes a record: only what its cells say, and nothing where they are empty.
func (k *Checker) replaced(ctx context.Context, row *batch.Row, b base) day.Clocking {
	k.fill(ctx, row)
	opened, made := k.opened(row)
	if !made {
		opened = b.record
	}
	k.values[form.InputOpened] = []string{k.plan.Opened(opened)}
	typed := k.plan.Decode(ctx, k.values, nil, k.now)
	after := k.merged(row, typed, b.record)
	switch {
	case after.Raw() == nil:
	case len(k.plan.Diff(b.record, after)) == 0:
		row.Check.Warnings = append(row.Check.Warnings, batch.Finding{Column: -1, Key: warningUnchanged})
	case made && len(typed.Compare(b.record)) > 0:
		row.Check.Warnings = append(row.Check.Warnings, batch.Finding{Column: -1, Key: warningMoved})
	}
	return k.place(b.record, after)
}
