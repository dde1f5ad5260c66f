package browsertest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Prism is a proxy that validates every request and every answer by an OpenAPI document. An invalid request is answered
// 422, 404 or 401 and not forwarded; an invalid answer becomes a 500.
type Prism struct {
	URL string // serves the document's paths, without its servers' base path

	mu         sync.Mutex
	violations []string
}

// StartPrism starts Prism as a proxy of upstream, which serves the paths of the document, until t ends.
func StartPrism(t testing.TB, document, upstream string) *Prism {
	t.Helper()
	host := prism(t, "proxy", absolute(t, document), upstream, "--errors")

	// Prism reports violations in its answers only. A second proxy in front of it records them.
	p := new(Prism)
	front := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: host})
	front.ModifyResponse = p.note
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// StartMock serves the examples of an OpenAPI document until t ends. It returns the address, without the base path of
// the document's servers.
func StartMock(t testing.TB, document string) string {
	t.Helper()
	return "http://" + prism(t, "mock", absolute(t, document))
}

// prism starts Prism on a port of its own and returns host and port.
func prism(t testing.TB, args ...string) string {
	t.Helper()
	port := strconv.Itoa(freePort(t))
	program := filepath.Join(Modules(t), "@stoplight", "prism-cli", "dist", "index.js")
	Node(t, "Prism is listening", program, append(args, "--host", "127.0.0.1", "--port", port)...)
	return "127.0.0.1:" + port
}

func absolute(t testing.TB, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatalf("browsertest: %v", err)
	}
	return path
}

// Violations returns a text for each invalid request or answer.
func (p *Prism) Violations() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.violations)
}

// note records the answers of Prism itself.
func (p *Prism) note(response *http.Response) error {
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "application/problem+json") {
		return nil
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if !bytes.Contains(body, []byte("stoplight.io/prism/errors")) {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.violations = append(p.violations, fmt.Sprintf("%s %s: %d %s",
		response.Request.Method, response.Request.URL.RequestURI(), response.StatusCode, body))
	return nil
}

// freePort returns a port that was free a moment ago, because Prism cannot choose one.
func freePort(t testing.TB) int {
	t.Helper()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("browsertest: %v", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
