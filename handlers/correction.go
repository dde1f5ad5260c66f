package handlers

import (
	"slices"

	"protime-admin/internal/change"
	"protime-admin/protime"
)

// personDay is a person's date.
type personDay struct{ person, date string }

// correctedDays are the changes of clockings by the days that they concern, newest first. A change of the date concerns
// two.
type correctedDays map[personDay][]change.Receipt

func (c correctedDays) add(r change.Receipt) {
	var days []personDay
	for _, raw := range [][]byte{r.Before, r.After} {
		record, err := protime.ParseRecord(raw)
		if err != nil {
			continue
		}
		d := personDay{record.Text("person", "id"), record.Text("date")}
		d.date = d.date[:min(len(d.date), len("2006-01-02"))]
		if d.person != "" && d.date != "" && !slices.Contains(days, d) {
			days = append(days, d)
			c[d] = append(c[d], r)
		}
	}
}

// doubtful is the newest change of a day whose outcome is not known, nil where there is none.
func (c correctedDays) doubtful(d personDay) *change.Receipt {
	return c.first(d, func(r change.Receipt) bool { return r.InDoubt() || r.State == change.Sending })
}

// made is the newest change of a day that holds: applied, not undone, and no undo itself.
func (c correctedDays) made(d personDay) *change.Receipt {
	return c.first(d, func(r change.Receipt) bool {
		return r.State == change.Applied && !r.InDoubt() && r.UndoneBy == "" && r.Undoes == ""
	})
}

func (c correctedDays) first(d personDay, is func(change.Receipt) bool) *change.Receipt {
	if i := slices.IndexFunc(c[d], is); i >= 0 {
		return &c[d][i]
	}
	return nil
}
