package change

import (
	"context"
	"errors"
	"time"
)

// Acknowledgement says that somebody left a person's day as it is although it breaks rules, or, with Undoes, that they
// take that back. It sends nothing to Protime.
type Acknowledgement struct {
	ID     string // the form's id, a UUIDv7
	Undoes string // id of the acknowledgement that this one takes back; "" otherwise
	Actor  Actor  // Subject, Issuer and Name are stored; Number and Email only tell whose day it is
	Person string // id
	Date   string // yyyy-mm-dd
	Rules  string // names of the rules that the day broke, comma separated
	Digest string // of the clockings that were seen: of others nothing was acknowledged
	Reason Reason
	At     time.Time // when it was written; set by the log
}

// Acknowledgements stores acknowledgements. Every write is durable when the method returns.
type Acknowledgements interface {
	// Acknowledge writes one. ErrSpent when its id is written already; ErrUndone when Undoes is taken back already,
	// ErrNoChange when there is no such acknowledgement; an error that matches ErrLog when it cannot be written.
	Acknowledge(ctx context.Context, a Acknowledgement) error
	// Acknowledgement returns one, or ErrNoChange. An error that matches ErrUnreadable: it cannot be read now.
	Acknowledgement(ctx context.Context, id string) (Acknowledgement, error)
	// Acknowledged returns those of a period that nobody took back, oldest first; from and to are dates within it.
	Acknowledged(ctx context.Context, from, to string) ([]Acknowledgement, error)
}

// Acknowledge writes that a day stays as it is. Every editor may, of other people's days where OWN_RECORDS is forbid.
// Errors: ErrRole, ErrOwnRecord, ErrWhose, ErrSpent, ErrLog.
func (d *Desk) Acknowledge(ctx context.Context, a Acknowledgement) error {
	if !Has(a.Actor.Roles, Make) {
		return ErrRole
	}
	if err := d.others(ctx, Change{Actor: a.Actor, Person: a.Person}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.logTimeout())
	defer cancel()
	return overdue(d.Days.Acknowledge(ctx, a), ErrLog)
}

// TakeBack writes that a day does not stay as it is; id is that of the form. Every editor may, as in Acknowledge: the
// day is shown again and nothing is changed. One that is taken back already is no error. Errors: those of Acknowledge,
// ErrNoChange, ErrUnreadable.
func (d *Desk) TakeBack(ctx context.Context, actor Actor, id, of string) error {
	if !Has(actor.Roles, Make) {
		return ErrRole
	}
	reading, cancel := context.WithTimeout(ctx, min(readTimeout, d.logTimeout()))
	defer cancel()
	first, err := d.Days.Acknowledgement(reading, of)
	if err != nil {
		return overdue(err, ErrUnreadable)
	}
	if first.Undoes != "" {
		return ErrNoChange
	}
	err = d.Acknowledge(ctx, Acknowledgement{
		ID: id, Undoes: of, Actor: actor, Person: first.Person, Date: first.Date, Rules: first.Rules, Digest: first.Digest,
	})
	if errors.Is(err, ErrUndone) {
		return nil
	}
	return err
}

// Acknowledged returns the acknowledgements of a period that nobody took back. Who left a day as it is and why is shown
// to those who may see a record's history; others get the days alone. Errors: ErrRole, ErrUnreadable.
func (d *Desk) Acknowledged(ctx context.Context, actor Actor, from, to string) ([]Acknowledgement, error) {
	if !Has(actor.Roles, ReadRecords) {
		return nil, ErrRole
	}
	ctx, cancel := context.WithTimeout(ctx, min(readTimeout, d.logTimeout()))
	defer cancel()
	found, err := d.Days.Acknowledged(ctx, from, to)
	if !Has(actor.Roles, SeeHistory) {
		for i := range found {
			found[i].Actor, found[i].Reason = Actor{}, Reason{}
		}
	}
	return found, overdue(err, ErrUnreadable)
}
