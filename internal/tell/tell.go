// Package tell puts into words what pages say: labels and values of records, what became of a change, why something
// failed. The contract, a printer of one language and names go in; text and parts of view models come out.
//
// It reads nothing and knows no request: who asks, and what they may do, is decided in handlers.
package tell

import (
	"time"

	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/protime/contract"
)

// Names gives names of the records that values refer to.
type Names interface {
	// Label returns what a record is called; false when its name is not known (yet).
	Label(collection, id string) (form.Hit, bool)
}

// Options are what a Teller is made of. Everything is required unless it says otherwise.
type Options struct {
	Contract *contract.Contract
	// Plan returns the form of a collection, which compares two states of a record.
	Plan func(*contract.Collection, contract.Verb) *form.Plan
	// HostPath returns the path of a link that the API gave; false when it leads to another host.
	HostPath       func(link string) (string, bool)
	Assumed        []string       // ASSUMED_COLLECTIONS
	TimeZone       *time.Location // of the times of changes
	UserAgent      string         // of requests to the API
	SupportContact string         // who is named where a person cannot go on; may be ""
}

// Teller has what the words of all requests have in common.
type Teller struct {
	Options
	titles map[*contract.Collection][]contract.Field
}

// New returns a Teller for one contract.
func New(o Options) *Teller {
	t := &Teller{Options: o, titles: map[*contract.Collection][]contract.Field{}}
	for _, c := range o.Contract.Collections {
		t.titles[c] = TitleFields(c)
	}
	return t
}

// Words are the words of one page, in its language.
type Words struct {
	*lang.Printer
	*Teller
	Names Names
	Today time.Time // the date in TIME_ZONE, as midnight UTC
}
