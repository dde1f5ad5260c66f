package protime

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// ListLimits bounds what one List reads, so that an API that never ends a list ends in an error that matches TooMuch.
// A zero field takes the default that its comment names.
type ListLimits struct {
	Pages      int           // 0: 5,000
	EmptyPages int           // in a row; 0: 100
	Records    int           // of all pages; 0: 1,000,000
	Bytes      int64         // of all pages; 0: 512 MB
	Time       time.Duration // spent on requests, not on what the caller does between pages; 0: 10 minutes
}

func (l ListLimits) orDefaults() ListLimits {
	return ListLimits{
		Pages: or(l.Pages, 5000), EmptyPages: or(l.EmptyPages, 100), Records: or(l.Records, 1_000_000),
		Bytes: or(l.Bytes, 512<<20), Time: or(l.Time, 10*time.Minute),
	}
}

// What one text may hold. A value costs 24 bytes of index, a record 72 more.
const (
	maxValues       = 1_000_000 // JSON values of one text
	maxRecordValues = 20_000    // JSON values of one record of a page
	maxRecords      = 100_000   // records of a page
	maxLinkLength   = 2 * maxURILength
)

// tooMuch is an error that names the bound that was passed. Errors of a call that have it as their cause match TooMuch.
type tooMuch string

// Error implements error.
func (t tooMuch) Error() string { return string(t) }

// reading counts what a List has read.
type reading struct {
	limits  ListLimits
	pages   int
	empty   int // in a row
	records int
	bytes   int64
	time    time.Duration
	links   map[[sha256.Size]byte]bool
}

// count adds a page and reports which bound is passed, if any.
func (r *reading) count(records int, bytes int64, took time.Duration) error {
	r.pages++
	r.records += records
	r.bytes += bytes
	r.time += took
	r.empty++
	if records > 0 {
		r.empty = 0
	}
	switch l := r.limits; {
	case r.records > l.Records:
		return tooMuch(fmt.Sprintf("the list has more than %d records", l.Records))
	case r.bytes > l.Bytes:
		return tooMuch(fmt.Sprintf("the pages of the list have more than %d bytes", l.Bytes))
	}
	return nil
}

// next reports why the page that a link leads to is not asked for, if it is not.
func (r *reading) next(path, query string) error {
	link := sha256.Sum256([]byte(path + "?" + query))
	switch l := r.limits; {
	case r.links[link]:
		return tooMuch("nextLink leads back to a page that was read")
	case r.pages >= l.Pages:
		return tooMuch(fmt.Sprintf("the list goes on after %d pages", l.Pages))
	case r.empty >= l.EmptyPages:
		return tooMuch(fmt.Sprintf("the list goes on after %d empty pages in a row", l.EmptyPages))
	case r.time >= l.Time:
		return tooMuch(fmt.Sprintf("the list goes on after %v of requests", l.Time))
	}
	r.links[link] = true
	return nil
}
