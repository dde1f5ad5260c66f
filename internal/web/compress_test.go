package web_test

import (
	"compress/gzip"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"protime-admin/internal/web"
)

// Another implementation of gzip reads what was written, in whatever pieces and with whatever flushes.
func TestCompressedResponsesComeBackAsTheyWere(t *testing.T) {
	var text strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	for text.Len() < 200_000 {
		text.WriteString("<p>" + strconv.Itoa(random.IntN(1e6)) + "</p>\n")
	}
	for _, test := range []struct {
		name         string
		size, pieces int // bytes of the response, and of each Write; 0: one Write
		flush        bool
		style        bool // it holds the stylesheet, as a first visit does
	}{
		{"a page in one piece", 20_000, 0, false, false},
		{"a page that is larger than a block", 200_000, 0, false, false},
		{"rows", 200_000, 700, false, false},
		{"rows that are sent on one by one", 20_000, 700, true, false},
		{"a page with an exact block", 48 << 10, 0, true, false},
		{"a first visit in one piece", 100_000, 0, false, true},
		{"a first visit with rows that are sent on one by one", 60_000, 700, true, true},
		{"a first visit in pieces", 60_000, 700, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := text.String()[:test.size]
			if test.style {
				want = want[:700] + style() + want[700:]
			}
			s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				for rest := want; rest != ""; {
					n := len(rest)
					if test.pieces > 0 {
						n = min(n, test.pieces)
					}
					_, _ = io.WriteString(w, rest[:n])
					if rest = rest[n:]; test.flush {
						_ = http.NewResponseController(w).Flush()
					}
				}
			}))
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if got := response.Header.Get("Content-Encoding"); got != "gzip" {
				t.Fatalf("Content-Encoding: got %q, want gzip", got)
			}
			file, err := gzip.NewReader(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(file); err != nil || string(got) != want {
				t.Errorf("got %d bytes and %v, want the same %d", len(got), err, len(want))
			}
		})
	}
}

// style is a text that pages of a site may hold.
func style() string { return strings.Repeat(".a{color:red}.b{color:blue}", 1200) }

func TestStaticFilesAreCompressedWhereTheClientTakesThat(t *testing.T) {
	files, err := web.NewStatic(map[string][]byte{"style.css": []byte(strings.Repeat("a{}", 1000))})
	if err != nil {
		t.Fatal(err)
	}
	for accept, want := range map[string]string{
		"gzip": "gzip", "br, GZIP;q=0.5": "gzip", "gzip ; q=1": "gzip", "": "", "identity": "", "gzip;q=0": "", "gzip; q=0.000, br": "",
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		if !files.Serve(w, r, files.Name("style.css")) || w.Header().Get("Content-Encoding") != want {
			t.Errorf("%q: got %q, want %q", accept, w.Header().Get("Content-Encoding"), want)
		}
	}
}
