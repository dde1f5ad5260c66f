//go:build providers

package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"protime-admin/internal/browsertest"
)

const document = `openapi: 3.0.3
info: {title: Small, version: "1"}
servers: [{url: https://api.example/base/v1}]
paths:
  /things:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [name], properties: {name: {type: string}}, additionalProperties: false}
      responses:
        "200":
          description: done
          content:
            application/json:
              schema: {type: object, required: [id], properties: {id: {type: integer}}}
`

func TestPrismHoldsBothSidesAgainstTheDocument(t *testing.T) {
	path := filepath.Join(t.TempDir(), "contract.yaml")
	if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	answer := `{"id": 7}`
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(upstream.Close)
	prism := browsertest.StartPrism(t, path, upstream.URL+"/base/v1")

	post := func(body string) int {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, prism.URL+"/things", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	if got := post(`{"name": "a"}`); got != http.StatusOK || len(prism.Violations()) != 0 {
		t.Errorf("good on both sides: got %d and %q, want 200 and none", got, prism.Violations())
	}
	if got := post(`{"nome": "a"}`); got != http.StatusUnprocessableEntity || len(prism.Violations()) == 0 {
		t.Errorf("a wrong request: got %d and %q, want 422 and violations", got, prism.Violations())
	}
	before := len(prism.Violations())
	answer = `{"id": "seven"}`
	if got := post(`{"name": "a"}`); got != http.StatusInternalServerError || len(prism.Violations()) == before {
		t.Errorf("a wrong answer: got %d and %q, want 500 and one more violation", got, prism.Violations())
	}
}
