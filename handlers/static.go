package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"protime-admin/static"
	"protime-admin/views"
)

// asset is one static file as it goes over the wire, compressed once.
type asset struct {
	kind        string
	plain, gzip []byte
}

// assets are the static files by the name that carries their content's hash.
type assets map[string]asset

// packAssets reads and compresses the embedded files; their URLs change with their content, so they never go stale.
func packAssets() (assets, views.Assets, error) {
	packed := assets{}
	var links views.Assets
	files, err := static.Files()
	if err != nil {
		return nil, links, fmt.Errorf("static files: %w", err)
	}
	for file, data := range files {
		a, err := pack(file, data)
		if err != nil {
			return nil, links, fmt.Errorf("static files: %s: %w", file, err)
		}
		sum := sha256.Sum256(data)
		ext := path.Ext(file)
		name := strings.TrimSuffix(file, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		packed[name] = a
		switch ext {
		case ".css":
			links.CSS = "/static/" + name
		case ".js":
			links.Script = "/static/" + name
		case ".svg":
			links.Icon = "/static/" + name
		}
	}
	return packed, links, nil
}

func pack(name string, data []byte) (asset, error) {
	kinds := map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	}
	kind, ok := kinds[path.Ext(name)]
	if !ok {
		return asset{}, fmt.Errorf("no content type for this kind of file")
	}
	var buffer bytes.Buffer
	w, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err != nil {
		return asset{}, err
	}
	if _, err := w.Write(data); err != nil {
		return asset{}, err
	}
	if err := w.Close(); err != nil {
		return asset{}, err
	}
	return asset{kind: kind, plain: data, gzip: buffer.Bytes()}, nil
}

// GET /static/...
func (s *Server) static(c echo.Context) error {
	a, ok := s.assets[c.Param("*")]
	if !ok {
		return echo.ErrNotFound
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if !strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		return c.Blob(http.StatusOK, a.kind, a.plain)
	}
	h.Set("Content-Encoding", "gzip")
	return c.Blob(http.StatusOK, a.kind, a.gzip)
}
