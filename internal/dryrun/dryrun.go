// Package dryrun reads the sheet of a batch: what its columns mean (Meaning), and for every row what will be sent, what
// speaks against it and what is wrong at which cell (Checker). Forms ask here too what speaks against a change
// (Reader.Against). Nothing here sends anything.
//
// A cell goes the way of an input of a form: it becomes the value of the input that its column fills, form.Plan decodes
// and merges the values, and the record that comes out is what the run sends. So a sheet takes what the forms take, for
// every collection that can be created, replaced or deleted. What is added is what a form has pickers for: a person is
// found by badge, employee number or name, a record of another collection by its name or code.
//
// Whatever a person reads is a message key with arguments. An argument called "input" is the name of an Input, to be
// written as its label, as is one called "member", the name of a member of the record; one called "date" is yyyy-mm-dd;
// one called "batch" is the id of a batch; all others are texts.
package dryrun

import (
	"context"
	"iter"
	"sync/atomic"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/form"
	"protime-admin/internal/people"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// API reads from Protime; *protime.Client is one. Errors are *protime.Error.
type API interface {
	Get(ctx context.Context, path, query string) (protime.Record, protime.Answer, error)
	List(ctx context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error]
}

// Store is what the check needs of a batch.Store.
type Store interface {
	Numbered(ctx context.Context, id string, numbers []int) ([]batch.Result, error)
	SameKey(ctx context.Context, id string, keys []string) (map[string][]int, error)
	SentBefore(ctx context.Context, id string, digests [][]byte) (map[string]batch.Sent, error)
}

// Options of a Reader. All are required but those that say otherwise.
type Options struct {
	Contract *contract.Contract
	Plan     func(*contract.Collection, contract.Verb) *form.Plan
	API      API
	People   *people.Directory
	Store    Store
	// Texts returns what the first of some message keys that exists says in each language, none where no key exists.
	Texts func(keys ...string) []string
	// ForbidOwn says that nobody may change records of their own (OWN_RECORDS=forbid).
	ForbidOwn bool
	Now       func() time.Time // nil: time.Now
	TimeZone  *time.Location   // of "today" and of what is to come; nil: UTC
}

// Reader reads sheets. It is safe for concurrent use.
type Reader struct {
	Options
	persons atomic.Pointer[persons]
}

// New makes a Reader.
func New(o Options) *Reader {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TimeZone == nil {
		o.TimeZone = time.UTC
	}
	return &Reader{Options: o}
}

// VerbOf is the verb of the API that a row of an operation is. An undo has none of its own.
func VerbOf(o batch.Operation) contract.Verb {
	switch o {
	case batch.Create:
		return contract.Create
	case batch.Replace:
		return contract.Replace
	case batch.Delete:
		return contract.Delete
	}
	return ""
}

// Takes reports whether batches of an operation are possible for a collection. Rows that Protime only takes all together
// (restrictions) are no records of their own, and a key that Protime shows once (of a webhook) would be shown to nobody.
func Takes(c *contract.Collection, o batch.Operation) bool {
	return c.Offers(VerbOf(o)) && !c.ReplacesRows && (o != batch.Create || len(c.Secret) == 0)
}

// today is the company's date.
func (r *Reader) today() time.Time { return r.Now().In(r.TimeZone) }
