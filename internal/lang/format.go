package lang

import (
	"fmt"
	"slices"
	"strings"
)

// formats is what dates, times and numbers of one language are made from, taken from its messages once.
type formats struct {
	months, longMonths     []string // January first
	weekdays, longWeekdays []string // Monday first
	date, day, longDay     message
	decimal, group, minus  string
	clocks                 string // "00:0000:0100:02...": every minute of a day, five bytes each
}

func (p *Printer) readFormats() error {
	var problems []string
	take := func(name string, placeholders ...string) message {
		m, ok := p.messages["format."+name]
		if !ok {
			problems = append(problems, "format."+name+" is missing")
			return m
		}
		for _, part := range m.parts {
			if part.name != "" && !slices.Contains(placeholders, part.name) {
				problems = append(problems, "format."+name+" has no {"+part.name+"}")
			}
		}
		return m
	}
	list := func(name string, want int) []string {
		words := strings.Fields(take(name).text)
		if len(words) != want {
			problems = append(problems, fmt.Sprintf("format.%s has %d words, want %d", name, len(words), want))
		}
		return words
	}
	calendar := []string{"day", "dd", "mm", "month", "longmonth", "year", "weekday", "longweekday"}

	p.formats = formats{
		months:       list("months", 12),
		longMonths:   list("months.long", 12),
		weekdays:     list("weekdays", 7),
		longWeekdays: list("weekdays.long", 7),
		date:         take("date", calendar...),
		day:          take("day", calendar...),
		longDay:      take("longday", calendar...),
		decimal:      take("decimal").text,
		group:        take("group").text,
		minus:        take("minus").text,
		clocks:       everyMinute(),
	}
	for _, name := range []string{"clock.next", "clock.before", "clock.later", "clock.earlier"} {
		take(name, "time", "n")
	}
	take("duration", "hours", "minutes")
	take("moment", "date", "time")
	for _, name := range []string{"bytes", "kilobytes", "megabytes", "seconds", "milliseconds"} {
		take(name, "n")
	}
	if problems != nil {
		return fmt.Errorf("%s", strings.Join(problems, "; "))
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
