package simulator

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one way in which a request can go wrong. Its first fields say which requests it strikes, the next
// ones what the client gets, the last ones whether the request does its work all the same. Fields that are zero
// change nothing.
//
//	Fault{Reset: true}                                  the connection breaks, nothing is done
//	Fault{Reset: true, Apply: true}                     done, then the connection breaks
//	Fault{Reset: true, ApplyAfter: 4 * time.Second}     the connection breaks, done four seconds later
//	Fault{Status: 502, HTML: true, Apply: true}         done, then a gateway's page instead of the answer
//	Fault{Accept: true, ApplyAfter: 30 * time.Second}   202 with Operation-Location, done 30 seconds later
type Fault struct {
	Method string // "": any
	Path   string // the first elements of a path, below BasePath or from the root; * is any element; "": any
	Skip   int    // so many requests that fit pass before
	Times  int    // so many are struck; 0: all, until Heal

	Status     int           // of the answer in place of the tenant's
	RetryAfter int           // seconds, in the header of that answer; 0: no header
	Reasons    []string      // reasons of its error body
	Body       string        // its body, in place of the API's error shape
	HTML       bool          // its body is a gateway's page; without Status a 502
	Accept     bool          // writes are answered 202 with Operation-Location
	CutOff     bool          // half of the body comes, then the connection ends (HTTP/2: RST_STREAM, INTERNAL_ERROR)
	Reset      bool          // no answer: the connection is reset (HTTP/2: RST_STREAM, INTERNAL_ERROR)
	Hang       bool          // no answer until the client gives up
	Delay      time.Duration // the request waits so long before anything else happens to it
	Revoke     bool          // every token is revoked first, so that this request gets 401

	// Status, HTML, Body, Accept, Reset and Hang keep the request from its work, unless one of these is set.
	Apply      bool          // the request does its work before the client gets the above
	ApplyAfter time.Duration // the request does its work so long after; Stop drops it. Token and scope are checked on arrival.
}

// Fail adds a fault. The first one that fits a request strikes. It panics on a fault that contradicts itself.
func (t *Tenant) Fail(f Fault) {
	if f.ApplyAfter > 0 && (f.leaves() || f.Apply) {
		panic("simulator: ApplyAfter needs one of Status, HTML, Body, Accept, Reset and Hang, and no Apply")
	}
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.faults = append(t.faults, &f)
}

// Heal takes all faults away. What ApplyAfter announced still happens.
func (t *Tenant) Heal() {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.faults = nil
}

// strike returns the fault that applies to a request, nil when there is none.
func (t *Tenant) strike(r *http.Request) *Fault {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	for i, f := range t.faults {
		if !f.fits(r) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		striking := *f
		if f.Times--; f.Times == 0 {
			t.faults = slices.Delete(t.faults, i, i+1)
		}
		return &striking
	}
	return nil
}

func (f *Fault) fits(r *http.Request) bool {
	if f.Method != "" && f.Method != r.Method || f.Accept && !isWrite(r.Method, r.URL.Path) {
		return false
	}
	below, _ := strings.CutPrefix(r.URL.Path, BasePath)
	return beginsWith(r.URL.Path, f.Path) || beginsWith(below, f.Path)
}

// beginsWith reports whether the first elements of a path are those of pattern.
func beginsWith(name, pattern string) bool {
	elements := strings.Split(name, "/")
	wanted := strings.Count(pattern, "/") + 1
	if pattern == "" || len(elements) < wanted {
		return pattern == ""
	}
	fits, err := path.Match(pattern, strings.Join(elements[:wanted], "/"))
	return fits && err == nil
}

// before does what the fault does before the request is read.
func (f *Fault) before(r *http.Request, t *Tenant) {
	if f == nil {
		return
	}
	if f.Revoke {
		t.RevokeTokens()
	}
	select {
	case <-time.After(f.Delay):
	case <-r.Context().Done(): // the client has gone
	}
}

// answers reports whether the client gets an answer at all.
func (f *Fault) answers() bool { return f == nil || !f.Reset && !f.Hang }

// leaves reports whether the request is handled and answered by the tenant.
func (f *Fault) leaves() bool {
	return f.answers() && (f == nil || f.Status == 0 && !f.HTML && f.Body == "" && !f.Accept)
}

// answer returns the answer of the fault, in place of the tenant's.
func (f *Fault) answer() answer {
	status := f.Status
	if status == 0 {
		status = http.StatusBadGateway
	}
	name := http.StatusText(status)
	a := failure(status, "Simulated: "+name+".", f.Reasons...)
	if f.HTML {
		a.body = []byte("<html><head><title>" + strconv.Itoa(status) + "</title></head><body><h1>" + name +
			"</h1><p>The proxy could not reach the server.</p></body></html>")
		a = a.with("Content-Type", "text/html")
	}
	if f.Body != "" {
		a.body = []byte(f.Body)
	}
	if f.RetryAfter > 0 {
		a = a.with("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return a
}

// write sends an answer, or what the fault leaves of it. http.ErrAbortHandler makes the server end the
// connection (HTTP/2: the stream) without logging it.
func (f *Fault) write(w http.ResponseWriter, r *http.Request, a answer) {
	switch {
	case f == nil:
		a.write(w)
	case f.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case f.Reset:
		reset(w)
	case f.CutOff:
		a.head(w, max(len(a.body), 1))
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	default:
		a.write(w)
	}
}

// reset closes the connection without an answer, with RST where it is TCP.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has no Hijack
	}
	if tcp, ok := connection.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
