package endtoend

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/config"
	"protime-admin/internal/demo"
)

// roleVariable makes this test binary one of the benchmark's other processes: "company" and the like.
const roleVariable = "ENDTOEND_ROLE"

// startRole runs this binary again as one of the other processes, and returns it with the line that it writes when it is ready.
func startRole(b *testing.B, role string, settings ...map[string]string) (*exec.Cmd, string) {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	for _, each := range settings {
		for name, value := range each {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Stderr = os.Stderr
	lives, err := cmd.StdinPipe() // the process ends when this is closed
	if err != nil {
		b.Fatal(err)
	}
	says, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = lives.Close() // it may have ended before
		_ = cmd.Wait()    // the benchmark has its numbers
	})
	line, err := bufio.NewReader(says).ReadString('\n')
	if err != nil {
		b.Fatalf("%s: %v", role, err)
	}
	return cmd, strings.TrimSpace(line)
}

// playRole is what the benchmark's other processes do, until their standard input ends.
func playRole(role string) error {
	switch role {
	case "company":
		return playCompany()
	case "bare":
		return playBare()
	case "crowd":
		return playCrowd()
	case "read":
		return playRead()
	}
	return fmt.Errorf("no role %q", role)
}

// playCompany is the API and the identity provider of the demo; it writes the product's settings as JSON.
func playCompany() (err error) {
	company, err := demo.Start(context.Background(), func(name string) string {
		return map[string]string{"LISTEN_ADDR": "127.0.0.1:0"}[name]
	}, time.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, company.Close()) }()
	if err := company.Listener.Close(); err != nil { // the product opens it
		return err
	}
	settings := map[string]string{}
	for _, row := range config.Table() {
		if value := company.Getenv(row.Name); value != "" {
			settings[row.Name] = value
		}
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// playBare is the least that a handler can do for the edit page: one GET at the API, with a token that it has, over a
// transport like the client's own, and as many bytes, the same each time.
func playBare() error {
	bearer, err := bareToken()
	if err != nil {
		return err
	}
	size, err := strconv.Atoi(os.Getenv("BARE_SIZE"))
	if err != nil {
		return err
	}
	api := os.Getenv("PROTIME_API_URL") + "/clockings/8192"
	upstream := &http.Client{Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 32}}
	fixed := []byte(strings.Repeat("x", size))
	length := strconv.Itoa(size)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, api, nil)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		request.Header.Set("Authorization", bearer)
		request.Header.Set("Accept", "application/json")
		request.Header.Set("User-Agent", "ProtimeAdmin/bench (acme)")
		response, err := upstream.Do(request)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
		if _, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
			http.Error(w, fmt.Sprint(response.StatusCode, err), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", length)
		_, _ = w.Write(fixed) // who asked has gone when this fails
	})
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with the process
	fmt.Println("http://" + listener.Addr().String() + "/clockings/8192/edit")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// bareToken asks the API's token endpoint once.
func bareToken() (string, error) {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {os.Getenv("PROTIME_CLIENT_ID")},
		"client_secret": {os.Getenv("PROTIME_CLIENT_SECRET")},
	}
	response, err := http.PostForm(os.Getenv("PROTIME_TOKEN_URL"), form)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("no token: status %d: %w", response.StatusCode, err)
	}
	return "Bearer " + answer.AccessToken, nil
}
