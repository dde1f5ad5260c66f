package simulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// reports keeps what a strict tenant says.
type reports []string

func (r *reports) Errorf(format string, args ...any) { *r = append(*r, fmt.Sprintf(format, args...)) }

func TestStrictReportsAStatusThatIsNotDocumented(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		want   string
	}{
		{"named by the operation", http.StatusBadRequest, ""},
		{"one that every verb can answer", http.StatusTooManyRequests, ""},
		{"named by nobody", http.StatusTeapot, "the answer 418 to GET"},
		{"of other verbs", http.StatusPreconditionFailed, "the answer 412 to GET"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got reports
			tenant := Strict(&got)
			tenant.once.Do(tenant.prepare)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, BasePath+"/clockings/1", nil)
			r.Header.Set("Authorization", "Bearer "+tenant.Token())
			r.Header.Set("User-Agent", "test/1 (acme)")
			c, refusal := tenant.admit(r, nil, &Entry{})
			if c == nil {
				t.Fatalf("got %d %s", refusal.status, refusal.body)
			}
			tenant.checker.check(tenant, c, failure(test.status, "Simulated."))
			all := strings.Join(got, "\n")
			if (test.want == "") != (all == "") || !strings.Contains(all, test.want) {
				t.Errorf("got reports %q, want %q", all, test.want)
			}
		})
	}
}
