package change

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// others makes sure that a change concerns somebody else, where that is asked for. A change can concern two people:
// the one whose record it was and the one whose it becomes.
func (d *Desk) others(ctx context.Context, c Change) error {
	if !d.ForbidOwn {
		return nil
	}
	people, byID := concerned(c)
	if len(people) == 0 && byID {
		return nil
	}
	if !byID || d.People == nil || c.Actor.Email == "" && c.Actor.Number == "" {
		return ErrWhose
	}
	for _, person := range people {
		own, err := d.People.Is(ctx, person, c.Actor.Email, c.Actor.Number)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrWhose, err)
		}
		if own {
			return ErrOwnRecord
		}
	}
	return nil
}

// concerned returns the ids of the people whose record it is, was, or becomes; byID is false when one is named
// in another way.
func concerned(c Change) (ids []string, byID bool) {
	if c.Person != "" {
		ids = append(ids, c.Person)
	}
	for _, record := range []json.RawMessage{c.Before, c.After} {
		id, ok := personOf(record)
		if !ok {
			return ids, false
		}
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, true
}

// personOf reads the person that a record refers to, "" when it refers to none; ok is false when it refers to one by
// something else than an id, or when the record cannot be read.
func personOf(record json.RawMessage) (id string, ok bool) {
	var r struct {
		Person *struct {
			ID json.RawMessage `json:"id"`
		} `json:"person"`
	}
	if len(record) == 0 {
		return "", true
	}
	if json.Unmarshal(record, &r) != nil {
		return "", false
	}
	if r.Person == nil {
		return "", true
	}
	var text string
	if json.Unmarshal(r.Person.ID, &text) == nil {
		return text, text != ""
	}
	return string(r.Person.ID), len(r.Person.ID) > 0
}
