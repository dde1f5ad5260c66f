package protime_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/protime"
)

func TestAListThatDoesNotEndEndsWithAnError(t *testing.T) {
	turn := 0
	next := func(w http.ResponseWriter, token string, ids ...int) {
		page(w, prefix+"/people?continuationToken="+token, ids...)
	}
	small := protime.ListLimits{Pages: 40, EmptyPages: 5, Records: 100, Bytes: 10_000, Time: time.Minute}
	tests := []struct {
		name    string
		limits  protime.ListLimits
		handler http.HandlerFunc
		pages   int
		said    string
	}{
		{"pages without end", small, func(w http.ResponseWriter, _ *http.Request) {
			next(w, fmt.Sprint(turn), 1)
		}, 39, "the list goes on after 40 pages"},
		{"empty pages without end", small, func(w http.ResponseWriter, _ *http.Request) {
			next(w, fmt.Sprint(turn))
		}, 4, "the list goes on after 5 empty pages in a row"},
		{"empty pages with the default bounds", protime.ListLimits{}, func(w http.ResponseWriter, _ *http.Request) {
			next(w, fmt.Sprint(turn))
		}, 99, "the list goes on after 100 empty pages in a row"},
		{"links that circle", small, func(w http.ResponseWriter, _ *http.Request) {
			next(w, fmt.Sprint(turn%7), 1)
		}, 7, "nextLink leads back to a page that was read"},
		{"too many records", small, func(w http.ResponseWriter, _ *http.Request) {
			next(w, fmt.Sprint(turn), make([]int, 30)...)
		}, 3, "the list has more than 100 records"},
		{"too many bytes", small, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"value":[{"a":"%s"}],"nextLink":"%s/people?continuationToken=%d"}`,
				strings.Repeat("x", 3000), prefix, turn)
		}, 3, "the pages of the list have more than 10000 bytes"},
		{"too slow", small, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(25 * time.Second)
			next(w, fmt.Sprint(turn), 1)
		}, 2, "the list goes on after 1m0s of requests"},
		{"a link that is too long", small, func(w http.ResponseWriter, _ *http.Request) {
			next(w, strings.Repeat("x", 9000), 1)
		}, 0, "nextLink is longer than 8192 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			turn = 0
			a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
				turn++
				test.handler(w, r)
			})
			synctest.Test(t, func(t *testing.T) {
				c := a.direct(func(p *protime.Config) { p.Lists = test.limits })
				pages := 0
				for _, err := range c.List(t.Context(), "/people", protime.ListOptions{}) {
					if err == nil {
						pages++
						time.Sleep(time.Minute) // the reader's time does not count
						continue
					}
					failed := failure(t, err)
					if !failed.Is(protime.TooMuch) || !failed.Is(protime.BadAnswer) || !strings.HasSuffix(err.Error(), test.said) {
						t.Errorf("got %v %q, want %q", err, failed.Kinds(), test.said)
					}
				}
				if pages != test.pages || turn > pages+1 {
					t.Errorf("got %d pages with %d calls, want %d pages", pages, turn, test.pages)
				}
			})
		})
	}
}

func TestTheHeaderOfAnAnswerIsBounded(t *testing.T) {
	tests := []struct {
		name          string
		count, length int
		most          int // headers that are kept
	}{
		{"a few", 10, 100, 20},
		{"many", 900, 10, 64},
		{"large ones", 100, 4000, 16},
		{"too large ones", 10, 5000, 10},
	}
	for _, test := range tests {
		a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
			for i := range test.count {
				w.Header().Set(fmt.Sprintf("A-%d", i), strings.Repeat("h", test.length))
			}
			w.Header().Set("Operation-Location", "/"+strings.Repeat("l", 5000))
			w.Header().Set("Location", "/clockings/1")
			w.Header().Set("ETag", `"7"`)
			w.WriteHeader(201)
		})
		answer, err := a.client().Create(t.Context(), "/clockings", []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for name, values := range answer.Header {
			size += len(name) + len(strings.Join(values, ""))
		}
		if len(answer.Header) > test.most || size > 32<<10 {
			t.Errorf("%s: got %d headers of %d bytes, want %d and 32 KB at most", test.name, len(answer.Header), size, test.most)
		}
		if answer.Location != "/clockings/1" || answer.ETag != `"7"` || answer.OperationLocation != "" {
			t.Errorf("%s: got %q, %q, %q, want the Location, the ETag and no address that is cut", test.name,
				answer.Location, answer.ETag, answer.OperationLocation)
		}
	}
}

func TestALongListIsReadToItsEnd(t *testing.T) {
	const pages, rows = 400, 250
	turn := 0
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
		turn++
		link := fmt.Sprintf("%s/clockings?continuationToken=%d", prefix, turn)
		if turn == pages {
			link = ""
		}
		page(w, link, make([]int, rows)...)
	})
	got := 0
	for record, err := range protime.Records(a.client().List(t.Context(), "/clockings", protime.ListOptions{})) {
		if err != nil || len(record.Raw()) == 0 {
			t.Fatal(err)
		}
		got++
	}
	if got != pages*rows {
		t.Errorf("got %d records, want %d", got, pages*rows)
	}
}

func TestAPageOfNothingButRecordsDoesNotFillTheMemory(t *testing.T) {
	for name, body := range map[string]string{
		"empty objects":                         `{"value":[` + strings.Repeat("{},", 10_000_000) + `{}]}`,
		"one record":                            `{"value":[{"a":[` + strings.Repeat("1,", 15_000_000) + `1]}]}`,
		"few enough values, too many records":   `{"value":[` + strings.Repeat("{},", 200_000) + `{}]}`,
		"few enough values, too large a record": `{"value":[{"a":[` + strings.Repeat("1,", 50_000) + `1]}]}`,
	} {
		a := newAPI(t, answering(200, "application/json", body))
		c := a.client()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ids(t, c, "/people", protime.ListOptions{})
		runtime.ReadMemStats(&after)
		if failed := failure(t, err); !failed.Is(protime.TooMuch) || !failed.Is(protime.BadAnswer) {
			t.Errorf("%s: got %v", name, err)
		}
		// The body itself is read into a buffer that grows, and the server of the test writes it.
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 400 {
			t.Errorf("%s: allocated %d MB", name, used)
		} else {
			t.Logf("%s: allocated %d MB", name, used)
		}
	}
}

func TestAHostileErrorBodyIsReadInPart(t *testing.T) {
	long := strings.Repeat("é", 400)
	for name, body := range map[string]string{
		"validation errors":  `{"validationErrors":[` + list(60_000, `{"field":"f%d","message":"`+long[:20]+`"}`) + `]}`,
		"strings":            `{"validationErrors":[` + list(200_000, `"e%d"`) + `]}`,
		"fields":             `{"errors":{` + list(100_000, `"f%d":["x"]`) + `}}`,
		"fields of nothing":  `{"errors":{` + list(100_000, `"f%d":null`) + `}}`,
		"messages":           `{"error":{` + list(40_000, `"message":"m%d"`) + `}}`,
		"empty messages":     `{"error":{` + list(40_000, `"message":""`) + `}}`,
		"errors":             `{` + list(40_000, `"error":{"reasons":["r%d"]}`) + `}`,
		"reasons":            `{"error":{"reasons":[` + list(100_000, `"r%d"`) + `]}}`,
		"one long message":   `{"error":{"code":"` + long + `","message":"` + long + `"}}`,
		"one of many names":  `{"validationErrors":[{` + list(100_000, `"message":"","field":"%d"`) + `}]}`,
		"nested and long":    `{"errors":` + strings.Repeat(`{"a":`, 90) + `"` + strings.Repeat("x", 3<<20) + `"` + strings.Repeat("}", 91),
		"an unknown element": `{"validationErrors":[{"z":"` + strings.Repeat("x", 3<<20) + `"}]}`,
	} {
		a := newAPI(t, answering(400, "application/json", body))
		_, err := a.client().Create(t.Context(), "/clockings", []byte("{}"))
		failed := failure(t, err)
		if len(failed.Fields) > 100 || len(failed.Reasons) > 100 || len(failed.Error()) > 100*1200 {
			t.Errorf("%s: got %d fields, %d reasons, a text of %d", name, len(failed.Fields), len(failed.Reasons), len(failed.Error()))
		}
		texts := append([]string{failed.Code, failed.Message}, failed.Reasons...)
		for _, f := range failed.Fields {
			texts = append(texts, f.Path, f.Message)
		}
		for _, text := range texts {
			if len(text) > 510 || strings.ToValidUTF8(text, "?") != text {
				t.Errorf("%s: got a text of %d bytes: %.40q", name, len(text), text)
			}
		}
	}
}

// list repeats a text with its number in it, with commas between.
func list(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		if strings.Contains(format, "%d") {
			fmt.Fprintf(&b, format, i)
		} else {
			b.WriteString(format)
		}
	}
	return b.String()
}

func TestAStatusMonitorIsReadWhateverItAnswers(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"200": answering(200, "application/json", `{"status":"Running"}`), "404": answering(404, "text/html", "<html>"),
		"204": answering(204, "", ""), "303": redirect(303), "500": answering(500, "", "x"),
		"an endless body": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 1<<20)) },
	} {
		a := newAPI(t, handler)
		for _, location := range []string{prefix + "/status-monitor/clockings/931", a.URL + prefix + "/status-monitor/931?x=1"} {
			answer, err := a.client().StatusMonitor(t.Context(), location)
			if err != nil || answer.Status == 0 || !answer.Sent || len(answer.Body) > 64<<10 || a.URL+strings.TrimPrefix(location, a.URL) != answer.URL {
				t.Errorf("%s: got %d, %d bytes from %s, %v", name, answer.Status, len(answer.Body), answer.URL, err)
			}
		}
	}
	a := newAPI(t, hangUp(""))
	if _, err := a.client().StatusMonitor(t.Context(), prefix+"/x"); !failure(t, err).Is(protime.Unanswered) {
		t.Errorf("no answer: got %v", err)
	}
	calls := a.calls.Load()
	for _, location := range []string{
		"", "status-monitor/1", "https://evil.example" + prefix + "/x", "//evil.example/x", a.URL + "@evil.example/x",
		a.URL + ".evil.example/x", "/\\evil.example/x", "https" + strings.TrimPrefix(a.URL, "http") + "/x", "/x y", "/x\r\ny", "/%zz",
	} {
		answer, err := a.client().StatusMonitor(t.Context(), location)
		if failed := failure(t, err); !failed.Is(protime.Unreached) || failed.Left() || answer.Sent {
			t.Errorf("%q: got %v", location, err)
		}
	}
	if a.calls.Load() != calls {
		t.Error("a location that is not the API's was called")
	}
}
