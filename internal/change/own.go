package change

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// others returns an error unless a change concerns other people than the actor, where ForbidOwn is set. A change can
// concern two people: the one whose record it was and the one whose record it becomes.
func (d *Desk) others(ctx context.Context, c Change) error {
	if !d.ForbidOwn {
		return nil
	}
	people, byID := concerned(c)
	if len(people) == 0 && byID {
		return nil
	}
	if !byID || d.People == nil {
		return ErrNotComparable
	}
	for _, person := range people {
		own, compared, err := d.People.Is(ctx, person, c.Actor.Email, c.Actor.Number)
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrWhose, err)
		case own:
			return ErrOwnRecord
		case !compared:
			return ErrNotComparable
		}
	}
	return nil
}

// concerned returns the ids of the people whose record it is, was, or becomes; byID is false when one is referred to in
// another way.
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

// personOf returns the id of the person that a record refers to, "" when it refers to none; ok is false when it refers to
// one in another way, or is no JSON object.
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
