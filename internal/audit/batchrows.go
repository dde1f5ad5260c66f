package audit

import (
	"context"
	"encoding/hex"
	"fmt"
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
