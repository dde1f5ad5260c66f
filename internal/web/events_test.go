package web_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/web"
)

func TestEventsReachTheirBrowserOneByOne(t *testing.T) {
	next := make(chan struct{})
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		events, err := web.NewEvents(w, 3*time.Second)
		if err != nil {
			t.Error(err)
			return
		}
		for _, send := range []func() error{
			func() error { return events.Send("part", "<p>one</p>\n<p>two</p>\r\n3\r\revent: done") }, events.Beat,
			func() error { return events.Send("done", "") },
		} {
			if err := send(); err != nil {
				t.Error(err)
			}
			<-next
		}
	}))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	h := response.Header
	if h.Get("Content-Type") != web.EventStream || h.Get("Content-Encoding") != "" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("got %v, want a stream that is neither compressed nor stored", h)
	}
	body := bufio.NewReader(response.Body)
	for i, want := range []string{
		"retry: 3000\n\n", "event: part\ndata: <p>one</p>\ndata: <p>two</p>\ndata: 3\ndata: \ndata: event: done\n\n", ":\n\n", "event: done\ndata:\n\n",
	} {
		if i > 1 {
			next <- struct{}{} // the handler waits: what it has sent is read before it ends
		}
		var got strings.Builder
		for !strings.HasSuffix(got.String(), "\n\n") {
			line, err := body.ReadString('\n')
			if err != nil {
				t.Fatalf("after %q: %v", got.String(), err)
			}
			got.WriteString(line)
		}
		if got.String() != want {
			t.Errorf("got %q, want %q", got.String(), want)
		}
	}
	next <- struct{}{}
	lines := s.lines(1)
	if len(lines) != 1 || lines[0].Status != http.StatusOK || lines[0].Ended != "" {
		t.Errorf("log: got %+v, want one line of a usual end", lines)
	}
	if len(s.observed) != 0 {
		t.Errorf("observed: got %v, want nothing: how long somebody watches is no time to answer", s.observed)
	}
}

// A browser that goes away ends its stream, and that is how streams end.
func TestAStreamEndsWhenItsBrowserGoes(t *testing.T) {
	began := make(chan struct{})
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := web.NewEvents(w, time.Second); err != nil {
			t.Error(err)
		}
		close(began)
		<-r.Context().Done()
	}))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	<-began
	_ = response.Body.Close()
	if lines := s.lines(1); len(lines) != 1 || lines[0].Status != http.StatusOK || lines[0].Ended != "" {
		t.Errorf("log: got %+v, want one line of a usual end", lines)
	}
}
