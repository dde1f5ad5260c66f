package metrics_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/metrics"
)

func TestRequestsAreCountedOnAnAddressOfTheirOwn(t *testing.T) {
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	m := metrics.New()
	m.Observe(http.MethodGet, 200, 3*time.Millisecond)
	m.Observe(http.MethodPost, 422, time.Millisecond)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Serve(ctx, addr) }()
	page := scrape(t, "http://"+addr+"/metrics")
	for _, want := range []string{
		`protime_admin_request_seconds_count{method="GET",status="200"} 1`,
		`protime_admin_request_seconds_count{method="POST",status="422"} 1`, "go_goroutines",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve: got %v, want nil when it is told to stop", err)
	}
}

func TestAnAddressThatIsTakenIsNamedBySetting(t *testing.T) {
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := metrics.New().Serve(t.Context(), l.Addr().String()); err == nil || !strings.Contains(err.Error(), "METRICS_ADDR") {
		t.Errorf("got %v, want an error that names METRICS_ADDR", err)
	}
}

// scrape asks until the server is up.
func scrape(t *testing.T, address string) string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			return string(body)
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
