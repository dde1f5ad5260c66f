package spreadsheet_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"protime-admin/internal/spreadsheet"
)

// read is the rows of a file, "3: a|b".
func read(t testing.TB, file []byte, name string) []string {
	t.Helper()
	var rows []string
	_, err := spreadsheet.NewReader(spreadsheet.DefaultLimits(), 2).Read(t.Context(), bytes.NewReader(file), int64(len(file)), name,
		func(r spreadsheet.Row) error {
			rows = append(rows, fmt.Sprintf("%d: %s", r.Number, strings.Join(r.Cells, "|")))
			return nil
		})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return rows
}
