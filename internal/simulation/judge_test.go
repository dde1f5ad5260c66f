package simulation

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
)

// tally counts the changes of a world by what the log and the journal say of them.
type tally struct {
	changes, applied, refused, undecidable int
	batches, rows                          int            // rows that were applied
	heldSent                               int            // rows that another batch has sent
	alike                                  int            // applied, and done by somebody in Protime too
	why                                    map[string]int // what the last look at an undecidable one saw
}

// judge compares every change of the log with the journal of what the API did.
func (w *world) judge() tally {
	sum := tally{why: map[string]int{}}
	journal := w.tenant.Journal()
	var all []change.Receipt
	for r, err := range w.serving[0].log.All(context.Background(), change.Query{}) {
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, r)
	}
	for _, r := range all {
		sum.changes++
		w.judgeOne(r, arrivals(journal, r), journal, all, &sum)
	}
	return sum
}

// arrivals are the requests of a change that reached the API.
func arrivals(journal []simulator.Entry, r change.Receipt) []simulator.Entry {
	var found []simulator.Entry
	for _, e := range journal {
		if e.By == simulator.API && e.Header.Get(changeHeader) == r.ID {
			found = append(found, e)
		}
	}
	return found
}

func (w *world) judgeOne(r change.Receipt, arrived, journal []simulator.Entry, all []change.Receipt, sum *tally) {
	wrong := func(format string, arguments ...any) {
		w.t.Errorf("change %s (%s %s, %s by %s): %s\n%s", r.ID, r.Request.Method, r.Request.Path, r.State, r.How,
			fmt.Sprintf(format, arguments...), history(r, arrived, journal))
	}
	applied := 0
	var made simulator.Entry
	for _, e := range arrived {
		if e.Applied > 0 {
			applied++
			made = e
		}
		if r.Request.Path != strings.TrimPrefix(e.Path, simulator.BasePath) || !bytes.Equal(r.Request.Body, e.Body) {
			wrong("another request was sent than the log says: %s %s", e.Path, e.Body)
		}
	}
	turnedAway := 0
	for _, e := range arrived {
		if e.Status == 401 || e.Status == 429 {
			turnedAway++
		}
	}
	if applied > 1 || len(arrived)-turnedAway > 1 {
		wrong("sent %d times, applied %d times", len(arrived), applied)
	}
	traceless := r.Verb == contract.Create && removed(made, journal)
	if applied > 0 && !traceless && !w.sameEffect(r, journal) {
		w.judgeEarlier(r, made.AppliedAt, journal, wrong)
	}
	judgeUndo(r, made, journal, wrong)
	last := r.LastLook()
	switch r.State {
	case change.Applied:
		sum.applied++
		same := w.sameEffect(r, journal)
		if same {
			sum.alike++
		}
		if applied == 0 && !same {
			wrong("it was never applied")
		}
		if applied > 0 && r.Verb == contract.Create && !same && !strings.HasSuffix(r.Location, "/"+made.ID) {
			wrong("it made %s, not %s", made.ID, r.Location)
		}
	case change.Refused, change.NotSent, change.NotApplied:
		sum.refused++
		if applied > 0 && (!traceless || r.State != change.NotApplied) {
			wrong("it was applied")
		}
	case change.Unknown, change.Accepted:
		if last == nil || last.Finding != change.Unclear {
			wrong("it is left in doubt, and the last look does not say why: %+v", last)
		}
		if !undecidable(r, journal, all) {
			wrong("it is left in doubt, and nobody else touched what it is about")
		}
		sum.undecidable++
		if last != nil {
			sum.why[string(r.Verb)+" "+string(last.Seen)]++
		}
	default:
		wrong("it is left at that")
	}
}

// undecidable reports whether somebody else touched what a change is about, in Protime or by this log, so that a look
// cannot tell for certain: the record itself, or another one of the same person and day.
func undecidable(r change.Receipt, journal []simulator.Entry, all []change.Receipt) bool {
	if r.Verb == contract.Create && !r.Standing.Read {
		return true
	}
	since := r.At.Add(-time.Hour) // what was in doubt when it was prepared
	about := func(record []byte) bool {
		return r.Verb == contract.Create && sameDay(record, r.After)
	}
	for _, e := range journal {
		if e.Header.Get(changeHeader) == r.ID || e.Applied == 0 || e.AppliedAt.Before(since) {
			continue
		}
		if strings.HasSuffix(r.Path, "/"+e.ID) || about(e.After) || about(e.Before) {
			return true
		}
	}
	for _, other := range all {
		if other.ID == r.ID || other.Ended.Before(since) && !other.InDoubt() {
			continue // what is in doubt may come at any time
		}
		if r.Verb != contract.Create && other.Path == r.Path || other.Verb == contract.Create && about(other.After) {
			return true
		}
	}
	return false
}

