package simulator_test

import (
	"net/http"
	"testing"

	"protime-admin/protime/simulator"
)

func TestRequestsAndWritesAreRecorded(t *testing.T) {
	c := seeded(t)
	c.do("GET", "/clockings/8192", "")
	c.do("PUT", "/clockings/8192", inOut)
	c.ask(credentials())
	if got := len(c.tenant.Requests()); got != 3 {
		t.Errorf("got %d requests, want 3", got)
	}
	writes := c.tenant.Writes()
	if len(writes) != 1 {
		t.Fatalf("got %d writes, want 1", len(writes))
	}
	w := writes[0]
	if w.Method != "PUT" || w.Path != simulator.BasePath+"/clockings/8192" || string(w.Body) != inOut || w.Status != http.StatusOK ||
		w.Header.Get("User-Agent") != "SimulatorTest/1 (Acme)" {
		t.Errorf("got %+v, want the PUT as it was sent", w)
	}
	c.tenant.Forget()
	if got := len(c.tenant.Requests()); got != 0 {
		t.Errorf("got %d requests after Forget, want 0", got)
	}
}
