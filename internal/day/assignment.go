package day

import "protime-admin/protime"

// Assignment is work that is planned on each date from From until Until (documentation: assignments). Start, End and
// Break are minutes; Start and End are from -1440 to 2880 of each date.
type Assignment struct {
	ID, Person, From, Until string
	Start, End, Break       *int // nil where the API gives none
	Comments                string
	Rejected                bool
}

// AssignmentOf reads a record of the collection assignments; false without id, person or first date. Whether one without
// `until` goes on is not published: it is taken for one of its first date alone.
func AssignmentOf(r protime.Record) (Assignment, bool) {
	a := Assignment{
		ID: r.Text("id"), Person: r.Text("person", "id"), From: dateOf(r, "from"), Until: dateOf(r, "until"),
		Start: minutes(r, "startTimeInMinutes"), End: minutes(r, "endTimeInMinutes"),
		Break: minutes(r, "breakDurationInMinutes"), Comments: r.Text("comments"),
	}
	if a.Until == "" {
		a.Until = a.From
	}
	a.Rejected, _ = r.Bool("isRejected")
	return a, a.ID != "" && a.Person != "" && a.From != ""
}

// Covers reports whether the work is planned on a date.
func (a Assignment) Covers(date string) bool { return !a.Rejected && a.From <= date && date <= a.Until }
