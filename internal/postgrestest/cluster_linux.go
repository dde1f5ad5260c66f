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
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience bounds starting and stopping on a machine that is busy with other things.
const patience = time.Minute

// Start runs a new cluster until t ends and returns the URL of its empty database. Settings are the server's own,
// such as "max_connections=200". Commits are not forced to disk: a test that measures durable writes asks for
// "fsync=on".
func Start(t testing.TB, settings ...string) (databaseURL string) {
	t.Helper()
	bin, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	owner, err := unprivileged()
	if err != nil {
		t.Fatal(err)
	}
	// Not t.TempDir: its path is too long for a unix socket, and the server's own user could not enter it.
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("postgrestest: %v", err)
		}
	})
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatalf("postgrestest: %v", err)
		}
	}

	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(t.Context(), filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.Dir = dir
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("postgrestest: initdb: %v\n%s", err, out)
	}

	args := []string{"-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off"}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	serve(t, filepath.Join(bin, "postgres"), args, dir, owner)

	at := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {dir}}.Encode()}
	return at.String()
}

// serve starts the server, waits until it answers, and has it stopped when t ends.
func serve(t testing.TB, program string, args []string, dir string, owner *syscall.Credential) {
	t.Helper()
	var log bytes.Buffer
	server := exec.Command(program, args...) //nolint:noctx // stopped by a signal of its own, see below
	server.Dir, server.Stdout, server.Stderr = dir, &log, &log
	// A test binary that is killed runs no cleanup: then the kernel stops the server.
	server.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}

	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		// The kernel's promise is tied to the thread that started the server, so that thread must stay.
		runtime.LockOSThread()
		defer close(ended)
		err := server.Start()
		started <- err
		if err == nil {
			_ = server.Wait() // its log says more than its exit code, and is shown where it matters
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT) // fast shutdown: no waiting for clients
		select {
		case <-ended:
		case <-time.After(patience):
			_ = server.Process.Kill()
			t.Errorf("postgrestest: the server did not stop within %v", patience)
		}
	})
	if err := answering(t.Context(), dir, ended); err != nil {
		_ = server.Process.Signal(syscall.SIGINT)
		<-ended
		t.Fatalf("postgrestest: %v\n%s", err, &log)
	}
}

func answering(ctx context.Context, dir string, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, "host="+dir+" user=postgres dbname=postgres")
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ended:
			return errors.New("the server ended before it answered")
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// binaries finds the folder of initdb and postgres: the newest of Debian's, else the PATH's.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", fmt.Errorf("postgrestest: %w", err)
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return major(a) - major(b) })), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("postgrestest: no PostgreSQL here: install it (apt-get install postgresql)")
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
		return nil, fmt.Errorf("postgrestest: PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("postgrestest: user postgres: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("postgrestest: user postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
