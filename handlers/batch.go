package handlers

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/tell"
	"protime-admin/views"
)

// batchParam is the path parameter of a batch.
const batchParam = "batch"

// Steps of a batch, as its pages count them.
const (
	stepRows = iota + 1
	stepColumns
	stepCheck
	stepSend
	stepResult
)

// batchOfPath reads the batch of the path.
func (x *exchange) batchOfPath() (batch.Batch, error) {
	id, err := x.param(batchParam)
	if err != nil {
		return batch.Batch{}, err
	}
	return x.batchWithID(id)
}

// batchWithID reads a batch. One that is somebody else's is as one that is not there, except for auditors.
func (x *exchange) batchWithID(id string) (batch.Batch, error) {
	if x.stopped() {
		return batch.Batch{}, x.logAway()
	}
	b, err := x.s.Batches.Batch(x.request().Context(), id)
	if errors.Is(err, batch.ErrNoBatch) || err == nil && !x.maySeeBatch(b) {
		return batch.Batch{}, &pageError{status: http.StatusNotFound, failure: x.words.Failure("no-batch"), cause: batch.ErrNoBatch}
	}
	return b, err
}

// batchToChange is batchOfPath for who changes, sends or stops a batch: its maker, while they are an editor.
func (x *exchange) batchToChange() (batch.Batch, error) {
	b, err := x.batchOfPath()
	if err != nil {
		return b, err
	}
	if !x.madeBatch(b) || !change.Has(x.actor.Roles, change.Make) {
		return b, &pageError{status: http.StatusForbidden, failure: x.words.Failure("not-your-batch"), cause: change.ErrRole}
	}
	return b, nil
}

// maySeeBatch reports whether this person may see a batch: its maker, and auditors.
func (x *exchange) maySeeBatch(b batch.Batch) bool {
	return x.madeBatch(b) || change.Has(x.actor.Roles, change.SeeLog)
}

// madeBatch reports whether this person made a batch.
func (x *exchange) madeBatch(b batch.Batch) bool {
	return b.Actor.Subject != "" && b.Actor.Subject == x.actor.Subject && b.Actor.Issuer == x.actor.Issuer
}

// GET /batches/{id}: the page of the state that the batch is in. With .csv or .xlsx behind the id it is its rows.
func (s *Server) batchPage(x *exchange) error {
	id, err := x.param(batchParam)
	if err != nil {
		return err
	}
	id, format := withoutFormat(id)
	b, err := x.batchWithID(id)
	switch {
	case err != nil:
		return err
	case format != "":
		return x.batchRows(b, format)
	}
	if b.State != batch.Draft {
		return x.runPage(b)
	}
	return x.draftPage(draft{Batch: b})
}

// batchHeading says what a batch does: "Add clockings".
func (x *exchange) batchHeading(b batch.Batch) string {
	what := b.Collection
	if c, ok := x.s.Contract.Collection(b.Collection); ok {
		what = x.words.Within(x.words.Collection(c))
	}
	return x.operationOn(b.Operation, what)
}

func (x *exchange) operationOn(operation batch.Operation, what string) string {
	said := ""
	switch operation {
	case batch.Create:
		said = x.words.T("batch.create", "what", what)
	case batch.Replace:
		said = x.words.T("batch.replace", "what", what)
	case batch.Delete:
		said = x.words.T("batch.delete", "what", what)
	default:
		said = x.words.T("batch.undo", "what", what)
	}
	return tell.UpperFirst(said)
}

// batchName is what a list calls a batch: its name, else the note of its reason, else what it does.
func (x *exchange) batchName(b batch.Batch) string {
	switch {
	case b.Name != "":
		return b.Name
	case b.Reason.Note != "":
		return b.Reason.Note
	}
	return x.batchHeading(b)
}

// batchHead is what stands above the pages of a batch.
func (x *exchange) batchHead(b batch.Batch, step int, intro string) views.BatchHead {
	return views.BatchHead{
		Heading: x.batchHeading(b), Name: b.Name, Back: x.safe(b.Back), Intro: intro, Step: step,
		Sheet: b.Source == batch.Pasted || b.Source == batch.File,
	}
}

// batchKeyed is the sentence of a key with its arguments by name.
func (x *exchange) batchKeyed(key string, args map[string]string) string {
	pairs := make([]string, 0, 2*len(args))
	for _, name := range slices.Sorted(maps.Keys(args)) {
		pairs = append(pairs, name, args[name])
	}
	return x.words.T(key, pairs...)
}
