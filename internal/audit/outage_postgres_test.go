//go:build postgres

package audit_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
)

// cable is the way to a PostgreSQL, which a test can let hang or cut.
type cable struct {
	t      *testing.T
	target string // the server's unix socket
	at     string // host:port

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	open     chan struct{} // closed while bytes go through
}

// wired returns a PostgreSQL that is reached over a cable.
func wired(t *testing.T) (database, *cable) {
	t.Helper()
	db := postgres(t)
	direct, err := url.Parse(db.url)
	if err != nil {
		t.Fatal(err)
	}
	w := &cable{t: t, target: filepath.Join(direct.Query().Get("host"), ".s.PGSQL.5432"), conns: map[net.Conn]bool{},
		open: make(chan struct{})}
	close(w.open)
	w.listen("127.0.0.1:0")
	w.at = w.listener.Addr().String()
	t.Cleanup(func() { w.heal(); w.cut() })
	db.url = "postgres://postgres@" + w.at + direct.Path + "?sslmode=disable"
	return db, w
}

func (w *cable) listen(at string) {
	w.t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", at)
	if err != nil {
		w.t.Fatal(err)
	}
	w.listener = listener
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go w.carry(from)
		}
	}()
}

// carry moves bytes both ways.
func (w *cable) carry(from net.Conn) {
	w.passes()
	var dialer net.Dialer
	to, err := dialer.DialContext(context.Background(), "unix", w.target)
	if err != nil {
		_ = from.Close()
		return
	}
	w.mu.Lock()
	w.conns[from], w.conns[to] = true, true
	w.mu.Unlock()
	go w.copy(to, from)
	w.copy(from, to)
}

func (w *cable) copy(to, from net.Conn) {
	defer to.Close()
	chunk := make([]byte, 32<<10)
	for {
		n, err := from.Read(chunk)
		w.passes()
		if n > 0 {
			if _, err := to.Write(chunk[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// passes waits until bytes go through.
func (w *cable) passes() {
	w.mu.Lock()
	open := w.open
	w.mu.Unlock()
	<-open
}

// hang holds back every byte, as a path that lost its packets does: connections stay, and new ones are accepted.
func (w *cable) hang() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = make(chan struct{})
}

// cut ends every connection and refuses new ones.
func (w *cable) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.listener.Close()
	for conn := range w.conns {
		_ = conn.Close()
	}
	clear(w.conns)
}

// heal lets bytes through again.
func (w *cable) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.open:
	default:
		close(w.open)
	}
}

// within fails the test when something still waits for the database after a minute, which is far above what it may
// take.
func within(t *testing.T, what string, do func(context.Context) error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- do(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		t.Fatalf("%s: still waits for the database after a minute", what)
		return nil
	}
}

func TestInvariant2_ADatabaseThatIsAwayStopsChangesAndHoldsUpNobody(t *testing.T) {
	t.Parallel() // it waits more than it works
	tests := []struct {
		name       string
		fail, mend func(*cable)
	}{
		{"it hangs", (*cable).hang, (*cable).heal},
		{"it is down", (*cable).cut, func(w *cable) { w.listen(w.at) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db, w := wired(t)
			l := db.open(t, audit.Options{Heartbeat: 50 * time.Millisecond})
			run(t, l)
			prepare(t, l, "a", edit())
			sessions := l.Revocations()
			if err := sessions.Revoke(t.Context(), "sid:out", time.Now(), time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			test.fail(w)
			stuck(t, "an outcome", func(ctx context.Context) error { return l.Append(ctx, "a", answered(200)) })
			manyStuck(t, l)
			err := within(t, "reading twenty times", func(ctx context.Context) (err error) {
				for range 20 {
					_, err = l.Receipt(ctx, "a")
				}
				return err
			})
			if !errors.Is(err, change.ErrUnreadable) || !errors.Is(err, change.ErrOutage) {
				t.Errorf("reading: got %v, want ErrUnreadable in an outage", err)
			}
			for key, want := range map[string]bool{"sid:out": true, "sid:in": false} {
				err := within(t, "revoked, a hundred times", func(ctx context.Context) (err error) {
					for range 100 {
						var out bool
						if out, err = sessions.Revoked(ctx, []string{key}, time.Time{}); out != want {
							t.Errorf("revoked %s: got %t, want %t", key, out, want)
						}
					}
					return err
				})
				if err != nil {
					t.Errorf("revoked %s: %v", key, err)
				}
			}
			stuck(t, "a sign-out", func(ctx context.Context) error {
				return sessions.Revoke(ctx, "sid:x", time.Now(), time.Now().Add(time.Hour))
			})
			test.mend(w)
			eventually(t, "the log is readable", func() bool { _, err := l.Receipt(t.Context(), "a"); return err == nil })
			recovers(t, l, "a")
			eventually(t, "a sign-out elsewhere is heard of again", func() bool {
				exec(t, db.raw(t), `INSERT INTO revocations (key, at, until) VALUES ('sid:late', 2000000000000, 3000000000000)
					ON CONFLICT DO NOTHING`)
				out, err := sessions.Revoked(t.Context(), []string{"sid:late"}, time.Time{})
				return out && err == nil
			})
		})
	}
}

// lines collects what is logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestAStartThatWaitsForADatabaseSaysSoAndEnds(t *testing.T) {
	t.Parallel() // it waits more than it works
	db, w := wired(t)
	w.hang()
	said := new(lines)
	options := serving()
	options.Logger = slog.New(slog.NewTextHandler(said, nil))
	err := within(t, "start", func(ctx context.Context) error {
		_, err := audit.Open(ctx, db.url, options)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("got %v, want that PostgreSQL cannot be reached", err)
	}
	if !strings.Contains(said.String(), "waiting for the audit log's database") {
		t.Errorf("log: got %q, want what it waits for", said)
	}
}

func TestALogWhoseDatabaseHangsCanBeClosed(t *testing.T) {
	t.Parallel() // it waits more than it works
	for _, test := range []struct {
		name string
		lost bool
	}{{"nothing is lost", false}, {"an outcome is lost", true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db, w := wired(t)
			options := serving()
			options.Logger = slog.New(slog.DiscardHandler)
			l, err := audit.Open(t.Context(), db.url, options)
			if err != nil {
				t.Fatal(err)
			}
			prepare(t, l, "a", edit())
			w.hang()
			if test.lost {
				stuck(t, "an outcome", func(ctx context.Context) error { return l.Append(ctx, "a", answered(200)) })
			}
			err = within(t, "close", func(context.Context) error { return l.Close() })
			if (err != nil) != test.lost {
				t.Errorf("close: got %v, want an error: %t", err, test.lost)
			}
		})
	}
}

func TestAServerThatWouldLoseCommitsIsRefused(t *testing.T) {
	db := postgres(t)
	for _, setting := range []string{"off", "local"} {
		_, err := audit.Open(t.Context(), db.url+"&synchronous_commit="+setting, serving())
		if err == nil || !strings.Contains(err.Error(), "synchronous_commit") {
			t.Errorf("%s: got %v, want a refusal that names synchronous_commit", setting, err)
		}
	}
	db.url += "&synchronous_commit=remote_apply"
	prepare(t, db.open(t, audit.Options{}), "a", edit())
}

func TestTheServersClockStampsEvents(t *testing.T) {
	db := postgres(t)
	l := db.open(t, audit.Options{})
	audit.SetClock(l, time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC))
	prepare(t, l, "a", edit())
	add(t, l, "a", lost("reset"))
	if at := receipt(t, l, "a").At; at.Year() == 2036 {
		t.Errorf("got %v, want the server's time", at)
	}
}
