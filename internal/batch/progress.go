package batch

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"protime-admin/internal/change"
)

// Snapshot is what was known of a batch that was started at one time.
type Snapshot struct {
	Summary
	Rate float64 // rows a second, 0 while nobody knows
	// Latest are the last rows that failed or whose outcome is not known, in the order of the sheet; of one that is sent.
	Latest []Result
}

// Same reports whether a page drawn from the other snapshot would look the same.
func (s Snapshot) Same(other Snapshot) bool {
	a, b := s.Counts, other.Counts
	return s.State == other.State && s.Pause == other.Pause && s.Waits.Equal(other.Waits) && s.Rate == other.Rate &&
		a.Sent == b.Sent && a.Held == b.Held && a.Undone == b.Undone && a.TakenBack == b.TakenBack && a.Restored == b.Restored && maps.Equal(a.ByState, b.ByState)
}

const (
	// progressTimeout bounds one reading of the database.
	progressTimeout = 5 * time.Second
	// rateWindow is the time over which the rate is measured: rows come in bursts where the API limits them.
	rateWindow = 30 * time.Second
	// mostLatest is how many of the last failures a page lists while rows are sent.
	mostLatest = 20
)

// Progress shares what is known of batches among those who watch them: however many they are, the database is asked once
// a second for each batch.
type Progress struct {
	store Store
	now   func() time.Time

	mu      sync.Mutex
	batches map[string]*watched
}

// NewProgress makes a Progress of the batches of a store. now is the clock.
func NewProgress(store Store, now func() time.Time) *Progress {
	return &Progress{store: store, now: now, batches: map[string]*watched{}}
}

// watched is one batch, and what it takes to tell how fast it goes.
type watched struct {
	used    time.Time // under Progress.mu
	mu      sync.Mutex
	at      time.Time
	last    Snapshot
	err     error
	samples []sample
}

// sample is how many rows were dealt with at a time.
type sample struct {
	at   time.Time
	rows int
}

// Look returns what is known of a batch, read at most age ago. Errors of Store.
func (p *Progress) Look(ctx context.Context, id string, age time.Duration) (Snapshot, error) {
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
func (p *Progress) watched(id string) *watched {
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

func (p *Progress) read(ctx context.Context, id string, w *watched) (Snapshot, error) {
	before := w.last
	b, err := p.store.Batch(ctx, id)
	if err != nil {
		return Snapshot{}, err
	}
	if !b.Waits.After(p.now()) {
		b.Waits = time.Time{}
	}
	now := Snapshot{Summary: Summary{Batch: b}}
	if now.Counts, err = p.store.Count(ctx, id); err != nil {
		return Snapshot{}, err
	}
	if !b.IsSending() {
		w.samples = nil
		return now, nil
	}
	now.Rate = w.measure(p.now(), now)
	if before.ID == id && sameTroubles(before.Counts, now.Counts) {
		now.Latest = before.Latest
		return now, nil
	}
	after := 0
	if n := len(before.Latest); n == mostLatest && now.Counts.Failed() > before.Counts.Failed() {
		after = before.Latest[0].Number - 1 // rows are sent in their order
	}
	now.Latest, err = p.latestTroubles(ctx, id, after)
	return now, err
}

// sameTroubles reports whether as many rows need somebody, for the same reasons.
func sameTroubles(a, b Counts) bool {
	states := []change.State{change.Refused, change.NotSent, change.NotApplied, change.Unknown, change.Accepted}
	return a.Held == b.Held && !slices.ContainsFunc(states, func(s change.State) bool { return a.ByState[s] != b.ByState[s] })
}

// measure adds a sample and returns the rate since the oldest one of the window.
func (w *watched) measure(at time.Time, now Snapshot) float64 {
	rows := now.Counts.DealtWith()
	if n := len(w.samples); now.State != Running || n > 0 && w.samples[n-1].rows > rows {
		w.samples = nil // it stands still, or rows are tried again
	}
	w.samples = append(w.samples, sample{at, rows})
	w.samples = slices.DeleteFunc(w.samples, func(s sample) bool { return at.Sub(s.at) > rateWindow })
	oldest := w.samples[0]
	took := at.Sub(oldest.at).Seconds()
	if took <= 0 || now.State != Running {
		return 0
	}
	return float64(rows-oldest.rows) / took
}

// latestTroubles are the last rows after a number that need somebody.
func (p *Progress) latestTroubles(ctx context.Context, id string, after int) ([]Result, error) {
	var latest []Result
	for {
		rows, err := NeedSomebody(ctx, p.store, id, after, MostAtOnce)
		if err != nil {
			return nil, err
		}
		latest = append(latest, rows...)
		latest = latest[max(0, len(latest)-mostLatest):]
		if len(rows) < MostAtOnce {
			return latest, nil
		}
		after = rows[len(rows)-1].Number
	}
}

// NeedSomebody are the rows that failed and those whose outcome is not known, in the order of the sheet.
func NeedSomebody(ctx context.Context, store Store, id string, after, limit int) ([]Result, error) {
	rows, err := store.Rows(ctx, id, SelectFailed, after, limit)
	if err != nil {
		return nil, err
	}
	unknown, err := store.Rows(ctx, id, SelectUnknown, after, limit)
	if err != nil {
		return nil, err
	}
	rows = append(rows, unknown...)
	slices.SortFunc(rows, func(a, b Result) int { return cmp.Compare(a.Number, b.Number) })
	return rows[:min(limit, len(rows))], nil
}
