package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Limits of a request; the time limits of responses are those of the request log's writer.
const (
	ReadHeaderTimeout = 10 * time.Second
	ReadTimeout       = 60 * time.Second
	IdleTimeout       = 120 * time.Second
	MaxHeaderBytes    = 64 << 10
)

// The end of a server fits into the 10 seconds that Docker and Kubernetes' preStop give by default or more: proxies
// see that it is not ready, requests finish, those that wait for somebody else are given up and answered.
const (
	drainNotice  = time.Second
	drainRequest = 7 * time.Second
	drainAnswer  = time.Second
)

// Server answers requests until it is told to stop.
type Server struct {
	Handler http.Handler
	Logger  *slog.Logger
	// Ready is true while the server takes requests.
	Ready *atomic.Bool
	// GiveUp is called when requests that still run at the end may run no longer; what they wait for has to return.
	GiveUp func()
}

// Serve answers on listener until ctx ends, then stops within 9 seconds: it is not ready for 1, finishes requests for
// 7, cancels their contexts and calls GiveUp, and leaves them 1 to answer.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	requests, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	server := &http.Server{
		Handler: s.Handler, ReadHeaderTimeout: ReadHeaderTimeout, ReadTimeout: ReadTimeout,
		IdleTimeout: IdleTimeout, MaxHeaderBytes: MaxHeaderBytes,
		ErrorLog:    slog.NewLogLogger(s.Logger.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return requests },
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		s.Ready.Store(false)
		s.Logger.Info("stopping", "limit", drainNotice+drainRequest+drainAnswer)
		time.Sleep(drainNotice)
		giveUp := time.AfterFunc(drainRequest, func() {
			s.Logger.Warn("requests in flight are given up", "after", drainNotice+drainRequest)
			cancel(errStopping)
			s.GiveUp()
		})
		defer giveUp.Stop()
		limit, stop := context.WithTimeout(context.WithoutCancel(ctx), drainRequest+drainAnswer)
		defer stop()
		stopped <- shutdown(limit, server)
	}()
	s.Ready.Store(true)
	go releaseMemory(ctx)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	err := <-stopped
	s.Logger.Info("stopped")
	return err
}

var errStopping = errors.New("the server stops")

// shutdown waits for requests until ctx ends and then cuts their connections.
func shutdown(ctx context.Context, server *http.Server) error {
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return err
}
