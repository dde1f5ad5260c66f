package dryrun

import (
	"slices"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/protime/contract"
)

// timeProblem is what is wrong with a date or a time that a form would take, or would only call wrong.
func (k *Checker) timeProblem(row *batch.Row, column *column, text string) *batch.Finding {
	switch {
	case column.isClock():
		return clockProblem(row, column, text, "")
	case isDistance(text):
		return &batch.Finding{Column: column.at, Key: field.ProblemDate}
	}
	return k.dateProblem(row, column, text, "")
}

// moment sets the date and the time that a cell holds together.
func (k *Checker) moment(row *batch.Row, column *column, text string) {
	date, clock, both := dateAndTime(text, k.now)
	if !both {
		date, clock, _ = strings.Cut(text, " ") // one of them may be wrong
	}
	wrong := k.dateProblem(row, column, date, " "+clock)
	if wrong == nil {
		wrong = clockProblem(row, column, clock, date+" ")
	}
	if wrong != nil {
		row.Check.Problems = append(row.Check.Problems, *wrong)
		return
	}
	if both {
		k.set(column.time, clock)
		text = date
	}
	k.set(stem(column.Name), text)
}

// isDistance reports whether a date is days from today, as forms take it: in a sheet "-1" is a number that went wrong.
func isDistance(text string) bool {
	return len(text) > 1 && strings.IndexAny(text, "+-") == 0 && strings.Trim(text[1:], "0123456789") == ""
}

// day is the day of a time, "-1", "0" or "1", that a text means in any language; "" for none.
func (r *Reader) day(text string) string {
	for _, day := range []struct{ value, label string }{
		{"-1", "form.day.before"}, {"0", "form.day.same"}, {"1", "form.day.after"},
	} {
		if strings.TrimPrefix(text, "+") == day.value || slices.ContainsFunc(r.Texts(day.label), func(label string) bool {
			return folded(label) == folded(text)
		}) {
			return day.value
		}
	}
	return ""
}

// plainTime takes off what spreadsheets write beside a date or a time: 00:00 after a date, and the seconds of a time, which
// Protime does not have.
func plainTime(text string) string {
	date, clock, both := strings.Cut(text, " ")
	if !both {
		date, clock, both = strings.Cut(text, "T")
	}
	if both {
		switch strings.TrimRight(clock, "Z") {
		case "00:00:00.000", "00:00:00", "0:00:00", "00:00", "0:00":
			return date
		}
		return text
	}
	if parts := strings.Split(text, ":"); len(parts) == 3 && len(parts[2]) == 2 && parts[2] < "60" {
		return parts[0] + ":" + parts[1]
	}
	return text
}

// dateAndTime splits a cell that holds both: "2026-11-16 08:30", "16/11/2026 8u30", "2026-11-16T08:30:00".
func dateAndTime(text string, today time.Time) (date, clock string, ok bool) {
	for at := len(text) - 1; at > 0; at-- {
		if text[at] != ' ' && text[at] != 'T' {
			continue
		}
		date, clock = strings.TrimSpace(text[:at]), plainTime(strings.TrimSpace(text[at+1:]))
		_, noDate := field.ParseAs(field.Date, contract.Field{}, field.Typed{Text: date}, today)
		_, noTime := field.ParseAs(field.Clock, contract.Field{}, field.Typed{Text: clock}, today)
		if date != "" && clock != "" && noDate == nil && noTime == nil && strings.ContainsAny(clock, ":.,uUhH") {
			return date, clock, true
		}
	}
	return "", "", false
}
