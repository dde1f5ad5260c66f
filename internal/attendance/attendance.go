// Package attendance reads from the API what is known of people's days and has package day judge it. Register is where
// to begin: Read reads all parts of one person's days at once, ByDay many people's clockings date by date, Around the
// clockings beside one. All of them, and the worklist, judge with a Judge, which knows the clock and who is employed.
package attendance

import (
	"context"
	"errors"
	"iter"
	"time"

	"protime-admin/internal/day"
	"protime-admin/protime"
)

// The collections that people's days are made of.
const (
	Clockings          = "clockings"
	Absences           = "absences"
	AbsenceDefinitions = "absence-definitions"
	absenceGroups      = "absence-groups"
	Assignments        = "assignments"
	CalculatedTotals   = "calculated-totals"
)

// Lister reads the pages of a list; *protime.Client is one. Errors are *protime.Error and end the sequence.
type Lister interface {
	List(ctx context.Context, path string, options protime.ListOptions) iter.Seq2[protime.Page, error]
}

// Employment is what the rules need of a person. Dates are yyyy-mm-dd, "" where there is none or none is known.
type Employment struct {
	InService, OutOfService string // first and last day of service
	ClosedUntil             string // last day of the closed period
}

// Options of a Register. API is required.
type Options struct {
	API      Lister
	Rules    day.Rules
	Person   func(id string) Employment // nil: nothing is known of anybody
	Now      func() time.Time           // nil: time.Now
	TimeZone *time.Location             // in which a date ends; nil: UTC
}

// Register reads people's days and judges them. It is safe for concurrent use.
type Register struct {
	Options
	definitions definitions
}

// New makes a Register.
func New(o Options) *Register {
	if o.Person == nil {
		o.Person = func(string) Employment { return Employment{} }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TimeZone == nil {
		o.TimeZone = time.UTC
	}
	return &Register{Options: o, definitions: definitions{turn: make(chan struct{}, 1)}}
}

// Judge judges days at one moment.
type Judge struct {
	rules  day.Rules
	person func(id string) Employment
	today  string // of the company's wall clock
	now    int    // minutes since its midnight
}

// Judge is the judge of this moment.
func (r *Register) Judge() Judge {
	now := r.Now().In(r.TimeZone)
	return Judge{r.Rules, r.Person, now.Format(time.DateOnly), now.Hour()*60 + now.Minute()}
}

// Today is the date of the company's wall clock.
func (j Judge) Today() string { return j.today }

// Day judges a person's date.
func (j Judge) Day(f day.Facts) day.Day { return j.rules.Judge(j.Facts(f)) }

// Facts adds to what is known of a date what is known of the person, and the clock.
func (j Judge) Facts(f day.Facts) day.Facts {
	e := j.person(f.Person)
	f.InService, f.OutOfService, f.ClosedUntil = e.InService, e.OutOfService, e.ClosedUntil
	f.Today, f.Now = j.today, j.now
	return f
}

// Withheld reports whether an error says that the API does not give a collection, to this client or at all.
func Withheld(err error) bool {
	for _, kind := range []protime.Kind{protime.Forbidden, protime.Unauthorized, protime.NotFound, protime.NotOffered} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// During is the filter of a period of dates yyyy-mm-dd, both included.
func During(from, to string) protime.Filter {
	return protime.And(protime.Ge("date", protime.Text(from)), protime.Le("date", protime.Text(to)))
}

// each calls take with every record of a list.
func (r *Register) each(ctx context.Context, path string, filter protime.Filter, take func(protime.Record)) error {
	for record, err := range protime.Records(r.API.List(ctx, path, protime.ListOptions{Filter: filter})) {
		if err != nil {
			return err
		}
		take(record)
	}
	return nil
}
