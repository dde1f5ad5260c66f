package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

// Inputs of the forms that try rows again.
const (
	inputRow   = "row"   // number of a row; none: all rows that failed
	inputEnded = "ended" // the end of the sending that the page showed
)

// POST /batches/{id}/pause: no row is sent until somebody goes on.
func (s *Server) pauseBatch(x *exchange) error {
	return x.steer(batch.Paused, batch.Running)
}

// POST /batches/{id}/resume
func (s *Server) resumeBatch(x *exchange) error {
	b, err := x.batchToSend()
	if err != nil {
		return err
	}
	return x.move(b, batch.Running, batch.Paused)
}

// POST /batches/{id}/cancel: no further row is sent.
func (s *Server) cancelBatch(x *exchange) error {
	return x.steer(batch.Canceled, batch.Running, batch.Paused)
}

// steer is move for whoever sees the batch of the path: its maker, whatever role is left to them, and auditors. Nothing is
// sent by it, and somebody has to be able to stop what a person has started who is gone.
func (x *exchange) steer(to batch.State, from ...batch.State) error {
	b, err := x.batchOfPath()
	if err != nil {
		return err
	}
	return x.move(b, to, from...)
}

// move changes the state of a batch and goes back to its page. In another state than those of from the page says what
// became of it meanwhile.
func (x *exchange) move(b batch.Batch, to batch.State, from ...batch.State) error {
	err := x.s.Batches.Move(x.request().Context(), b.ID, to, "", from...)
	if err != nil && !errors.Is(err, batch.ErrState) {
		return err
	}
	return x.to("/batches/" + b.ID)
}

// batchToSend is batchToChange where rows are to be sent: the person has to be allowed to what they do.
func (x *exchange) batchToSend() (batch.Batch, error) {
	b, err := x.batchToChange()
	if err != nil {
		return b, err
	}
	c, ok := x.s.Contract.Collection(b.Collection)
	if !ok {
		return b, change.ErrNoChange
	}
	for _, verb := range x.batchVerbs(b) {
		if why := x.whyNot(c, verb); why != "" {
			return b, x.refuse(c, verb, why)
		}
	}
	return b, nil
}

// POST /batches/{id}/retry: rows that failed are sent again, as changes of their own. A form of an earlier end of the
// sending, as of a double click, does nothing: its rows were tried again since.
func (s *Server) retryBatch(x *exchange) error {
	b, err := x.batchToSend()
	if err != nil {
		return err
	}
	values, err := x.posted()
	if err != nil {
		return err
	}
	page := "/batches/" + b.ID
	if b.IsSending() || b.State == batch.Draft || values.Get(inputEnded) != endOf(b) {
		return x.to(page)
	}
	var rows []int
	for _, text := range values[inputRow] {
		number, err := strconv.Atoi(text)
		if err != nil {
			return &pageError{status: http.StatusBadRequest, failure: x.words.Failure("bad-request"), cause: err}
		}
		rows = append(rows, number)
	}
	slices.Sort(rows)
	if _, err := s.Batches.Retry(x.request().Context(), b.ID, slices.Compact(rows)); err != nil && !errors.Is(err, batch.ErrState) {
		return err
	}
	return x.to(page)
}
