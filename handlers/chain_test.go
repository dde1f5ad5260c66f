package handlers_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// logged waits for the line of a request for path and returns it, and all lines so far.
func (w *world) logged(path string) (line map[string]any, all string) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		all = w.lines.String()
		for text := range strings.Lines(all) {
			line = map[string]any{}
			if err := json.Unmarshal([]byte(text), &line); err != nil {
				w.t.Fatal(err)
			}
			if line["msg"] == "request" && line["path"] == path {
				return line, all
			}
		}
	}
	w.t.Fatalf("no line of a request for %s:\n%s", path, all)
	return nil, ""
}

func TestAClosedTabIsNoErrorInTheLog(t *testing.T) {
	api, els := atElsewhere(t)
	asked, leave := context.WithCancel(t.Context())
	api.when(func(_ http.ResponseWriter, c call) bool {
		if c.Path != "/clockings/8192" {
			return false
		}
		leave()
		<-c.gone
		return true
	})
	request := els.request(http.MethodGet, "/clockings/8192", nil).WithContext(asked)
	if response, err := els.client.Do(request); err == nil {
		response.Body.Close()
		t.Fatalf("got %d, want the browser to be gone", response.StatusCode)
	}
	line, all := els.w.logged("/clockings/8192")
	if line["level"] != "INFO" || line["status"] != 499.0 || line["ended"] != "client went away" {
		t.Errorf("got %v, want INFO, 499 and why", line)
	}
	if strings.Contains(all, `"ERROR"`) {
		t.Errorf("got an error in the log: %s", all)
	}
	if session, _ := line["session"].(string); session == "" || !strings.Contains(all, `"msg":"signed in"`) {
		t.Errorf("session: got %q, want the one that signed in", session)
	}
	if user, _ := line["user"].(string); len(user) != 16 || strings.Contains(all, `"els"`) {
		t.Errorf("user: got %q, want a digest and the subject nowhere", user)
	}
}
