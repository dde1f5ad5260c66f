package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Load reads an OpenAPI 3 document, YAML or JSON. A tenant's own document does not need our x- members: a
// path /x is then a list and /x/{id} one of its records, and what the API's documentation says about a
// collection of the same name (filters, what names a record, which members are personal) is taken from the
// embedded contract. Paths that are neither a list nor under one (delta, status-monitor) are left out.
//
// The error names the place in the document.
func Load(document []byte) (*Contract, error) {
	c, err := parse(document)
	if err != nil {
		return nil, err
	}
	known, err := Embedded()
	if err != nil {
		return nil, err
	}
	for _, col := range c.Collections {
		if k, ok := known.Collection(col.Name); ok {
			col.inherit(k)
		}
		if len(col.Title) == 0 {
			col.Title = col.guessTitle()
		}
		col.protect()
	}
	c.index()
	return c, nil
}

// parse reads a document as Load does, without taking anything over from the embedded contract.
func parse(document []byte) (*Contract, error) {
	doc, err := open(document)
	if err != nil {
		return nil, err
	}
	l := loader{doc: doc, schemes: securitySchemes(doc)}
	c := &Contract{Title: doc.Info.Title, Version: doc.Info.Version, Base: basePath(doc)}
	paths, prefix := l.paths()
	if c.Base += prefix; prefix == "" && c.Base == "" {
		c.Base = "/"
	}
	c.Base = strings.TrimSuffix(c.Base, "/")
	for _, p := range paths {
		col, err := l.collection(p, paths)
		if err != nil {
			return nil, fmt.Errorf("contract: %s: %w", p.name, err)
		}
		if col != nil {
			c.Collections = append(c.Collections, col)
		}
	}
	if len(c.Collections) == 0 {
		return nil, errors.New("contract: the document has no path with a GET that could be a list")
	}
	nameAll(c.Collections)
	c.relate()
	c.AllScopes = l.scopes(c)
	for _, col := range c.Collections {
		col.protect()
	}
	c.index()
	return c, c.check()
}

// open parses and validates a document. The leading comment line makes the parser take JSON by its YAML way,
// the only one that tells where a member stands, and so the document's order.
func open(document []byte) (*openapi3.T, error) {
	if len(bytes.TrimSpace(document)) == 0 {
		return nil, errors.New("contract: the document is empty")
	}
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	doc, err := loader.LoadFromData(append([]byte("#\n"), bytes.TrimPrefix(document, []byte("\ufeff"))...))
	if err != nil {
		return nil, fmt.Errorf("contract: not an OpenAPI document: %w", err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.") {
		return nil, fmt.Errorf("contract: OpenAPI 3 is needed, the document says openapi: %q", doc.OpenAPI)
	}
	err = doc.Validate(context.Background(),
		openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(),
		openapi3.DisableSchemaPatternValidation())
	if err != nil {
		return nil, fmt.Errorf("contract: not a valid OpenAPI document: %w", err)
	}
	return doc, nil
}

// basePath returns the path of the document's first server.
func basePath(doc *openapi3.T) string {
	if len(doc.Servers) == 0 {
		return ""
	}
	address := doc.Servers[0].URL
	if i := strings.Index(address, "://"); i >= 0 {
		address = address[i+len("://"):]
		i = strings.IndexByte(address, '/')
		if i < 0 {
			return ""
		}
		address = address[i:]
	}
	if u, err := url.Parse(address); err != nil || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	return strings.TrimSuffix(address, "/")
}

// loader is the state of reading one document.
type loader struct {
	doc     *openapi3.T
	schemes []string
}

// path is one path of the document.
type path struct {
	name string // relative to the API's base
	item *openapi3.PathItem
}

// endsInParam reports whether the path is that of one record.
func (p path) endsInParam() bool {
	_, ok := paramName(p.name[strings.LastIndexByte(p.name, '/')+1:])
	return ok
}

// paths returns the document's paths in its order. A version prefix that all share ("/api/v1") is cut off and
// returned.
func (l *loader) paths() ([]path, string) {
	all := l.doc.Paths.Map()
	prefix, first := "", true
	for name := range all {
		rest, ok := cutBase(name, "")
		p := name[:len(name)-len(rest)]
		if !ok || !first && p != prefix {
			prefix = ""
			break
		}
		prefix, first = p, false
	}
	out := make([]path, 0, len(all))
	for name, item := range all {
		out = append(out, path{strings.TrimPrefix(name, prefix), item})
	}
	slices.SortFunc(out, func(a, b path) int {
		return byPlace(a.item.Origin, b.item.Origin, a.name, b.name)
	})
	return out, prefix
}

// byPlace orders two members as the document has them; by name where it does not say.
func byPlace(a, b *openapi3.Origin, nameA, nameB string) int {
	if a == nil || b == nil || a.Key == nil || b.Key == nil {
		return strings.Compare(nameA, nameB)
	}
	if d := a.Key.Line - b.Key.Line; d != 0 {
		return d
	}
	if d := a.Key.Column - b.Key.Column; d != 0 {
		return d
	}
	return strings.Compare(nameA, nameB)
}
