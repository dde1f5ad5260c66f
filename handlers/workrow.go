package handlers

import (
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// brokenRules are the names of the rules that a day breaks, comma separated.
func brokenRules(d day.Day) string {
	var names []string
	for _, f := range d.Findings {
		if !slices.Contains(names, string(f.Rule)) {
			names = append(names, string(f.Rule))
		}
	}
	return strings.Join(names, ",")
}

// rowID is the element id of a day's row.
func rowID(d personDay) string { return "day-" + d.person + "-" + d.date }

// row is a day that breaks a rule, with what this person may do about it.
func (w *worklistPage) row(d day.Day) views.WorkRow {
	x, of := w.x, personDay{d.Person, d.Date}
	row := w.rowOf(of)
	for _, f := range d.Findings {
		row.Marks = append(row.Marks, x.words.Finding(f))
	}
	shown := d
	shown.Other, shown.Gone = nil, nil // what takes no turn, and what is deleted, is on the person's page
	drawn := x.words.JudgedDay(shown, tell.FrameOf(d), tell.DayLinks{Edit: w.editLink, Add: w.addLink(of.person)})
	row.Stretches = drawn.Stretches
	for _, stretch := range row.Stretches {
		for i := range stretch.Punches {
			// No element id: an address that names one would keep the focus from the next row's field.
			stretch.Punches[i].ID, stretch.Punches[i].Change = "", ""
		}
	}
	row.Source = w.source(d, drawn)
	if likely := d.Likely; likely != nil {
		row.Likely, row.Source = w.timeOf(d, *likely), x.words.Source(*likely)
	}
	if w.leave == d.Person+"."+d.Date && w.mayLeave() {
		row.Left = w.leaveForm(d)
	}
	if w.mayLeave() {
		row.Leave = w.path(paramLeave, d.Person+"."+d.Date) // without a fragment, which would keep the focus from its form
	}
	switch r := w.corrected.doubtful(of); {
	case r != nil:
		row.Doubt = &views.Link{Text: x.words.T("desk.doubt", "what", x.words.Correction(*r)), Href: "/changes/" + r.ID}
		row.Leave = ""
	case w.unread[of]:
		row.WhyNot, row.Leave = x.words.T("desk.changed"), ""
	case w.readOnly != "":
	case d.Closed:
		row.WhyNot = x.words.T("desk.closed")
	case w.isOwn(d.Person):
		row.WhyNot, row.Leave = x.words.T("desk.own"), ""
	default:
		w.act(d, &row)
		w.tellFailure(of, &row)
	}
	return row
}

// rowOf is what rows of open and of done days share.
func (w *worklistPage) rowOf(d personDay) views.WorkRow {
	person, _ := w.x.s.People.Person(d.person)
	name := w.x.words.PersonName(d.person)
	path := dayPath(d.person, d.date)
	return views.WorkRow{
		ID: rowID(d), Person: views.Link{Text: name, Href: path}, Number: person.Number, Open: path,
		MoreName: w.x.words.T("desk.more-for", "name", name),
	}
}

// dayPath leads to the page with one day of a person.
func dayPath(person, date string) string {
	return "/people/" + url.PathEscape(person) + "/days?" + url.Values{periodFrom: {date}, periodUntil: {date}}.Encode()
}

// act adds what corrects the day: one field, or a link.
func (w *worklistPage) act(d day.Day, row *views.WorkRow) {
	of := personDay{d.Person, d.Date}
	likely := d.Likely
	row.Tick = dayTick(of, d.DigestOn(d.Date), nil)
	i := slices.IndexFunc(d.Findings, func(f day.Finding) bool { return f.Rule == day.OddCount })
	row.Form = w.newLink(of, nil)
	switch {
	case i >= 0 && w.mayCreate:
		row.Add = w.addForm(d, d.Findings[i].Missing, likely)
		if likely != nil && likely.Do == day.Add {
			row.Tick = dayTick(of, d.DigestOn(d.Date), &likely.Minute)
		}
	case likely != nil && likely.Do == day.Delete && w.mayDelete:
		row.Way = &views.Link{
			Text: w.x.words.T("day.delete", "time", row.Likely), Href: w.clockings.ItemURL(likely.Clocking) + "/delete?" + url.Values{form.InputReturn: {w.back}}.Encode(),
		}
	case row.Leave != "" && !w.fixable(d):
		row.Way = &views.Link{Text: w.x.words.T("desk.leave"), Href: row.Leave}
	default:
		row.Way = &views.Link{Text: w.x.words.T("desk.open"), Href: row.Open + "&" + url.Values{form.InputReturn: {w.back}}.Encode()}
	}
}

// isOwn reports whether a day is that of who looks, where OWN_RECORDS forbids to correct it. It is known by the employee
// number alone; a change asks for the address, too.
func (w *worklistPage) isOwn(person string) bool {
	p, _ := w.x.s.People.Person(person)
	return w.x.s.Config.OwnRecords == "forbid" && p.HasNumber(w.x.actor.Number)
}

// fixable reports whether one of the findings is such that somebody forgot a clocking.
func (w *worklistPage) fixable(d day.Day) bool {
	return slices.ContainsFunc(d.Findings, func(f day.Finding) bool {
		return f.Rule == day.NoClocking || f.Rule == day.LongStretch || f.Rule == day.Overlap
	})
}

// addForm is the one field: the time of the clocking that is missing. It is sent to the ordinary form of a new clocking.
func (w *worklistPage) addForm(d day.Day, missing day.Direction, likely *day.Likely) *views.WorkAdd {
	x := w.x
	label, name := "desk.add-one", "day.add-one"
	switch missing {
	case day.In:
		label, name = "desk.add-in", "day.add-in"
	case day.Out:
		label, name = "desk.add-out", "day.add-out"
	}
	add := &views.WorkAdd{
		Action: w.clockings.URL() + "/new", Name: tell.UpperFirst(x.words.T(name)),
		Label: x.words.T(label, "name", x.words.PersonName(d.Person), "date", x.words.LongDay(d.Date)),
		Hidden: append([]views.Pair{
			{Name: form.InputChange, Value: newID()}, {Name: form.InputReturn, Value: w.back},
			{Name: "person.id", Value: d.Person}, {Name: "kind", Value: "InOut"},
		}, w.reason()...),
	}
	drawn := func(date string) {
		add.Hidden = append(add.Hidden, views.Pair{Name: inputDrawn, Value: drawnDay(d.Person, date, d.DigestOn(date))})
	}
	drawn(d.Date)
	if likely != nil && likely.Do == day.Add {
		add.Value = tell.ClockText(likely.Minute)
		if date := tell.DateOf(d.Date, likely.Minute); date != d.Date {
			if date > d.Date {
				drawn(date) // of the day before, the row shows nothing
			}
			add.DayLabel = x.words.T("desk.which-day")
			for _, each := range []string{date, d.Date} {
				weekday, short := x.words.Weekday(each)
				add.Days = append(add.Days, views.Choice{Value: each, Text: weekday + " " + short})
			}
			return add
		}
	}
	add.Hidden = append(add.Hidden, views.Pair{Name: "date", Value: d.Date})
	return add
}

// reason is the input with the reason of corrections, none where no reason was given yet.
func (w *worklistPage) reason() []views.Pair {
	if w.why == "" {
		return nil
	}
	return []views.Pair{{Name: form.InputWhy, Value: w.why}}
}

// timeOf is the time of a likely correction.
func (w *worklistPage) timeOf(d day.Day, l day.Likely) string {
	if l.Do == day.Add {
		return tell.ClockText(l.Minute)
	}
	if c, ok := d.Clocking(l.Clocking); ok {
		return tell.ClockText(c.Minute)
	}
	return ""
}

// source says why there is no likely correction, or what else is known of the day.
func (w *worklistPage) source(d day.Day, drawn views.Day) string {
	for _, issue := range drawn.Issues {
		if issue.Text != "" {
			return issue.Text
		}
	}
	if len(d.Findings) > 0 && d.Findings[0].Rule == day.OddCount {
		return w.x.words.T("desk.no-guess")
	}
	return ""
}

// editLink leads to the form of a clocking and back to the list, "" where it may not be changed.
func (w *worklistPage) editLink(clocking string) string {
	if w.readOnly != "" || !w.mayEdit {
		return ""
	}
	return w.clockings.ItemURL(clocking) + "/edit?" + url.Values{form.InputReturn: {w.back}}.Encode()
}

func (w *worklistPage) addLink(person string) func(string, *int) string {
	return func(date string, minute *int) string {
		if w.readOnly != "" || !w.mayCreate {
			return ""
		}
		return w.newLink(personDay{person, date}, minute) + "&" + url.Values{form.InputReturn: {w.back}}.Encode()
	}
}

// newLink leads to the form of a new clocking on a day, "" where none may be added.
func (w *worklistPage) newLink(of personDay, minute *int) string {
	if !w.mayCreate {
		return ""
	}
	q := url.Values{"person.id": {of.person}, "date": {of.date}, "kind": {"InOut"}}
	if minute != nil {
		q.Set("timeOfDayInMinutes", tell.ClockText(*minute))
	}
	return w.clockings.URL() + "/new?" + q.Encode()
}

// doneRow is a day that a change of the log made right. Its clockings are those of d where it was read, else what the
// change left.
func (w *worklistPage) doneRow(of personDay, r change.Receipt, d *day.Day) views.WorkRow {
	x := w.x
	row := w.rowOf(of)
	row.Done, row.Answer = true, x.words.Correction(r)
	record := x.words.RecordPath(r)
	if d != nil {
		links := tell.DayLinks{Edit: w.editLink, New: recordID(record)}
		row.Stretches = x.words.JudgedDay(*d, tell.FrameOf(*d), links).Stretches
		for _, stretch := range row.Stretches {
			for i := range stretch.Punches {
				stretch.Punches[i].ID, stretch.Punches[i].Change = "", ""
			}
		}
	} else {
		row.Stretches = []views.Stretch{{Punches: []views.Punch{x.words.CorrectionPunch(r, record)}}}
	}
	if !change.Made(x.actor, r) {
		row.By = x.words.Actor(r.Actor)
	}
	if undo, _ := x.undoPath(r); undo != "" {
		row.Undo = w.undo(undo, row.Person.Text)
	}
	return row
}

// leftRow is a day that somebody left as it is.
func (w *worklistPage) leftRow(d day.Day, a change.Acknowledgement) views.WorkRow {
	x := w.x
	row := w.row(d)
	row.Add, row.Way, row.Form, row.Leave, row.Left, row.WhyNot = nil, nil, "", "", nil, ""
	row.Likely, row.Source = "", ""
	for i := range row.Marks {
		row.Marks[i].Tone = "quiet"
	}
	row.Done, row.Answer = true, x.words.T("desk.left")
	row.Last = a.ID == x.address().Query().Get(paramLeft)
	row.By = x.leftBy(a)
	if w.mayLeave() {
		row.Undo = w.undo("/missing/acknowledge/"+a.ID+"/undo", row.Person.Text)
	}
	return row
}

func (w *worklistPage) undo(action, name string) *views.WorkUndo {
	return &views.WorkUndo{
		Action: action, Name: w.x.words.T("desk.undo-of", "name", name),
		Hidden: append([]views.Pair{
			{Name: form.InputChange, Value: newID()}, {Name: form.InputReturn, Value: w.back},
		}, w.reason()...),
	}
}

// mayDo reports whether this person may do something with clockings.
func (w *worklistPage) mayDo(verb contract.Verb) bool { return w.x.whyNot(w.clockings, verb) == "" }
