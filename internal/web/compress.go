package web

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

func compressed(next http.Handler) http.Handler { return gzhttp.GzipHandler(next) }
