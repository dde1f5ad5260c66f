package handlers

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

// snapshot is what was known of a batch that was started at one time.
type snapshot struct {
	batch.Batch
	counts batch.Counts
	rate   float64 // rows a second, 0 while nobody knows
	// latest are the last rows that failed or whose outcome is not known, in the order of the sheet; of one that is sent.
	latest []batch.Result
}

// same reports whether a page drawn from the other snapshot would look the same.
func (s snapshot) same(other snapshot) bool {
	a, b := s.counts, other.counts
	return s.State == other.State && s.Pause == other.Pause && s.rate == other.rate && a.Sent == b.Sent && a.Held == b.Held &&
		a.Undone == b.Undone && maps.Equal(a.ByState, b.ByState)
}

// isSending reports whether rows are being sent, or wait for somebody to go on.
func isSending(b batch.Batch) bool { return b.State == batch.Running || b.State == batch.Paused }

// doubtful is how many rows may or may not be in Protime.
func doubtful(c batch.Counts) int {
	return c.ByState[change.Unknown] + c.ByState[change.Accepted] + c.ByState[change.Sending]
}

// failed is how many rows are not in Protime although they were to be.
func failed(c batch.Counts) int {
	return c.ByState[change.Refused] + c.ByState[change.NotSent] + c.ByState[change.NotApplied] + c.Held
}

// unsent is how many rows wait to be sent.
func unsent(c batch.Counts) int { return max(0, c.Sendable()-c.Sent-c.Held) }

const (
	// progressAge is how old a snapshot may be that those who watch a batch share.
	progressAge = time.Second
	// progressTimeout bounds one reading of the database.
	progressTimeout = 5 * time.Second
	// rateWindow is the time over which the rate is measured: rows come in bursts where the API limits them.
	rateWindow = 30 * time.Second
	// mostLatest is how many of the last failures a page lists while rows are sent.
	mostLatest = 20
)

// progress shares what is known of batches among those who watch them: however many they are, the database is asked once
// a second for each batch.
type progress struct {
	store batch.Store
	now   func() time.Time

	mu      sync.Mutex
	batches map[string]*watched
	streams map[string]int // by person
	open    int
}

// watched is one batch, and what it takes to tell how fast it goes.
type watched struct {
	used    time.Time // under progress.mu
	mu      sync.Mutex
	at      time.Time
	last    snapshot
	err     error
	samples []sample
}

// sample is how many rows were dealt with at a time.
type sample struct {
	at   time.Time
	rows int
}

// look returns what is known of a batch, read at most age ago. Errors of batch.Store.
func (p *progress) look(ctx context.Context, id string, age time.Duration) (snapshot, error) {
	w := p.watched(id)
	w.mu.Lock()
	defer w.mu.Unlock()
	if age > 0 && !w.at.IsZero() && p.now().Sub(w.at) < age {
		return w.last, w.err
	}
	// Others wait for this reading, so that it does not end with the request that began it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), progressTimeout)
	defer cancel()
	w.last, w.err = p.read(ctx, id, w)
	w.at = p.now()
	return w.last, w.err
}

// watched returns the entry of a batch, and drops those that nobody has looked at for a while.
func (p *progress) watched(id string) *watched {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	w := p.batches[id]
	if w == nil {
		for other, of := range p.batches {
			if now.Sub(of.used) > 2*rateWindow {
				delete(p.batches, other)
			}
		}
		w = &watched{}
		p.batches[id] = w
	}
	w.used = now
	return w
}

func (p *progress) read(ctx context.Context, id string, w *watched) (snapshot, error) {
	before := w.last
	b, err := p.store.Batch(ctx, id)
	if err != nil {
		return snapshot{}, err
	}
	now := snapshot{Batch: b}
	if now.counts, err = p.store.Count(ctx, id); err != nil {
		return snapshot{}, err
	}
	if !isSending(b) {
		w.samples = nil
		return now, nil
	}
	now.rate = w.measure(p.now(), now)
	if before.ID == id && sameTroubles(before.counts, now.counts) {
		now.latest = before.latest
		return now, nil
	}
	after := 0
	if n := len(before.latest); n == mostLatest && failed(now.counts) > failed(before.counts) {
		after = before.latest[0].Number - 1 // rows are sent in their order
	}
	now.latest, err = p.latestTroubles(ctx, id, after)
	return now, err
}

// sameTroubles reports whether as many rows need somebody, for the same reasons.
func sameTroubles(a, b batch.Counts) bool {
	states := []change.State{change.Refused, change.NotSent, change.NotApplied, change.Unknown, change.Accepted}
	return a.Held == b.Held && !slices.ContainsFunc(states, func(s change.State) bool { return a.ByState[s] != b.ByState[s] })
}

// measure adds a sample and returns the rate since the oldest one of the window.
func (w *watched) measure(at time.Time, now snapshot) float64 {
	rows := now.counts.Sent + now.counts.Held
	if n := len(w.samples); now.State != batch.Running || n > 0 && w.samples[n-1].rows > rows {
		w.samples = nil // it stands still, or rows are tried again
	}
	w.samples = append(w.samples, sample{at, rows})
	w.samples = slices.DeleteFunc(w.samples, func(s sample) bool { return at.Sub(s.at) > rateWindow })
	oldest := w.samples[0]
	took := at.Sub(oldest.at).Seconds()
	if took <= 0 || now.State != batch.Running {
		return 0
	}
	return float64(rows-oldest.rows) / took
}

// latestTroubles are the last rows after a number that need somebody.
func (p *progress) latestTroubles(ctx context.Context, id string, after int) ([]batch.Result, error) {
	var latest []batch.Result
	for {
		rows, err := needingSomebody(ctx, p.store, id, after, batch.MostAtOnce)
		if err != nil {
			return nil, err
		}
		latest = append(latest, rows...)
		latest = latest[max(0, len(latest)-mostLatest):]
		if len(rows) < batch.MostAtOnce {
			return latest, nil
		}
		after = rows[len(rows)-1].Number
	}
}

// needingSomebody are the rows that failed and those whose outcome is not known, in the order of the sheet.
func needingSomebody(ctx context.Context, store batch.Store, id string, after, limit int) ([]batch.Result, error) {
	rows, err := store.Rows(ctx, id, batch.SelectFailed, after, limit)
	if err != nil {
		return nil, err
	}
	unknown, err := store.Rows(ctx, id, batch.SelectUnknown, after, limit)
	if err != nil {
		return nil, err
	}
	rows = append(rows, unknown...)
	slices.SortFunc(rows, func(a, b batch.Result) int { return cmp.Compare(a.Number, b.Number) })
	return rows[:min(limit, len(rows))], nil
}

// Bounds of streams: a browser opens six connections to a host that speaks HTTP/1.1, and needs some of them for pages.
const (
	mostStreams       = 500
	mostPersonStreams = 4
)

// enter counts a stream of a person; false where there are too many.
func (p *progress) enter(person string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open >= mostStreams || p.streams[person] >= mostPersonStreams {
		return false
	}
	p.open++
	p.streams[person]++
	return true
}

func (p *progress) leave(person string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	if p.streams[person]--; p.streams[person] == 0 {
		delete(p.streams, person)
	}
}
