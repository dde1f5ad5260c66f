package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a container image may hold no zones
)

type duration struct{ to *time.Duration }

func (v *duration) Kind() string   { return "duration" }
func (v *duration) String() string { return shortDuration(*v.to) }
func (v *duration) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second {
		return errors.New("must be a duration of a second or more, like 30m or 10h")
	}
	*v.to = d
	return nil
}

// span is a duration of whole minutes between two bounds.
type span struct {
	to          *time.Duration
	least, most time.Duration
}

func (v *span) Kind() string   { return "duration" }
func (v *span) String() string { return shortDuration(*v.to) }
func (v *span) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < v.least || d > v.most || d%time.Minute != 0 {
		return fmt.Errorf("must be a duration of whole minutes from %s to %s", shortDuration(v.least), shortDuration(v.most))
	}
	*v.to = d
	return nil
}

// retention also takes days and years, which time.ParseDuration does not.
type retention struct{ to *time.Duration }

const (
	day  = 24 * time.Hour
	year = 365*day + 6*time.Hour
)

func (v *retention) Kind() string   { return "duration" }
func (v *retention) String() string { return shortDuration(*v.to) }
func (v *retention) Set(text string) error {
	if text == "off" {
		*v.to = 0
		return nil
	}
	d, err := time.ParseDuration(text)
	for suffix, unit := range map[string]time.Duration{"d": day, "y": year} {
		if count, ok := strings.CutSuffix(text, suffix); ok {
			var n uint64
			n, err = strconv.ParseUint(count, 10, 16)
			d = time.Duration(n) * unit // #nosec G115 -- 16 bits, and checked below
		}
	}
	if err != nil || d < time.Second || d > 100*year {
		return errors.New("must be off or a time like 5y, 1825d or 43800h, from a second to 100 years")
	}
	*v.to = d
	return nil
}

// shortDuration leaves the zero minutes and seconds of Go's own form out: 10h, not 10h0m0s.
func shortDuration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

type zone struct{ to **time.Location }

func (v *zone) Kind() string { return "zone" }

func (v *zone) String() string {
	if *v.to == nil {
		return ""
	}
	return (*v.to).String()
}

func (v *zone) Set(text string) error {
	location, err := time.LoadLocation(text)
	if err != nil || text == "Local" { // Local would mean another zone on each machine
		return errors.New("must be a zone of the tz database, like Europe/Brussels")
	}
	*v.to = location
	return nil
}
