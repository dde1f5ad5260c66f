package browsertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Process is a running npm tool.
type Process struct {
	output *output
}

// Modules is the folder with the tools that package-lock.json pins. Where they are not installed the test fails.
func Modules(t testing.TB) string {
	t.Helper()
	root, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal(missing("no go.mod above this test"))
		}
		root = filepath.Dir(root)
	}
	if err != nil {
		t.Fatalf("browsertest: %v", err)
	}
	modules := filepath.Join(root, "internal", "browsertest", "node_modules")
	if _, err := os.Stat(modules); err != nil {
		t.Fatal(missing("the npm tools are not installed: run npm ci in internal/browsertest, or let make test do it"))
	}
	return modules
}

// Node runs a script with node until t ends, and returns when its output holds the text ready. The script finds the
// packages of Modules by name when it lies in or below internal/browsertest.
func Node(t testing.TB, ready, script string, args ...string) *Process {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal(missing("no Node here: install it (apt-get install nodejs npm), or let make test do it"))
	}
	command := exec.Command(node, append([]string{script}, args...)...) //nolint:noctx // killed when the test ends
	command.Dir = filepath.Dir(Modules(t))
	command.Env = append(os.Environ(), "NO_COLOR=1", "FORCE_COLOR=0", "NODE_NO_WARNINGS=1")
	p := &Process{output: &output{grown: make(chan struct{}, 1)}}
	command.Stdout, command.Stderr = p.output, p.output
	command.WaitDelay = time.Second
	if err := command.Start(); err != nil {
		t.Fatalf("browsertest: %v", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = command.Wait() // its error is that of being killed below
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
	})
	p.await(t, ready, ended)
	return p
}

// Output returns what the tool has written.
func (p *Process) Output() string { return p.output.String() }

func (p *Process) await(t testing.TB, ready string, ended <-chan struct{}) {
	t.Helper()
	timeout := time.After(actionTimeout)
	for !strings.Contains(p.Output(), ready) {
		select {
		case <-p.output.grown:
		case <-ended:
			t.Fatalf("browsertest: the tool ended before it said %q:\n%s", ready, p.Output())
		case <-timeout:
			t.Fatalf("browsertest: the tool did not say %q:\n%s", ready, p.Output())
		}
	}
}

// output is a buffer that signals writes.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.grown <- struct{}{}:
	default:
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
