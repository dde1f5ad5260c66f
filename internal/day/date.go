package day

import "time"

// dayNumber counts the days of the Gregorian calendar; false for a text that is no date yyyy-mm-dd. It does what
// time.Parse does, for one tenth of the time: a month of a large company has millions of dates.
func dayNumber(date string) (int, bool) {
	if len(date) != len("2006-01-02") || date[4] != '-' || date[7] != '-' {
		return 0, false
	}
	year, month, day := 0, 0, 0
	for i, part := range [...]*int{&year, &year, &year, &year, nil, &month, &month, nil, &day, &day} {
		c := date[i]
		switch {
		case part == nil:
		case c < '0' || c > '9':
			return 0, false
		default:
			*part = 10**part + int(c-'0')
		}
	}
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	length := [...]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	if leap {
		length[2]++
	}
	if month < 1 || month > 12 || day < 1 || day > length[month] {
		return 0, false
	}
	past := year - 1 // whole years before this one
	number := 365*past + past/4 - past/100 + past/400 + day
	if year == 0 {
		number = day - 366
	}
	for m := 1; m < month; m++ {
		number += length[m]
	}
	return number, true
}

// Shift is a date some days later; a text that is no date is given back.
func Shift(date string, days int) string {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return d.AddDate(0, 0, days).Format(time.DateOnly)
}

// Dates are the dates of a period, both ends included; none where one of them is no date.
func Dates(from, to string) []string {
	first, begins := dayNumber(from)
	last, ends := dayNumber(to)
	if !begins || !ends || last < first {
		return nil
	}
	dates := make([]string, 0, last-first+1)
	for n := range last - first + 1 {
		dates = append(dates, Shift(from, n))
	}
	return dates
}
