package listing

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Parameters of the log that other pages link to.
const (
	LogRecord = "record"
	LogMine   = "mine" // "1": an editor's own changes
	LogState  = "state"
	LogFrom   = "date.ge"
	logUntil  = "date.le"
	LogPerson = "person"
	LogBatch  = "batch" // the rows of one batch
)

// LogFailed is the state that stands for every change that may have to be made again.
const LogFailed change.State = "failed"

// logDays is how many days the log goes back when no period was asked for, mostLogDays in how many it looks for text.
const (
	logDays     = 30
	mostLogDays = 366
)

// ErrCursor says that a page of the log was asked for that no link leads to.
var ErrCursor = errors.New("listing: no page of the log has this number")

// Log is the query of the audit log, read.
type Log struct {
	Selection
	Query change.Query
}

// Log reads the filters of the audit log, narrowed to what the actor may see: all of it, the history of a record, the
// changes that wait to be cleared up, or the actor's own, those of a batch among them. reasons are the configured ones, as the log holds them; actors
// are those to choose from, nil where they are too many: then a part of a name is typed. It returns change.ErrRole where the actor may see nothing, or ErrCursor.
func (r Reader) Log(ctx context.Context, actor change.Actor, actors []change.Actor, reasons []string) (Log, error) {
	l := Log{Selection: Selection{Values: url.Values{}}}
	q := r.Query
	all := change.Has(actor.Roles, change.SeeLog)
	states := []change.State{
		"", LogFailed, change.Unknown, change.Applied, change.Accepted, change.Refused, change.NotApplied, change.NotSent, change.Sending,
	}
	switch {
	case q.Get(LogMine) == "1" && change.Has(actor.Roles, change.Make):
		l.Query.Subject = actor.Subject
		l.Values.Set(LogMine, "1")
	case all:
	case q.Get(LogBatch) != "" && change.Has(actor.Roles, change.Make):
		l.Query.Subject = actor.Subject
	case r.hasHistory(q.Get(LogRecord)) && change.Has(actor.Roles, change.SeeHistory):
	case isInDoubt(q.Get(LogState)) && change.Has(actor.Roles, change.Resolve):
		states = []change.State{change.Unknown, change.Accepted}
	default:
		return l, change.ErrRole
	}
	if record := q.Get(LogRecord); record != "" {
		l.Query.Path = record
		l.Values.Set(LogRecord, record)
	}
	if id := q.Get(LogBatch); id != "" {
		l.Query.Batch = id
		l.Values.Set(LogBatch, id)
	}
	l.Query.Cursor = q.Get("page")
	if _, err := strconv.ParseUint(l.Query.Cursor, 10, 63); err != nil && l.Query.Cursor != "" {
		return l, ErrCursor
	}
	r.logPeriod(&l)
	if all {
		r.logActor(&l, actors)
	}
	r.logPerson(ctx, &l)
	if l.Query.State = choose(r, &l, LogState, "log.result", states, r.state); l.Query.State == LogFailed {
		l.Query.State, l.Query.Failed = "", true
	}
	reason := choose(r, &l, "reason", "log.why", append([]string{""}, reasons...), r.reason)
	inLine := len(l.Inputs)
	l.Query.Collection = choose(r, &l, "collection", "filter.collection-name", r.changeable(), r.collection)
	l.Query.Verb = choose(r, &l, "verb", "changes.verb",
		[]contract.Verb{"", contract.Create, contract.Replace, contract.Delete}, r.Words.Verb)
	l.Query.Text = cmp.Or(r.text(&l, "why", "changes.why"), reason)
	if reason != "" && l.Query.Text != reason {
		l.problem(len(l.Inputs)-1, r.Words.T("changes.reason-or-words"))
	}
	for i := range l.Inputs[inLine:] {
		l.Inputs[inLine+i].More = true
	}
	r.boundText(&l, all)
	l.Query.Folded = l.Query.Batch+l.Query.Path+l.Query.Person+l.Query.Text == "" && l.Query.State == "" && !l.Query.Failed
	return l, nil
}

// hasHistory reports whether a path is that of one record, or of rows that have one page together. Under the path of
// another list the log has what everybody added to it.
func (r Reader) hasHistory(path string) bool {
	c, _, item, ok := r.Words.Contract.Match(path)
	return ok && (item || c.ReplacesRows || len(c.Key) > 0)
}

// isInDoubt reports whether changes of a state wait to be cleared up.
func isInDoubt(state string) bool {
	return state == string(change.Unknown) || state == string(change.Accepted)
}

// logPeriod is the last month unless something else was asked for. The history of a record, the rows of a batch and the
// changes in doubt are all shown.
func (r Reader) logPeriod(l *Log) {
	from, until := r.Query.Get(LogFrom), r.Query.Get(logUntil)
	if !r.Query.Has(LogFrom) && !r.Query.Has(logUntil) && r.Query.Get(LogRecord)+r.Query.Get(LogBatch) == "" && !isInDoubt(r.Query.Get(LogState)) {
		from = r.Words.Today.AddDate(0, 0, -logDays).Format(time.DateOnly)
	}
	l.From, l.To = r.date(&l.Selection, LogFrom, "filter.from", from), r.date(&l.Selection, logUntil, "filter.until", until)
	if l.From != "" && l.To != "" && l.From > l.To {
		l.problem(len(l.Inputs)-1, r.Words.T("filter.order"))
	}
	l.Query.From, l.Query.To = r.midnight(l.From, 0), r.midnight(l.To, 1)
}

