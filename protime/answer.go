package protime

import (
	"net/http"
	"time"
)

// Answer is the last attempt of a call: what was sent, and what came back as far as it is known. The Authorization
// header is not part of it, and tokens, cookies and the client secret are taken out of what the server said.
type Answer struct {
	Method      string
	URL         string // absolute, with its encoded query
	RequestBody []byte
	IfMatch     string // the header that was sent, "" when none was

	Status            int // 0 when no status came
	Header            http.Header
	Location          string // as the server wrote it, host-relative on a 201; see Client.PathOf
	OperationLocation string // on a 202
	ETag              string
	RetryAfter        time.Duration // 0 when the server named none
	Body              []byte        // nil on pages of a list: the records are the body

	Began    time.Time // by Config.Now; zero when the last attempt was not made
	Duration time.Duration
	// Sent says that the request was handed to a connection: the server may have seen it.
	Sent bool
	// Earlier are the attempts before this one, oldest first; nil when there was one attempt only.
	Earlier []Attempt
}

// Attempt is one attempt of a call that was made again.
type Attempt struct {
	Began    time.Time
	Duration time.Duration
	Status   int // 0 when no status came
	Header   http.Header
	Body     []byte // the beginning, at most 2 KB
}

// hidden are the headers that never leave the client.
func hidden(name string) bool {
	switch name {
	case "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "Set-Cookie2", "Authentication-Info":
		return true
	}
	return false
}

// visible copies a header without what is secret.
func visible(header http.Header, scrub func(string) string) http.Header {
	shown := make(http.Header, len(header))
	for name, values := range header {
		if hidden(name) {
			continue
		}
		for _, value := range values {
			shown[name] = append(shown[name], scrub(value))
		}
	}
	return shown
}
