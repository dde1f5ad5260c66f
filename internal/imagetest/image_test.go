//go:build linux

package imagetest_test

import (
	"bytes"
	"encoding/base64"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nonroot is the user of the image.
const nonroot = 65532

const timeout = time.Minute

// root is the repository's.
func root(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// image is a root directory with the program, built by the Dockerfile's own line, and /data, owned by the image's user.
func image(t *testing.T) (dir string) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(root(t), "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^RUN CGO_ENABLED=0 go build (.*) -ldflags "(.*)" -o /out/protime-admin \.$`).FindSubmatch(file)
	if line == nil {
		t.Fatal("got a Dockerfile without a line that builds a static program, want one")
	}
	// Not t.TempDir: the image's user could not pass through its parents.
	dir, err = os.MkdirTemp("", "image")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	flags := append([]string{"build"}, strings.Fields(string(line[1]))...)
	flags = append(flags, "-ldflags", strings.ReplaceAll(string(line[2]), "${VERSION}", "1.2.3"),
		"-o", filepath.Join(dir, "protime-admin"), ".")
	build := exec.CommandContext(t.Context(), "go", flags...)
	build.Dir = root(t)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(data, nonroot, nonroot); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// command runs the program with dir as its root directory and without rights. A tester who is not root needs a user
// namespace for that.
func command(t *testing.T, dir string, env []string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var output bytes.Buffer
	c := exec.CommandContext(t.Context(), "/protime-admin", args...)
	c.Dir, c.Env, c.Stdout, c.Stderr = "/", env, &output, &output
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = timeout
	c.SysProcAttr = &syscall.SysProcAttr{Chroot: dir}
	if os.Geteuid() == 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: nonroot, Gid: nonroot}
		return c, &output
	}
	c.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
	c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: nonroot, HostID: os.Getuid(), Size: 1}}
	c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: nonroot, HostID: os.Getgid(), Size: 1}}
	return c, &output
}

// configured is the smallest configuration. Neither Protime nor the identity provider answers: the program serves
// without them.
func configured(t *testing.T) (env []string, addr string) {
	t.Helper()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr = listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	key := make([]byte, 64)
	for i := range key {
		key[i] = byte(i)
	}
	return []string{
		"PROTIME_TENANT=acme",
		"PROTIME_API_URL=http://127.0.0.1:1/api",
		"PROTIME_TOKEN_URL=http://127.0.0.1:1/token",
		"PROTIME_CLIENT_ID=desk",
		"PROTIME_CLIENT_SECRET=never-told",
		"OIDC_ISSUER=http://127.0.0.1:1",
		"OIDC_CLIENT_ID=desk",
		"OIDC_CLIENT_SECRET=never-told",
		"ROLE_EDITORS=hr",
		"PUBLIC_URL=http://" + addr,
		"LISTEN_ADDR=" + addr,
		"SESSION_KEYS=" + base64.StdEncoding.EncodeToString(key),
		"AUDIT_KEY=" + base64.StdEncoding.EncodeToString(key),
		"AUDIT_DATABASE_URL=sqlite:/data/audit.db",
	}, addr
}

func TestTheImagesProgramServesAsNobodyInAnEmptyRoot(t *testing.T) {
	dir := image(t)

	told, output := command(t, dir, nil, "version")
	if err := told.Run(); err != nil || !strings.Contains(output.String(), "1.2.3") {
		t.Fatalf("version: got %v and %q, want 1.2.3", err, output)
	}
	env, addr := configured(t)
	settings, output := command(t, dir, env, "config")
	if err := settings.Run(); err != nil || !strings.Contains(output.String(), "ProtimeAdmin/1.2.3 (acme)") {
		t.Errorf("config: got %v and %q, want a User-Agent with 1.2.3", err, output)
	}
	bare, output := command(t, dir, nil)
	if err := bare.Run(); err == nil || bare.ProcessState.ExitCode() != 2 || !strings.Contains(output.String(), "demo") {
		t.Errorf("without configuration: got %v and %q, want exit 2 and a word of demo", err, output)
	}

	server, log := command(t, dir, env)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	for deadline := time.Now().Add(timeout); ; time.Sleep(50 * time.Millisecond) {
		check, output := command(t, dir, env, "healthcheck")
		err := check.Run()
		if err == nil {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("the server ended: %v\n%s", err, log)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("healthcheck: got %v and %q, want it healthy at %s", err, output, addr)
		}
	}

	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("SIGTERM: got %v, want a clean end\n%s", err, log)
		}
	case <-time.After(timeout):
		t.Fatalf("SIGTERM: the server still runs after %v", timeout)
	}
	if strings.Contains(log.String(), "never-told") {
		t.Errorf("the log tells a secret:\n%s", log)
	}
	assertClosed(t, filepath.Join(dir, "data", "audit.db"))

	after, output := command(t, dir, env, "healthcheck")
	if err := after.Run(); err == nil {
		t.Errorf("healthcheck of a server that is gone: got exit 0 and %q, want a failure", output)
	}
	verify, output := command(t, dir, env, "audit", "verify")
	if err := verify.Run(); err != nil {
		t.Errorf("audit verify: got %v and %q, want an intact log", err, output)
	}
}

// assertClosed checks that the whole log is in one file, which can be copied.
func assertClosed(t *testing.T, database string) {
	t.Helper()
	if _, err := os.Stat(database); err != nil {
		t.Errorf("got %v, want a log in the volume", err)
	}
	for _, companion := range []string{"-wal", "-shm", "-journal"} {
		if info, err := os.Stat(database + companion); err == nil && info.Size() > 0 {
			t.Errorf("got %d bytes in %s after the end, want them in the log itself", info.Size(), info.Name())
		}
	}
}

func TestTheImageSaysItsVersion(t *testing.T) {
	dry := exec.CommandContext(t.Context(), "make", "--dry-run", "docker", "VERSION=1.2.3")
	dry.Dir = root(t)
	if out, err := dry.CombinedOutput(); err != nil || !strings.Contains(string(out), "--build-arg VERSION=1.2.3 ") {
		t.Errorf("make docker: got %v and %q, want it to pass VERSION", err, out)
	}
	file, err := os.ReadFile(filepath.Join(root(t), "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	stages := strings.Split(string(file), "\nFROM ")
	image := stages[len(stages)-1]
	if !strings.Contains(image, "\nARG VERSION") || !regexp.MustCompile(`(?m)^LABEL .*image\.version="\$\{VERSION\}"`).MatchString(image) {
		t.Errorf("got %q, want a label with the version in the last stage", image)
	}
}
