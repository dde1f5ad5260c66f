package change

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"protime-admin/protime/contract"
)

// Desk makes changes. Its methods check the rights of the actor, so that pages do not have to: Do sends a change;
// Spent, Receipt, Changes and All read the log; Check looks for the effect of a change in doubt, Rule records what a
// person found, Inverse prepares an undo; Acknowledge writes that a day stays as it is. API, Log and Contract are
// required; Days is where acknowledgements are made or read.
type Desk struct {
	API      API
	Log      Log
	Days     Acknowledgements
	Contract *contract.Contract

	// ForbidOwn forbids editors to change records that concern themselves (OWN_RECORDS=forbid); it needs People.
	ForbidOwn bool
	People    People

	// Timeout bounds the call of one change, token included; 0: a minute. LogTimeout bounds one write to the log;
	// 0: ten seconds.
	Timeout    time.Duration
	LogTimeout time.Duration
	// Logger gets outcomes that could not be written to the audit log; nil: slog.Default.
	Logger *slog.Logger
	// Now is the clock of events that the log has not stamped yet; nil: time.Now.
	Now func() time.Time

	mu      sync.Mutex
	secrets map[string]secretAnswer // by id of the change
}

// Through returns a desk with the same log and rules that makes its calls through another API, each within a time.
func (d *Desk) Through(api API, timeout time.Duration) *Desk {
	return &Desk{
		API: api, Log: d.Log, Days: d.Days, Contract: d.Contract, ForbidOwn: d.ForbidOwn, People: d.People,
		Timeout: timeout, LogTimeout: d.LogTimeout, Logger: d.Logger, Now: d.Now,
	}
}

// People tells whether a person of Protime is the person who signed in.
type People interface {
	// Is reports whether the person with this id has the e-mail address or the employee number; either may be "".
	// compared is false when there is nothing to compare. Both that and an error forbid the change.
	Is(ctx context.Context, person, email, number string) (own, compared bool, err error)
}

func (d *Desk) timeout() time.Duration    { return cmp.Or(d.Timeout, time.Minute) }
func (d *Desk) logTimeout() time.Duration { return cmp.Or(d.LogTimeout, 10*time.Second) }

func (d *Desk) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

func (d *Desk) logger() *slog.Logger {
	if d.Logger == nil {
		return slog.Default()
	}
	return d.Logger
}
