//go:build providers

package contract_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/browsertest"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

const document = "contract.yaml"

// Prism's mock serves every list of the document from its examples, and checks what it serves.
func TestAMockOfTheContractServesEveryList(t *testing.T) {
	mock := browsertest.StartMock(t, document)
	for _, c := range embedded(t).Collections {
		params := make([]string, len(c.Params))
		for i, p := range c.Params {
			params[i] = map[string]string{"uuid": company.StructureVersion}[p.Format]
			if params[i] == "" {
				params[i] = "1"
			}
		}
		address := mock + c.URL(params...) + "?filter=" + url.QueryEscape("date ge '2024-01-01'")
		status, body := callMock(t, http.MethodGet, address, "")
		var page map[string]json.RawMessage
		if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK {
			t.Errorf("%s: got %d %s", c.Name, status, body)
			continue
		}
		rows := "value"
		if c.Rows != "" {
			rows = c.Rows
		}
		if len(page[rows]) < len(`[{"id":1}]`) {
			t.Errorf("%s: got %s, want a row in %s", c.Name, body, rows)
		}
	}

	for name, item := range openDocument(t).Paths.Map() {
		if item.Get == nil {
			continue
		}
		filter := item.Get.Parameters.GetByInAndName("query", "filter")
		if filter == nil || !filter.Required {
			continue
		}
		if status, body := callMock(t, http.MethodGet, mock+name, ""); status != http.StatusBadRequest {
			t.Errorf("%s without its filter: got %d %s, want 400", name, status, body)
		}
	}

	clocking := `{"person":{"id":76547},"date":"2024-01-05","timeOfDayInMinutes":480,"kind":"InOut"}`
	if status, body := callMock(t, http.MethodPost, mock+"/clockings", clocking); status != http.StatusCreated {
		t.Errorf("a clocking: got %d %s, want 201", status, body)
	}
	status, body := callMock(t, http.MethodPost, mock+"/clockings", `{"person":{"id":76547}}`)
	if status != http.StatusBadRequest || !strings.Contains(string(body), `"error"`) {
		t.Errorf("half a clocking: got %d %s, want 400 with an error of the document", status, body)
	}
}

func callMock(t *testing.T, method, address, body string) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer token")
	request.Header.Set("User-Agent", "test/1 (acme)")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

// testdata/goclient is the module of a program that uses the client, which oapi-codegen generates.
func TestAGeneratedClientReadsAList(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("testdata/goclient")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "protime"), 0o700); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(document)
	if err != nil {
		t.Fatal(err)
	}
	env, want := oneClocking(t)
	var got string
	for _, command := range [][]string{
		{"tool", "oapi-codegen", "-config", "oapi-codegen.yaml", path}, {"run", "."},
	} {
		run := exec.CommandContext(t.Context(), "go", command...)
		run.Dir, run.Env = folder, append(os.Environ(), env...)
		output, err := run.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(command, " "), err, output)
		}
		got = string(output)
	}
	if !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}

// oneClocking starts a simulator. It returns the environment of a program that lists the clockings of one day and
// person, and the line that it prints for clocking 8192.
func oneClocking(t *testing.T) (env []string, line string) {
	t.Helper()
	tenant := simulator.Strict(t, company.New(time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)))
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	var stored struct{ Date string }
	if raw, ok := tenant.Get("clockings", "8192"); !ok || json.Unmarshal([]byte(raw), &stored) != nil {
		t.Fatal("the company has no clocking 8192")
	}
	return []string{
		"BASE=" + server.URL + simulator.BasePath, "TOKEN=" + tokenOf(t, server.URL),
		"FILTER=date ge '" + stored.Date + "' and date le '" + stored.Date + "' and person in (76547)",
	}, "8192 76547 " + stored.Date + " 485 InOut"
}

func tokenOf(t *testing.T, base string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"id"}, "client_secret": {"secret"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		base+"/tenants/acme/connect/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("User-Agent", "test/1 (acme)")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var token struct {
		Value string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&token); err != nil || token.Value == "" {
		t.Fatal(fmt.Errorf("no token: %d %w", response.StatusCode, err))
	}
	return token.Value
}
