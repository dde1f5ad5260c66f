package tell

import (
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Correction says what a change did to the times of a day, for a line about that day: "16:40 added", "08:05 → 08:00".
func (w *Words) Correction(r change.Receipt) string {
	before, after := TimeIn(r.Before), TimeIn(r.After)
	switch {
	case r.Verb == contract.Delete && before != "":
		return w.T("correction.deleted", "time", before)
	case r.Verb == contract.Create && after != "":
		return w.T("correction.added", "time", after)
	case r.Verb == contract.Replace && before != "" && after != "" && before != after:
		return w.T("correction.moved", "before", before, "after", after)
	}
	return w.T("correction.changed")
}

// CorrectionPunch is the clocking that a change left behind, for a day of which nothing else is known.
func (w *Words) CorrectionPunch(r change.Receipt, href string) views.Punch {
	if r.Verb == contract.Delete {
		return views.Punch{Text: TimeIn(r.Before), Icon: "bin", Tone: "gone", Unseen: w.T("list.deleted")}
	}
	return views.Punch{Text: TimeIn(r.After), Icon: "check", Tone: "new", Unseen: w.T("day.changed-now"), Href: href}
}

// TimeIn is the time of day of a clocking, "" where the record has none or is erased.
func TimeIn(raw []byte) string {
	record, err := protime.ParseRecord(raw)
	if err != nil {
		return ""
	}
	minute, ok := record.Int("timeOfDayInMinutes")
	if !ok {
		return ""
	}
	return ClockText(int(minute))
}
