package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
)

// Static serves files under names that hold a digest of their content, so that browsers keep them for good.
type Static struct {
	byURL map[string]*asset // by the last element of the URL
	names map[string]string // file name to that element
}

// asset is one file as it is sent.
type asset struct {
	contentType string
	plain       []byte
	gzip        func() []byte // compressed at its first request: start does not wait for it
}

// NewStatic takes the content of stylesheets and scripts by file name.
func NewStatic(files map[string][]byte) (*Static, error) {
	s := &Static{byURL: map[string]*asset{}, names: map[string]string{}}
	types := map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	}
	for file, content := range files {
		extension := path.Ext(file)
		contentType, ok := types[extension]
		if !ok {
			return nil, fmt.Errorf("static files: %s: unknown content type", file)
		}
		sum := sha256.Sum256(content)
		name := strings.TrimSuffix(file, extension) + "." + hex.EncodeToString(sum[:6]) + extension
		s.names[file] = name
		s.byURL[name] = &asset{contentType, content, sync.OnceValue(func() []byte { return gzipped(content) })}
	}
	return s, nil
}

// Name is the last element of a file's URL, "" when there is no such file.
func (s *Static) Name(file string) string { return s.names[file] }

// Serve answers with the file of a URL's last element; false when there is none, with nothing written.
func (s *Static) Serve(w http.ResponseWriter, r *http.Request, name string) bool {
	file, ok := s.byURL[name]
	if !ok {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", file.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	content := file.plain
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		content = file.gzip()
	}
	_, _ = w.Write(content) // the client has gone when this fails
	return true
}
