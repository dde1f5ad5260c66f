package handlers

import (
	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// mostDayChanges bounds how many changes of some days a page reads.
const mostDayChanges = 500

// dayChanges are the changes to the records of some people (nil: of everybody) whose dates lie between two, both
// included, newest first, at most 500. A record that was moved from one date to another counts on the later state's date.
// It is nil for those who may not see the history of records. Errors as Desk.Changes says.
func (x *exchange) dayChanges(people []string, first, last string) ([]change.Receipt, error) {
	if !change.Has(x.actor.Roles, change.SeeHistory) {
		return nil, nil
	}
	found, _, err := x.s.Desk.Changes(x.request().Context(), x.actor, change.Query{
		People: people, FirstDate: first, LastDate: last, Limit: mostDayChanges,
	})
	return found, err
}

// recordChanges are the newest changes to one record, the one that made it at the end where there are fewer than limit.
// It is nil for those who may not see the history of records. Errors as Desk.Changes says.
func (x *exchange) recordChanges(path string, limit int) ([]change.Receipt, error) {
	if !change.Has(x.actor.Roles, change.SeeHistory) {
		return nil, nil
	}
	query := change.Query{Path: path, Limit: limit}
	found, next, err := x.s.Desk.Changes(x.request().Context(), x.actor, query)
	if err != nil || next != "" || len(found) == limit {
		return found, err
	}
	created, err := x.creation(query, found)
	return append(found, created...), err
}

// mostCreations bounds the search for the change that made a record.
const mostCreations = 500

// creation is the change that made a record, for the end of its history. The log has it under the list's path, because
// the record had none yet.
func (x *exchange) creation(query change.Query, history []change.Receipt) ([]change.Receipt, error) {
	c, params, item, ok := x.s.Contract.Match(query.Path)
	if !ok || !item || !c.Offers(contract.Create) || len(c.Key) > 0 ||
		query.Verb != "" && query.Verb != contract.Create || query.Collection != "" && query.Collection != c.Name {
		return nil, nil
	}
	wanted := query
	wanted.Path, wanted.Verb, wanted.Cursor, wanted.Limit = c.URL(params[:len(params)-1]...), contract.Create, "", mostCreations
	if len(history) > 0 {
		oldest := history[len(history)-1]
		if query.To.IsZero() || oldest.At.Before(query.To) {
			wanted.To = oldest.At
		}
	}
	made, _, err := x.s.Desk.Changes(x.request().Context(), x.actor, wanted)
	if err != nil {
		return nil, err
	}
	for _, r := range made {
		if x.words.RecordPath(r) == query.Path {
			return []change.Receipt{r}, nil
		}
	}
	return nil, nil
}
