package protime

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// Answer is the last attempt of a call: what was sent, and what came back as far as it is known. The Authorization
// header is not part of it, and tokens, cookies and the client secret are taken out of what the server said.
type Answer struct {
	Method      string
	URL         string // absolute, with its encoded query
	RequestBody []byte
	IfMatch     string // the header that was sent, "" when none was

	Status            int         // 0 when no status came
	Header            http.Header // what is beyond 64 values of 4 KB, 32 KB in all, is left out
	Location          string      // as the server wrote it, host-relative on a 201; see Client.PathOf
	OperationLocation string      // on a 202
	ETag              string
	RetryAfter        time.Duration // 0 when the server named none; at most 5 minutes
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

// What is kept of the header of an answer, for the log and for pages. A value that is too long is left out: half an
// address leads elsewhere.
const (
	maxHeaderValues = 64       // values
	maxHeaderLength = 4 << 10  // bytes of one value and its name
	maxHeaderBytes  = 32 << 10 // bytes of all
)

// visible copies a header without what is secret and without what is too much: those that this client reads come
// first, the others in the order of their names.
func visible(header http.Header, scrub func(string) string) http.Header {
	names := []string{
		"Content-Type", "Etag", "Location", "Operation-Location", "Retry-After", "Www-Authenticate",
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if !slices.Contains(names, name) && !hidden(name) {
			names = append(names, name)
		}
	}
	shown := make(http.Header, min(len(header), maxHeaderValues))
	count, size := 0, 0
	for _, name := range names {
		for _, value := range header[name] {
			length := len(name) + len(value)
			if length > maxHeaderLength || count == maxHeaderValues || size+length > maxHeaderBytes {
				continue
			}
			count, size = count+1, size+length
			shown[name] = append(shown[name], scrub(value))
		}
	}
	return shown
}
