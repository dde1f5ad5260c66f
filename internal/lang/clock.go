package lang

import (
	"strconv"
	"strings"
	"time"
)

const minutesOfDay = 24 * 60

// Clock is a time of day, given in minutes after the date's midnight, on a 24-hour clock: 485 is "08:05". Minutes
// outside of the day name the day in words: -30 is "23:30 (day before)", 1800 "06:00 (next day)". 24:00 is the next day's 00:00.
func (p *Printer) Clock(minutes int) string {
	days := minutes / minutesOfDay
	minute := minutes % minutesOfDay
	if minute < 0 {
		days, minute = days-1, minute+minutesOfDay
	}
	at := p.formats.clocks[minute*5 : minute*5+5]

	switch {
	case days == 0:
		return at
	case days == 1:
		return p.T("format.clock.next", "time", at)
	case days == -1:
		return p.T("format.clock.before", "time", at)
	case days > 1:
		return p.N("format.clock.later", days, "time", at)
	}
	return p.N("format.clock.earlier", -days, "time", at)
}

// Duration is a length of time given in minutes, perhaps negative: 456 is "7 h 36".
func (p *Printer) Duration(minutes int) string {
	sign := ""
	if minutes < 0 {
		sign, minutes = p.formats.minus, -minutes
	}
	hours, rest := strconv.Itoa(minutes/60), strconv.Itoa(minutes%60)
	if len(rest) == 1 {
		rest = "0" + rest
	}
	return sign + p.T("format.duration", "hours", hours, "minutes", rest)
}

// Number is a JSON number with the language's decimal sign, digit for digit and without signs between thousands:
// "12.50" reads "12,50" in Dutch. It is for display; package field reads and writes what is typed.
func (p *Printer) Number(digits string) string {
	if p.formats.decimal == "." {
		return digits
	}
	return strings.Replace(digits, ".", p.formats.decimal, 1)
}

// Bytes is a size: "512 B", "4.2 kB", "12 MB", in powers of 1000.
func (p *Printer) Bytes(n int64) string {
	switch {
	case n < 1000:
		return p.T("format.bytes", "n", strconv.FormatInt(n, 10))
	case n < 1000*1000:
		return p.T("format.kilobytes", "n", p.short(float64(n)/1000))
	}
	return p.T("format.megabytes", "n", p.short(float64(n)/1000/1000))
}

// Seconds is how long something took: "85 ms", "1.4 s", "31 s".
func (p *Printer) Seconds(d time.Duration) string {
	if d < time.Second {
		return p.T("format.milliseconds", "n", strconv.FormatInt(d.Milliseconds(), 10))
	}
	return p.T("format.seconds", "n", p.short(d.Seconds()))
}

// short formats a number with one decimal below ten and none above.
func (p *Printer) short(f float64) string {
	decimals := 0
	if f < 9.95 {
		decimals = 1
	}
	return p.Number(strings.TrimSuffix(strconv.FormatFloat(f, 'f', decimals, 64), ".0"))
}
