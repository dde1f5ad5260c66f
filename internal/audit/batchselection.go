package audit

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

// present is the condition that a change of the row r that fits another condition is in the log.
func present(condition string) string {
	return `EXISTS (SELECT 1 FROM changes AS c WHERE c.batch = r.batch AND c.batch <> '' AND c.batch_row = r.number
		AND ` + condition + `)`
}

// Conditions of the row r of a batch.
const (
	sendable = `r.left_out = 0 AND r.verdict IN ('ready', 'warned')`
	// ofRound is false for a row that was canceled, while its batch runs again for other rows.
	ofRound = `EXISTS (SELECT 1 FROM batches AS b WHERE b.id = r.batch AND (b.state <> 'running' OR r.round >= b.round))`
	ofTry   = `c.batch_try = r.try`
	// withEffect says that a change may have had an effect. An earlier try can have had one after all.
	withEffect = `c.state NOT IN ` + withoutEffect
)

// unsent is the condition that the row r is still to be sent.
func unsent() string { return withoutTry() + ` AND ` + ofRound }

// withoutTry is the condition that nothing was sent for the present try of the row r, nor had an effect before.
func withoutTry() string {
	return sendable + ` AND r.held = '' AND NOT ` + present(`(`+ofTry+` OR `+withEffect+`)`)
}

// rowsWhere selects the numbers of rows after $2 of the batch $1, up to $3 of them.
func rowsWhere(condition string) string {
	return `SELECT r.number FROM batch_rows AS r WHERE r.batch = $1 AND r.number > $2 AND ` + condition + `
		ORDER BY r.number LIMIT $3`
}

// changesWhere selects the same by the changes of the present tries: few rows of a batch are in most states. SQLite
// keeps to the order of a cross join.
func changesWhere(condition string) string {
	return `SELECT c.batch_row AS number FROM changes AS c CROSS JOIN batch_rows AS r
		WHERE c.batch = $1 AND c.batch <> '' AND c.batch_row > $2 AND r.batch = c.batch AND r.number = c.batch_row
		AND ` + ofTry + ` AND ` + condition
}

// changesIn selects the same by states, one after the other: SQLite does not read the index of states for a list.
func changesIn(states ...change.State) string {
	each := make([]string, len(states))
	for i, state := range states {
		each[i] = changesWhere(`c.state = '` + string(state) + `'`)
	}
	return strings.Join(each, ` UNION `)
}

// heldForGood lists the reasons for which a row is held and has no other try, for SQL.
func heldForGood() string { return `('` + strings.Join(batch.HeldForGood(), `', '`) + `')` }

// heldRows selects the numbers of rows that the run did not send.
const heldRows = `SELECT h.number FROM batch_rows AS h WHERE h.batch = $1 AND h.held <> '' AND h.number > $2`

// leftOutByCheck is the condition that nobody but the check left the row r out, and not as a double of a row before.
func leftOutByCheck() string {
	return `r.left_out = 1 AND r.chosen = 0 AND NOT ` + finds(batch.WarningDouble+`"`)
}

// finds is the condition that the check found something of the row r whose key begins so. Within a text, as of an argument,
// the quotation marks would be escaped.
func finds(key string) string { return `r.findings LIKE '%"key":"` + key + `%'` }

// selectionOf selects the numbers of a selection's rows after $2 of the batch $1, up to $3 of them.
func selectionOf(which batch.Selection) (string, error) {
	const inOrder = ` ORDER BY 1 LIMIT $3`
	switch which {
	case batch.All:
		return rowsWhere(`1 = 1`), nil
	case batch.SelectReady, batch.SelectWarned, batch.SelectWrong:
		return rowsWhere(`r.left_out = 0 AND r.verdict = '` + string(which) + `'`), nil
	case batch.SelectLeftOut:
		return rowsWhere(`r.left_out = 1`), nil
	case batch.SelectSentBefore:
		return rowsWhere(leftOutByCheck() + ` AND ` + finds(batch.WarningSent+`"`)), nil
	case batch.SelectThere:
		return rowsWhere(leftOutByCheck() + ` AND ` + finds(batch.WarningTwin+`"`) + ` AND NOT ` + finds(batch.WarningSent+`"`)), nil
	case batch.SelectChanged:
		return rowsWhere(finds(batch.WarningChanged)), nil
	case batch.SelectUnsent:
		return rowsWhere(unsent()), nil
	case batch.SelectApplied:
		return changesWhere(`c.state = 'applied' AND NOT `+takenBack) + inOrder, nil
	case batch.SelectUndoable:
		return changesWhere(`c.state = 'applied' AND `+undoneBy+` IS NULL`) + inOrder, nil
	case batch.SelectUnknown:
		return changesIn(change.Unknown, change.Accepted) + inOrder, nil
	case batch.SelectFailed:
		return changesIn(change.Refused, change.NotSent, change.NotApplied) + ` UNION ` + heldRows + inOrder, nil
	case batch.SelectRejected:
		return rowsWhere(`NOT ` + present(withEffect)), nil
	}
	return "", fmt.Errorf("audit: batches: %q is no selection", which)
}

