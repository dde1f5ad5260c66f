package change

import (
	"context"
	"iter"
	"time"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Log stores the events of changes. Every write is durable when the method returns.
type Log interface {
	// Prepare writes the first event of a change and spends its id. ErrSpent when the id was spent before; ErrUndone
	// when the change that it undoes is undone or being undone, ErrNoChange when there is none; ErrSentBefore when it is a
	// row of a batch that another batch has sent, and nobody asked for it again, ErrStopped when it is one of a batch that was
	// paused or canceled; an error that matches ErrLog when the log cannot be written. In each case nothing may be sent.
	Prepare(ctx context.Context, id string, prepared Event) error
	// Append adds events to a change, all of them or none. An attempt that is in the log already is not added again.
	// ErrNoChange when there is no such change. An error that matches ErrLog: attempts are written later for as long
	// as the process lives, everything else is not.
	Append(ctx context.Context, id string, events ...Event) error
	// Receipt returns one change, or ErrNoChange. An error that matches ErrUnreadable: the log cannot be read now.
	Receipt(ctx context.Context, id string) (Receipt, error)
	// Changes returns a page of changes, newest first, and the cursor of the next page ("" at the end).
	Changes(ctx context.Context, q Query) ([]Receipt, string, error)
	// Actors returns who made changes, whoever did last first, each under the name of then, up to a limit.
	Actors(ctx context.Context, limit int) ([]Actor, error)
	// Unknown counts the changes whose state is Unknown, up to a limit.
	Unknown(ctx context.Context, limit int) (int, error)
	// All iterates over every change of the query's filter, newest first; one error, then it stops.
	All(ctx context.Context, q Query) iter.Seq2[Receipt, error]
}

// Query selects changes. Zero values select everything.
type Query struct {
	Person     string // id of the person concerned
	Actor      string // name, e-mail or subject, any part of it
	Subject    string // exactly this subject: an editor's own changes
	Collection string
	Path       string // of one record: its history
	Verb       contract.Verb
	State      State
	Failed     bool      // refused, not sent, not applied, or unknown
	From, To   time.Time // half open: From <= At < To
	People     []string  // ids of people concerned, any of them
	// FirstDate and LastDate select changes by the date of the record, yyyy-mm-dd, both included.
	FirstDate, LastDate string
	Text                string // in the reason's code and note
	Undoes              string
	Batch               string // changes that are rows of this batch
	// Folded selects of each batch the change that was logged first, in place of all its rows.
	Folded bool
	Cursor string // of an earlier page
	Limit  int    // 0: 50
}

// API is what a change needs of Protime: the one request, and records, lists and the status monitor to look for its
// effect.
type API interface {
	Get(ctx context.Context, path, query string) (protime.Record, protime.Answer, error)
	Send(ctx context.Context, r protime.Request) (protime.Answer, error)
	List(ctx context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error]
	// PathOf is the path of a Location relative to the API's base; false for another host or outside the base.
	PathOf(location string) (path string, ok bool)
	// StatusMonitor reads the Operation-Location of a 202, whatever its status; an error when it is not on the API's host.
	StatusMonitor(ctx context.Context, operationLocation string) (protime.Answer, error)
}
