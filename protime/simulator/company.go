package simulator

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// company is what the files company_*.go share while they seed.
type company struct {
	seeder
	rand    *rand.Rand
	days    []workday // the working days of the four weeks that end today
	people  []person
	first   string // the first of the 28 days
	closed  string // up to here the books are closed
	started string // a day long ago
}

type workday struct {
	date  string
	index int  // 0 is the first of the 28 days
	today bool // not over yet
	week  bool // in today's week
}

// Company is a made-up company of 60 people in 5 departments, with the clockings of the four weeks that end
// today and something in every other collection. Only the date of today counts, and the same date makes the
// same company. The first week is closed (periodClosingDate). Jan Maes (76547) has the clocking 8192, at
// 08:05 on the Monday of today's week.
func Company(today time.Time) *Tenant {
	t := new(Tenant)
	c := &company{seeder: seeder{t: t}, rand: rand.New(rand.NewPCG(8, 5))} //nolint:gosec // the same company every time
	c.calendar(today)
	c.catalogs()
	c.staff()
	c.activities()
	c.clock()
	c.planning()
	c.results()
	c.subscriptions()
	return t
}

// calendar lists Monday to Friday of the last 28 days.
func (c *company) calendar(today time.Time) {
	monday := 27 - (int(today.Weekday())+6)%7
	for i := range 28 {
		day := today.AddDate(0, 0, i-27)
		date := day.Format(time.DateOnly)
		if i == 0 {
			c.first = date
		}
		if i == 5 {
			c.closed = date
		}
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		c.days = append(c.days, workday{date: date, index: i, today: i == 27, week: i >= monday})
	}
	c.started = strconv.Itoa(today.Year()-2) + "-01-01"
}

// around is a time near another one.
func (c *company) around(minute, spread int) int { return minute + c.rand.IntN(2*spread+1) - spread }
