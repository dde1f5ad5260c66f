package people

import (
	"context"
	"errors"
	"strings"

	"protime-admin/protime"
)

// Reader reads one record whole; a *protime.Client that drops nothing is one.
type Reader interface {
	Get(ctx context.Context, path, query string) (protime.Record, protime.Answer, error)
}

// Own tells whether a person is the one who signed in, for OWN_RECORDS=forbid. The e-mail address is read for this
// comparison and forgotten with it.
type Own struct {
	Directory *Directory
	Whole     Reader
}

var errNobodyToCompare = errors.New("people: sign-in gave neither an e-mail address nor an employee number")

// Is reports whether the person with this id has the employee number or the e-mail address; either may be "". An
// error says that it cannot be told.
func (o Own) Is(ctx context.Context, person, email, number string) (bool, error) {
	if number == "" && email == "" {
		return false, errNobodyToCompare
	}
	if known, ok := o.Directory.Person(person); ok && number != "" && known.Number == number {
		return true, nil
	}
	record, _, err := o.Whole.Get(ctx, protime.Path("people", person), "")
	if err != nil {
		return false, err
	}
	if number != "" && strings.TrimSpace(record.Text("employeeNumber")) == number {
		return true, nil
	}
	return email != "" && strings.EqualFold(strings.TrimSpace(record.Text("email")), email), nil
}
