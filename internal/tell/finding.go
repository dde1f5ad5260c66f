package tell

import (
	"slices"

	"protime-admin/internal/day"
	"protime-admin/views"
)

// issues are the findings of the day's rules, with what is likely and what to do about it.
func (t *dayTeller) issues() []views.Issue {
	var all []views.Issue
	for _, finding := range t.day.Findings {
		issue := views.Issue{Mark: t.Finding(finding)}
		likely := t.day.Likely
		switch finding.Rule {
		case day.OddCount, day.NoClocking:
			if likely != nil && likely.Do == day.Add {
				issue.Text = t.T("day.likely", "time", ClockText(likely.Minute), "source", t.Source(*likely))
			}
		case day.TooClose:
			if finding.SameTerminal {
				issue.Text = t.T("rule.too-close.terminal")
			}
			if likely != nil && likely.Do == day.Delete {
				issue.Way = t.deletion(likely.Clocking)
			}
		case day.OnAbsence:
			if i := slices.IndexFunc(t.day.Absences, func(a day.Absence) bool { return a.ID == finding.Absence }); i >= 0 {
				issue.Text = t.absence(t.day.Absences[i])
			}
		}
		all = append(all, issue)
	}
	return all
}

// deletion leads to the page that deletes a clocking.
func (t *dayTeller) deletion(id string) views.Link {
	if t.day.Closed || t.links.Delete == nil {
		return views.Link{}
	}
	href := t.links.Delete(id)
	if href == "" {
		return views.Link{}
	}
	return views.Link{Text: t.T("day.delete", "time", t.timeOf(id)), Href: href}
}

// timeOf is the time of one of the day's clockings, "" for none of them.
func (t *dayTeller) timeOf(id string) string {
	for _, c := range t.day.Second {
		if c.ID == id {
			return ClockText(t.minute(c))
		}
	}
	for _, s := range t.day.Stretches {
		for _, c := range []*day.Clocking{s.In, s.Out} {
			if c != nil && c.ID == id {
				return ClockText(t.minute(*c))
			}
		}
	}
	return ""
}

// Finding is a rule that a day breaks, in words.
func (w *Words) Finding(f day.Finding) views.Mark {
	switch f.Rule {
	case day.OddCount:
		key := "rule.no-partner"
		switch f.Missing {
		case day.In:
			key = "rule.no-in"
		case day.Out:
			key = "rule.no-out"
		}
		return views.Mark{Icon: "missing", Tone: "bad", Text: w.T(key)}
	case day.NoClocking:
		return views.Mark{Icon: "missing", Tone: "bad", Text: w.T("rule.no-clocking")}
	case day.TooClose:
		if f.Minutes == 0 {
			return views.Mark{Icon: "twins", Tone: "warn", Text: w.T("rule.same-minute")}
		}
		return views.Mark{Icon: "twins", Tone: "warn", Text: w.N("rule.too-close", f.Minutes)}
	case day.LongStretch:
		return views.Mark{Icon: "long", Tone: "warn", Text: w.T("rule.long-stretch", "length", w.Length(f.Minutes))}
	case day.Overlap:
		return views.Mark{Icon: "twins", Tone: "warn", Text: w.T("rule.overlap")}
	case day.OnAbsence:
		return views.Mark{Icon: "leave", Tone: "warn", Text: w.T("rule.on-absence")}
	case day.OutsideEmployment:
		return views.Mark{Icon: "warn", Tone: "warn", Text: w.T("rule.outside-employment")}
	case day.BySystem:
		return views.Mark{Icon: "info", Tone: "warn", Text: w.T("rule.by-system")}
	}
	return views.Mark{Icon: "warn", Tone: "warn", Text: string(f.Rule)}
}

// Source says where a likely time comes from: "the planned time".
func (w *Words) Source(l day.Likely) string {
	switch {
	case l.Source == day.Planned:
		return w.T("source.planned")
	case l.Source == day.SecondTouch:
		return w.T("source.second-touch")
	case l.Weekday:
		return w.N("source.usual.weekday", l.Days)
	}
	return w.N("source.usual", l.Days)
}

// notes are the absences and assignments of a day in words.
func (t *dayTeller) notes() []views.Note {
	var notes []views.Note
	for _, a := range t.day.Absences {
		_, isDrawn := t.leave(a)
		notes = append(notes, views.Note{Text: t.absence(a), Unseen: isDrawn && a.Start == nil})
	}
	for _, a := range t.day.Assignments {
		notes = append(notes, views.Note{Text: t.assignment(a)})
	}
	return notes
}

// absence names an absence and says when it is, and what keeps it from counting: "Annual leave, 08:00–15:36".
func (t *dayTeller) absence(a day.Absence) string {
	text := t.T("day.absence")
	if a.Definition != "" {
		text = t.named("absence-definitions", a.Definition)
	}
	switch {
	case a.Start != nil && a.Duration != nil:
		text += ", " + ClockText(*a.Start) + "–" + ClockText(*a.Start+*a.Duration)
	case a.DayPart != "":
		text += ", " + LowerFirst(t.Printer.Value("dayPart", a.DayPart))
	case a.Duration != nil:
		text += ", " + t.Length(*a.Duration)
	}
	if a.Approval != "" && a.Approval != "Approved" {
		text += ", " + LowerFirst(t.Printer.Value("approvalLevel", a.Approval))
	}
	return text
}

func (t *dayTeller) assignment(a day.Assignment) string {
	text := t.T("day.planned")
	if a.Start != nil && a.End != nil {
		text += " " + ClockText(*a.Start) + "–" + ClockText(*a.End)
	}
	if a.Comments != "" {
		text += ", " + a.Comments
	}
	return text
}
