package change

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"
)

// longestBody is how much of an answer is logged, in bytes: a record has a few kilobytes, anything larger is the page
// of a gateway.
const longestBody = 256 << 10

func cut(body []byte) []byte { return body[:min(len(body), longestBody)] }

// withoutCredentials copies a header without credentials and cookies.
func withoutCredentials(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	copied := h.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "Set-Cookie2"} {
		copied.Del(name)
	}
	return copied
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
// not documented (nil: everything is). A body that is not JSON cannot be cleaned and is left out.
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

// secretFor is how long an answer with a one-time secret stays in memory, for the second request of a double click,
// whose answer is the one that a browser shows; maxSecrets bounds how many there are.
const (
	secretFor  = time.Minute
	maxSecrets = 100
)

type secretAnswer struct {
	body  []byte
	until time.Time
}

// rememberSecret stores the answer of a change, nil for none, until takeSecret.
func (d *Desk) rememberSecret(id string, body []byte) {
	if body == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.secrets, func(_ string, s secretAnswer) bool { return s.until.Before(d.now()) })
	if len(d.secrets) >= maxSecrets {
		return
	}
	if d.secrets == nil {
		d.secrets = map[string]secretAnswer{}
	}
	d.secrets[id] = secretAnswer{body, d.now().Add(secretFor)}
}

// takeSecret returns the stored answer of a change, once.
func (d *Desk) takeSecret(id string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.secrets[id]
	delete(d.secrets, id)
	if !ok || s.until.Before(d.now()) {
		return nil
	}
	return s.body
}