// HowMany counts the rows of a selection. Errors as batch.Store says.
func (b *Batches) HowMany(ctx context.Context, id string, which batch.Selection) (n int, err error) {
	selected, err := selectionOf(which)
	if err != nil {
		return 0, err
	}
	if err := b.log.counting.Acquire(ctx, 1); err != nil {
		return 0, fmt.Errorf("%w: %w", change.ErrUnreadable, err)
	}
	defer b.log.counting.Release(1)
	err = b.log.read(ctx, func(ctx context.Context) error {
		rows, err := b.log.query(ctx, `SELECT count(*) FROM (`+selected+`) AS selected`, text(id), 0, math.MaxInt32)
		if err != nil {
			return err
		}
		return scan(rows, func() error { return rows.Scan(&n) })
	})
	return n, err
}

// Count counts the rows of a batch in one query. Errors as batch.Store says.
func (b *Batches) Count(ctx context.Context, id string) (counts batch.Counts, err error) {
	if err := b.log.counting.Acquire(ctx, 1); err != nil {
		return counts, fmt.Errorf("%w: %w", change.ErrUnreadable, err)
	}
	defer b.log.counting.Release(1)
	err = b.log.read(ctx, func(ctx context.Context) error {
		counts = batch.Counts{ByState: map[change.State]int{}}
		rows, err := b.log.query(ctx, countRows(), text(id))
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var what, state string
			var n int
			var c batch.Counts
			err := rows.Scan(&what, &state, &n, &c.LeftOut, &c.Ready, &c.Warned, &c.Wrong, &c.Held, &c.HeldForGood)
			switch what {
			case "rows":
				counts.Rows, counts.LeftOut, counts.Ready, counts.Warned, counts.Wrong, counts.Held, counts.HeldForGood =
					n, c.LeftOut, c.Ready, c.Warned, c.Wrong, c.Held, c.HeldForGood
				counts.Unchecked = n - c.LeftOut - c.Ready - c.Warned - c.Wrong
			case "changes":
				counts.Sent += n
				counts.ByState[change.State(state)] += n
			case "stopped":
				counts.Stopped = n
			case "undone":
				counts.Undone += n
				switch change.Reversal(state) {
				case change.TakenBack:
					counts.TakenBack = n
				case change.Restored:
					counts.Restored = n
				}
			}
			return err
		})
	})
	maps.DeleteFunc(counts.ByState, func(_ change.State, n int) bool { return n == 0 })
	return counts, err
}

// countsAtOnce bounds the counts that are made beside each other.
const countsAtOnce = 2

