package change_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/change"
)

// fact is an event with a name, for tables and failures.
type fact struct {
	name string
	change.Event
}

var ended = time.Date(2026, 1, 9, 8, 0, 0, 0, time.UTC)

func attempt(name string, kind change.Kind, a change.Attempt) fact {
	return fact{name, change.Event{At: ended, Facts: change.Facts{Kind: kind, Attempt: &a}}}
}

func look(name string, finding change.Finding, after time.Duration) fact {
	seen := change.SeenUnclear
	if finding == change.Ours {
		seen = change.SeenAfter
	}
	return fact{name, change.Event{At: ended.Add(after), Facts: change.Facts{
		Kind: change.KindLooked, Look: &change.Look{Finding: finding, Seen: seen},
	}}}
}

func ruling(name string, ruling change.Ruling, after time.Duration) fact {
	return fact{name, change.Event{At: ended.Add(after), Facts: change.Facts{Kind: change.KindRuled, Ruling: ruling}}}
}

func ends() []fact {
	return []fact{
		attempt("answered 200", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 200}),
		attempt("answered 201", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 201}),
		attempt("answered 204", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 204}),
		attempt("answered 202", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 202}),
		attempt("answered 400", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 400, FromAPI: true}),
		attempt("answered 401", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 401}),
		attempt("answered 408", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 408, FromAPI: true}),
		attempt("answered 501", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 501}),
		attempt("answered 503 by the API", change.KindAnswered,
			change.Attempt{Number: 1, Left: true, Status: 503, FromAPI: true}),
		attempt("answered 503", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 503}),
		attempt("answered 500 by the API", change.KindAnswered,
			change.Attempt{Number: 1, Left: true, Status: 500, FromAPI: true}),
		attempt("answered 502", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 502}),
		attempt("answered 307", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 307}),
		attempt("answered 200 with a web page", change.KindAnswered,
			change.Attempt{Number: 1, Left: true, Status: 200, HTML: true, Failure: "bad-answer"}),
		attempt("answered 404 with a web page", change.KindAnswered,
			change.Attempt{Number: 1, Left: true, Status: 404, HTML: true}),
		attempt("cut off", change.KindLost, change.Attempt{Number: 1, Left: true, Status: 201, Failure: "cut-off"}),
		attempt("reset", change.KindLost, change.Attempt{Number: 1, Left: true, Failure: "reset"}),
		attempt("never left", change.KindLost, change.Attempt{Number: 1, Failure: "unreached"}),
		attempt("stopped", change.KindLost, change.Attempt{Failure: "stopped"}),
	}
}

func TestTheStateFollowsFromTheAnswer(t *testing.T) {
	t.Parallel()
	want := map[string]change.State{
		"answered 200": change.Applied, "answered 201": change.Applied, "answered 204": change.Applied,
		"answered 202": change.Accepted, "answered 400": change.Refused, "answered 401": change.Refused,
		"answered 501": change.Refused, "answered 503 by the API": change.Refused, "never left": change.NotSent,
	}
	if got := change.Judge(nil).State; got != change.Sending {
		t.Errorf("nothing but prepared: got %s, want sending", got)
	}
	for _, end := range ends() {
		wanted, known := want[end.name]
		if !known {
			wanted = change.Unknown // everything else
		}
		if got := change.Judge([]change.Event{end.Event}).State; got != wanted {
			t.Errorf("%s: got %s, want %s", end.name, got, wanted)
		}
	}
}

func TestTheLastAttemptThatLeftCounts(t *testing.T) {
	t.Parallel()
	refused := attempt("answered 401", change.KindAnswered, change.Attempt{Number: 1, Left: true, Status: 401})
	for _, c := range []struct {
		second fact
		want   change.State
	}{
		{attempt("answered 201", change.KindAnswered, change.Attempt{Number: 2, Left: true, Status: 201}), change.Applied},
		{attempt("reset", change.KindLost, change.Attempt{Number: 2, Left: true, Failure: "reset"}), change.Unknown},
		{attempt("no token", change.KindLost, change.Attempt{Number: 2, Failure: "no-token"}), change.Refused},
	} {
		for _, events := range [][]change.Event{{refused.Event, c.second.Event}, {c.second.Event, refused.Event}} {
			if got := change.Judge(events).State; got != c.want {
				t.Errorf("401 and then %s: got %s, want %s", c.second.name, got, c.want)
			}
		}
	}
}

