package audit

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
)

const rowOfBatchColumns = `batch, number, left_out, chosen, verdict, held, try, round, key, digest, cells, findings, record, base`

// insertAtOnce is how many rows one statement inserts. The driver of SQLite looks for the name of each argument among all.
const insertAtOnce = 20

// insertBatchRows inserts rows of a batch, or replaces them.
func insertBatchRows(rows int) string {
	var places []string
	for i := range rows {
		place := "($1"
		for argument := range rowArguments {
			place += ", $" + strconv.Itoa(2+i*rowArguments+argument)
			if argument == 3 { // what follows the verdict: it is held for nothing, and was not tried again
				place += ", '', 0, 0"
			}
		}
		places = append(places, place+")")
	}
	return `INSERT INTO batch_rows (` + rowOfBatchColumns + `) VALUES ` + strings.Join(places, ", ") + `
		ON CONFLICT (batch, number) DO UPDATE SET left_out = excluded.left_out, chosen = excluded.chosen,
		verdict = excluded.verdict, key = excluded.key, digest = excluded.digest, cells = excluded.cells,
		findings = excluded.findings, record = excluded.record, base = excluded.base`
}

// rowArguments is how many arguments a row has beside its batch.
const rowArguments = 10

// rowValues are the arguments of a row in insertBatchRows.
func rowValues(r batch.Row) ([]any, error) {
	cells, err := encode(r.Cells)
	if err != nil {
		return nil, err
	}
	findings := r.Check
	findings.After, findings.Base = nil, nil // as JSON within JSON they would lose their white space
	found, err := encode(findings)
	if err != nil {
		return nil, err
	}
	return []any{
		r.Number, number(r.LeftOut), number(r.Chosen), string(r.Check.Verdict), text(r.Check.Key),
		hex.EncodeToString(r.Check.Digest), string(cells), string(found), text(string(r.Check.After)),
		text(string(r.Check.Base)),
	}, nil
}

func number(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// PutRows writes rows of a draft. Errors as batch.Store says.
func (b *Batches) PutRows(ctx context.Context, id string, revision int64, rows []batch.Row, complete bool) (int64, error) {
	if len(rows) > batch.MostAtOnce {
		return 0, fmt.Errorf("audit: batches: %d rows at once, %d are allowed", len(rows), batch.MostAtOnce)
	}
	values := make([]any, 0, 1+len(rows)*rowArguments)
	for _, r := range rows {
		v, err := rowValues(r)
		if err != nil {
			return 0, err
		}
		values = append(values, v...)
	}
	err := b.write(ctx, func(ctx context.Context, t *transaction) error {
		if err := t.revise(ctx, id, revision, complete); err != nil {
			return err
		}
		return t.insertRows(ctx, id, values)
	})
	return revision + 1, err
}

func (t *transaction) insertRows(ctx context.Context, id string, values []any) error {
	for len(values) > 0 {
		n := min(insertAtOnce, len(values)/rowArguments)
		arguments := append([]any{text(id)}, values[:n*rowArguments]...)
		if _, err := t.exec(ctx, insertBatchRows(n), arguments...); err != nil {
			return fmt.Errorf("audit: rows of a batch: %w", err)
		}
		values = values[n*rowArguments:]
	}
	return nil
}

// Rows returns rows of a selection with their changes. Errors as batch.Store says.
func (b *Batches) Rows(ctx context.Context, id string, which batch.Selection, after, limit int) ([]batch.Result, error) {
	selected, err := selectionOf(which)
	if err != nil {
		return nil, err
	}
	return b.rows(ctx, selected, text(id), after, limit)
}

// Slice returns rows of a selection, fewer where they are long. Errors as batch.Store says.
func (b *Batches) Slice(ctx context.Context, id string, which batch.Selection, after, limit int) ([]batch.Result, error) {
	selected, err := selectionOf(which)
	if err != nil {
		return nil, err
	}
	return b.rows(ctx, b.shortOf(selected), text(id), after, limit, batch.SliceBytes)
}

// shortOf selects of the rows that a query selects those before which there are less than $4 bytes of text.
func (b *Batches) shortOf(selected string) string {
	return `SELECT s.number FROM (SELECT l.number, coalesce(sum(octet_length(l.cells) + octet_length(l.findings) +
			octet_length(l.record) + octet_length(l.base)) OVER (ORDER BY l.number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
		FROM batch_rows AS l WHERE l.batch = $1 AND l.number ` + fmt.Sprintf(b.log.dialect.among, selected) + `) AS s WHERE s.before < $4`
}

// numbers returns the numbers of rows of a selection.
func (b *Batches) numbers(ctx context.Context, id string, which batch.Selection, after, limit int) (found []int, err error) {
	selected, err := selectionOf(which)
	if err != nil {
		return nil, err
	}
	err = b.log.read(ctx, func(ctx context.Context) error {
		found = nil
		rows, err := b.log.query(ctx, selected, text(id), after, limit)
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var number int
			err := rows.Scan(&number)
			found = append(found, number)
			return err
		})
	})
	return found, err
}