// countRows counts rows by what the check says of them, changes by state, those of earlier tries, undone ones, and rows
// that were stopped. The undos of a batch's changes come after its first change, and few of those are of other batches.
// SQLite sorts all rows where they are grouped in no index's order, so that the first part filters.
func countRows() string {
	return `SELECT 'rows', '', count(*), count(*) FILTER (WHERE r.left_out = 1),
		count(*) FILTER (WHERE r.left_out = 0 AND r.verdict = 'ready'),
		count(*) FILTER (WHERE r.left_out = 0 AND r.verdict = 'warned'),
		count(*) FILTER (WHERE r.left_out = 0 AND r.verdict = 'wrong'), count(*) FILTER (WHERE r.held <> ''),
		count(*) FILTER (WHERE r.held IN ` + heldForGood() + `)
		FROM batch_rows AS r WHERE r.batch = $1
	UNION ALL SELECT 'changes', c.state, count(*), 0, 0, 0, 0, 0, 0 FROM changes AS c
		WHERE c.batch = $1 AND c.batch <> '' GROUP BY c.state
	UNION ALL SELECT 'changes', c.state, -count(*), 0, 0, 0, 0, 0, 0 FROM batch_rows AS r CROSS JOIN changes AS c
		WHERE r.batch = $1 AND r.try > 0 AND c.batch = r.batch AND c.batch <> '' AND c.batch_row = r.number
		AND c.batch_try <> r.try GROUP BY c.state
	UNION ALL SELECT 'undone', reversed, count(*), 0, 0, 0, 0, 0, 0 FROM (SELECT ` + reversal + ` AS reversed
		FROM (SELECT DISTINCT u.undoes FROM changes AS u
		WHERE u.undoes <> '' AND u.state NOT IN ` + withoutEffect + ` AND u.batch <> $1
		AND u.sequence > (SELECT min(sequence) FROM changes AS f WHERE f.batch = $1 AND f.batch <> '')) AS u
		CROSS JOIN changes AS c CROSS JOIN batch_rows AS r WHERE c.id = u.undoes AND c.batch = $1 AND c.state = 'applied'
		AND r.batch = c.batch AND r.number = c.batch_row AND ` + ofTry + `) AS undone GROUP BY reversed
	UNION ALL SELECT 'stopped', '', count(*), 0, 0, 0, 0, 0, 0 FROM batches AS b CROSS JOIN batch_rows AS r
		WHERE b.id = $1 AND b.round > 0 AND b.state IN ('running', 'paused') AND r.batch = b.id AND r.round < b.round
		AND ` + withoutTry()
}

// SameKey returns rows by their keys. Errors as batch.Store says.
func (b *Batches) SameKey(ctx context.Context, id string, keys []string) (map[string][]int, error) {
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, fmt.Errorf("audit: batches: %w", err)
	}
	found := map[string][]int{}
	err = b.log.read(ctx, func(ctx context.Context) error {
		clear(found)
		rows, err := b.log.query(ctx, `SELECT key, number FROM batch_rows WHERE batch = $1 AND key <> ''
			AND NOT (left_out = 1 AND chosen = 1) AND key IN (`+fmt.Sprintf(b.log.dialect.elements, `$2`)+`) ORDER BY number`,
			text(id), string(list))
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var key string
			var number int
			err := rows.Scan(&key, &number)
			found[key] = append(found[key], number)
			return err
		})
	})
	return found, err
}

// SentBefore returns rows of other batches by what they send. One that was taken back does not count. Errors as
// batch.Store says.
func (b *Batches) SentBefore(ctx context.Context, id string, digests [][]byte) (map[string]batch.Sent, error) {
	texts := make([]string, len(digests))
	for i, digest := range digests {
		texts[i] = hex.EncodeToString(digest)
	}
	list, err := json.Marshal(texts)
	if err != nil {
		return nil, fmt.Errorf("audit: batches: %w", err)
	}
	found := map[string]batch.Sent{}
	err = b.log.read(ctx, func(ctx context.Context) error {
		clear(found)
		rows, err := b.log.query(ctx, `SELECT r.digest, r.batch, r.number, c.id, c.at, b.name
			FROM batch_rows AS r JOIN changes AS c ON c.batch = r.batch AND c.batch <> '' AND c.batch_row = r.number
			JOIN batches AS b ON b.id = r.batch
			WHERE r.digest <> '' AND r.digest IN (`+fmt.Sprintf(b.log.dialect.elements, `$2`)+`) AND r.batch <> $1 AND `+withEffect+`
			AND NOT `+takenBack+`
			ORDER BY c.sequence`, text(id), string(list))
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var digest string
			var at int64
			var one batch.Sent
			if err := rows.Scan(&digest, &one.Batch, &one.Row, &one.Change, &at, &one.Name); err != nil {
				return err
			}
			one.At = moment(at)
			key, err := hex.DecodeString(digest)
			found[string(key)] = one
			return err
		})
	})
	return found, err
}
