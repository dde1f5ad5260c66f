package simulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

func TestAFaultAnswersWithItsStatus(t *testing.T) {
	for _, status := range []int{401, 403, 404, 409, 412, 414, 429, 500, 503} {
		c := seeded(t)
		c.tenant.Fail(simulator.Fault{Method: "PUT", Path: "/clockings/*", Status: status, RetryAfter: 60, Times: 1})
		c.want(c.do("GET", "/clockings/8192", ""), http.StatusOK)
		r := c.do("PUT", "/clockings/8192", inOut)
		c.want(r, status)
		c.wantBody(r, `{"error":{"code":"`)
		if got := r.header.Get("Retry-After"); got != "60" {
			t.Errorf("got Retry-After %q, want 60", got)
		}
		if record, _ := c.tenant.Get("clockings", "8192"); !strings.Contains(record, `"timeOfDayInMinutes":485`) {
			t.Errorf("got the write applied: %s", record)
		}
		c.want(c.do("PUT", "/clockings/8192", inOut), http.StatusOK)
	}
}

func TestFaultsStrikeAfterSoManyRequestsUntilHealed(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{Skip: 2, Status: http.StatusServiceUnavailable, Reasons: []string{"maintenance"}})
	for i, want := range []int{200, 200, 503, 503, 503} {
		if r := c.do("GET", "/departments", ""); r.status != want {
			t.Errorf("request %d: got status %d, want %d", i, r.status, want)
		}
	}
	c.tenant.Heal()
	c.want(c.do("GET", "/departments", ""), http.StatusOK)
}

func TestAFaultAnswersInPlaceOfTheTenantBeforeOrAfterTheWrite(t *testing.T) {
	api, page, own := `{"error":{"code":"`, "<html><head><title>", `{"odd":1}`
	for _, status := range []int{500, 502, 503, 504} {
		for _, test := range []struct {
			name, body, kind string
			fault            simulator.Fault
		}{
			{"the API's own error", api, "application/json; charset=utf-8", simulator.Fault{Status: status}},
			{"a gateway's page", page, "text/html", simulator.Fault{Status: status, HTML: true}},
			{"a body of one's own", own, "application/json; charset=utf-8", simulator.Fault{Status: status, Body: own}},
		} {
			for _, applied := range []bool{false, true} {
				c := seeded(t)
				test.fault.Method, test.fault.Apply = "PUT", applied
				c.tenant.Fail(test.fault)
				r := c.do("PUT", "/clockings/8192", inOut)
				c.want(r, status)
				if !strings.HasPrefix(r.body, test.body) || r.header.Get("Content-Type") != test.kind || r.header.Get("Retry-After") != "" {
					t.Errorf("%d, %s: got %v %s", status, test.name, r.header, r.body)
				}
				c.wantApplied(1, applied)
			}
		}
	}
}

func TestAGatewaysPageIsA502UnlessAStatusIsSaid(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{HTML: true})
	c.want(c.do("GET", "/departments", ""), http.StatusBadGateway)
}

// wantApplied says that so many writes arrived, and whether the last one, a PUT of 8192, was done.
func (c *caller) wantApplied(arrived int, applied bool) {
	c.t.Helper()
	writes := c.tenant.Writes()
	if len(writes) != arrived || (writes[arrived-1].Applied > 0) != applied {
		c.t.Errorf("got writes %+v, want %d and the last one applied: %v", writes, arrived, applied)
	}
	record, _ := c.tenant.Get("clockings", "8192")
	if got := strings.Contains(record, `"timeOfDayInMinutes":480`); got != applied {
		c.t.Errorf("got %s, want the write applied: %v", record, applied)
	}
}

func TestABodyIsCutOffHalfWay(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{CutOff: true, Times: 1})
	r, err := c.try("GET", "/departments", "")
	if !errors.Is(err, io.ErrUnexpectedEOF) || r.status != http.StatusOK || r.body == "" {
		t.Errorf("got %d %q and error %v, want half a body", r.status, r.body, err)
	}
	for i, fault := range []simulator.Fault{{CutOff: true, Status: http.StatusOK}, {CutOff: true}} {
		fault.Times = 1
		c.tenant.Fail(fault)
		if _, err := c.try("PUT", "/clockings/8192", inOut); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got error %v, want an unexpected end", err)
		}
		c.wantApplied(i+1, fault.Status == 0)
	}
}