func sameDay(a, b []byte) bool {
	x, errX := protime.ParseRecord(a)
	y, errY := protime.ParseRecord(b)
	return errX == nil && errY == nil && x.Text("person", "id") == y.Text("person", "id") && x.Text("date") == y.Text("date")
}

// removed reports whether somebody in Protime removed the record that a create made, so that no look can find it.
func removed(made simulator.Entry, journal []simulator.Entry) bool {
	return slices.ContainsFunc(journal, func(e simulator.Entry) bool {
		return e.By == simulator.BackDoor && e.Method == http.MethodDelete && e.ID == made.ID && e.Applied > 0
	})
}

// judgeUndo makes sure that an undo of a create deleted what that create had made.
func judgeUndo(r change.Receipt, made simulator.Entry, journal []simulator.Entry, wrong func(string, ...any)) {
	if r.Undoes == "" || r.Verb != contract.Delete {
		return
	}
	for _, e := range journal {
		if e.Method == http.MethodPost && e.ID == made.ID && e.Applied > 0 && e.Header.Get(changeHeader) != r.Undoes {
			wrong("it deleted a stranger's record %s", made.ID)
		}
	}
}

// judgeEarlier compares what the log said of a change after each event with when it was applied. A change may have been
// called not applied only when it was applied later than the log waits, and only until then.
func (w *world) judgeEarlier(r change.Receipt, applied time.Time, journal []simulator.Entry, wrong func(string, ...any)) {
	for i := range r.Events {
		at := r.Events[i].At
		if i+1 < len(r.Events) && r.Events[i+1].At.Equal(at) {
			continue // written together
		}
		said := change.Judge(r.Events[:i+1])
		waits := 10 * time.Minute
		if r.Status == http.StatusAccepted {
			waits = 24 * time.Hour
		}
		then := r
		then.Location = said.Path
		switch {
		case said.State == change.Applied && w.sameEffect(then, journal): // the record that the look found
		case said.State == change.Applied && said.How == change.ByLook && applied.After(at):
			wrong("it was called applied at %s, before it was", at)
		case said.State != change.NotApplied && said.State != change.Refused && said.State != change.NotSent:
		case said.State != change.NotApplied, !applied.After(at), applied.Sub(said.Ended) < waits:
			wrong("it was called %s at %s", said.State, at)
		}
	}
}

// sameEffect reports whether somebody in Protime, or a terminal, did what the change was to do, value for value: nobody
// can tell these apart.
func (w *world) sameEffect(r change.Receipt, journal []simulator.Entry) bool {
	for _, e := range journal {
		if e.By != simulator.BackDoor || e.Applied == 0 {
			continue
		}
		switch r.Verb {
		case contract.Delete:
			gone := e.Method == http.MethodDelete || strings.Contains(string(e.After), `"Deleted"`)
			if gone && strings.HasSuffix(r.Path, "/"+e.ID) {
				return true
			}
		case contract.Create:
			if strings.HasSuffix(r.Location, "/"+e.ID) && e.Before == nil && w.holds(e.After, r.After) {
				return true
			}
		}
	}
	return false
}

// holds reports whether a record has every member that was sent, and no terminal that was not.
func (w *world) holds(record, sent []byte) bool {
	is, err := protime.ParseRecord(record)
	if err != nil {
		return false
	}
	shall, err := protime.ParseRecord(sent)
	if err != nil {
		return false
	}
	for name, value := range shall.Members() {
		if got, _ := is.Lookup(name); !bytes.Equal(got, value) {
			return false
		}
	}
	_, terminal := is.Lookup("terminal")
	_, wanted := shall.Lookup("terminal")
	return terminal == wanted
}

// history is what the log and the journal say of a change, and of the record that it made.
func history(r change.Receipt, arrived, journal []simulator.Entry) string {
	var b strings.Builder
	for _, e := range r.Events {
		fmt.Fprintf(&b, "  %s %s %+v %+v\n", e.At.UTC().Format("02 15:04:05.000"), e.Facts.Kind, e.Facts.Attempt, e.Facts.Look)
	}
	for _, e := range arrived {
		fmt.Fprintf(&b, "  arrived %s, status %d, applied %d at %s, %s\n", e.At.UTC().Format("02 15:04:05.000"), e.Status,
			e.Applied, e.AppliedAt.UTC().Format("02 15:04:05.000"), e.ID)
		for _, other := range journal {
			if e.Applied > 0 && other.ID == e.ID {
				fmt.Fprintf(&b, "  record %s: %s by %s %s at %s: %s\n", e.ID, other.Method, other.By,
					other.Header.Get(changeHeader), other.AppliedAt.UTC().Format("02 15:04:05.000"), other.After)
			}
		}
	}
	return b.String()
}
