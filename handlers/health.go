package handlers

import (
	"encoding/json"
	"net/http"
)

// health answers /healthz and /readyz on any Host, for probes that know an address only.
func (s *Server) health(next http.Handler) http.Handler {
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

// readyz is 200 from the end of start to the begin of stopping. What we depend on is listed, not counted: while the
// identity provider or Protime is away, a page that says so is better than no page.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	type state struct {
		Ready        bool              `json:"ready"`
		Version      string            `json:"version"`
		Dependencies map[string]string `json:"dependencies"`
	}
	now := state{Ready: s.Ready(), Version: s.Version, Dependencies: map[string]string{}}
	for name, err := range s.Health(r.Context()) {
		now.Dependencies[name] = "ok"
		if err != nil {
			s.Logger.WarnContext(r.Context(), "dependency", "name", name, "error", err)
			now.Dependencies[name] = "failing"
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if !now.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(now) // the probe has gone when this fails
}
