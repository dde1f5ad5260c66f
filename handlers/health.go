package handlers

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"
)

// probes answers /healthz and /readyz on any Host, for probes that know an address only.
func (s *Server) probes(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz", s.base + "/healthz":
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write([]byte("ok\n")) // the probe has gone when this fails
		case "/readyz", s.base + "/readyz":
			s.readyz(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// readyz is 200 from the end of start to the begin of stopping. What we depend on is listed, not counted, the audit log
// too: all replicas share it, so that a log that takes no change would take every one of them out of service at once,
// and with them the reading that goes on. Who watches for it reads "audit log" in the list.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	type state struct {
		Ready        bool              `json:"ready"`
		Version      string            `json:"version"`
		Dependencies map[string]string `json:"dependencies"`
	}
	now := state{Ready: s.Ready(), Version: s.Version, Dependencies: map[string]string{}}
	for name, err := range s.known.of(context.WithoutCancel(r.Context()), s.Health, s.Logger) {
		now.Dependencies[name] = "ok"
		if err != nil {
			now.Dependencies[name] = "failing"
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if !now.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(now) // the probe has gone when this fails
}

// Probes need no session, so that what they cost is bounded: dependencies are asked at most every five seconds,
// however many ask, and given up after two.
const (
	healthFor     = 5 * time.Second
	healthTimeout = 2 * time.Second
)

// health is what the dependencies said last. The zero value has asked nobody.
type health struct {
	mu    sync.Mutex
	asked time.Time // by the machine's clock
	said  map[string]error
}

// of asks all dependencies at once, or repeats what they said a moment ago. Who comes while they are asked waits.
func (h *health) of(ctx context.Context, ask map[string]func(context.Context) error, logger *slog.Logger) map[string]error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.said != nil && time.Since(h.asked) < healthFor {
		return maps.Clone(h.said)
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	type answer struct {
		name string
		err  error
	}
	answers := make(chan answer, len(ask))
	said := map[string]error{}
	for name, dependency := range ask {
		said[name] = context.DeadlineExceeded
		go func() { answers <- answer{name, dependency(ctx)} }()
	}
	for range ask {
		select {
		case a := <-answers:
			said[a.name] = a.err
		case <-ctx.Done():
		}
	}
	for name, err := range said {
		if err != nil {
			logger.WarnContext(ctx, "dependency", "name", name, "error", err)
		}
	}
	h.said, h.asked = said, time.Now()
	return maps.Clone(said)
}