// Numbered returns rows by their numbers. Errors as batch.Store says.
func (b *Batches) Numbered(ctx context.Context, id string, numbers []int) ([]batch.Result, error) {
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, fmt.Errorf("audit: batches: %w", err)
	}
	return b.rows(ctx, fmt.Sprintf(b.log.dialect.integers, `$2`), text(id), string(list))
}

// rows reads the rows whose numbers a query selects, and what is in the log of their present tries.
func (b *Batches) rows(ctx context.Context, selected string, arguments ...any) (found []batch.Result, err error) {
	err = b.log.read(ctx, func(ctx context.Context) error {
		found = nil
		rows, err := b.log.query(ctx, `SELECT r.number, r.cells, r.left_out = 1, r.chosen = 1, r.verdict, r.held, r.try, r.key,
			r.digest, r.findings, r.record, r.base, coalesce(c.id, '')
			FROM batch_rows AS r LEFT JOIN changes AS c ON c.batch = r.batch AND c.batch <> '' AND c.batch_row = r.number AND `+ofTry+`
			WHERE r.batch = $1 AND r.number `+fmt.Sprintf(b.log.dialect.among, selected)+` ORDER BY r.number`, arguments...)
		if err != nil {
			return err
		}
		changes := map[string]int{} // places in found, by the id of the change
		err = scan(rows, func() error {
			var one batch.Result
			var cells, digest, findings, record, base, id string
			err := rows.Scan(&one.Number, &cells, &one.LeftOut, &one.Chosen, &one.Check.Verdict, &one.Held, &one.Try,
				&one.Check.Key, &digest, &findings, &record, &base, &id)
			if err != nil {
				return err
			}
			if id != "" {
				changes[id] = len(found)
			}
			err = readRow(&one.Row, cells, digest, findings, record, base)
			found = append(found, one)
			return err
		})
		if err != nil || len(changes) == 0 {
			return err
		}
		return b.addReceipts(ctx, found, changes)
	})
	return found, err
}

// readRow parses what rowValues writes.
func readRow(r *batch.Row, cells, digest, findings, record, base string) error {
	verdict, key := r.Check.Verdict, r.Check.Key
	if err := json.Unmarshal([]byte(cells), &r.Cells); err != nil {
		return fmt.Errorf("audit: row %d: %w", r.Number, err)
	}
	if err := json.Unmarshal([]byte(findings), &r.Check); err != nil {
		return fmt.Errorf("audit: row %d: %w", r.Number, err)
	}
	r.Check.Verdict, r.Check.Key = verdict, key
	var err error
	if digest != "" {
		r.Check.Digest, err = hex.DecodeString(digest)
	}
	if record != "" {
		r.Check.After = json.RawMessage(record)
	}
	if base != "" {
		r.Check.Base = json.RawMessage(base)
	}
	return err
}

// addReceipts adds to rows the receipts of their changes, given their places in the list by the changes' ids.
func (b *Batches) addReceipts(ctx context.Context, rows []batch.Result, changes map[string]int) error {
	list, err := json.Marshal(slices.Collect(maps.Keys(changes)))
	if err != nil {
		return err
	}
	receipts, err := b.log.folded(ctx, `SELECT at, sequence, id FROM changes WHERE id IN (`+
		fmt.Sprintf(b.log.dialect.elements, `$1`)+`)`, "c.sequence", string(list))
	for i := range receipts {
		rows[changes[receipts[i].ID]].Change = &receipts[i]
	}
	return err
}
