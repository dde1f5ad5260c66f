package lang

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// formats are the parts of dates, times and numbers in one language, taken from its messages when they are read.
type formats struct {
	months, longMonths     []string // January first
	weekdays, longWeekdays []string // Monday first
	date, day              message
	shortDay, longDay      message
	decimal, group, minus  string
	clocks                 string // "00:0000:0100:02...": every minute of a day, five bytes each
}

func (p *Printer) readFormats() error {
	var problems []string
	take := func(key string, placeholders ...string) message {
		m, ok := p.messages[key]
		if !ok {
			problems = append(problems, key+" is missing")
			return m
		}
		for _, part := range m.parts {
			if part.Name != "" && !slices.Contains(placeholders, part.Name) {
				problems = append(problems, key+" knows no {"+part.Name+"}")
			}
		}
		return m
	}
	list := func(key string, want int) []string {
		words := strings.Fields(take(key).text)
		if len(words) != want {
			problems = append(problems, fmt.Sprintf("%s has %d words, want %d", key, len(words), want))
		}
		return words
	}
	calendar := []string{"day", "dd", "mm", "month", "longmonth", "year", "weekday", "longweekday"}

	p.formats = formats{
		months:       list("format.months", 12),
		longMonths:   list("format.months.long", 12),
		weekdays:     list("format.weekdays", 7),
		longWeekdays: list("format.weekdays.long", 7),
		date:         take("format.date", calendar...),
		day:          take("format.day", calendar...),
		shortDay:     take("format.shortday", calendar...),
		longDay:      take("format.longday", calendar...),
		decimal:      take("format.decimal").text,
		group:        take("format.group").text,
		minus:        take("format.minus").text,
		clocks:       everyMinute(),
	}
	for _, key := range []string{
		"format.clock.next", "format.clock.before", "format.clock.later", "format.clock.earlier",
	} {
		take(key, "time", "n")
	}
	take("format.duration", "hours", "minutes")
	take("format.moment", "date", "time")
	for _, key := range []string{
		"format.bytes", "format.kilobytes", "format.megabytes", "format.seconds", "format.milliseconds",
	} {
		take(key, "n")
	}
	if problems != nil {
		return errors.New(strings.Join(problems, "; "))
	}
	return nil
}

func everyMinute() string {
	var b strings.Builder
	b.Grow(minutesOfDay * 5)
	for m := range minutesOfDay {
		fmt.Fprintf(&b, "%02d:%02d", m/60, m%60)
	}
	return b.String()
}
