package handlers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/web"
	"protime-admin/views"
)

// Times of a stream of events.
const (
	streamAge   = time.Second      // of what those who watch a batch share
	streamBeat  = 15 * time.Second // proxies close connections on which nothing is sent for a minute, or half of one
	streamRetry = 3 * time.Second
)

// GET /batches/{id}/events: what changes on the page of a batch, drawn as on the page itself, at most once a second, for as
// long as rows are sent or their outcome is not known. `done` says that the page is to be loaded again, `end` that
// nothing more will change.
func (s *Server) batchEvents(x *exchange) error {
	b, err := x.batchOfPath()
	if err != nil {
		return err
	}
	if !s.streams.take(x.actor) {
		return &pageError{status: http.StatusTooManyRequests, failure: x.words.Failure("too-many-streams")}
	}
	defer s.streams.leave(x.actor)
	events, err := web.NewEvents(x.c.Response(), streamRetry)
	if err != nil {
		return nil // the client is gone
	}
	w := &watcher{x: x, events: events, id: b.ID, sending: b.IsSending()}
	tick, beat := time.NewTicker(streamAge), time.NewTicker(streamBeat)
	defer tick.Stop()
	defer beat.Stop()
	for w.update() {
		select {
		case <-x.request().Context().Done():
			return nil
		case <-beat.C:
			if !w.allowed() || events.Beat() != nil {
				return nil
			}
		case <-tick.C:
		}
	}
	return nil
}

// watcher is one browser that watches a batch.
type watcher struct {
	x       *exchange
	events  *web.Events
	id      string
	sending bool // the page shows what is being sent, not the result
	begun   bool
	seen    batch.Snapshot // that was drawn last
}

// update sends what has changed; false where the stream is over. A browser whose stream ends otherwise than by `done` or
// `end` connects again: to another replica when this one stops.
func (w *watcher) update() bool {
	x := w.x
	ctx := x.request().Context()
	if !x.s.Ready() {
		return false
	}
	now, err := x.s.progress.Look(ctx, w.id, streamAge)
	if err != nil {
		x.s.Logger.WarnContext(ctx, "a batch cannot be watched", "batch", w.id, "error", err)
		return false
	}
	if now.IsSending() != w.sending {
		return w.send("done", "") && false
	}
	if w.begun && now.Same(w.seen) {
		return true
	}
	view, err := x.runView(now)
	if err != nil {
		x.s.Logger.WarnContext(ctx, "a batch cannot be watched", "batch", w.id, "error", err)
		return false
	}
	var part strings.Builder
	if err := views.BatchRunParts(x.page(""), view).Render(context.WithoutCancel(ctx), &part); err != nil {
		x.s.Logger.ErrorContext(ctx, "a batch cannot be drawn", "batch", w.id, "error", err)
		return false
	}
	w.begun, w.seen = true, now
	if !w.send("part", part.String()) {
		return false
	}
	if view.Events == "" {
		return w.send("end", "") && false
	}
	return true
}

// send sends an event, unless the session has ended.
func (w *watcher) send(name, data string) bool {
	return w.allowed() && w.events.Send(name, data) == nil
}

// allowed reports whether the session lasts. A stream is no activity: it lasts no longer because somebody watches.
func (w *watcher) allowed() bool {
	_, err := w.x.s.SignIn.Sessions.Read(w.x.request())
	return err == nil
}

// Bounds of streams: a browser opens six connections to a host that speaks HTTP/1.1, and needs some of them for pages.
const (
	mostStreams   = 500
	personStreams = 4
)
