package protime_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"protime-admin/protime"
)

func TestALogLineHoldsNothingThatTheAPISaid(t *testing.T) {
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"a refusal", answering(409, "application/json", `{"error":{"code":"BadRequest","message":"Jan Maes was ill",`+
			`"reasons":["Jan Maes"]},"validationErrors":[{"path":"Jan","message":"Maes"}]}`),
			"protime: GET /clockings/1: 409 Conflict: BadRequest: conflict"},
		{"a code that is a sentence", answering(500, "application/json", `{"error":{"code":"Jan Maes","message":"x"}}`),
			"protime: GET /clockings/1: 500 Internal Server Error: server fault"},
		{"an answer that is no JSON", answering(200, "application/json", `{"Jan":Maes}`),
			"protime: GET /clockings/1: 200 OK: bad answer: byte 7 is not JSON"},
		{"an answer that is no HTTP", hangUp("Jan Maes was ill\r\n\r\n"), "protime: GET /clockings/1: unanswered"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := newAPI(t, test.handler).client().Get(t.Context(), "/clockings/1", "")
			for _, wrapped := range []error{
				err, fmt.Errorf("look: %w", err), errors.Join(errors.New("one"), fmt.Errorf("two: %w", err)),
			} {
				var out bytes.Buffer
				logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: protime.LogAttr}))
				logger.Warn("failed", "error", wrapped)
				line := out.String()
				if !strings.Contains(line, test.want) || strings.Contains(line, "Jan") || strings.Contains(line, "Maes") {
					t.Errorf("%T: got %s, want %q and nothing that the API said", wrapped, line, test.want)
				}
			}
		})
	}
}
