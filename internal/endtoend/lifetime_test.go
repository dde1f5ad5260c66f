package endtoend

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

// logLines are the lines of a log, each of which must be an object.
func logLines(t *testing.T, log string) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for text := range strings.Lines(log) {
		line := map[string]any{}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Errorf("got a line that is no object: %s", text)
		}
		lines = append(lines, line)
	}
	return lines
}

// saying returns the first line with this message, nil where there is none.
func saying(lines []map[string]any, message string) map[string]any {
	for _, line := range lines {
		if line["msg"] == message {
			return line
		}
	}
	return nil
}

// terminate sends SIGTERM and waits until the product says that it is not ready.
func (p *process) terminate() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if status, _ := get(p.t.Context(), http.DefaultClient, p.url+"/readyz"); status == http.StatusServiceUnavailable {
			return
		}
	}
	p.t.Fatal("got a product that is ready, want it to stop")
}

// arrived waits until the API has received a request.
func (w *world) arrived(method, path string) {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		for _, r := range w.tenant.Requests() {
			if r.Method == method && strings.HasSuffix(r.Path, path) {
				return
			}
		}
	}
	w.t.Fatalf("no %s %s has reached the API", method, path)
}

func TestTheEndOfTheServer(t *testing.T) {
	t.Parallel() // it waits for most of its time
	t.Run("a save that hangs is given up in time, and unknown", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.start()
		els := w.signIn("els")
		page := w.public + "/clockings/8192/edit"
		_, html := get(t.Context(), els, page)
		form := formOf(t, html)
		form.Set("timeOfDayInMinutes", "7:58")
		w.tenant.Fail(simulator.Fault{Method: http.MethodPut, Hang: true})
		saved := make(chan answer, 1)
		go func() {
			a, _ := post(t.Context(), els, page, form) // 0 when the connection was cut
			saved <- a
		}()
		w.arrived(http.MethodPut, "/clockings/8192")
		p.terminate()
		const want = "Protime Admin was stopped before it knew the answer."
		if a := <-saved; a.status != http.StatusBadGateway || !strings.Contains(text(a.page), want) {
			t.Errorf("the save: got %d and %q, want 502 and %q", a.status, text(a.page), want)
		}
		if err := p.cmd.Wait(); err != nil {
			t.Errorf("the product: got %v, want a clean end", err)
		}
		lines := logLines(t, p.log.String())
		if saying(lines, "stopping") == nil || saying(lines, "stopped") == nil {
			t.Errorf("got %s, want lines for the begin and the end of stopping", p.log.String())
		}
		given := saying(lines, "requests in flight are given up")
		if given == nil || given["after"] != "8s" {
			t.Errorf("got %v, want a line that says when requests are given up", given)
		}
		path, err := binary()
		if err != nil {
			t.Fatal(err)
		}
		export := exec.CommandContext(t.Context(), path, "audit", "export")
		export.Env = []string{"AUDIT_DATABASE_URL=" + w.env["AUDIT_DATABASE_URL"], "AUDIT_KEY=" + w.env["AUDIT_KEY"]}
		if out, err := export.Output(); err != nil || !strings.Contains(string(out), `"lost"`) {
			t.Errorf("audit export: got %v and %s, want the attempt as lost", err, out)
		}
	})
	t.Run("a second signal ends it at once", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.start()
		els := w.signIn("els")
		w.tenant.Fail(simulator.Fault{Path: "/clockings/8192", Hang: true})
		go get(t.Context(), els, w.public+"/clockings/8192")
		w.arrived(http.MethodGet, "/clockings/8192")
		p.terminate()
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		_ = p.cmd.Wait() // says that it was ended by a signal
		if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
			t.Errorf("got %v, want an end by SIGTERM", p.cmd.ProcessState)
		}
	})
	t.Run("the start says which version serves where", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.start()
		p.terminate()
		_ = p.cmd.Wait() // now everything that it wrote has been read
		line := saying(logLines(t, p.log.String()), "listening")
		if version, _ := line["version"].(string); version == "" || line["address"] != w.env["LISTEN_ADDR"] || line["api"] != w.env["PROTIME_API_URL"] {
			t.Errorf("got %v, want version, address and the API's address", line)
		}
	})
}

func TestConfigRefusesWhatServingRefuses(t *testing.T) {
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, test := range []struct {
		name, setting, value string
		code                 int
		want                 string
	}{
		{"a collection that the API does not have", "WRITABLE", "clocking", 2, "clockings, "},
		{"a network without its size", "TRUSTED_PROXIES", "10.0.0.0", 2, "prefix length"},
		{"a contract that is none", "PROTIME_CONTRACT", "/dev/null", 2, "PROTIME_CONTRACT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, command := range []string{"serve", "config"} {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it ends by itself
				defer cancel()
				c := exec.CommandContext(ctx, path, command)
				c.Env = append(os.Environ(), test.setting+"="+test.value)
				for name, value := range w.env {
					if name != test.setting {
						c.Env = append(c.Env, name+"="+value)
					}
				}
				out, _ := c.CombinedOutput() // says that the status is 2
				if c.ProcessState.ExitCode() != test.code || !strings.Contains(string(out), test.setting) || !strings.Contains(string(out), test.want) {
					t.Errorf("%s: got status %d and %s, want 2, %s and %q", command, c.ProcessState.ExitCode(), out, test.setting, test.want)
				}
				if command == "serve" {
					logLines(t, string(out))
				}
			}
		})
	}
}

func TestAStartThatFailsIsALogLine(t *testing.T) {
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, test := range []struct {
		name string
		env  map[string]string
		code int
		want string // in the last line
	}{
		{"nothing is configured", nil, 2, "protime-admin demo"},
		{"the audit log has no folder", map[string]string{"AUDIT_DATABASE_URL": "sqlite:/nowhere/audit.db"}, 1, "/nowhere"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it ends by itself
			defer cancel()
			c := exec.CommandContext(ctx, path)
			if test.env != nil {
				for name, value := range w.env {
					c.Env = append(c.Env, name+"="+value)
				}
			} else {
				c.Env = []string{"HOME=/"}
			}
			for name, value := range test.env {
				c.Env = append(c.Env, name+"="+value) // the last one counts
			}
			out, _ := c.CombinedOutput() // says that it failed
			lines := logLines(t, string(out))
			if c.ProcessState.ExitCode() != test.code || len(lines) == 0 {
				t.Fatalf("got status %d and %s, want %d and a reason", c.ProcessState.ExitCode(), out, test.code)
			}
			last, err := json.Marshal(lines[len(lines)-1])
			if err != nil || !strings.Contains(string(last), test.want) {
				t.Errorf("the last line: got %s, want %q in it", last, test.want)
			}
		})
	}
}
