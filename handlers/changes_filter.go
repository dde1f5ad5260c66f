package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// The query parameters of the log. Period and person are named as in the lists.
const (
	logRecord     = "record"
	logPerson     = "person"
	logActor      = "actor"
	logCollection = "collection"
	logVerb       = "verb"
	logState      = "state"
	logFrom       = "date.ge"
	logUntil      = "date.le"
	logWhy        = "why"
	logMine       = "mine" // "1": an editor's own changes
)

// logDays is how far back the log goes when no period was asked for; mostLogDays how far free text looks.
const (
	logDays     = 30
	mostLogDays = 366
)

// logView is what a page of the log shows: the query, understood.
type logView struct {
	selection
	query change.Query
}

// logView reads the filter of the log, narrowed to what this person may see.
func (v *visit) logView() (logView, error) {
	q := v.request().URL.Query()
	l := logView{selection: selection{values: url.Values{}}}
	all := change.Has(v.actor.Roles, change.SeeLog)
	record := q.Get(logRecord)
	states := v.orAll(v.logStates(
		change.Unknown, change.Applied, change.Accepted, change.Refused, change.NotApplied, change.NotSent, change.Sending,
	))
	switch {
	case q.Get(logMine) == "1" && change.Has(v.actor.Roles, change.Make):
		l.query.Subject = v.actor.Subject
		l.values.Set(logMine, "1")
	case all:
	case v.s.hasHistory(record) && change.Has(v.actor.Roles, change.SeeHistory):
	case waits(q.Get(logState)) && change.Has(v.actor.Roles, change.Clarify):
		states = v.logStates(change.Unknown, change.Accepted)
	default:
		return l, &pageError{status: http.StatusForbidden, failure: v.words.Failure("not-your-log"), cause: change.ErrRole}
	}
	if record != "" {
		l.query.Path = record
		l.values.Set(logRecord, record)
	}
	l.query.Cursor = q.Get("page")
	if l.query.Cursor != "" && (!digits(l.query.Cursor) || len(l.query.Cursor) > 18) {
		return l, &pageError{status: http.StatusUnprocessableEntity, failure: v.words.Failure("bad-filter")}
	}
	v.logPeriod(&l, q)
	v.logPerson(&l, q)
	if all {
		l.query.Actor = v.logText(&l, q, logActor, v.words.T("changes.actor"))
	}
	l.query.Collection = v.logChoice(&l, q, logCollection, v.words.T("filter.collection-name"), v.orAll(v.logCollections()))
	l.query.Verb = contract.Verb(v.logChoice(&l, q, logVerb, v.words.T("changes.verb"), v.orAll(v.logVerbs())))
	l.query.State = change.State(v.logChoice(&l, q, logState, v.words.T("change.state"), states))
	l.query.Text = v.logText(&l, q, logWhy, v.words.T("changes.why"))
	v.boundText(&l, all)
	return l, nil
}

// hasHistory reports whether a path is that of one record, or of rows that have one page together. Under the path of
// another list the log has what everybody added to it.
func (s *Server) hasHistory(path string) bool {
	c, _, item, ok := s.Contract.Match(path)
	return ok && (item || c.Whole || len(c.Key) > 0)
}

// waits reports whether changes of a state wait to be cleared up.
func waits(state string) bool {
	return state == string(change.Unknown) || state == string(change.Accepted)
}

// logPeriod is the last month unless something else was asked for. A record's history and the lists of
// what waits to be cleared up are short and show everything.
func (v *visit) logPeriod(l *logView, q url.Values) {
	from, until := strings.TrimSpace(q.Get(logFrom)), strings.TrimSpace(q.Get(logUntil))
	if !q.Has(logFrom) && !q.Has(logUntil) && q.Get(logRecord) == "" && !waits(q.Get(logState)) {
		from = v.words.Today.AddDate(0, 0, -logDays).Format(time.DateOnly)
	}
	day := func(name, label, typed string) string {
		input := views.FilterInput{Name: name, Label: v.words.T(label), Kind: "date", Value: typed}
		date, problem := v.date(typed)
		switch {
		case problem != "":
			input.Problem, l.problem = problem, true
		case date != "":
			input.Value = date
			l.values.Set(name, date)
		}
		l.inputs = append(l.inputs, input)
		return date
	}
	l.from = day(logFrom, "filter.from", from)
	l.to = day(logUntil, "filter.until", until)
	if l.from != "" && l.to != "" && l.from > l.to {
		l.inputs[len(l.inputs)-1].Problem, l.problem = v.words.T("filter.order"), true
	}
	l.query.From = v.midnight(l.from, 0)
	l.query.To = v.midnight(l.to, 1)
}

