package protime

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
)

// LogAttr replaces each *Error in a logged error, wrapped or not, by its call, status, code, kinds and a failure of
// the connection: operators may not see the API's message, which quotes names and values of people. It is a
// slog.HandlerOptions.ReplaceAttr.
func LogAttr(_ []string, a slog.Attr) slog.Attr {
	err, ok := a.Value.Any().(error)
	if !ok {
		return a
	}
	text := err.Error()
	for _, e := range within(err) {
		text = strings.ReplaceAll(text, e.Error(), e.logged())
	}
	a.Value = slog.StringValue(text)
	return a
}

// within returns the errors of calls that an error is made of.
func within(err error) []*Error {
	var found []*Error
	var one *Error
	if errors.As(err, &one) {
		found = append(found, one)
	}
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, part := range many.Unwrap() {
			found = append(found, within(part)...)
		}
	}
	return found
}

func (e *Error) logged() string {
	var b strings.Builder
	b.WriteString("protime: " + e.call())
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	if isCode(e.Code) {
		b.WriteString(": " + e.Code)
	}
	for _, kind := range e.kinds {
		b.WriteString(": " + string(kind))
	}
	if e.cause != nil && e.plainCause() {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// isCode reports whether a text is one word, as the codes of the API are.
func isCode(text string) bool {
	return text != "" && len(text) <= 64 && !strings.ContainsFunc(text, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("_-.", r)
	})
}

// plainCause reports whether the text of the cause cannot hold anything that a server said: it is a sentence of this
// package about an answer, or a failure of the connection. The transport quotes an answer that is not HTTP.
func (e *Error) plainCause() bool {
	var connection *net.OpError
	var certificate *tls.CertificateVerificationError
	return e.Is(BadAnswer) && !e.Is(Unanswered) || errors.Is(e.cause, errPaused) ||
		errors.As(e.cause, &connection) || errors.As(e.cause, &certificate)
}
