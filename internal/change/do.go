package change

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"protime-admin/protime"
)

// Do makes one change: role, own records, intent, one request, outcome. A refusal or an answer that never came is no
// error but the receipt's State; an error says that nothing was sent:
//
//   - ErrRole, ErrOwnRecord, ErrWhose: the actor may not;
//   - ErrLog: the intent cannot be written;
//   - *SpentError: the form was sent before with other content;
//   - ErrUndone: somebody took the same change back before.
//
// The same form with the same content is no error: its first receipt comes back, marked Again, as soon as the first
// one has its answer. Do goes on when ctx is canceled: a browser that goes away does not cut a change.
func (d *Desk) Do(ctx context.Context, c Change) (Receipt, error) {
	if err := d.allow(ctx, c); err != nil {
		return Receipt{}, err
	}
	began := d.now()
	switch err := d.begin(ctx, c); {
	case errors.Is(err, ErrSpent):
		return d.first(ctx, c)
	case err != nil:
		return Receipt{}, err
	}
	outcome, shown := d.send(ctx, c)
	receipt := Receipt{Change: c, Outcome: outcome, At: began, Ended: d.now(), Shown: shown}
	if err := d.end(ctx, c.ID, outcome); err != nil {
		d.logger().LogAttrs(ctx, slog.LevelError, "the outcome of a change cannot be written to the audit log",
			slog.String("change", c.ID), slog.String("state", string(outcome.State)),
			slog.Int("status", outcome.Status), slog.Any("error", err))
		receipt.State, receipt.Failure = Unknown, "log"
	}
	return receipt, nil
}

// allow checks what can be told before anything is written.
func (d *Desk) allow(ctx context.Context, c Change) error {
	if !writes(c.Verb) || !May(c.Actor.Roles, c.Verb) {
		return ErrRole
	}
	return d.others(ctx, c)
}

func (d *Desk) begin(ctx context.Context, c Change) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.logTimeout())
	defer cancel()
	return d.Log.Begin(ctx, c)
}

func (d *Desk) end(ctx context.Context, id string, o Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.logTimeout())
	defer cancel()
	return d.Log.End(ctx, id, o)
}

// send makes the one request of a change and returns its outcome as the log keeps it, and the whole body for the one
// who asked when the log's copy lacks a secret.
func (d *Desk) send(ctx context.Context, c Change) (o Outcome, shown []byte) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.timeout())
	defer cancel()
	began := time.Now()
	answer, err := d.API.Send(ctx, protime.Request{
		Method:  c.Request.Method,
		Path:    c.Request.Path,
		Query:   c.Request.Query,
		Body:    c.Request.Body,
		IfMatch: c.Request.IfMatch,
	})
	o = Outcome{
		Status:            answer.Status,
		Location:          answer.Location,
		OperationLocation: answer.OperationLocation,
		Header:            withoutCredentials(answer.Header),
		Body:              cut(answer.Body),
		Duration:          answer.Duration,
		URL:               answer.URL,
	}
	if o.Duration == 0 {
		o.Duration = time.Since(began)
	}
	o.State, o.Failure = classify(answer, err)
	if len(c.Secret) > 0 && len(answer.Body) > 0 {
		o.Body, shown = withoutSecrets(answer.Body, c.Secret, d.documented(c.Collection)), answer.Body
	}
	return o, shown
}

// classify says what an answer means for the change, and why there is none.
func classify(a protime.Answer, err error) (State, string) {
	if err == nil {
		if a.Status == http.StatusAccepted {
			return Accepted, ""
		}
		return Done, ""
	}
	var failure *protime.Error
	if !errors.As(err, &failure) {
		return Unknown, "reset" // not a failure that the client knows to be harmless
	}
	if mayHaveApplied(failure) {
		return Unknown, reasonOf(failure)
	}
	return Refused, reasonOf(failure)
}

// mayHaveApplied reports whether a write could have changed something although it failed: its answer never came, a
// gateway answered in the server's place, or a success came with a body that is not the API's.
func mayHaveApplied(e *protime.Error) bool {
	switch {
	case e.Is(protime.Unanswered):
		return true
	case e.Status == http.StatusBadGateway, e.Status == http.StatusGatewayTimeout, e.Status >= 520:
		return true
	case e.Status == http.StatusTemporaryRedirect, e.Status == http.StatusPermanentRedirect:
		return false // "send it elsewhere": nothing was done with it here
	}
	return e.Left() && e.Status > 0 && e.Status < 400
}

// reasonOf names why there is no answer, "" when there is one.
func reasonOf(e *protime.Error) string {
	switch {
	case e.Is(protime.NoToken):
		return "no-token"
	case e.Is(protime.Unreached):
		return "unreached"
	case e.Is(protime.Timeout):
		return "timeout"
	case e.Is(protime.Unanswered) && e.Status != 0:
		return "cut-off"
	case e.Is(protime.Unanswered):
		return "reset"
	case e.Is(protime.BadAnswer):
		return "bad-answer"
	}
	return ""
}
