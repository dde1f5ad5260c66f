package simulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
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

func TestAFaultMayBeAProxysPage(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{HTML: true})
	r := c.do("GET", "/departments", "")
	c.want(r, http.StatusBadGateway)
	if r.header.Get("Content-Type") != "text/html" || !strings.HasPrefix(r.body, "<html>") {
		t.Errorf("got %s %s, want a page", r.header.Get("Content-Type"), r.body)
	}
}

func TestABodyIsCutOffHalfWayAfterTheWriteWasApplied(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{CutOff: true, Times: 2})
	r, err := c.try("GET", "/departments", "")
	if !errors.Is(err, io.ErrUnexpectedEOF) || r.status != http.StatusOK || r.body == "" {
		t.Errorf("got %d %q and error %v, want half a body", r.status, r.body, err)
	}
	if _, err := c.try("PUT", "/clockings/8192", inOut); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got error %v, want an unexpected end", err)
	}
	if record, _ := c.tenant.Get("clockings", "8192"); !strings.Contains(record, `"timeOfDayInMinutes":480`) {
		t.Errorf("got %s, want the write applied", record)
	}
}

func TestTheConnectionIsResetBeforeOrAfterTheWrite(t *testing.T) {
	for _, applied := range []bool{false, true} {
		c := seeded(t)
		c.tenant.Fail(simulator.Fault{Method: "PUT", Reset: true, Apply: applied, Times: 1})
		if _, err := c.try("PUT", "/clockings/8192", inOut); err == nil {
			t.Error("got an answer, want a reset connection")
		}
		record, _ := c.tenant.Get("clockings", "8192")
		if got := strings.Contains(record, `"timeOfDayInMinutes":480`); got != applied {
			t.Errorf("got the write applied: %v, want %v", got, applied)
		}
		if writes := c.tenant.Writes(); len(writes) != 1 || writes[0].Status != 0 {
			t.Errorf("got writes %+v, want one without an answer", writes)
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
