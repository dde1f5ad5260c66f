package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// record is x-record: what a path says of its records that OpenAPI has no word for.
type record struct {
	Title        []string          `json:"title"`
	Identity     []string          `json:"identity"`
	Predefined   []string          `json:"predefined"`
	Referable    bool              `json:"referable"`
	Upsert       bool              `json:"upsert"`
	Rows         string            `json:"rows"`
	Key          []string          `json:"key"`
	ReplacesRows bool              `json:"replacesRows"`
	SoftDelete   string            `json:"softDelete"`
	First        []string          `json:"first"`
	Preset       map[string]string `json:"preset"`
	Secret       []string          `json:"secret"`
	Public       []string          `json:"public"`
	Inferred     string            `json:"inferred"`
}

// extension decodes the member name of an object's extensions strictly into v; v stays as it is when there is none.
func extension(all map[string]any, name string, v any) error {
	value, ok := all[name]
	if !ok || value == nil {
		return nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// collection reads the list at p together with the path of its records; nil when p is no list.
func (l *loader) collection(p path, all []path) (*Collection, error) {
	if p.endsInParam() {
		return nil, nil
	}
	item := itemOf(p, all)
	if p.item.Get == nil && item == nil {
		return nil, nil
	}
	c := &Collection{Path: p.name, Operations: map[Verb]*Operation{}}
	if item != nil {
		c.ItemPath = item.name
	}
	var r record
	if err := extension(p.item.Extensions, "x-record", &r); err != nil {
		return nil, err
	}
	r.fill(c)
	if err := l.params(c, p, item); err != nil {
		return nil, err
	}
	if err := l.operations(c, p, item); err != nil {
		return nil, err
	}
	if len(c.Operations) == 0 {
		return nil, nil
	}
	return c, l.fields(c, p, item)
}

func (r record) fill(c *Collection) {
	c.Title, c.Identity = r.Title, r.Identity
	c.Predefined, c.Referable, c.Upsert = r.Predefined, r.Referable, r.Upsert
	c.Rows, c.Key, c.ReplacesRows, c.SoftDelete = r.Rows, r.Key, r.ReplacesRows, r.SoftDelete
	c.First, c.Preset = r.First, r.Preset
	c.Secret, c.Public = r.Secret, r.Public
	c.Inferred, c.Assumed = r.Inferred, r.Inferred != ""
}

// itemOf returns the path of the records of the list at p, if there is one.
func itemOf(p path, all []path) *path {
	for i := range all {
		rest, ok := strings.CutPrefix(all[i].name, p.name+"/")
		if !ok || strings.Contains(rest, "/") {
			continue
		}
		if _, ok := paramName(rest); ok {
			return &all[i]
		}
	}
	return nil
}

func (l *loader) params(c *Collection, list path, item *path) error {
	last := list
	if item != nil {
		last = *item
	}
	declared := slices.Clone(list.item.Parameters)
	for _, p := range []*openapi3.PathItem{list.item, last.item} {
		declared = append(declared, p.Parameters...)
		for _, o := range operationsOf(p) {
			declared = append(declared, o.Parameters...)
		}
	}
	for _, s := range parseTemplate(last.name) {
		if !s.param {
			continue
		}
		i := slices.IndexFunc(declared, func(p *openapi3.ParameterRef) bool {
			return p.Value != nil && p.Value.In == openapi3.ParameterInPath && p.Value.Name == s.text
		})
		if i < 0 {
			return fmt.Errorf("path parameter %q is not declared", s.text)
		}
		param := Param{Name: s.text, Type: "string"}
		if schema := declared[i].Value.Schema; schema != nil && schema.Value != nil {
			param.Type, _ = typeOf(schema.Value)
			param.Format = schema.Value.Format
		}
		c.Params = append(c.Params, param)
	}
	if len(c.Params) > maxParams-1 {
		return fmt.Errorf("a path with %d parameters; at most %d can be used", len(c.Params), maxParams-1)
	}
	return nil
}

// operationsOf returns the operations of a path by method, in the order of reading and writing.
func operationsOf(p *openapi3.PathItem) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for method, o := range map[string]*openapi3.Operation{
		http.MethodGet: p.Get, http.MethodPost: p.Post, http.MethodPut: p.Put, http.MethodDelete: p.Delete,
	} {
		if o != nil {
			all[method] = o
		}
	}
	return all
}

// operations maps methods to verbs. Where records have no path of their own, PUT and DELETE of the list's
// path count.
func (l *loader) operations(c *Collection, list path, item *path) error {
	verbs := map[string]Verb{http.MethodGet: List, http.MethodPost: Create}
	if item == nil {
		verbs[http.MethodPut], verbs[http.MethodDelete] = Replace, Delete
	}
	if err := l.add(c, list, verbs); err != nil {
		return err
	}
	if item == nil {
		return nil
	}
	return l.add(c, *item, map[string]Verb{
		http.MethodGet: Read, http.MethodPut: Replace, http.MethodDelete: Delete,
	})
}

func (l *loader) add(c *Collection, p path, verbs map[string]Verb) error {
	for method, o := range operationsOf(p.item) {
		verb, ok := verbs[method]
		if !ok {
			continue
		}
		op := &Operation{Verb: verb, Method: method, Path: p.name, Scopes: l.security(o), Success: success(o)}
		if o.ExternalDocs != nil {
			op.Source = o.ExternalDocs.URL
		}
		op.Inferred = stringExtension(o.Extensions, "x-inferred")
		if err := l.query(c, p, o, op); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		c.Operations[verb] = op
	}
	return nil
}

func (l *loader) query(c *Collection, p path, o *openapi3.Operation, op *Operation) error {
	for _, ref := range slices.Concat(p.item.Parameters, o.Parameters) {
		q := ref.Value
		if q == nil || q.In != openapi3.ParameterInQuery {
			continue
		}
		switch {
		case q.Name == "continuationToken":
		case q.Name == "filter" && op.Verb == List:
			if err := extension(q.Extensions, "x-filters", &c.Filters); err != nil {
				return fmt.Errorf("parameter filter: %w", err)
			}
		case q.Name != "filter":
			op.Query = append(op.Query, q.Name)
		}
	}
	return nil
}

// success returns the documented statuses of success, ascending.
func success(o *openapi3.Operation) []int {
	var all []int
	for status := range o.Responses.Map() {
		if n, err := strconv.Atoi(status); err == nil && n >= 200 && n < 300 {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

// securitySchemes returns the names of the schemes whose requirements are scopes.
func securitySchemes(doc *openapi3.T) []string {
	var names []string
	if doc.Components == nil {
		return nil
	}
	for name, s := range doc.Components.SecuritySchemes {
		if s.Value != nil && (s.Value.Type == "oauth2" || s.Value.Type == "openIdConnect") {
			names = append(names, name)
		}
	}
	return names
}

func (l *loader) security(o *openapi3.Operation) [][]string {
	requirements := l.doc.Security
	if o.Security != nil {
		requirements = *o.Security
	}
	var all [][]string
	for _, r := range requirements {
		var scopes []string
		for scheme, s := range r {
			if slices.Contains(l.schemes, scheme) {
				scopes = append(scopes, s...)
			}
		}
		if len(scopes) > 0 {
			slices.Sort(scopes)
			all = append(all, slices.Compact(scopes))
		}
	}
	return all
}

// scopes returns those of the security schemes and those that operations name.
func (l *loader) scopes(c *Contract) []string {
	var all []string
	for _, name := range l.schemes {
		flows := l.doc.Components.SecuritySchemes[name].Value.Flows
		if flows == nil {
			continue
		}
		for _, f := range []*openapi3.OAuthFlow{
			flows.ClientCredentials, flows.AuthorizationCode, flows.Implicit, flows.Password,
		} {
			if f == nil {
				continue
			}
			for scope := range f.Scopes {
				all = append(all, scope)
			}
		}
	}
	for _, col := range c.Collections {
		for _, o := range col.Operations {
			all = append(all, slices.Concat(o.Scopes...)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func stringExtension(all map[string]any, name string) string {
	s, _ := all[name].(string)
	return s
}
