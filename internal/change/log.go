package change

import (
	"context"
	"iter"
	"time"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Log keeps changes. Every write is durable when the method returns.
type Log interface {
	// Begin writes the intent and spends the change's id. It returns ErrSpent when the id was spent before,
	// and an error that matches ErrLog when the log cannot be written; in both cases nothing may be sent.
	Begin(ctx context.Context, c Change) error
	// End writes the outcome of a change that began. An error matches ErrLog; the change then stays Sending until
	// it is found to be unknown.
	End(ctx context.Context, id string, o Outcome) error
	// Resolve writes what a look at the server showed of an unknown change, and who looked.
	Resolve(ctx context.Context, id string, by Actor, o Outcome) error
	// Receipt returns one change, or ErrNoChange.
	Receipt(ctx context.Context, id string) (Receipt, error)
	// Changes returns a page of changes, newest first, and the cursor of the next page ("" at the end).
	Changes(ctx context.Context, q Query) ([]Receipt, string, error)
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
	From, To   time.Time // half open: From <= At < To
	Text       string    // in the reason's code and note
	Undoes     string
	Cursor     string // of an earlier page
	Limit      int    // 0: 50
}

// API is what a change needs of Protime: the fresh record, the one request, and lists to look an unanswered
// create up.
type API interface {
	Get(ctx context.Context, path, query string) (protime.Record, protime.Answer, error)
	Send(ctx context.Context, r protime.Request) (protime.Answer, error)
	List(ctx context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error]
}
