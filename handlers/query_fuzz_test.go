package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// FuzzQuery: whatever stands behind the question mark of a list or of the log, the answer is a page or a redirect of
// ours, and nothing fails over it.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"date.ge=2026-01-05&date.le=11/1/26&person=76547,x&kind=InOut,BreakClocking&deleted=show",
		"person~find=Maes&person~was=&page=2~eyJ2&person=@badge-number:7", "page=%00&date.ge='&kind=') or ('", "record=/clockings/8192&state=unknown&page=-1",
		"mine=1&collection=../x&verb=create&why=%25&actor=%ff&date.ge=99999-99-99", "done=x&notice=<b>&restarted=1&externalReferences=(people,@x)", "a=%zz;b",
	} {
		f.Add(query)
	}
	w := newWorld(f)
	w.knowsPeople()
	cookie := "protime-session=" + w.signIn("both").cookie("protime-session")
	f.Fuzz(func(t *testing.T, query string) {
		if len(query) > 2000 {
			return
		}
		for _, path := range []string{"/clockings", "/people", "/changes"} {
			r := &http.Request{
				Method: http.MethodGet, URL: &url.URL{Path: path, RawQuery: query}, Host: w.config.PublicURL.Host,
				Header: http.Header{"Cookie": {cookie}}, RemoteAddr: "192.0.2.1:1", Body: http.NoBody,
			}
			answer := serve(t, w, r)
			if answer.Code >= http.StatusInternalServerError {
				t.Errorf("%s?%q: got %d", path, query, answer.Code)
			}
			if to := answer.Header().Get("Location"); to != "" && (len(to) < 2 || to[0] != '/' || to[1] == '/' || to[1] == '\\') {
				t.Errorf("%s?%q leads to %q", path, query, to)
			}
		}
	})
}

// serve answers a request that no client would send, without a connection.
func serve(t *testing.T, w *world, r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	w.server.Config.Handler.ServeHTTP(answer, r.WithContext(t.Context()))
	return answer
}
