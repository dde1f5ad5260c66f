package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// NewLogger writes one JSON object a line. Durations are text with their unit. Lines that are logged with the context
// of a request say its id and, once SetUser was called, its session and user.
func NewLogger(w io.Writer, options slog.HandlerOptions) *slog.Logger {
	replace := options.ReplaceAttr
	options.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration {
			return slog.String(a.Key, a.Value.Duration().String())
		}
		if replace == nil {
			return a
		}
		return replace(groups, a)
	}
	return slog.New(logHandler{slog.NewJSONHandler(w, &options)})
}

// logHandler adds the attributes of the request that a line's context belongs to.
type logHandler struct{ slog.Handler }

func (h logHandler) Handle(ctx context.Context, line slog.Record) error {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		line.AddAttrs(r.attributes()...)
	}
	return h.Handler.Handle(ctx, line)
}

func (h logHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attributes)}
}

func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(name)}
}

// logged gives each request its identity and writes its line, also when the handler panics.
func logged(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := o.Now()
		about := &Request{ID: newRequestID(), Address: clientAddress(r, o.TrustedProxies)}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, about))
		response := &response{ResponseWriter: w}
		response.extendDeadline()
		brokenOff := true // until the handler returns
		defer func() {
			o.ended(r, response, brokenOff, start)
		}()
		next.ServeHTTP(response, r)
		brokenOff = false
	})
}

// ended counts and logs a request. The line goes to the handler directly, because a Logger walks the stack for the
// source of each line, which is this one every time. Queries are left out: they hold names and dates of people.
func (o Options) ended(r *http.Request, response *response, brokenOff bool, start time.Time) {
	now := o.Now()
	took := now.Sub(start)
	status, counted, how := response.code(), response.code(), ""
	streamed := isEvents(response.Header())
	switch {
	case streamed && !brokenOff: // it ends when its client goes
	case ClientGone(r.Context()) && !response.complete():
		status, counted, how = StatusClientGone, StatusClientGone, "client went away"
	case brokenOff:
		counted, how = http.StatusInternalServerError, "response broke off"
	}
	method := r.Method
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other" // clients make methods up: each would be a metric of its own
	}
	if o.Observe != nil && !streamed { // how long somebody watched says nothing about how long answers take
		o.Observe(method, counted, took)
	}
	h := o.Logger.Handler()
	if !h.Enabled(r.Context(), slog.LevelInfo) {
		return
	}
	line := slog.NewRecord(now, slog.LevelInfo, "request", 0)
	line.AddAttrs(slog.String("method", clipped(r.Method)), slog.String("path", clipped(r.URL.Path)),
		slog.Int("status", status), slog.Int64("bytes", response.bytes), slog.Duration("took", took),
		slog.String("address", RequestFrom(r.Context()).Address.String()))
	if how != "" {
		line.AddAttrs(slog.String("ended", how))
	}
	_ = h.Handle(r.Context(), line) // the write failed: nothing else to do
}

// maxLogged is how many bytes of a text that a client chose stand in a log line.
const maxLogged = 512

func clipped(text string) string {
	if len(text) <= maxLogged {
		return text
	}
	return fmt.Sprintf("%s... (%d bytes)", strings.ToValidUTF8(text[:maxLogged], ""), len(text))
}

// response counts what is written.
type response struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// writeTimeout is how long a client may take for what is written at once. A file may stream for hours; a client that
// stops reading holds its connection no longer than this.
const writeTimeout = time.Minute

func (w *response) extendDeadline() {
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout)) // not on every writer
}

func (w *response) WriteHeader(status int) {
	w.extendDeadline()
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(p []byte) (int, error) {
	w.extendDeadline()
	w.status = w.code()
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush implements http.Flusher, which compression and templates look for.
func (w *response) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush() // not on every writer
}

// code is the status that was sent, 200 where the handler has not said one.
func (w *response) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// complete reports whether the whole body was written: a client that closes the connection then has had its answer.
func (w *response) complete() bool {
	return w.status != 0 && w.Header().Get("Content-Length") == strconv.FormatInt(w.bytes, 10)
}
