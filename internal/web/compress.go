package web

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzhttp/writer"
	"github.com/klauspost/compress/gzip"
)

// compressed sends responses of 1 KB or more with gzip where the client takes it.
//
// A page can wait for minutes between its first rows and the rest, and so can its client before it reads on. A usual
// gzip writer holds 1 MB meanwhile, zstd more: 312 MB for 500 people (BenchmarkWaitingLists). A stateless one holds
// nothing but the buffer before it and the last of what it wrote, and an edit page is 2 % larger.
//
// A stream of events is left as it is: each is short, and proxies hold back what they cannot read.
//
// styles are texts that pages hold, which are compressed once.
func compressed(styles []string, next http.Handler) http.Handler {
	writers := &gzipWriters{}
	for _, style := range styles {
		writers.known = append(writers.known, deflated(style))
	}
	wrap, err := gzhttp.NewWrapper(gzhttp.EnableZstd(false), gzhttp.CompressionLevel(gzip.StatelessCompression),
		gzhttp.ContentTypeFilter(isCompressed),
		gzhttp.Implementation(writer.GzipWriterFactory{
			Levels: func() (lowest, highest int) { return gzip.StatelessCompression, gzip.StatelessCompression },
			New:    func(to io.Writer, _ int) writer.GzipWriter { return writers.get(to) },
		}))
	if err != nil {
		panic(err) // options that contradict each other, whatever is served
	}
	return wrap(next)
}

// isCompressed reports whether responses of a type are compressed. Office files are packed already.
func isCompressed(kind string) bool {
	return kind != EventStream && !strings.HasPrefix(kind, "application/vnd.openxmlformats-") && gzhttp.DefaultContentTypeFilter(kind)
}

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level exists
	_, _ = w.Write(content)                               // a buffer takes everything
	_ = w.Close()                                         // likewise
	return b.Bytes()
}

// takesGzip reads Accept-Encoding, where q=0 refuses an encoding.
func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(strings.ToLower(accept), ",") {
		encoding, parameter, _ := strings.Cut(part, ";")
		if strings.TrimSpace(encoding) != "gzip" {
			continue
		}
		quality, given := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		return !given || strings.Trim(quality, "0.") != ""
	}
	return false
}
