package web

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzhttp/writer"
	"github.com/klauspost/compress/gzip"
)

// compressed sends responses of 1 KB or more with gzip where the client takes it.
//
// A page can wait for minutes between its first rows and the rest, and so can its client before it reads on. A usual
// gzip writer holds 1 MB meanwhile, zstd more: 312 MB for 500 people (BenchmarkWaitingLists). A stateless one holds
// nothing but the buffer before it, and an edit page is 2 % larger.
func compressed(next http.Handler) http.Handler {
	writers := &gzipWriters{}
	wrap, err := gzhttp.NewWrapper(gzhttp.EnableZstd(false), gzhttp.CompressionLevel(gzip.StatelessCompression),
		gzhttp.Implementation(writer.GzipWriterFactory{
			Levels: func() (lowest, highest int) { return gzip.StatelessCompression, gzip.StatelessCompression },
			New:    func(to io.Writer, _ int) writer.GzipWriter { return writers.get(to) },
		}))
	if err != nil {
		panic(err) // options that contradict each other, whatever is served
	}
	return wrap(next)
}

// Gzip compresses a whole response as well as it can, for a page that is large and asked for once, and says so in the
// response's header. It returns the content as it is for a client that does not take gzip.
func Gzip(h http.Header, r *http.Request, content []byte) []byte {
	if !takesGzip(r.Header.Get("Accept-Encoding")) {
		return content
	}
	h.Set("Content-Encoding", "gzip")
	return gzipped(content)
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

// gzipBlock is how many bytes are compressed together, at most: a stateless writer finds repetitions within a block.
const gzipBlock = 32 << 10

// gzipWriters are reused.
type gzipWriters struct{ pool sync.Pool }

func (p *gzipWriters) get(to io.Writer) *gzipWriter {
	w, ok := p.pool.Get().(*gzipWriter)
	if !ok {
		stateless, _ := gzip.NewWriterLevel(nil, gzip.StatelessCompression) // the level exists
		w = &gzipWriter{Writer: bufio.NewWriterSize(nil, gzipBlock), gzip: stateless, pool: &p.pool}
	}
	w.gzip.Reset(to)
	w.Reset(w.gzip)
	return w
}

// gzipWriter collects what is written into blocks.
type gzipWriter struct {
	*bufio.Writer
	gzip *gzip.Writer
	pool *sync.Pool // that it is put back into
}

// Close ends the file and makes the writer free for another response.
func (w *gzipWriter) Close() error {
	err := w.Flush()
	if closed := w.gzip.Close(); err == nil {
		err = closed
	}
	w.gzip.Reset(nil)
	w.pool.Put(w)
	return err
}
