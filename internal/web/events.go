package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// EventStream is the content type of server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
const EventStream = "text/event-stream"

// Events is a response of server-sent events. It is not compressed, its length is in no metric, and it may last for as
// long as its client reads: each event has the time limit of a write.
type Events struct{ w http.ResponseWriter }

// NewEvents begins such a response. retry is how long a browser waits before it connects again.
func NewEvents(w http.ResponseWriter, retry time.Duration) (*Events, error) {
	h := w.Header()
	h.Set("Content-Type", EventStream)
	h.Set("X-Accel-Buffering", "no") // nginx would collect 4 KB first
	w.WriteHeader(http.StatusOK)
	e := &Events{w: w}
	return e, e.send("retry: " + strconv.FormatInt(retry.Milliseconds(), 10) + "\n\n")
}

// lineEnds makes line feeds of all line ends that the format has: behind another one, a text would say a field of its own.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Send sends one event; name is without line breaks.
func (e *Events) Send(name, data string) error {
	var b strings.Builder
	b.WriteString("event: " + name + "\n")
	if data == "" {
		b.WriteString("data:\n") // an event without data is not dispatched
	}
	for line := range strings.Lines(lineEnds.Replace(data)) {
		b.WriteString("data: " + strings.TrimRight(line, "\n") + "\n")
	}
	b.WriteString("\n")
	return e.send(b.String())
}

// Beat sends a comment: proxies close connections on which nothing is sent, and a client that is gone is noticed.
func (e *Events) Beat() error { return e.send(":\n\n") }

func (e *Events) send(text string) error {
	if _, err := io.WriteString(e.w, text); err != nil {
		return err
	}
	return http.NewResponseController(e.w).Flush()
}

// isEvents reports whether a response is one of server-sent events.
func isEvents(h http.Header) bool { return h.Get("Content-Type") == EventStream }
