package change

import (
	"context"
	"errors"
	"log/slog"
	"math"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Do makes one change: it checks the role and whose record it is, logs the change, sends the one request and logs the
// answer. A refusal or a missing answer is not an error but the receipt's State; an error says that nothing was sent:
//
//   - ErrRole, ErrOwnRecord, ErrWhose: the actor may not;
//   - ErrLog: the change cannot be logged;
//   - *SpentError: the form was sent before with other content;
//   - ErrUndone: the change that it undoes is undone already.
//
// The same form with the same content is not an error: Do waits for the first one's answer and returns its receipt,
// marked Again. Do goes on when ctx is canceled: a browser that disconnects does not interrupt a change.
func (d *Desk) Do(ctx context.Context, c Change) (Receipt, error) {
	if err := d.allow(ctx, c); err != nil {
		return Receipt{}, err
	}
	if c.Verb == contract.Create && !c.Surveyed {
		c, _ = d.Survey(ctx, c)
	}
	first := prepared(c)
	first.At = d.now()
	switch err := d.prepare(ctx, c.ID, first); {
	case errors.Is(err, ErrSpent):
		return d.first(ctx, c)
	case err != nil:
		return Receipt{}, err
	}
	attempts, shown := d.send(ctx, c)
	ended := d.now()
	for i := range attempts {
		attempts[i].At = ended
	}
	r, err := Fold(c.ID, append([]Event{first}, attempts...))
	if err != nil {
		return Receipt{}, err
	}
	r.Change, r.Shown = c, shown
	d.rememberSecret(c.ID, shown)
	if err := d.append(ctx, c.ID, attempts...); err != nil {
		d.logger().LogAttrs(ctx, slog.LevelError, "the outcome of a change cannot be written to the audit log",
			slog.String("change", c.ID), slog.String("state", string(r.State)),
			slog.Int("status", r.Status), slog.Any("error", err))
		r.Verdict, r.Failure = Verdict{State: Unknown, Ended: ended}, "log"
	}
	return r, nil
}

// allow checks the actor's rights before anything is written.
func (d *Desk) allow(ctx context.Context, c Change) error {
	if !writes(c.Verb) || !May(c.Actor.Roles, c.Verb) {
		return ErrRole
	}
	return d.others(ctx, c)
}

func (d *Desk) prepare(ctx context.Context, id string, e Event) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.logTimeout())
	defer cancel()
	return overdue(d.Log.Prepare(ctx, id, e), ErrLog)
}

func (d *Desk) append(ctx context.Context, id string, events ...Event) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.logTimeout())
	defer cancel()
	return overdue(d.Log.Append(ctx, id, events...), ErrLog)
}

// send makes the one request of a change and returns its attempts as they are logged; shown is the complete body for
// the actor where the logged one lacks a secret.
func (d *Desk) send(ctx context.Context, c Change) (attempts []Event, shown []byte) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.timeout())
	defer cancel()
	answer, err := d.API.Send(ctx, protime.Request{
		Method:  c.Request.Method,
		Path:    c.Request.Path,
		Query:   c.Request.Query,
		Body:    c.Request.Body,
		IfMatch: c.Request.IfMatch,
	})
	for i, earlier := range answer.Earlier {
		attempts = append(attempts, refusedAttempt(i+1, answer.URL, earlier))
	}
	last := lastAttemptOf(len(attempts)+1, answer, err)
	last.Personal.Response = cut(answer.Body)
	if len(c.Secret) > 0 && len(answer.Body) > 0 {
		last.Personal.Response, shown = withoutSecrets(answer.Body, c.Secret, d.documented(c.Collection)), answer.Body
	}
	return append(attempts, last), shown
}

// refusedAttempt is an attempt whose token the API refused, so that another one followed.
func refusedAttempt(number int, url string, a protime.Attempt) Event {
	return Event{
		Facts: Facts{Kind: KindAnswered, Attempt: &Attempt{
			Number: number, Left: true, Status: a.Status, URL: url, Header: withoutCredentials(a.Header),
			Micros: a.Duration.Microseconds(),
		}},
		Personal: Personal{Response: cut(a.Body)},
	}
}

// lastAttemptOf is the attempt that nothing followed.
func lastAttemptOf(number int, a protime.Answer, err error) Event {
	attempt := &Attempt{
		Number: number, Left: a.Sent, Status: a.Status, URL: a.URL, Location: a.Location,
		OperationLocation: a.OperationLocation, Header: withoutCredentials(a.Header), Micros: a.Duration.Microseconds(),
	}
	var failure *protime.Error
	switch {
	case err == nil:
	case errors.As(err, &failure):
		attempt.Failure, attempt.FromAPI, attempt.HTML = reasonOf(failure), failure.FromAPI, failure.HTML
		if !a.Sent {
			attempt.Wait = int(math.Ceil(failure.RetryAfter.Seconds()))
		}
	case errors.Is(err, context.Canceled):
		attempt.Left, attempt.Failure = true, "stopped"
	default:
		attempt.Left, attempt.Failure = true, "reset" // not a failure that the client knows to be harmless
	}
	kind := KindAnswered
	if attempt.Failure != "" && attempt.Failure != "bad-answer" {
		kind = KindLost
	}
	return Event{Facts: Facts{Kind: kind, Attempt: attempt}}
}

// reasonOf is the key of why there is no answer, "" when there is one.
func reasonOf(e *protime.Error) string {
	switch {
	case e.Is(protime.NoToken) && !e.Is(protime.RateLimited) && !e.Is(protime.Unavailable):
		return "no-token"
	case e.Is(protime.Paused), e.Is(protime.NoToken):
		return "paused"
	case e.Is(protime.Unreached):
		return "unreached"
	case e.Is(protime.Timeout):
		return "timeout"
	case e.Is(protime.Canceled): // only the end of the server cancels a write
		return "stopped"
	case e.Is(protime.Unanswered) && e.Status != 0:
		return "cut-off"
	case e.Is(protime.Unanswered):
		return "reset"
	case e.Is(protime.BadAnswer):
		return "bad-answer"
	}
	return ""
}
