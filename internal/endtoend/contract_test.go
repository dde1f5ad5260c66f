package endtoend

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// plainDocument is what a tenant may export: no extension of ours, no assignments, a record with a field of its own.
const plainDocument = `openapi: 3.0.3
info: {title: The API of one tenant, version: "1"}
servers: [{url: /connector/protimeapi/api/v1}]
paths:
  /clockings:
    get:
      parameters: [{name: filter, in: query, schema: {type: string}}]
      responses:
        '200':
          description: One page.
          content:
            application/json:
              schema:
                type: object
                properties:
                  value: {type: array, items: {$ref: '#/components/schemas/Clocking'}}
                  nextLink: {type: string}
  /clockings/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      responses:
        '200': {description: One., content: {application/json: {schema: {$ref: '#/components/schemas/Clocking'}}}}
    put:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Clocking'}}}}
      responses: {'200': {description: Replaced.}}
components:
  schemas:
    Clocking:
      type: object
      required: [date]
      properties:
        id: {type: integer, readOnly: true}
        date: {type: string, format: date}
        timeOfDayInMinutes: {type: integer}
        mealBreakInMinutes: {type: integer}
`

func TestATenantsPlainDocumentServesWithoutMoreSettings(t *testing.T) {
	w := newWorld(t)
	id := w.tenant.IDs("clockings")[0]
	w.tenant.Edit("clockings", id, `{"date":"2026-02-03","mealBreakInMinutes":30}`) // what no record has gets no column
	document := filepath.Join(t.TempDir(), "tenant.yaml")
	if err := os.WriteFile(document, []byte(plainDocument), 0o600); err != nil {
		t.Fatal(err)
	}
	product := w.start("PROTIME_CONTRACT", document)
	if log := product.log.String(); !strings.Contains(log, "assignments") {
		t.Errorf("log: got %s, want a warning that WRITABLE names what the document lacks", log)
	}
	els := w.signIn("els")
	status, page := get(t.Context(), els, w.public+"/clockings?date.ge=2026-02-03&date.le=2026-02-03")
	if status != http.StatusOK || !strings.Contains(page, "Meal break") {
		t.Errorf("GET /clockings: got %d, want 200 and a column for the tenant's own field", status)
	}
	if status, _ := get(t.Context(), els, w.public+"/people"); status != http.StatusNotFound {
		t.Errorf("GET /people: got %d, want 404: the document has no people", status)
	}
}
