package web_test

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

func TestAWaitingResponseHoldsLittleMemory(t *testing.T) {
	const responses, most = 40, 128 << 10 // a usual gzip writer holds 1 MB
	row := strings.Repeat("<tr><td>Maes, Jan</td></tr>\n", 40)
	waits, goOn := make(chan struct{}), make(chan struct{})
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, row)
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, row)
		waits <- struct{}{}
		<-goOn
	}))
	start := func() {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", "gzip")
		go func() {
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				return // the test has ended
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}()
		<-waits
	}
	start() // what is made once
	before := live()
	for range responses {
		start()
	}
	if held := (live() - before) / responses; held > most {
		t.Errorf("got %d KB for each waiting response, want at most %d", held>>10, most>>10)
	}
	for range responses + 1 { // one by one, as the site's record of requests wants it
		goOn <- struct{}{}
		<-s.ended
	}
}

// live is how many bytes of the heap are in use.
func live() int64 {
	runtime.GC()
	runtime.GC() // what a sync.Pool keeps survives the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
