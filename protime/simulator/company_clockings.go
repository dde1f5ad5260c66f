package simulator

import "strconv"

// punch is one clocking before it is written.
type punch struct {
	minute    int
	kind      string // "": InOut
	reason    int
	levels    string
	terminal  int
	original  int    // the time before somebody edited it; 0: nobody did
	status    string // "": Active
	generated bool
}

// The two people of the examples, by their place in the list of names: every story begins with them, so
// they are always there and their days are plain.
const (
	jan = 46
	els = 47
)

// clock seeds the clockings day by day, with the mishaps that HR corrects.
func (c *company) clock() {
	id := 1000 // far enough from 8192, which is the last one
	shown := false
	for _, day := range c.days {
		for i, p := range c.people {
			if c.absent(i, p, day) {
				continue
			}
			punches := c.shift(i, p, day)
			if i == jan && day.week && !shown {
				shown = true
				c.example(p, day)
				punches = punches[1:]
			}
			for _, punch := range punches {
				id++
				c.punch(id, p, day, punch)
			}
		}
		c.accesses(day)
	}
}

// absent keeps people away: those who left, those on leave, those who work part of the week.
func (c *company) absent(i int, p person, day workday) bool {
	return p.gone || onLeave(i, day) || i%6 == 5 && i != els && day.index%7 > 2
}

func onLeave(i int, day workday) bool {
	return (i+day.index)%23 == 0 && i != jan && i != els
}

// shift is what one person punches on one day.
func (c *company) shift(i int, p person, day workday) []punch {
	gate := 765 + p.department%4
	if p.night {
		in, out := c.around(1318, 6), c.around(1804, 8)
		return c.mishaps(i, day, []punch{{minute: in, terminal: gate}, {minute: out, terminal: gate}})
	}
	in, lunch, out := c.around(480, 18), c.around(725, 15), c.around(995, 30)
	punches := []punch{
		{minute: in, terminal: gate},
		{minute: lunch, terminal: gate},
		{minute: c.around(lunch+38, 7), terminal: gate},
	}
	if p.activity {
		punches = append(punches,
			punch{minute: in + 4, kind: "Activity", levels: levels(i + day.index), terminal: gate},
			punch{minute: out - 5, kind: "ActivityEnd", terminal: gate})
	}
	if !day.today {
		punches = append(punches, punch{minute: out, terminal: gate})
	}
	if day.today || i == jan || i == els {
		return punches
	}
	return c.mishaps(i, day, punches)
}

// mishaps spoils some days.
func (c *company) mishaps(i int, day workday, punches []punch) []punch {
	last := len(punches) - 1
	switch turn := (i*7 + day.index*11) % 41; {
	case turn == 0: // a forgotten clock-out
		return punches[:last]
	case turn == 1: // a double punch
		return append(punches, punch{minute: punches[0].minute + 1, terminal: punches[0].terminal})
	case turn == 2: // the wrong terminal
		punches[0].terminal = 768
	case turn == 3: // edited by hand
		punches[0].original = punches[0].minute + 7
	case turn == 4: // deleted by hand
		return append(punches, punch{minute: punches[0].minute - 2, terminal: 769, status: "Deleted"})
	case turn == 5: // made by the system in place of a forgotten one
		punches[last].generated = true
		punches[last].terminal = 0
	case turn == 6 && last > 1:
		return append(punches, punch{minute: 600, kind: "Reason", reason: doctor, terminal: punches[0].terminal},
			punch{minute: 675, terminal: punches[0].terminal})
	case turn == 7 && last > 1:
		return append(punches, punch{minute: 890, kind: "Reason", reason: smoking, terminal: punches[0].terminal},
			punch{minute: 899, terminal: punches[0].terminal})
	case turn == 8 && last == 1: // a night that was forced onto the next day
		punches[0].minute -= 1440
		punches[last].minute -= 1440
	}
	return punches
}

func (c *company) punch(id int, p person, day workday, punch punch) {
	kind := punch.kind
	if kind == "" {
		kind = "InOut"
	}
	c.begin(id).ref("person", p.id).string("date", day.date).int("timeOfDayInMinutes", punch.minute).string("kind", kind)
	if punch.reason > 0 {
		c.ref("reason", punch.reason).bool("isOpen", false)
	}
	if punch.levels != "" {
		c.raw("activityLevels", punch.levels)
	}
	if punch.terminal > 0 {
		c.ref("terminal", punch.terminal)
	}
	if punch.terminal == 769 {
		c.raw("geolocation", `{"longitude":4.392225,"latitude":51.144127}`)
	}
	if punch.original > 0 {
		c.int("originalTimeOfDayInMinutes", punch.original)
	}
	status := punch.status
	if status == "" {
		status = "Active"
	}
	c.int("calculatedTimeOfDayInMinutes", punch.minute).bool("isGenerated", punch.generated).string("status", status)
	if id%50 == 0 {
		c.string("payrollTag", "P"+strconv.Itoa(id%9)).raw("ratio", "1.50")
	}
	c.end(clockings, id, day.date, p.key)
}

// example is the clocking of the guide to creating, updating and deleting.
func (c *company) example(p person, day workday) {
	c.begin(8192).ref("person", p.id).string("date", day.date).int("timeOfDayInMinutes", 485).string("kind", "InOut").
		ref("terminal", 765).raw("geolocation", `{"longitude":4.392225,"latitude":51.144127}`).
		int("calculatedTimeOfDayInMinutes", 485).bool("isGenerated", false).string("status", "Active").
		string("payrollTag", "A-7").raw("ratio", "1.50").end(clockings, 8192, day.date, p.key)
}

// accesses seeds some doors.
func (c *company) accesses(day workday) {
	for i := day.index % 4; i < len(c.people); i += 9 {
		id := 20_000 + day.index*100 + i
		status := "AccessOk"
		if i%5 == 0 {
			status = "WrongPinCode"
		}
		c.begin(id).ref("person", c.people[i].id).string("date", day.date).int("timeOfDayInMinutes", c.around(470, 20)).
			ref("terminal", 765).string("status", status).end("access-clockings", id, day.date, c.people[i].key)
	}
}
