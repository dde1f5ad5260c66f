package tell

import (
	"strconv"
	"strings"
	"time"
)

// Weekday is the day of the week of a date and the date itself, "Mon" and "16 Nov": the year is left out where it is
// this one's.
func (w *Words) Weekday(date string) (weekday, day string) {
	weekday, day, _ = strings.Cut(w.Day(date), " ")
	return weekday, strings.TrimSuffix(day, " "+strconv.Itoa(w.Today.Year()))
}

// Range is from one date to another, without repeating what they share: "16–22 Nov 2026", "30 Nov – 6 Dec 2026".
func (w *Words) Range(from, to string) string {
	_, first, _ := strings.Cut(w.Day(from), " ")
	_, last, _ := strings.Cut(w.Day(to), " ")
	dayFirst, restFirst, spaced := strings.Cut(first, " ")
	_, restLast, _ := strings.Cut(last, " ")
	switch {
	case first == last:
		return first
	case spaced && restFirst == restLast:
		return dayFirst + "–" + last
	case from[:4] == to[:4]:
		first = strings.TrimSuffix(first, " "+from[:4])
	}
	return first + " – " + last
}

// DateOf is the date on which a minute falls that counts from the midnight of a date. A new clocking gets it as its own:
// outside of 0 to 1439 a time would force the day past the person's schedule (documentation: clocking model).
func DateOf(date string, minute int) string {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return d.Add(time.Duration(minute) * time.Minute).Format(time.DateOnly)
}
