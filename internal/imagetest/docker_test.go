//go:build linux && docker

package imagetest_test

import (
	"os/exec"
	"strings"
	"testing"
)

func TestTheImageIsBuilt(t *testing.T) {
	const name = "protime-admin:imagetest"
	build := exec.CommandContext(t.Context(), "docker", "build", "--build-arg", "VERSION=1.2.3", "-t", name, root(t))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("docker build: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), "docker", "run", "--rm", "--read-only", "--network", "none", name, "version").CombinedOutput()
	if err == nil {
		var label []byte
		label, err = exec.CommandContext(t.Context(), "docker", "inspect", "--format", `{{index .Config.Labels "org.opencontainers.image.version"}}`, name).Output()
		out = append(out, label...)
	}
	if err != nil || strings.Count(string(out), "1.2.3") != 2 {
		t.Errorf("docker run: got %v and %q, want 1.2.3 of the program and of the label", err, out)
	}
}