// TestInvariant4_EveryOrderOfEventsHasOneVerdict goes through every order of up to five events after `prepared` and
// holds the verdict against the table of ARCHITECTURE.md, written down a second time in verdictOf.
func TestInvariant4_EveryOrderOfEventsHasOneVerdict(t *testing.T) {
	t.Parallel()
	later := []fact{
		attempt("late answer 201", change.KindAnswered, change.Attempt{Number: 2, Left: true, Status: 201}),
		attempt("late answer 400", change.KindAnswered, change.Attempt{Number: 2, Left: true, Status: 400}),
		look("ours", change.Ours, 5*time.Minute),
		look("absent at once", change.Absent, time.Second),
		look("absent after 9 minutes", change.Absent, 9*time.Minute),
		look("absent after 10 minutes", change.Absent, 10*time.Minute),
		look("absent after a day", change.Absent, 24*time.Hour),
		look("unclear", change.Unclear, time.Hour),
		ruling("ruled there", change.RuledThere, 2*time.Hour),
		ruling("ruled not there", change.RuledNotThere, 3*time.Hour),
	}
	prepared := fact{"prepared", change.Event{At: ended, Facts: change.Facts{
		Kind: change.KindPrepared, Prepared: &change.Prepared{},
	}}}
	orders := 0
	for _, end := range append(ends(), prepared) {
		subsets(later, 4, func(chosen []fact) {
			all := append([]fact{end}, chosen...)
			if has(all, "late answer 201") && has(all, "late answer 400") {
				return // the API answers an attempt once
			}
			want := verdictOf(all)
			permutations(all, func(order []fact) {
				orders++
				events := []change.Event{prepared.Event}
				for _, f := range order {
					events = append(events, f.Event)
				}
				if got := change.Judge(events).State; got != want {
					t.Fatalf("%s: got %s, want %s", names(order), got, want)
				}
			})
		})
	}
	if orders < 100_000 {
		t.Errorf("got %d orders, want all of them", orders)
	}
}

// verdictOf is the table, over the names of the facts that are there.
func verdictOf(all []fact) change.State {
	state := map[string]change.State{
		"prepared": change.Sending, "never left": change.NotSent, "answered 202": change.Accepted,
		"answered 200": change.Applied, "answered 201": change.Applied, "answered 204": change.Applied,
		"answered 400": change.Refused, "answered 401": change.Refused, "answered 501": change.Refused,
		"answered 503 by the API": change.Refused,
	}[all[0].name]
	switch {
	case has(all, "late answer 201"):
		return change.Applied
	case has(all, "late answer 400"):
		return change.Refused
	case state == "":
		state = change.Unknown
	}
	if state != change.Unknown && state != change.Accepted {
		return state
	}
	looks := 0
	for _, f := range all {
		if strings.HasPrefix(f.name, "absent") {
			looks++
		}
	}
	late := has(all, "absent after a day") || state == change.Unknown && has(all, "absent after 10 minutes")
	switch {
	case has(all, "ours"):
		return change.Applied
	case has(all, "ruled not there"): // the later one
		return change.NotApplied
	case has(all, "ruled there"):
		return change.Applied
	case looks >= 2 && late && (has(all, "absent after a day") || !has(all, "unclear")): // the last look saw nothing
		return change.NotApplied
	}
	return state
}

func has(all []fact, name string) bool {
	return slices.ContainsFunc(all, func(f fact) bool { return f.name == name })
}

func names(all []fact) string {
	var list []string
	for _, f := range all {
		list = append(list, f.name)
	}
	return strings.Join(list, ", ")
}

// subsets calls do with every choice of up to n of the facts.
func subsets(of []fact, n int, do func([]fact)) {
	var choose func(from int, chosen []fact)
	choose = func(from int, chosen []fact) {
		do(chosen)
		if len(chosen) == n {
			return
		}
		for i := from; i < len(of); i++ {
			choose(i+1, append(slices.Clone(chosen), of[i]))
		}
	}
	choose(0, nil)
}

// permutations calls do with every order of the facts.
func permutations(all []fact, do func([]fact)) {
	order := slices.Clone(all)
	var permute func(k int)
	permute = func(k int) {
		if k == len(order) {
			do(order)
			return
		}
		for i := k; i < len(order); i++ {
			order[k], order[i] = order[i], order[k]
			permute(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	permute(0)
}

func TestTheProgramLooksForWhatIsInDoubtAtSetTimes(t *testing.T) {
	t.Parallel()
	lost := attempt("reset", change.KindLost, change.Attempt{Number: 1, Left: true, Failure: "reset"}).Event
	events := []change.Event{lost}
	for i, want := range []time.Duration{30 * time.Second, 2 * time.Minute, 10*time.Minute + time.Second, time.Hour} {
		at, looked, ok := change.NextLook(events)
		if !ok || looked != i || at.Sub(ended) != want {
			t.Fatalf("look %d: got %v after %v (%v), want after %v", looked, ok, at.Sub(ended), i, want)
		}
		e := look(fmt.Sprint(i), change.Absent, want).Event
		e.Facts.Issuer = change.System().Issuer
		events = append(events, e)
	}
	if got := change.Judge(events).State; got != change.NotApplied {
		t.Errorf("after the looks: got %s, want not applied", got)
	}
	events = append(events, look("late", change.Ours, 2*time.Hour).Event)
	if _, _, ok := change.NextLook(events); ok {
		t.Error("got another look at an applied change, want none")
	}
}
