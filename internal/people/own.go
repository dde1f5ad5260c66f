package people

import (
	"context"
	"errors"
	"strings"

	"protime-admin/protime"
)

// Reader reads one record with all its members; a *protime.Client from WithPersonal is one.
type Reader interface {
	Get(ctx context.Context, path, query string) (protime.Record, protime.Answer, error)
}

// Own compares people with the one who signed in, for OWN_RECORDS=forbid. The e-mail address is read for the comparison
// and not kept.
type Own struct {
	Directory  *Directory
	Unfiltered Reader
}

// Is reports whether the person with this id has the employee number or the e-mail address; either may be "". compared is
// false when it cannot be told: sign-in or the person has no number, or there is no such person. Another number shows that
// it is another person; another address does not, since Protime may have a private one. The identity provider and Protime
// may write one number differently: "0670001" and "670001", "E1047" and "e1047". An error says that the person could not be
// read now.
func (o Own) Is(ctx context.Context, person, email, number string) (own, compared bool, err error) {
	if known, ok := o.Directory.Person(person); ok && sameNumber(known.Number, number) {
		return true, true, nil
	}
	record, _, err := o.Unfiltered.Get(ctx, protime.Path("people", person), "")
	if errors.Is(err, protime.NotFound) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	theirs := strings.TrimSpace(record.Text("employeeNumber"))
	own = sameNumber(theirs, number) ||
		email != "" && strings.EqualFold(strings.TrimSpace(record.Text("email")), email)
	return own, own || number != "" && theirs != "", nil
}

// HasNumber reports whether an employee number is the person's own, as sign-in and Protime may write it.
func (p Person) HasNumber(number string) bool { return sameNumber(p.Number, number) }

// sameNumber reports whether two employee numbers are equal apart from case, leading zeros and surrounding spaces. An
// empty one equals none.
func sameNumber(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a != "" && b != "" && strings.EqualFold(strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0"))
}
