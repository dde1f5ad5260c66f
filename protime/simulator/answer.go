package simulator

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// answer is what will be written: a fault may still replace it or send half of it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// head sends status and headers; length is the announced length of the body.
func (a answer) head(w http.ResponseWriter, length int) {
	header := w.Header()
	maps.Copy(header, a.header)
	if length > 0 && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json; charset=utf-8")
	}
	if a.status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(length))
	}
	w.WriteHeader(a.status)
}

// write sends the answer as JSON, unless its header says otherwise.
func (a answer) write(w http.ResponseWriter) {
	a.head(w, len(a.body))
	_, _ = w.Write(a.body) // fails when the client went away
}

// with adds a header.
func (a answer) with(name, value string) answer {
	header := http.Header{}
	maps.Copy(header, a.header)
	header.Set(name, value)
	a.header = header
	return a
}

// failure returns the wrapped error of most 4xx and 5xx answers; reasons make it the one of controller validation
// (reference/responses). The code is made from the status; only BadRequest is published.
func failure(status int, message string, reasons ...string) answer {
	code := strings.ReplaceAll(http.StatusText(status), " ", "")
	body := `{"error":{"code":` + quote(code) + `,"message":` + quote(message)
	if len(reasons) > 0 {
		body += `,"reasons":` + quoteAll(reasons)
	}
	return answer{status: status, body: []byte(body + `}}`)}
}

// refused returns a 400 for a request that breaks a rule of the business or of the query language.
func refused(reasons ...string) answer {
	return failure(http.StatusBadRequest, "The request was invalid", reasons...)
}

// invalid returns the 400 of model validation: without the wrapper, with validationErrors. The shape of its elements
// is not published; these are strings.
func invalid(violations ...string) answer {
	return answer{status: http.StatusBadRequest, body: []byte(
		`{"code":"BadRequest","message":"The request body is invalid.","validationErrors":` + quoteAll(violations) + `}`)}
}

func notFound(what string) answer {
	return failure(http.StatusNotFound, what+" does not exist.")
}

// quoteAll writes a JSON array of strings.
func quoteAll(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ",") + "]"
}
