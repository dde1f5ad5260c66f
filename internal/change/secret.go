package change

import (
	"bytes"
	"encoding/json"
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

// withoutSecrets returns a body without the named members, wherever they stand in it. A body that is not JSON
// cannot be cleaned: nothing of it is kept.
func withoutSecrets(body []byte, names []string) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil
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
