package web

import "net/http"

// sized limits how much of a body a handler can read; beyond it reading fails with an *http.MaxBytesError.
func sized(limit func(path string) int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit(r.URL.Path))
		next.ServeHTTP(w, r)
	})
}
