package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// receiptColumns are what a receipt is made of: where the change stands, its intent (i), and its last outcome (o),
// whose columns are NULL while there is none.
const receiptColumns = `c.undone_by,
	i.sequence, i.change_id, i.at, i.collection, i.path, i.verb, i.reason_code, i.undoes, i.request_id, i.issuer,
	i.roles, i.left_out, i.method, i.request_path, i.request_query, i.if_match, i.salts IS NULL, i.subject, i.name, i.email,
	i.number, i.person, i.note, i.fingerprint, i.record_before, i.record_after, i.request_body,
	o.at, o.state, o.status, o.location, o.operation_location, o.header, o.duration, o.url, o.failure,
	o.response_body, o.evidence`

const receiptJoins = ` AS c JOIN events AS i ON i.sequence = c.sequence LEFT JOIN events AS o ON o.sequence = c.last`

// Receipt returns one change, or change.ErrNoChange.
func (l *Log) Receipt(ctx context.Context, id string) (change.Receipt, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT `+receiptColumns+` FROM changes`+receiptJoins+` WHERE c.id = $1`, id)
	if err != nil {
		return change.Receipt{}, fmt.Errorf("audit: receipt: %w", err)
	}
	receipts, err := receiptsOf(rows)
	if err != nil {
		return change.Receipt{}, err
	}
	if len(receipts) == 0 {
		return change.Receipt{}, change.ErrNoChange
	}
	return receipts[0], nil
}

func receiptsOf(rows *sql.Rows) ([]change.Receipt, error) {
	var receipts []change.Receipt
	err := scan(rows, func() error {
		r, err := receiptOf(rows)
		receipts = append(receipts, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("audit: receipts: %w", err)
	}
	return receipts, nil
}

// ended are the columns of a last outcome.
type ended struct {
	at, status, duration                                               *int64
	state, location, operation, header, url, failure, response, proven []byte
}

func receiptOf(from *sql.Rows) (change.Receipt, error) {
	var (
		r       change.Receipt
		o       ended
		at      int64
		roles   string
		leftOut string
		verb    string
		who     [5][]byte // NULL once retention has been there
		before  []byte
		after   []byte
		body    []byte
		reason  []byte
	)
	err := from.Scan(&r.UndoneBy,
		&r.Sequence, &r.ID, &at, &r.Collection, &r.Path, &verb, &r.Reason.Code, &r.Undoes, &r.RequestID,
		&r.Actor.Issuer, &roles, &leftOut, &r.Request.Method, &r.Request.Path, &r.Request.Query, &r.Request.IfMatch,
		&r.Erased, &who[0], &who[1], &who[2], &who[3], &who[4], &reason, &r.Fingerprint, &before, &after, &body,
		&o.at, &o.state, &o.status, &o.location, &o.operation, &o.header, &o.duration, &o.url, &o.failure,
		&o.response, &o.proven)
	if err != nil {
		return change.Receipt{}, err
	}
	r.At = moment(at)
	r.Verb = contract.Verb(verb)
	r.Actor.Subject, r.Actor.Name, r.Actor.Email = string(who[0]), string(who[1]), string(who[2])
	r.Actor.Number, r.Person = string(who[3]), string(who[4])
	r.Reason.Note = string(reason)
	r.Actor.Roles = rolesOf(roles)
	r.Before, r.After, r.Request.Body = given(before), given(after), given(body)
	r.Outcome = change.Outcome{State: change.Sending}
	if leftOut != "" {
		if err := json.Unmarshal([]byte(leftOut), &r.LeftOut); err != nil {
			return change.Receipt{}, fmt.Errorf("left out: %w", err)
		}
	}
	if o.at == nil {
		return r, nil
	}
	r.Ended = moment(*o.at)
	r.Outcome = change.Outcome{
		State:             change.State(o.state),
		Status:            int(*o.status),
		Location:          string(o.location),
		OperationLocation: string(o.operation),
		Header:            headerOf(string(o.header)),
		Body:              given(o.response),
		Duration:          time.Duration(*o.duration) * time.Microsecond,
		URL:               string(o.url),
		Failure:           string(o.failure),
		Evidence:          string(o.proven),
	}
	return r, nil
}

// given returns nil where nothing was given.
func given(value []byte) []byte {
	if len(value) == 0 {
		return nil
	}
	return value
}

func rolesOf(text string) []change.Role {
	if text == "" {
		return nil
	}
	var roles []change.Role
	for _, role := range strings.Split(text, ",") {
		roles = append(roles, change.Role(role))
	}
	return roles
}
