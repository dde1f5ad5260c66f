package simulator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"protime-admin/protime/contract"
)

// checker holds requests and answers against the OpenAPI document itself, not against the collections read
// from it: a mistake in reading the document shows as a violation.
type checker struct {
	document *openapi3.T
	options  *openapi3filter.Options
}

// document is the embedded document, parsed once for all tenants that check: it takes a tenth of a second and
// tens of megabytes.
var document = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromData(contract.Document())
})

func newChecker() *checker {
	parsed, err := document()
	if err != nil {
		panic(fmt.Sprintf("simulator: the contract cannot be read: %v", err))
	}
	return &checker{document: parsed, options: &openapi3filter.Options{
		AuthenticationFunc:         openapi3filter.NoopAuthenticationFunc, // route.go checks scopes
		IncludeResponseStatus:      true,
		ExcludeReadOnlyValidations: true, // the server ignores them in a body (how-to/create-update-delete)
	}}
}

// check reports an accepted request that the document forbids, and an answer that it does not describe. A
// refused request is not checked.
func (k *checker) check(t *Tenant, c *call, a answer) {
	if k == nil || a.status == http.StatusNotImplemented {
		return
	}
	request := k.request(c)
	if a.status < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(c.request.Context(), request); err != nil {
			t.report("%s %s breaks the contract: %v", c.request.Method, c.request.URL.RequestURI(), err)
		}
	}
	if !documented(request.Route.Operation, a.status) {
		t.report("the answer %d to %s %s is not documented", a.status, c.request.Method, c.request.URL.RequestURI())
	}
	if len(a.body) > 0 {
		a = a.with("Content-Type", "application/json")
	}
	answered := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: a.status, Header: a.header, Options: k.options,
	}
	answered.SetBodyBytes(a.body)
	if err := openapi3filter.ValidateResponse(c.request.Context(), answered); err != nil {
		t.report("the answer %d to %s %s breaks the contract: %v", a.status, c.request.Method,
			c.request.URL.RequestURI(), err)
	}
}

// documented reports whether op names the status, or that x-statuses of its default response does; a default response
// alone would allow any.
func documented(op *openapi3.Operation, status int) bool {
	name := strconv.Itoa(status)
	if op.Responses.Value(name) != nil {
		return true
	}
	rest := op.Responses.Default()
	if rest == nil || rest.Value == nil {
		return false
	}
	known, _ := rest.Value.Extensions["x-statuses"].(map[string]any)
	return known[name] != nil
}

// request returns the request as the library takes it, with the body that was read before.
func (k *checker) request(c *call) *openapi3filter.RequestValidationInput {
	r := c.request.Clone(c.request.Context())
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	r.ContentLength = int64(len(c.body))
	params := make(map[string]string)
	for i, value := range c.params {
		params[c.collection.Params[i].Name] = value
	}
	item := k.document.Paths.Value(c.operation.Path)
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Options: k.options,
		Route: &routers.Route{
			Spec: k.document, Path: c.operation.Path, PathItem: item,
			Method: r.Method, Operation: item.GetOperation(r.Method),
		},
	}
}
