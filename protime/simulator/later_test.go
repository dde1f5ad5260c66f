package simulator_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/protime/simulator"
)

// pipes is a listener whose connections are in memory, so that a synctest bubble knows when all wait.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialed:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.dialed <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// inBubble runs a test on a clock of its own: serve starts a server on in-memory connections there.
func inBubble(t *testing.T, test func(t *testing.T, send func(method, path, body string) (reply, error), tenant *simulator.Tenant)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tenant := simulator.Strict(t)
		tenant.Put(clocking("7", "2026-01-05", ""))
		listener := &pipes{dialed: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: tenant, ReadHeaderTimeout: time.Minute}
		go func() { _ = server.Serve(listener) }()
		transport := &http.Transport{DialContext: listener.dial}
		defer func() {
			transport.CloseIdleConnections()
			_ = server.Close()
			tenant.Stop()
		}()
		client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
		token := tenant.Token()
		test(t, func(method, path, body string) (reply, error) {
			request, err := http.NewRequestWithContext(t.Context(), method, "http://api"+simulator.BasePath+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = http.Header{"User-Agent": {"SimulatorTest/1 (Acme)"}, "Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
			response, err := client.Do(request)
			if err != nil {
				return reply{}, err
			}
			defer response.Body.Close()
			text, err := io.ReadAll(response.Body)
			return reply{response.StatusCode, response.Header, string(text)}, err
		}, tenant)
	})
}

const moved = `{"person":{"id":1},"date":"2026-01-05","timeOfDayInMinutes":500,"kind":"InOut"}`

func TestAWriteIsAppliedLaterThanItsAnswer(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  simulator.Fault
		status int // 0: no answer
		spent  time.Duration
	}{
		{"the connection is cut", simulator.Fault{Reset: true}, 0, 0},
		{"no answer comes", simulator.Fault{Hang: true}, 0, 10 * time.Second},
		{"a gateway gives up", simulator.Fault{Status: 504, HTML: true}, 504, 0},
		{"the API fails slowly", simulator.Fault{Status: 500, Delay: time.Second}, 500, time.Second},
		{"the write is accepted", simulator.Fault{Accept: true}, 202, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, send func(method, path, body string) (reply, error), tenant *simulator.Tenant) {
				test.fault.ApplyAfter, test.fault.Times, test.fault.Method = 30*time.Second, 1, "PUT"
				tenant.Fail(test.fault)
				start := time.Now()
				r, err := send("PUT", "/clockings/7", moved)
				if r.status != test.status || (err == nil) != (test.status > 0) || time.Since(start) != test.spent {
					t.Errorf("got %d %v after %s, want %d after %s", r.status, err, time.Since(start), test.status, test.spent)
				}
				due := start.Add(30*time.Second + test.fault.Delay)
				time.Sleep(time.Until(due) - time.Nanosecond)
				synctest.Wait()
				if e := tenant.Writes()[0]; e.Applied != 0 {
					t.Errorf("got %+v before its time, want it not applied yet", e)
				}
				time.Sleep(time.Nanosecond)
				synctest.Wait()
				e := tenant.Writes()[0]
				if e.Applied == 0 || !e.AppliedAt.Equal(due) {
					t.Errorf("got %+v, want it applied at %s", e, due)
				}
				if record, _ := tenant.Get("clockings", "7"); !strings.Contains(record, `"timeOfDayInMinutes":500`) {
					t.Errorf("got %s, want the write applied", record)
				}
				if r, err := send("PUT", "/clockings/7", moved); err != nil || r.status != http.StatusOK {
					t.Errorf("got %d %v once the fault has passed, want 200", r.status, err)
				}
			})
		})
	}
}

func TestTheStatusMonitorSaysWhetherAnAcceptedWriteIsDone(t *testing.T) {
	inBubble(t, func(t *testing.T, send func(method, path, body string) (reply, error), tenant *simulator.Tenant) {
		tenant.Fail(simulator.Fault{Accept: true, ApplyAfter: time.Minute})
		get := func(path string) reply {
			r, err := send("GET", path, "")
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for _, body := range []string{moved, `{}`} {
			r, err := send("POST", "/clockings", body)
			if err != nil || r.status != http.StatusAccepted || r.header.Get("Location") != "" {
				t.Fatalf("got %d %v %v, want 202 without Location", r.status, r.header, err)
			}
		}
		first, second := "/status-monitor/clockings/931", "/status-monitor/clockings/932"
		if got := get(first); got.status != http.StatusOK || got.body != `{"id":931,"status":"Running"}` {
			t.Errorf("got %d %s, want it running", got.status, got.body)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got, want := get(first).body, `{"id":931,"status":"Succeeded","resourceLocation":"/connector/protimeapi/api/v1/clockings/8"}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := get(second).body; !strings.HasPrefix(got, `{"id":932,"status":"Failed","error":{"code":"BadRequest","message":"The request body is invalid."`) {
			t.Errorf("got %s, want the refusal", got)
		}
		for _, unknown := range []string{"/status-monitor/clockings/933", "/status-monitor/assignments/931", "/status-monitor/clockings/x"} {
			if got := get(unknown).status; got != http.StatusNotFound {
				t.Errorf("%s: got %d, want 404", unknown, got)
			}
		}
	})
}

func TestAWriteMayBeAcceptedAndAppliedAtOnce(t *testing.T) {
	c := seeded(t)
	c.tenant.Fail(simulator.Fault{Accept: true})
	r := c.do("PUT", "/clockings/8192", inOut)
	c.want(r, http.StatusAccepted)
	c.wantApplied(1, true)
	if got, want := r.header.Get("Operation-Location"), simulator.BasePath+"/status-monitor/clockings/931"; got != want {
		t.Errorf("got Operation-Location %q, want %q", got, want)
	}
	c.wantBody(c.do("GET", "/status-monitor/clockings/931", ""), `{"id":931,"status":"Succeeded"}`)
	c.want(c.do("PUT", "/clockings/8192", `{}`), http.StatusBadRequest)
	c.want(c.do("GET", "/clockings/8192", ""), http.StatusOK)
}

func TestALateWriteNeedsATokenWhenItArrives(t *testing.T) {
	inBubble(t, func(t *testing.T, send func(method, path, body string) (reply, error), tenant *simulator.Tenant) {
		tenant.Fail(simulator.Fault{Reset: true, ApplyAfter: time.Hour, Times: 1})
		if _, err := send("PUT", "/clockings/7", moved); err == nil {
			t.Error("got an answer, want none")
		}
		tenant.Fail(simulator.Fault{Reset: true, ApplyAfter: time.Second, Revoke: true, Times: 1})
		if _, err := send("PUT", "/clockings/7", moved); err == nil {
			t.Error("got an answer, want none")
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		writes := tenant.Writes()
		if writes[0].Applied == 0 || writes[1].Applied != 0 {
			t.Errorf("got %+v, want the first applied although its token has expired, the second not", writes)
		}
	})
}

func TestStopDropsWhatIsStillToBeApplied(t *testing.T) {
	inBubble(t, func(t *testing.T, send func(method, path, body string) (reply, error), tenant *simulator.Tenant) {
		tenant.Fail(simulator.Fault{Status: 504, ApplyAfter: time.Second})
		if r, err := send("PUT", "/clockings/7", moved); err != nil || r.status != 504 {
			t.Errorf("got %d %v, want 504", r.status, err)
		}
		tenant.Stop()
		time.Sleep(time.Minute)
		synctest.Wait()
		if e := tenant.Writes()[0]; e.Applied != 0 {
			t.Errorf("got %+v, want nothing applied", e)
		}
	})
}
