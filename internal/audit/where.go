package audit

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"protime-admin/internal/change"
)

// where gathers conditions on the table of changes and their arguments.
type where struct {
	conditions []string
	arguments  []any
	led        bool   // a condition names the column whose index is read
	actor      string // selects the subjects that are wanted; "" for everybody
	period     bool   // the index of times is read
}

// and adds a condition; %s is where the argument goes.
func (w *where) and(condition string, argument any) {
	w.conditions = append(w.conditions, fmt.Sprintf(condition, w.place(argument)))
}

func (w *where) place(argument any) string {
	w.arguments = append(w.arguments, argument)
	return "$" + strconv.Itoa(len(w.arguments))
}

// equal adds the condition that a column has a value, "" for any. The first such column is written as it is, so that
// its index is read; the others are written as an expression, which fits no index: neither database can know which is
// best.
func (w *where) equal(column, value string) {
	switch {
	case value == "":
	case w.led:
		w.and(column+` || '' = %s`, text(value))
	default:
		w.and(column+` = %s`, text(value))
		w.led = true
	}
}

// conditions builds the conditions of a query, the most selective columns first.
func (l *Log) conditions(q change.Query) (where, error) {
	var w where
	w.equal("undoes", q.Undoes)
	if q.Undoes != "" {
		w.conditions = append(w.conditions, `undoes <> ''`) // what its index is limited to
	}
	w.equal("batch", q.Batch)
	if q.Batch != "" {
		w.conditions = append(w.conditions, `batch <> ''`) // what its indexes are limited to
	}
	w.equal("path", q.Path)
	w.dates(q)
	w.equal("person", q.Person)
	if err := w.people(q.People, l.dialect.elements); err != nil {
		return where{}, err
	}
	w.equal("subject", q.Subject)
	if q.State != change.Applied { // nearly every change is applied
		w.equal("state", string(q.State))
	}
	if q.Actor != "" {
		w.byActor(q.Actor, l.dialect.contains)
	}
	w.between(q)
	if q.Failed {
		w.failed()
	}
	w.equal("collection", q.Collection)
	w.equal("verb", string(q.Verb))
	if q.State == change.Applied {
		w.equal("state", string(q.State))
	}
	if q.Text != "" {
		w.and(l.dialect.contains+`(reason, %s) > 0`, strings.ToLower(text(q.Text)))
		w.conditions = append(w.conditions, `reason <> ''`)
	}
	if q.Folded {
		w.folded()
	}
	if q.Cursor != "" {
		cursor, err := strconv.ParseInt(q.Cursor, 10, 64)
		if err != nil {
			return where{}, fmt.Errorf("audit: %q is no cursor", q.Cursor)
		}
		if w.period {
			w.and(`(at, sequence) < (SELECT at, sequence FROM changes WHERE sequence = %s)`, cursor)
		} else {
			w.and(`sequence < %s`, cursor)
		}
	}
	return w, nil
}

// dates adds the conditions of the record's date.
func (w *where) dates(q change.Query) {
	if q.FirstDate == "" && q.LastDate == "" {
		return
	}
	date := "date"
	if w.led {
		date += ` || ''` // an expression, see equal
	}
	w.led = true
	w.conditions = append(w.conditions, `date <> ''`) // what its index is limited to
	if q.FirstDate != "" {
		w.and(date+` >= %s`, text(q.FirstDate))
	}
	if q.LastDate != "" {
		w.and(date+` <= %s`, text(q.LastDate))
	}
}

// people adds the condition that one of some people is concerned.
func (w *where) people(ids []string, elements string) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("audit: people: %w", err)
	}
	w.and(`person IN (`+elements+`)`, string(list))
	w.led = true
	return nil
}

// failed adds the condition that a change is not known to be applied and does not wait for an answer.
func (w *where) failed() {
	state := "state"
	if w.led {
		state += ` || ''` // an expression, see equal
	}
	w.conditions = append(w.conditions, state+` IN ('refused', 'not-sent', 'not-applied', 'unknown')`)
	w.led = true
}

// byActor adds the condition that subject, name or e-mail address of the actor contain a text.
func (w *where) byActor(part, contains string) {
	subjects := `(SELECT subject FROM actors WHERE ` + contains + `(search, ` + w.place(strings.ToLower(text(part))) + `) > 0)`
	if w.led {
		w.conditions = append(w.conditions, `subject || '' IN `+subjects)
		return
	}
	w.actor, w.led = subjects, true
}

// between adds the conditions of a period.
func (w *where) between(q change.Query) {
	if q.From.IsZero() && q.To.IsZero() {
		return
	}
	at := "+at" // an expression, see equal
	if !w.led {
		at, w.led, w.period = "at", true, true
	}
	if !q.From.IsZero() {
		w.and(at+` >= %s`, micros(q.From))
	}
	if q.Cursor != "" {
		at = "+at" // the cursor is before the period's end, and an index is read to one end only
	}
	if !q.To.IsZero() {
		w.and(at+` < %s`, micros(q.To))
	}
}

// folded leaves out the changes of a batch but for the first. Where nothing else leads, their index of times does.
func (w *where) folded() {
	w.conditions = append(w.conditions, `batch_later = 0`)
	if !w.led {
		w.led, w.period = true, true
	}
}

// order is that of the index that is read, newest first; of its columns in a table.
func (w *where) order(table string) string {
	if w.period {
		return table + "at DESC, " + table + "sequence DESC"
	}
	return table + "sequence DESC"
}

// newest selects time, sequence and id of the newest changes that match.
func (w *where) newest(d dialect, limit int) string {
	end := ` ORDER BY ` + w.order("") + ` LIMIT ` + strconv.Itoa(limit)
	filter := ""
	if len(w.conditions) > 0 {
		filter = ` WHERE ` + strings.Join(w.conditions, ` AND `)
	}
	if w.actor == "" {
		return `SELECT at, sequence, id FROM changes` + filter + end
	}
	// The newest of each person, and of those the newest.
	filter = strings.Join(append(w.conditions, `subject = a.subject`), ` AND `)
	each := `SELECT sequence FROM changes WHERE ` + filter + end
	return `SELECT c.at, c.sequence, c.id FROM (SELECT DISTINCT subject FROM ` + w.actor + ` AS s) AS a` +
		fmt.Sprintf(d.ofEach, each) + ` ORDER BY c.sequence DESC LIMIT ` + strconv.Itoa(limit)
}
