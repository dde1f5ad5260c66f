package audit

import (
	"context"
)

// Meanings returns what a person's columns meant last time. Errors as batch.Store says.
func (b *Batches) Meanings(ctx context.Context, issuer, subject, collection string) (map[string]string, error) {
	inputs := map[string]string{}
	err := b.log.read(ctx, func(ctx context.Context) error {
		clear(inputs)
		rows, err := b.log.query(ctx, `SELECT header, input FROM batch_columns
			WHERE issuer = $1 AND subject = $2 AND collection = $3`, text(issuer), text(subject), text(collection))
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var header, input string
			err := rows.Scan(&header, &input)
			inputs[header] = input
			return err
		})
	})
	return inputs, err
}

// longestHeader is how many bytes of a heading an index of PostgreSQL takes, with who it is of. A longer one is not kept.
const longestHeader = 1000

// Mean writes what columns mean, or that it was used. Errors as batch.Store says.
func (b *Batches) Mean(ctx context.Context, issuer, subject, collection string, inputs map[string]string) error {
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		for header, input := range inputs {
			if len(header) > longestHeader {
				continue
			}
			_, err := t.tx.ExecContext(ctx, `INSERT INTO batch_columns (issuer, subject, collection, header, input, used)
				VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (issuer, subject, collection, header)
				DO UPDATE SET input = excluded.input, used = excluded.used`,
				text(issuer), text(subject), text(collection), text(header), text(input), micros(t.now))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
