package handlers

import (
	"strconv"

	"protime-admin/internal/day"
	"protime-admin/views"
)

// ended fills what is known below the rows.
func (s *workSource) ended() {
	x, t, end := s.x, &s.tally, s.end
	end.Done, end.All = t.done, t.done+t.open
	end.DoneText = x.words.T("desk.done-of", "done", x.words.Count(t.done), "all", x.words.Count(end.All))
	end.Tabs = []views.WorkTab{{
		Text: x.words.T("desk.all"), Count: x.words.Count(t.open), Href: s.path(paramRule, ""), Current: s.rule == "",
	}}
	for _, tab := range workTabs() {
		if n := t.rules[tab.name]; n > 0 || tab.name == s.rule {
			end.Tabs = append(end.Tabs, views.WorkTab{
				Text: x.words.T(tab.key), Count: x.words.Count(n), Href: s.path(paramRule, tab.name), Current: s.rule == tab.name,
			})
		}
	}
	switch {
	case t.done == 0:
	case s.hideDone:
		end.Hide = views.Link{Text: x.words.T("desk.show-done"), Href: s.path(paramDone, "")}
	default:
		end.Hide = views.Link{Text: x.words.T("desk.hide-done"), Href: s.path(paramDone, "done")}
	}
	if t.hidden > 0 {
		end.Shown = x.words.T("desk.shown", "shown", x.words.Count(t.drawn), "all", x.words.Count(t.drawn+t.hidden))
		if s.readOnly == "" && x.safe(x.path()) != "" {
			end.Every = x.words.N("ticked.every-day", t.asked)
		}
		end.More = views.Link{
			Text: x.words.N("desk.more", t.hidden), Href: s.path(paramRows, strconv.Itoa(t.drawn+t.hidden)),
		}
	}
	if !t.focused && s.after != (position{}) {
		end.First = t.first
	}
	for _, collection := range s.update.Progress.Unread {
		switch collection {
		case "absences":
			end.Unread = append(end.Unread, x.words.T("desk.unread.absences"))
		case "assignments":
			end.Unread = append(end.Unread, x.words.T("desk.unread.assignments"))
		case "absence-definitions":
			end.Unread = append(end.Unread, x.words.T("desk.unread.kinds"))
		}
	}
	if s.err != nil {
		end.Failure = s.failure(s.err)
		return
	}
	end.Read = x.words.T("desk.read-at", "time", s.clock(s.update.Progress.Began))
	if t.open == 0 || t.drawn == 0 {
		end.Empty = s.empty()
	}
}

// empty says that nothing is left to check, or that no day breaks the rule that was asked for.
func (s *workSource) empty() *views.Empty {
	x, t := s.x, &s.tally
	if t.open > 0 {
		return &views.Empty{
			Title: x.words.T("desk.none-of-rule"), Ways: []views.Link{{Text: x.words.T("desk.all"), Href: s.path(paramRule, "")}},
		}
	}
	e := &views.Empty{
		Good: true, Title: x.words.T("desk.nothing"),
		Text: x.words.T("desk.nothing.text", "from", x.words.Date(s.scope.From), "until", x.words.Date(s.scope.To)),
	}
	if t.done > 0 {
		e.Text += " " + x.words.N("desk.nothing.done", t.done)
	}
	if later := periodOf(&s.scope.Selection).moved(1); !later.from.After(x.words.Today) {
		e.Ways = append(e.Ways, views.Link{Text: x.words.T("desk.check-later"), Href: x.periodHref(later)})
	}
	return e
}

// nobody says that nobody is in the department, or that nobody knows who is.
func (w *worklistPage) nobody() *views.Empty {
	x, state := w.x, w.x.s.Departments.State()
	everybody := views.Link{Text: x.words.T("filter.everybody"), Href: w.path(filterDepartment, "")}
	switch {
	case state.At.IsZero() && state.Err == nil:
		again := views.Link{Text: x.words.T("desk.again"), Href: w.path()}
		return &views.Empty{
			Title: x.words.T("desk.departments-unknown"), Text: x.words.T("desk.departments-unknown.text"),
			Ways: []views.Link{again, everybody},
		}
	case state.At.IsZero():
		return &views.Empty{
			Title: x.words.T("desk.departments-unread"), Text: x.words.T("desk.departments-unread.text"),
			Ways: []views.Link{everybody},
		}
	case w.scope.Values.Get("person") != "":
		return &views.Empty{Title: x.words.T("desk.nobody.chosen"), Text: x.words.T("desk.nobody.text")}
	}
	return &views.Empty{Title: x.words.T("desk.nobody"), Text: x.words.T("desk.nobody.text")}
}

// failure says that the list is not complete, and why.
func (s *workSource) failure(err error) *views.Failure {
	x := s.x
	_, f := x.listFailure(s.clockings, err)
	f.Title = x.words.T("list.halfway")
	f.Text = f.Title + " " + f.Text
	if s.done <= s.scope.To {
		f.Text += " " + x.words.T("desk.unread", "from", x.words.Date(s.done), "until", x.words.Date(s.scope.To))
	}
	f.Links = append(f.Links, views.Link{Text: x.words.T("list.again-all"), Href: x.path()})
	x.s.Logger.WarnContext(x.request().Context(), "the worklist broke off", "id", x.id, "error", err)
	return &f
}

// workTab is a tab of the worklist: its name in the address, and its message.
type workTab struct{ name, key string }

func workTabs() []workTab {
	return []workTab{
		{"no-out", "rule.no-out"}, {"no-in", "rule.no-in"}, {string(day.OddCount), "tab.no-partner"},
		{string(day.TooClose), "tab.too-close"},
		{string(day.LongStretch), "tab.long-stretch"}, {string(day.Overlap), "tab.overlap"},
		{string(day.OnAbsence), "tab.on-absence"}, {string(day.OutsideEmployment), "tab.outside-employment"},
		{string(day.BySystem), "tab.by-system"}, {string(day.NoClocking), "tab.no-clocking"},
	}
}
