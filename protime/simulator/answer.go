package simulator

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// answer is what will be written; handlers return it whole, so that it can be checked, cut off or thrown
// away.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// write sends the answer as JSON, unless its header says otherwise.
func (a answer) write(w http.ResponseWriter) {
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	if len(a.body) > 0 && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json; charset=utf-8")
	}
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		header.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away is the client's business
}

// with adds a header.
func (a answer) with(name, value string) answer {
	header := a.header.Clone()
	if header == nil {
		header = make(http.Header, 1)
	}
	header.Set(name, value)
	a.header = header
	return a
}

// wrong is the wrapped error of most 4xx and 5xx answers; reasons make it the one of controller validation
// (reference/responses). Only the code BadRequest is published, the others are made up.
func wrong(status int, code, message string, reasons ...string) answer {
	body := `{"error":{"code":` + quote(code) + `,"message":` + quote(message)
	if len(reasons) > 0 {
		body += `,"reasons":[` + joinQuoted(reasons) + `]`
	}
	return answer{status: status, body: []byte(body + `}}`)}
}

// refused is a 400 for a request that breaks a rule of the business or of the query language.
func refused(reasons ...string) answer {
	return wrong(http.StatusBadRequest, "BadRequest", "The request was invalid", reasons...)
}

func notFound(what string) answer {
	return wrong(http.StatusNotFound, "NotFound", what+" does not exist.")
}

// violation is one member of a body that fails model validation.
type violation struct {
	field   string // "person.id", "activityLevels[0].level"; "" for the body as a whole
	message string
}

// invalid is the 400 of model validation: without the wrapper, with validationErrors. The shape of its
// elements is not published, so it is an option.
func (t *Tenant) invalid(violations []violation) answer {
	var b strings.Builder
	b.WriteString(`{"code":"BadRequest","message":"The request body is invalid.","validationErrors":[`)
	objects := t.options().ValidationObjects
	for i, v := range violations {
		if i > 0 {
			b.WriteByte(',')
		}
		if objects {
			b.WriteString(`{"field":` + quote(v.field) + `,"message":` + quote(v.message) + `}`)
			continue
		}
		b.WriteString(quote(v.message))
	}
	b.WriteString(`]}`)
	return answer{status: http.StatusBadRequest, body: []byte(b.String())}
}

func joinQuoted(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return strings.Join(quoted, ",")
}

func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(r.Body, maxBody))
}
