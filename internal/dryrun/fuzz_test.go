package dryrun_test

import (
	"bytes"
	"strings"
	"testing"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/protime"
)

// FuzzCellsAreReadOrRefused reads any sheet: nothing panics, every problem stands at a cell that there is, every offer names
// one value, and what will be sent is a record of the collection, the same whenever it is checked.
func FuzzCellsAreReadOrRefused(f *testing.F) {
	for _, sheet := range []string{
		"Badge|Datum|Uur\n670012|16/11/2026|8u30\n67O051|31/11/2026|25:10",
		"\n670012|16 nov|0830", "Naam|Datum en tijd\nJan Maes|16/11/2026 08:30:00", "Soort|Soort|Soort\nin|uit|Reason",
		"Level|Activity|Van|Naam\n1|38fc2206-1a5b-4c3d-8e9f-0123456789ab|16/11|Jan Maes", "ID|Uur\n/clockings/50|8:30\n../people/1|1",
		"Latitude|Longitude|Tijd.day\n51,1|4.39|-1", "person.id|date|timeOfDayInMinutes|opened\n1|+1|24:00|{}", "|||\n=A1|#N/A||",
		"Badge\n@badge-number:1", "Terminal|Badge\nT7|ref:a:b",
	} {
		f.Add(sheet, byte(0))
		f.Add(sheet, byte(4))
	}
	w := &world{t: f, store: &store{rows: map[int]batch.Row{}}}
	w.plain()
	w.directory(crowd{20})
	w.reader = dryrun.New(w.options(crowd{}))
	f.Fuzz(func(t *testing.T, text string, choice byte) {
		lines := strings.Split(text, "\n")
		if len(lines) > 20 || len(text) > 2000 {
			return
		}
		collection := []string{"clockings", "assignments", "activity-definitions"}[choice/3%3]
		c, _ := w.contract.Collection(collection)
		operation := []batch.Operation{batch.Create, batch.Replace, batch.Delete}[choice%3]
		var rows []batch.Row
		var cells [][]string
		for i, line := range lines[1:] {
			rows = append(rows, batch.Row{Number: i + 2, Cells: strings.Split(line, "|")})
			cells = append(cells, rows[i].Cells)
		}
		b := batch.Batch{ID: "b", Operation: operation, Collection: collection, List: c.URL("38fc2206-1a5b-4c3d-8e9f-0123456789ab", "1")}
		b.Columns = w.reader.Meaning(c, operation, strings.Split(lines[0], "|"), cells, nil)
		check := func() []batch.Row {
			checker, err := w.reader.Checker(b, nil)
			if err != nil {
				t.Fatal(err)
			}
			checked, err := checker.Check(t.Context(), rows)
			if err != nil {
				t.Fatal(err)
			}
			return checked
		}
		again := check()
		for i, row := range check() {
			sound(t, b, row)
			if !bytes.Equal(row.Check.After, again[i].Check.After) || !bytes.Equal(row.Check.Digest, again[i].Check.Digest) {
				t.Errorf("row %d: got %s, and %s the next time", row.Number, row.Check.After, again[i].Check.After)
			}
		}
	})
}

// sound holds what is said of a row against itself.
func sound(t *testing.T, b batch.Batch, row batch.Row) {
	t.Helper()
	check := row.Check
	if (check.Verdict == batch.Wrong) != (len(check.Problems) > 0) || check.Verdict == batch.Unchecked {
		t.Errorf("row %d: %s with the problems %q", row.Number, check.Verdict, told(check.Problems))
	}
	if check.Verdict == batch.Wrong && (check.After != nil || check.Key != "" || check.Digest != nil) {
		t.Errorf("row %d: it is wrong and would send %s", row.Number, check.After)
	}
	if check.Verdict != batch.Wrong && check.Digest == nil {
		t.Errorf("row %d: it can be sent and has no digest", row.Number)
	}
	for _, finding := range append(check.Problems, check.Warnings...) {
		if finding.Column < -1 || finding.Column >= len(b.Columns) {
			t.Errorf("row %d: %s at column %d of %d", row.Number, finding.Key, finding.Column, len(b.Columns))
		}
		if finding.Key == "" {
			t.Errorf("row %d: a finding without a message", row.Number)
		}
	}
	if check.After == nil {
		return
	}
	if _, err := protime.ParseRecord(check.After); err != nil {
		t.Errorf("row %d: it would send %q: %v", row.Number, check.After, err)
	}
}