// midnight is when a date, or one some days later, begins in TIME_ZONE; the zero time for no date.
func (r Reader) midnight(date string, later int) time.Time {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day()+later, 0, 0, 0, 0, r.Words.TimeZone)
}

// logPerson is the person whom a change concerns, found as in a list of records.
func (r Reader) logPerson(ctx context.Context, l *Log) {
	f := contract.Filter{Name: LogPerson, Ref: "people", Type: "string", Operators: []string{"in"}}
	r.people(ctx, &l.Selection, f)
	last := len(l.Inputs) - 1
	l.Inputs[last].Label = r.Words.T("log.about")
	l.Query.Person = l.Values.Get(LogPerson)
	if strings.Contains(l.Query.Person, ",") {
		l.problem(last, r.Words.T("changes.one-person"))
	}
}

// logActor is who made the changes: one of those who made any, or a part of a name or an address.
func (r Reader) logActor(l *Log, actors []change.Actor) {
	typed := r.text(l, "actor", "log.by")
	l.Query.Actor = typed
	if len(actors) == 0 {
		return
	}
	input := &l.Inputs[len(l.Inputs)-1]
	input.Kind, input.Options = "choice", []views.Choice{{Text: r.Words.T("log.everybody"), Selected: typed == ""}}
	for _, a := range actors {
		chosen := typed == a.Subject
		if chosen {
			l.Query.Actor, l.Query.Subject = "", cmp.Or(l.Query.Subject, a.Subject)
		}
		input.Options = append(input.Options, views.Choice{Value: a.Subject, Text: r.Words.Actor(a), Selected: chosen})
	}
	if l.Query.Actor != "" {
		input.Options = append(input.Options, views.Choice{Value: typed, Text: typed, Selected: true})
	}
}

// state is a state in words.
func (r Reader) state(s change.State) string {
	if s == LogFailed {
		return r.Words.T("log.failed")
	}
	return r.Words.State(s)
}

func (r Reader) text(l *Log, name, label string) string {
	typed := strings.TrimSpace(r.Query.Get(name))
	l.Inputs = append(l.Inputs, views.FilterInput{Name: name, Label: r.Words.T(label), Kind: "text", Value: typed})
	if typed != "" {
		l.Values.Set(name, typed)
	}
	return typed
}

// choose adds the input of a choice and returns what was chosen; "" is all. A value that is none has a problem, instead of
// the first one, with a problem.
func choose[T ~string](r Reader, l *Log, name, label string, values []T, word func(T) string) T {
	chosen := T(r.Query.Get(name))
	wrong := !slices.Contains(values, chosen)
	if wrong {
		chosen = ""
	}
	input := views.FilterInput{Name: name, Label: r.Words.T(label), Kind: "choice"}
	for i, value := range values {
		option := views.Choice{Value: string(value), Selected: value == chosen || wrong && i == 0}
		option.Text = r.Words.T("filter.all")
		if value != "" {
			option.Text = word(value)
		}
		input.Options = append(input.Options, option)
	}
	l.Inputs = append(l.Inputs, input)
	if wrong {
		l.problem(len(l.Inputs)-1, r.Words.T("filter.value"))
	}
	if chosen != "" {
		l.Values.Set(name, string(chosen))
	}
	return chosen
}

// changeable are "", for all, and the collections whose records can be changed.
func (r Reader) changeable() []string {
	names := []string{""}
	for _, c := range r.Words.Contract.Collections {
		if c.Offers(contract.Create) || c.Offers(contract.Replace) || c.Offers(contract.Delete) {
			names = append(names, c.Name)
		}
	}
	return names
}

func (r Reader) collection(name string) string {
	if c, ok := r.Words.Contract.Collection(name); ok {
		return r.Words.Collection(c)
	}
	return name
}

func (r Reader) reason(code string) string { return r.Words.Printer.Value("why", code) }

// boundText makes free text need a period: searching the whole log for it takes longer than a page may.
func (r Reader) boundText(l *Log, all bool) {
	if l.Query.Text == "" || !all || l.Query.Path != "" || l.Problem {
		return
	}
	first := slices.IndexFunc(l.Inputs, func(input views.FilterInput) bool { return input.Name == LogFrom })
	period := l.Selection
	if period.To == "" {
		period.To = r.Words.Today.Format(time.DateOnly)
	}
	switch {
	case l.From == "":
		l.problem(first, r.Words.T("changes.from-required"))
	case period.Days() > mostLogDays+1:
		l.problem(first, r.Words.N("filter.too-wide", mostLogDays))
	}
}
