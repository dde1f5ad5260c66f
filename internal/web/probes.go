package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Probes are /healthz and /readyz, which answer on any host because probes know an address only.
type Probes struct {
	Version string
	// Ready says whether start is complete and stopping has not begun.
	Ready func() bool
	// Dependencies ask what this process depends on, by name; a nil error is healthy. Each returns when its context
	// ends.
	Dependencies map[string]func(context.Context) error
}

func probed(o Options, next http.Handler) http.Handler {
	base := o.Public.EscapedPath()
	readyz := &readiness{Probes: o.Probes, logger: o.Logger}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz", base + "/healthz":
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write([]byte("ok\n")) // the probe has gone when this fails
		case "/readyz", base + "/readyz":
			readyz.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Probes need no session, so their cost is bounded: dependencies are asked once in this time, however many probes
// come, and no longer than the time limit.
const (
	dependencyInterval = 5 * time.Second
	dependencyTimeout  = 2 * time.Second
)

// readiness answers /readyz.
type readiness struct {
	Probes
	logger *slog.Logger

	mu     sync.Mutex
	asked  time.Time
	latest map[string]string
}

// ServeHTTP says 200 from the end of start to the begin of stopping. Dependencies are listed and do not count: all
// replicas share them, so one that fails would take every replica out of service, and with it the reading of pages
// that goes on.
func (p *readiness) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	type state struct {
		Ready        bool              `json:"ready"`
		Stopping     bool              `json:"stopping,omitempty"`
		Version      string            `json:"version"`
		Dependencies map[string]string `json:"dependencies"`
	}
	ready := p.Ready()
	now := state{Ready: ready, Stopping: !ready, Version: p.Version, Dependencies: p.dependencies(context.WithoutCancel(r.Context()))}
	w.Header().Set("Content-Type", "application/json")
	if !now.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(now) // the probe has gone when this fails
}

// dependencies are "ok" or "failing" by name, as of the last time they were asked. Probes that come meanwhile wait for
// the answer.
func (p *readiness) dependencies(ctx context.Context) map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.latest != nil && time.Since(p.asked) < dependencyInterval {
		return p.latest
	}
	ctx, cancel := context.WithTimeout(ctx, dependencyTimeout)
	defer cancel()
	type answer struct {
		name string
		err  error
	}
	answers := make(chan answer, len(p.Dependencies))
	errs := map[string]error{}
	for name, ask := range p.Dependencies {
		errs[name] = context.DeadlineExceeded
		go func() { answers <- answer{name, ask(ctx)} }()
	}
	for range p.Dependencies {
		select {
		case a := <-answers:
			errs[a.name] = a.err
		case <-ctx.Done():
		}
	}
	p.latest, p.asked = map[string]string{}, time.Now()
	for name, err := range errs {
		p.latest[name] = "ok"
		if err != nil {
			p.latest[name] = "failing"
			p.logger.WarnContext(ctx, "dependency is failing", "name", name, "error", err)
		}
	}
	return p.latest
}

// Healthcheck asks /healthz of the server that listens on addr of this machine, as a container without a shell has to.
func Healthcheck(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return nil
}
