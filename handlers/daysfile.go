package handlers

import (
	"strings"

	"protime-admin/internal/day"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
)

// GET /people/76547/days.csv?... and .xlsx: a row for each day of a person.
func (s *Server) daysFile(format spreadsheet.Format) func(*exchange, *contract.Collection) error {
	return func(x *exchange, c *contract.Collection) error { return x.writeDays(c, format) }
}

func (x *exchange) writeDays(c *contract.Collection, format spreadsheet.Format) error {
	_, read, err := x.askedDays(c)
	if err != nil {
		return err
	}
	head := []string{
		x.words.T("field.date"), x.words.T("week.day"), x.words.T("desk.clockings"), x.words.T("week.worked"),
		x.words.T("week.calculated"), x.words.T("file.plan"), x.words.T("desk.wrong"), x.words.T("change.state"),
	}
	if len(read.missing) > 0 {
		head = append(head, x.words.T("file.unread"))
	}
	file := x.file(format, "days-"+read.Person+"-"+read.From+"-"+read.To, head)
	for _, d := range x.s.register.Judged(read.Days) {
		cells := x.dayCells(read, d)
		if len(read.missing) > 0 {
			cells = append(cells, spreadsheet.Text(strings.Join(read.missing, " ")))
		}
		if err := file.write(cells); err != nil {
			return err
		}
	}
	return file.close()
}

// dayCells are a day in the columns of a person's file.
func (x *exchange) dayCells(read personDays, d day.Day) []spreadsheet.Cell {
	weekday, _ := x.words.Weekday(d.Date)
	var worked, calculated spreadsheet.Cell
	if len(d.Stretches) > 0 {
		worked = spreadsheet.Duration(d.Worked)
	}
	if minutes, ok := read.Totals[d.Date].Int("calculatedPresenceDurationInMinutes"); ok {
		calculated = spreadsheet.Duration(int(minutes))
	}
	var notes []string
	for _, note := range x.words.JudgedDay(d, tell.FrameOf(d), tell.DayLinks{}).Notes {
		notes = append(notes, note.Text)
	}
	state := ""
	if left := leftAs(d, read.left); left != nil {
		state = x.leftState(*left)
	} else if len(d.Findings) > 0 {
		state = x.words.T("desk.title")
	}
	return []spreadsheet.Cell{
		spreadsheet.Date(d.Date), spreadsheet.Text(weekday), spreadsheet.Text(x.words.Times(d)), worked, calculated,
		spreadsheet.Text(strings.Join(notes, "; ")), spreadsheet.Text(x.wrong(d)), spreadsheet.Text(state),
	}
}
