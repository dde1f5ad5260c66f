package tell

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/views"
)

// Call is the request of a change and its answer, with a curl command whose token is masked.
func (w *Words) Call(r change.Receipt) *views.Call {
	call := &views.Call{
		Method: r.Request.Method, URL: cmp.Or(r.URL, r.Request.Path), RequestBody: Indented(r.Request.Body),
		Body: Indented(r.Body), Milliseconds: w.took(r),
	}
	if r.Status != 0 {
		call.Status = Status(r.Status)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		call.Header = append(call.Header, views.Pair{Name: name, Value: strings.Join(r.Header[name], ", ")})
	}
	call.Curl = curl(call.Method, call.URL, w.UserAgent, r.Request.IfMatch, string(r.Request.Body))
	return call
}

func (w *Words) took(r change.Receipt) string {
	if r.Duration == 0 {
		return ""
	}
	return w.T("call.took", "ms", strconv.FormatInt(r.Duration.Milliseconds(), 10))
}

// curl writes the call as a command; the reader fills in the token.
func curl(method, url, agent, ifMatch, body string) string {
	var b strings.Builder
	b.WriteString("curl -X " + method + " " + quoted(url) + " \\\n  -H 'Authorization: Bearer ***' \\\n  -H " +
		quoted("User-Agent: "+agent) + " \\\n  -H 'Accept: application/json'")
	if ifMatch != "" {
		b.WriteString(" \\\n  -H " + quoted("If-Match: "+ifMatch))
	}
	if body != "" {
		b.WriteString(" \\\n  -H 'Content-Type: application/json' \\\n  --data " + quoted(body))
	}
	return b.String()
}

// quoted is a text in quotes for a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// Answer is the API's answer to a change, as the log holds it.
func Answer(r change.Receipt) protime.Answer {
	return protime.Answer{Method: r.Request.Method, URL: r.URL, Status: r.Status, Header: r.Header, Body: r.Body}
}

// Indented is JSON laid out for reading; anything else is returned as it is.
func Indented(raw []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}
