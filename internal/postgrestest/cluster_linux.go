package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// serverTimeout bounds starting and stopping on a machine that is busy with other things.
const serverTimeout = time.Minute

// Cluster is a PostgreSQL that several tests share, each with a database of its own: a database is made in a tenth of
// the time that a cluster takes. The zero value starts with the first database. A test that changes what belongs to the
// whole cluster, such as a role, uses Start instead.
type Cluster struct {
	mu        sync.Mutex
	server    *server
	databases int
}

// Database makes an empty database that is dropped when t ends, and returns its URL.
func (c *Cluster) Database(t testing.TB) (databaseURL string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		s, err := start("max_connections=200")
		if err != nil {
			t.Fatalf("postgrestest: %v", err)
		}
		c.server = s
	}
	c.databases++
	name := "test" + strconv.Itoa(c.databases)
	if err := c.server.exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() {
		if err := c.server.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("postgrestest: %v", err)
		}
	})
	return c.server.url(name)
}

// Stop stops the server and removes its files; TestMain calls it after the tests.
func (c *Cluster) Stop() error {
	if c.server == nil {
		return nil
	}
	return c.server.stop()
}

// Start runs a cluster of the test's own until t ends and returns the URL of its empty database. Settings are the
// server's own, such as "max_connections=200". Commits are not forced to disk: a test that measures durable writes asks
// for "fsync=on".
func Start(t testing.TB, settings ...string) (databaseURL string) {
	t.Helper()
	s, err := start(settings...)
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("postgrestest: %v", err)
		}
	})
	return s.url("postgres")
}

// server is a running cluster.
type server struct {
	dir     string // of its data and its socket
	process *os.Process
	ended   chan struct{}
	log     bytes.Buffer // of the server; complete once ended is closed
}

// start makes a cluster in a temporary folder and waits until it answers.
func start(settings ...string) (s *server, err error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// Not t.TempDir: its path is too long for a unix socket, and the server's own user could not enter it.
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir) // the failure before says more
		}
	}()
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.Dir = dir
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	args := []string{"-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off"}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	s = &server{dir: dir, ended: make(chan struct{})}
	if err := s.run(filepath.Join(bin, "postgres"), args, owner); err != nil {
		return nil, err
	}
	if err := s.answers(ctx); err != nil {
		_ = s.process.Signal(syscall.SIGINT)
		<-s.ended
		return nil, fmt.Errorf("%w\n%s", err, &s.log)
	}
	return s, nil
}

// run starts the server's process.
func (s *server) run(program string, args []string, owner *syscall.Credential) error {
	command := exec.Command(program, args...) //nolint:noctx // stopped by a signal, see stop
	command.Dir, command.Stdout, command.Stderr = s.dir, &s.log, &s.log
	// A test binary that is killed runs no cleanup: then the kernel stops the server.
	command.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}
	started := make(chan error, 1)
	go func() {
		// The kernel signals when the thread that started the server ends, so that thread must stay.
		runtime.LockOSThread()
		defer close(s.ended)
		err := command.Start()
		s.process = command.Process
		started <- err
		if err == nil {
			_ = command.Wait() // its log says more than its exit code, and is shown where it matters
		}
	}()
	return <-started
}

// answers waits for the server's first answer.
func (s *server) answers(ctx context.Context) error {
	for {
		err := s.exec("SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return errors.New("the server ended before it answered")
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) url(database string) string {
	at := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database,
		RawQuery: url.Values{"host": {s.dir}}.Encode()}
	return at.String()
}

// exec runs a statement in the database that every cluster has.
func (s *server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// stop ends the server without waiting for its clients and removes its files.
func (s *server) stop() error {
	_ = s.process.Signal(syscall.SIGINT) // fast shutdown
	var late error
	select {
	case <-s.ended:
	case <-time.After(serverTimeout):
		_ = s.process.Kill()
		late = fmt.Errorf("the server did not stop within %v", serverTimeout)
	}
	return errors.Join(late, os.RemoveAll(s.dir))
}

// binaries finds the folder of initdb and postgres: the newest of Debian's, else the PATH's.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return major(a) - major(b) })), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no PostgreSQL here: install it (apt-get install postgresql)")
	}
	return filepath.Dir(path), nil
}

// major is the 15 of /usr/lib/postgresql/15/bin/initdb.
func major(path string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0
	}
	return n
}

// unprivileged is the user to run as when we are root, because PostgreSQL refuses to; nil when we are not.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user postgres: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