func TestTheConnectionIsResetBeforeOrAfterTheWrite(t *testing.T) {
	for _, applied := range []bool{false, true} {
		c := seeded(t)
		c.tenant.Fail(simulator.Fault{Method: "PUT", Reset: true, Apply: applied, Times: 1})
		if _, err := c.try("PUT", "/clockings/8192", inOut); err == nil {
			t.Error("got an answer, want a reset connection")
		}
		c.wantApplied(1, applied)
		if got := c.tenant.Writes()[0].Status; got != 0 {
			t.Errorf("got status %d, want none", got)
		}
	}
}

func TestOverHTTP2TheStreamIsResetBeforeOrAfterTheWrite(t *testing.T) {
	for _, fault := range []simulator.Fault{
		{Reset: true}, {Reset: true, Apply: true}, {CutOff: true}, {CutOff: true, Status: http.StatusOK},
	} {
		tenant := simulator.Strict(t, founded().Clone())
		server := httptest.NewUnstartedServer(tenant)
		server.EnableHTTP2 = true
		server.StartTLS()
		t.Cleanup(server.Close)
		c := &caller{t: t, tenant: tenant, server: server, token: tenant.Token(), header: http.Header{"User-Agent": {"SimulatorTest/1 (Acme)"}}}
		fault.Method, fault.Times = "PUT", 1
		tenant.Fail(fault)
		_, err := c.try("PUT", "/clockings/8192", inOut)
		if err == nil || !strings.Contains(err.Error(), "INTERNAL_ERROR") {
			t.Errorf("%+v: got error %v, want a stream error", fault, err)
		}
		c.wantApplied(1, fault.Apply || fault.CutOff && fault.Status == 0)
		c.want(c.do("GET", "/departments", ""), http.StatusOK)
	}
}

func TestAFaultStrikesWhatItsPathSays(t *testing.T) {
	for _, test := range []struct {
		path    string
		strikes bool
	}{
		{"", true}, {"/clockings", true}, {"/clockings/*", true}, {"/clockings/8192", true}, {simulator.BasePath + "/clockings", true},
		{"/clockings/*/x", false}, {"/clock", false}, {"/clockings/81", false}, {"/people", false}, {"/tenants/*/connect/token", false},
	} {
		c := seeded(t)
		c.tenant.Fail(simulator.Fault{Path: test.path, Status: 500})
		if r := c.do("GET", "/clockings/8192", ""); (r.status == 500) != test.strikes {
			t.Errorf("%q: got status %d, want it struck: %v", test.path, r.status, test.strikes)
		}
	}
}

func TestAWriteIsAppliedAndNeverAnswered(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{Method: "PUT", Hang: true, Apply: true})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "PUT", c.server.URL+simulator.BasePath+"/clockings/8192", strings.NewReader(inOut))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("User-Agent", "SimulatorTest/1 (Acme)")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+c.token)
	if response, err := c.server.Client().Do(request); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v and error %v, want the deadline", response, err)
	}
	if record, _ := c.tenant.Get("clockings", "8192"); !strings.Contains(record, `"timeOfDayInMinutes":480`) {
		t.Errorf("got %s, want the write applied", record)
	}
}

func TestTokensCanBeRevokedInTheMiddle(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{Path: "/people", Revoke: true, Times: 1})
	c.want(c.do("GET", "/departments", ""), http.StatusOK)
	c.want(c.do("GET", "/people", ""), http.StatusUnauthorized)
	c.want(c.do("GET", "/departments", ""), http.StatusUnauthorized)
}

func TestTheTokenEndpointCanFailToo(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{Path: "/tenants/*/connect/token", Status: http.StatusTooManyRequests, RetryAfter: 5})
	c.want(c.ask(credentials()), http.StatusTooManyRequests)
	c.want(c.do("GET", "/departments", ""), http.StatusOK)
}

func TestManyClientsAtOnce(t *testing.T) {
	c := seeded(t)
	before := len(c.tenant.IDs("clockings"))
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for range 5 {
				if r, err := c.try("POST", "/clockings", inOut); err != nil || r.status != http.StatusCreated {
					t.Errorf("got %d %v, want 201", r.status, err)
				}
				if r, err := c.try("GET", "/people", ""); err != nil || r.status != http.StatusOK {
					t.Errorf("got %d %v, want 200", r.status, err)
				}
				c.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":490}`)
				c.tenant.Configure(func(o *simulator.Options) { o.PageSize = 10 + i })
			}
		})
	}
	wait.Wait()
	if got := len(c.tenant.IDs("clockings")); got != before+40 {
		t.Errorf("got %d clockings, want %d", got, before+40)
	}
}
