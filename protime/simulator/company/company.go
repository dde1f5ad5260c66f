// Package company fills a simulator with the records of a made-up company: 60 people in 5 departments, with the
// clockings of four weeks and the mistakes in them that HR corrects. Tests and the demo use it.
package company

import (
	_ "embed" // the records
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"time"

	"protime-admin/protime/simulator"
)

// StructureVersion is the company's one activity structure version.
const StructureVersion = "38fc2206-5c5a-4d0e-9d0b-3f1f8a2b7c10"

// The records by collection and id, with words like $date that the code replaces.
var (
	//go:embed once.json
	once string // catalogs, activity definitions with their usages and restrictions, a webhook
	//go:embed person.json
	perPerson string // somebody's personal fields, contract and histories
	//go:embed day.json
	perDay string // what the platform calculates from somebody's day: made-up numbers
	//go:embed names.txt
	names string // of people, first name first; any likeness to living people is chance
)

// company is what the files of this package share while they fill a tenant.
type company struct {
	tenant  *simulator.Tenant
	rand    *rand.Rand
	days    []workday // the working days of the 28 days that end today
	people  []person
	first   string // the first of the 28 days
	closed  string // the last day of the closed period
	started string // 1 January two years ago: when everybody came into service
}

type workday struct {
	date  string
	index int  // 0 is the first of the 28 days
	today bool // not over yet
	week  bool // in today's week
}

// New returns a tenant with the company on a day: its clockings are those of the four weeks that end today, and every other
// collection has something in it. Only the date of today counts, and the same date makes the same company. The
// first week is closed (periodClosingDate). Jan Maes (76547) has the clocking 8192, at 08:05 on the Monday of
// today's week.
func New(today time.Time) *simulator.Tenant { return found(today, (*company).clockings) }

// Clockings returns the tenant of New with n clockings in place of its own, spread evenly over the 360 days that end today.
//
// With PageSize and EmptyPages it is any list that a client may have to read: Clockings(400, today) with PageSize
// 100 and EmptyPages 49 takes 250 pages, 246 of them empty.
func Clockings(n int, today time.Time) *simulator.Tenant {
	return found(today, func(c *company) {
		for i := range n {
			day := today.AddDate(0, 0, i*360/n-359)
			c.clocking(100_000+i, c.people[i%len(c.people)], day.Format(time.DateOnly), punch{minute: 360 + i*37%720, terminal: 765})
		}
	})
}

func found(today time.Time, clockings func(*company)) *simulator.Tenant {
	c := &company{
		tenant: &simulator.Tenant{Options: simulator.Options{Unrecorded: true}},
		rand:   rand.New(rand.NewPCG(8, 5)), //nolint:gosec // the same company every time
	}
	c.calendar(today)
	c.load(once, map[string]string{"started": c.started, "first": c.first})
	c.staff()
	clockings(c)
	c.results()
	c.tenant.Unrecorded = false
	return c.tenant
}

// calendar lists Monday to Friday of the last 28 days.
func (c *company) calendar(today time.Time) {
	ago := func(days int) string { return today.AddDate(0, 0, -days).Format(time.DateOnly) }
	sinceMonday := (int(today.Weekday()) + 6) % 7
	for i := 27; i >= 0; i-- {
		if (i+6-sinceMonday)%7 > 1 { // neither Saturday nor Sunday
			c.days = append(c.days, workday{date: ago(i), index: 27 - i, today: i == 0, week: i <= sinceMonday})
		}
	}
	c.first, c.closed = ago(27), ago(22)
	c.started = strconv.Itoa(today.Year()-2) + "-01-01"
}

// load stores records; words are what $name stands for in them.
func (c *company) load(records string, words map[string]string) {
	var all map[string]map[string]json.RawMessage
	text := os.Expand(records, func(name string) string { return words[name] })
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		panic("company: records that are no JSON: " + err.Error())
	}
	for _, collection := range slices.Sorted(maps.Keys(all)) {
		for _, id := range slices.Sorted(maps.Keys(all[collection])) {
			c.tenant.Put(collection, id, string(all[collection][id]))
		}
	}
}

// put stores a record; format gives its members after id and changeVersion, which are added.
func (c *company) put(collection string, id int, format string, args ...any) {
	c.tenant.Put(collection, strconv.Itoa(id), fmt.Sprintf("{"+format+"}", args...))
}

// around returns a time near another one.
func (c *company) around(minute, spread int) int { return minute + c.rand.IntN(2*spread+1) - spread }

// levels returns the activityLevels of a clocking: a project and one of its tasks.
func levels(n int) string {
	return fmt.Sprintf(`[{"level":1,"activityDefinition":{"id":"a1b2c3d4-0000-4000-8000-00000000%d"}},`+
		`{"level":2,"activityDefinition":{"id":"a1b2c3d4-0000-4000-8000-00000000%d"}}]`, 1001+n%4, 2001+n%4*3)
}
