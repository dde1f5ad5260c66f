package simulator

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one way in which a request can go wrong. Its fields say which requests it strikes and what
// happens to them; what is left zero stays as it would be.
type Fault struct {
	Method string // "": any
	Path   string // a glob below BasePath ("/clockings/*") or from the root ("/tenants/*/connect/token"); "": any
	After  int    // so many requests that fit pass before
	Times  int    // so many are struck; 0: all, until Heal

	Status     int      // answered instead; the request is not handled, unless Apply
	RetryAfter int      // seconds, as the header of the answer
	Reasons    []string // reasons of the error body
	Body       string   // the answer's body, instead of an error
	HTML       bool     // the answer is a page of a proxy; with Status 0 a 502
	CutOff     bool     // the body ends half-way
	Reset      bool     // the connection is reset without an answer; nothing is handled, unless Apply
	Hang       bool     // no answer until the client gives up; nothing is handled, unless Apply
	Delay      time.Duration
	Revoke     bool // every token is revoked first, so that this request gets 401
	Apply      bool // the request does its work, and then it goes wrong
}

// Fail adds a fault. The first one that fits a request strikes.
func (t *Tenant) Fail(f Fault) {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.faults = append(t.faults, &f)
}

// Heal takes all faults away.
func (t *Tenant) Heal() {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	t.faults = nil
}

// fault picks the fault that strikes a request, nil when none does.
func (t *Tenant) fault(r *http.Request) *Fault {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	for i, f := range t.faults {
		if !f.fits(r) {
			continue
		}
		if f.After > 0 {
			f.After--
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
	if f.Method != "" && f.Method != r.Method {
		return false
	}
	if f.Path == "" {
		return true
	}
	full := r.URL.Path
	short, below := strings.CutPrefix(full, BasePath)
	whole, _ := path.Match(f.Path, full)
	part, _ := path.Match(f.Path, short)
	return whole || below && part
}

// before does what happens before an answer.
func (f *Fault) before(r *http.Request, t *Tenant) {
	if f == nil {
		return
	}
	if f.Revoke {
		t.RevokeTokens()
	}
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
		}
	}
}

// answers says whether the client gets an answer at all.
func (f *Fault) answers() bool { return f == nil || !f.Reset && !f.Hang }

// replaces says whether the answer is the fault's.
func (f *Fault) replaces() bool { return f != nil && (f.Status != 0 || f.HTML || f.Body != "") }

// answer is the fault's own, in place of the tenant's.
func (f *Fault) answer() answer {
	status := f.Status
	if status == 0 {
		status = http.StatusBadGateway
	}
	name := http.StatusText(status)
	a := wrong(status, strings.ReplaceAll(name, " ", ""), "Simulated: "+name+".", f.Reasons...)
	if f.Body != "" {
		a.body = []byte(f.Body)
	}
	if f.HTML {
		page := "<html><head><title>" + strconv.Itoa(status) + "</title></head><body><h1>" + name +
			"</h1><p>The proxy could not reach the server.</p></body></html>"
		a = answer{status: status, body: []byte(page)}.with("Content-Type", "text/html")
	}
	if f.RetryAfter > 0 {
		a = a.with("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return a
}

// write sends an answer, or what the fault leaves of it. http.ErrAbortHandler makes the server drop the
// connection.
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
		f.cutOff(w, a)
	default:
		a.write(w)
	}
}

// cutOff announces the whole body and sends half of it.
func (f *Fault) cutOff(w http.ResponseWriter, a answer) {
	length := len(a.body)
	a.body = a.body[:length/2]
	w.Header().Set("Content-Length", strconv.Itoa(max(length, 1)))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// reset closes the connection without an answer, with RST where it is TCP.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: the stream is reset
	}
	if tcp, ok := connection.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
