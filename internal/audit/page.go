package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/change"
)

// defaultLimit is how many changes a page has, exportLimit how many are read at once when all are wanted.
const (
	defaultLimit = 50
	exportLimit  = 500
)

// Changes returns a page of changes, newest first, and the cursor of the next page, "" at the end. The cursor is the
// sequence of the page's last change: a page that is asked for again after new changes came is the same page.
func (l *Log) Changes(ctx context.Context, q change.Query) ([]change.Receipt, string, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	selected, arguments, err := l.selection(ctx, q, limit+1)
	if err != nil || selected == "" {
		return nil, "", err
	}
	//nolint:gosec // G202: text of our own, values are arguments
	query := `SELECT ` + receiptColumns + ` FROM (` + selected + `)` + receiptJoins + ` ORDER BY c.sequence DESC`
	rows, err := l.db.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, "", fmt.Errorf("audit: changes: %w", err)
	}
	receipts, err := receiptsOf(rows)
	if err != nil {
		return nil, "", err
	}
	if len(receipts) <= limit {
		return receipts, "", nil
	}
	receipts = receipts[:limit]
	return receipts, strconv.FormatInt(receipts[limit-1].Sequence, 10), nil
}

// All iterates over every change of the filter, newest first, a few hundred in memory at a time; one error, then it
// stops. Changes that are made meanwhile are newer than where it is and do not appear.
func (l *Log) All(ctx context.Context, q change.Query) iter.Seq2[change.Receipt, error] {
	return func(yield func(change.Receipt, error) bool) {
		q.Limit = exportLimit
		for {
			page, next, err := l.Changes(ctx, q)
			if err != nil {
				yield(change.Receipt{}, err)
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			q.Cursor = next
		}
	}
}

// selection builds the query of a page: the newest rows of changes that match, each read through one index in the
// order of its sequence. It is "" when nothing can match.
func (l *Log) selection(ctx context.Context, q change.Query, limit int) (string, []any, error) {
	var w where
	if err := l.between(ctx, &w, q); err != nil {
		return "", nil, err
	}
	if q.Cursor != "" {
		cursor, err := strconv.ParseInt(q.Cursor, 10, 64)
		if err != nil {
			return "", nil, fmt.Errorf("audit: %q is no cursor", q.Cursor)
		}
		w.and(`sequence < %s`, cursor)
	}
	// The most telling column first: its index is the one that is read.
	for _, c := range []struct{ column, value string }{
		{"undoes", q.Undoes},
		{"path", q.Path},
		{"person", q.Person},
		{"subject", q.Subject},
		{"state", string(q.State)},
		{"collection", q.Collection},
		{"verb", string(q.Verb)},
	} {
		if c.value != "" {
			w.and(c.column+` = %s`, c.value)
			w.through(c.column)
		}
	}
	if q.Undoes != "" {
		w.conditions = append(w.conditions, `undoes <> ''`) // what the index is limited to
	}
	if q.Text != "" {
		w.and(l.dialect.contains+`(reason, %s) > 0`, strings.ToLower(q.Text))
		w.conditions = append(w.conditions, `reason <> ''`)
		w.through("reason")
	}
	if q.Actor == "" {
		return l.newest(w, limit), w.arguments, nil
	}
	subjects, err := l.subjects(ctx, q.Actor)
	if err != nil || len(subjects) == 0 {
		return "", nil, err
	}
	return l.bySubjects(&w, subjects, limit), w.arguments, nil
}

// where gathers conditions and their arguments.
type where struct {
	conditions []string
	arguments  []any
	index      string // the first that was named
}

// and adds a condition; %s is where the argument goes.
func (w *where) and(condition string, argument any) {
	w.arguments = append(w.arguments, argument)
	w.conditions = append(w.conditions, fmt.Sprintf(condition, "$"+strconv.Itoa(len(w.arguments))))
}

func (w *where) through(column string) {
	if w.index == "" {
		w.index = "changes_" + column
	}
}

// between limits the sequence to a period. Events are in the order of their time, so a period is a range of them.
func (l *Log) between(ctx context.Context, w *where, q change.Query) error {
	for _, bound := range []struct {
		at        time.Time
		condition string
	}{{q.From, `sequence >= %s`}, {q.To, `sequence < %s`}} {
		if bound.at.IsZero() {
			continue
		}
		var first int64
		row := l.db.QueryRowContext(ctx,
			`SELECT sequence FROM changes WHERE at >= $1 ORDER BY at, sequence LIMIT 1`, micros(bound.at))
		switch err := row.Scan(&first); {
		case errors.Is(err, sql.ErrNoRows):
			first = 1<<63 - 1 // everything is older
		case err != nil:
			return fmt.Errorf("audit: period: %w", err)
		}
		w.and(bound.condition, first)
	}
	return nil
}

// newest selects the newest rows that match.
func (l *Log) newest(w where, limit int) string {
	hint := ""
	if l.dialect.indexHints && w.index != "" {
		hint = ` INDEXED BY ` + w.index
	}
	filter := ""
	if len(w.conditions) > 0 {
		filter = ` WHERE ` + strings.Join(w.conditions, ` AND `)
	}
	return `SELECT sequence, last, undone_by FROM changes` + hint + filter +
		` ORDER BY sequence DESC LIMIT ` + strconv.Itoa(limit)
}

// mostSubjects bounds the parts of a query over several people.
const mostSubjects = 50

// bySubjects selects the newest rows of some people: the newest of each, and of those the newest. Where that would
// make a query of hundreds of parts, so many people match that rows are read in order until enough are found.
func (l *Log) bySubjects(w *where, subjects []string, limit int) string {
	places := make([]string, len(subjects))
	for i, subject := range subjects {
		w.arguments = append(w.arguments, subject)
		places[i] = "$" + strconv.Itoa(len(w.arguments))
	}
	if len(subjects) > mostSubjects {
		all := *w
		all.conditions = append(all.conditions, `subject IN (`+strings.Join(places, `, `)+`)`)
		return l.newest(all, limit)
	}
	parts := make([]string, len(subjects))
	for i, place := range places {
		one := *w
		one.conditions = append(slices.Clone(w.conditions), `subject = `+place)
		one.through("subject")
		parts[i] = `SELECT * FROM (` + l.newest(one, limit) + `) AS s` + strconv.Itoa(i)
	}
	return strings.Join(parts, ` UNION ALL `) + ` ORDER BY sequence DESC LIMIT ` + strconv.Itoa(limit)
}

// subjects finds who made changes by any part of subject, name or e-mail address.
func (l *Log) subjects(ctx context.Context, part string) ([]string, error) {
	//nolint:gosec // G202: text of our own, values are arguments
	query := `SELECT DISTINCT subject FROM actors WHERE ` + l.dialect.contains + `(search, $1) > 0
		ORDER BY subject LIMIT 1000`
	rows, err := l.db.QueryContext(ctx, query, strings.ToLower(part))
	if err != nil {
		return nil, fmt.Errorf("audit: actors: %w", err)
	}
	var subjects []string
	err = scan(rows, func() error {
		var subject string
		if err := rows.Scan(&subject); err != nil {
			return err
		}
		subjects = append(subjects, subject)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("audit: actors: %w", err)
	}
	return subjects, nil
}
