package change

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// longestBody is how much of an answer the log keeps: records are a few kilobytes, anything larger is a page of
// something between us and the API.
const longestBody = 256 << 10

func cut(body []byte) []byte { return body[:min(len(body), longestBody)] }

// withoutCredentials copies a header without what signs somebody in.
func withoutCredentials(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	kept := h.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "Set-Cookie2"} {
		kept.Del(name)
	}
	return kept
}

// documented names the members of a collection's records. The API does not say how it calls a key, so in an answer
// with one every other member is taken for it. nil: the collection is not known.
func (d *Desk) documented(collection string) []string {
	if d.Contract == nil {
		return nil
	}
	c, ok := d.Contract.Collection(collection)
	if !ok {
		return nil
	}
	names := make([]string, 0, len(c.Fields))
	for i := range c.Fields {
		names = append(names, c.Fields[i].Name)
	}
	return names
}

// withoutSecrets returns a body without the named members, wherever they stand in it, and at its top without what is
// not documented (nil: everything is). A body that is not JSON cannot be cleaned: nothing of it is kept.
func withoutSecrets(body []byte, names, documented []string) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil
	}
	record, isRecord := value.(map[string]any)
	if documented != nil && !isRecord {
		return nil
	}
	if documented != nil {
		maps.DeleteFunc(record, func(name string, _ any) bool { return !slices.Contains(documented, name) })
	}
	cleaned, err := json.Marshal(cleanse(value, names))
	if err != nil {
		return nil
	}
	return cut(cleaned)
}

func cleanse(value any, names []string) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if slices.Contains(names, name) {
				delete(v, name)
				continue
			}
			v[name] = cleanse(member, names)
		}
	case []any:
		for i := range v {
			v[i] = cleanse(v[i], names)
		}
	}
	return value
}
