package dryrun

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/day"
)

// compare holds rows against the rows before them, against what was sent before, and against Protime.
func (k *Checker) compare(ctx context.Context, rows []batch.Row, places []day.Clocking) error {
	if err := k.doubles(ctx, rows); err != nil {
		return err
	}
	if err := k.sentBefore(ctx, rows); err != nil {
		return err
	}
	return k.twins(ctx, rows, places)
}

// counts reports whether another row can be a double of a row: it says what it does, and nobody left it out.
func counts(row *batch.Row) bool { return row.Check.Key != "" && (!row.Chosen || !row.LeftOut) }

// doubles finds rows that do what a row before them does.
func (k *Checker) doubles(ctx context.Context, rows []batch.Row) error {
	first, err := k.firsts(ctx, rows)
	if err != nil {
		return err
	}
	for i := range rows {
		setDouble(&rows[i], first[rows[i].Check.Key])
	}
	return nil
}

// firsts are the first rows of the batch that do what rows do, by key.
func (k *Checker) firsts(ctx context.Context, rows []batch.Row) (map[string]int, error) {
	first, given := map[string]int{}, make(map[int]bool, len(rows))
	var keys []string
	for i := range rows {
		row := &rows[i]
		given[row.Number] = true
		if row.Check.Key == "" {
			continue
		}
		before, known := first[row.Check.Key]
		if !known {
			keys = append(keys, row.Check.Key)
			first[row.Check.Key] = 0
		}
		if counts(row) && (before == 0 || row.Number < before) {
			first[row.Check.Key] = row.Number
		}
	}
	if len(keys) == 0 {
		return first, nil
	}
	stored, err := k.Store.SameKey(ctx, k.batch.ID, keys)
	if err != nil {
		return nil, err
	}
	for key, numbers := range stored {
		for _, number := range numbers {
			if !given[number] && (first[key] == 0 || number < first[key]) {
				first[key] = number
			}
		}
	}
	return first, nil
}

// setDouble says of which row another one is the double, if that stands before it.
func setDouble(row *batch.Row, first int) {
	row.Check.Warnings = slices.DeleteFunc(row.Check.Warnings, func(f batch.Finding) bool { return f.Key == warningDouble })
	if first == 0 || first >= row.Number || row.Check.Key == "" {
		return
	}
	row.Check.Warnings = append(row.Check.Warnings, batch.Finding{
		Column: -1, Key: warningDouble, Args: map[string]string{"row": strconv.Itoa(first)},
	})
}

// Recheck checks some rows again after they were corrected, left out or taken in. rows are as they were stored, with the new
// cells and choices. It returns them together with other rows of which only that changed whether they are doubles, at most
// batch.MostAtOnce in all.
func (k *Checker) Recheck(ctx context.Context, rows []batch.Row) ([]batch.Row, error) {
	var keys []string
	given := map[int]bool{}
	for i := range rows {
		given[rows[i].Number] = true
		keys = append(keys, rows[i].Check.Key)
	}
	rows, err := k.Check(ctx, rows)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		keys = append(keys, rows[i].Check.Key)
	}
	slices.Sort(keys)
	keys = slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return key == "" })
	if len(keys) == 0 {
		return rows, nil
	}
	stored, err := k.Store.SameKey(ctx, k.batch.ID, keys)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, same := range stored {
		for _, number := range same {
			if !given[number] && len(numbers)+len(rows) < batch.MostAtOnce {
				numbers = append(numbers, number)
			}
		}
	}
	others, err := k.numbered(ctx, numbers)
	if err != nil {
		return nil, err
	}
	first, err := k.firsts(ctx, slices.Concat(rows, others))
	if err != nil {
		return nil, err
	}
	for i := range others {
		before := len(others[i].Check.Warnings)
		setDouble(&others[i], first[others[i].Check.Key])
		if len(others[i].Check.Warnings) != before || before > 0 {
			conclude(&others[i])
			rows = append(rows, others[i])
		}
	}
	slices.SortFunc(rows, func(a, b batch.Row) int { return cmp.Compare(a.Number, b.Number) })
	return rows, nil
}

// numbered are the stored rows of some numbers.
func (k *Checker) numbered(ctx context.Context, numbers []int) ([]batch.Row, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	slices.Sort(numbers)
	results, err := k.Store.Numbered(ctx, k.batch.ID, numbers)
	if err != nil {
		return nil, err
	}
	rows := make([]batch.Row, 0, len(results))
	for _, result := range results {
		rows = append(rows, result.Row)
	}
	return rows, nil
}

// sentBefore finds rows that another batch has sent.
func (k *Checker) sentBefore(ctx context.Context, rows []batch.Row) error {
	var digests [][]byte
	for i := range rows {
		if digest := rows[i].Check.Digest; digest != nil {
			digests = append(digests, digest)
		}
	}
	if len(digests) == 0 {
		return nil
	}
	sent, err := k.Store.SentBefore(ctx, k.batch.ID, digests)
	if err != nil {
		return err
	}
	for i := range rows {
		check := &rows[i].Check
		before, ok := sent[string(check.Digest)]
		if !ok || check.Digest == nil {
			continue
		}
		check.Warnings = append(check.Warnings, batch.Finding{Column: -1, Key: warningSent, Args: map[string]string{
			"batch": before.Batch, "row": strconv.Itoa(before.Row), "name": before.Name,
			"date": before.At.In(k.TimeZone).Format(time.DateOnly),
		}})
	}
	return nil
}