// logLink leads to the log as far as this person may see it.
func (v *visit) logLink() views.Link {
	if change.Has(v.actor.Roles, change.SeeLog) {
		return views.Link{Text: v.words.T("changes.title"), Href: "/changes"}
	}
	return views.Link{Text: v.words.T("changes.own"), Href: "/changes?" + logMine + "=1"}
}

// midnight is when a day begins at the company; the zero time for no day.
func (v *visit) midnight(date string, later int) time.Time {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day()+later, 0, 0, 0, 0, v.s.Config.TimeZone)
}

// boundText keeps free text within a period: the whole log cannot be searched for it in the time of a page.
func (v *visit) boundText(l *logView, all bool) {
	if l.query.Text == "" || !all || l.query.Path != "" || l.problem {
		return
	}
	until := l.to
	if until == "" {
		until = v.words.Today.Format(time.DateOnly)
	}
	for i := range l.inputs {
		switch {
		case l.inputs[i].Name != logFrom:
		case l.from == "":
			l.inputs[i].Problem, l.problem = v.words.T("changes.from-required"), true
		case days(l.from, until) > mostLogDays:
			l.inputs[i].Problem, l.problem = v.words.N("filter.too-wide", mostLogDays), true
		}
	}
}

// logPerson is the person concerned, picked as in the lists.
func (v *visit) logPerson(l *logView, q url.Values) {
	people := contract.Filter{Name: logPerson, Ref: "people", Type: "string", Operators: []string{"in"}}
	v.peopleFilter(&l.selection, people, q)
	l.inputs[len(l.inputs)-1].Label = v.words.T("change.person")
	ids := split(l.values.Get(logPerson))
	if len(ids) > 1 {
		l.inputs[len(l.inputs)-1].Problem, l.problem = v.words.T("changes.one-person"), true
		return
	}
	l.query.Person = l.values.Get(logPerson)
}

func (v *visit) logText(l *logView, q url.Values, name, label string) string {
	typed := strings.TrimSpace(q.Get(name))
	l.inputs = append(l.inputs, views.FilterInput{Name: name, Label: label, Kind: "text", Value: typed})
	if typed != "" {
		l.values.Set(name, typed)
	}
	return typed
}

// logChoice is one of some values; anything else is a problem, not an empty list. The first one stands in for it.
func (v *visit) logChoice(l *logView, q url.Values, name, label string, choices []views.Choice) string {
	chosen := q.Get(name)
	input := views.FilterInput{Name: name, Label: label, Kind: "choice", Options: choices}
	at := slices.IndexFunc(input.Options, func(c views.Choice) bool { return c.Value == chosen })
	if at < 0 {
		input.Problem, l.problem, at, chosen = v.words.T("filter.value"), true, 0, ""
	}
	input.Options[at].Selected = true
	l.inputs = append(l.inputs, input)
	if chosen != "" {
		l.values.Set(name, chosen)
	}
	return chosen
}

// orAll puts the choice of all before some values.
func (v *visit) orAll(choices []views.Choice) []views.Choice {
	return append([]views.Choice{{Text: v.words.T("filter.all")}}, choices...)
}

// logCollections are those whose records can be changed at all.
func (v *visit) logCollections() []views.Choice {
	var choices []views.Choice
	for _, c := range v.s.Contract.Collections {
		if c.Offers(contract.Create) || c.Offers(contract.Replace) || c.Offers(contract.Delete) {
			choices = append(choices, views.Choice{Value: c.Name, Text: v.words.Collection(c)})
		}
	}
	return choices
}

func (v *visit) logVerbs() []views.Choice {
	var choices []views.Choice
	for _, verb := range []contract.Verb{contract.Create, contract.Replace, contract.Delete} {
		choices = append(choices, views.Choice{Value: string(verb), Text: v.words.Verb(verb)})
	}
	return choices
}

func (v *visit) logStates(states ...change.State) []views.Choice {
	var choices []views.Choice
	for _, state := range states {
		choices = append(choices, views.Choice{Value: string(state), Text: v.words.State(state)})
	}
	return choices
}
