package company

import (
	"cmp"
	"fmt"
)

// punch is one clocking before it is written.
type punch struct {
	minute    int
	kind      string // "": InOut
	more      string // further members, each with a comma after it
	terminal  int    // 0: none
	status    string // "": Active
	generated bool   // made by the system
}

// mobile is the terminal whose clockings have a place.
const mobile = 769

// clockings stores the clockings day by day. The first of Jan's in today's week is the documentation's example.
func (c *company) clockings() {
	id := 1000 // ends below 8192, so that the next clocking created is 8193
	shown := false
	for _, day := range c.days {
		for i, p := range c.people {
			if c.absent(i, p, day) {
				continue
			}
			punches := c.shift(i, p, day)
			if i == jan && day.week && !shown {
				shown = true
				c.put("clockings", 8192, `"person":{"id":%d},"date":"%s","timeOfDayInMinutes":485,"kind":"InOut",`+
					`"terminal":{"id":765},"geolocation":{"longitude":4.392225,"latitude":51.144127},`+
					`"calculatedTimeOfDayInMinutes":485,"isGenerated":false,"status":"Active","payrollTag":"A-7","ratio":1.50`,
					p.id, day.date)
				punches = punches[1:]
			}
			for _, punch := range punches {
				id++
				c.clocking(id, p, day.date, punch)
			}
		}
	}
}

// absent says who makes no clockings: those who left, those on leave, those who work part of the week.
func (c *company) absent(i int, p person, day workday) bool {
	return p.gone || onLeave(i, day) || i%6 == 5 && i != els && day.index%7 > 2
}

func onLeave(i int, day workday) bool {
	return (i+day.index)%23 == 0 && i != jan && i != els
}

// shift returns what one person punches on one day.
func (c *company) shift(i int, p person, day workday) []punch {
	gate := 765 + p.department%4
	if p.night {
		in, out := c.around(1318, 6), c.around(1804, 8)
		return mistakes(i, day, []punch{{minute: in, terminal: gate}, {minute: out, terminal: gate}})
	}
	in, lunch, out := c.around(480, 18), c.around(725, 15), c.around(995, 30)
	punches := []punch{
		{minute: in, terminal: gate},
		{minute: lunch, terminal: gate},
		{minute: c.around(lunch+38, 7), terminal: gate},
	}
	if p.activity {
		punches = append(punches,
			punch{minute: in + 4, kind: "Activity", more: `"activityLevels":` + levels(i+day.index) + ",", terminal: gate},
			punch{minute: out - 5, kind: "ActivityEnd", terminal: gate})
	}
	if !day.today {
		punches = append(punches, punch{minute: out, terminal: gate})
	}
	if day.today || i == jan || i == els {
		return punches
	}
	return mistakes(i, day, punches)
}

// mistakes changes the punches of some days to what HR has to correct, or already has.
func mistakes(i int, day workday, punches []punch) []punch {
	first, last := &punches[0], len(punches)-1
	switch turn := (i*7 + day.index*11) % 41; {
	case turn == 0: // a forgotten clock-out
		return punches[:last]
	case turn == 1: // a double punch
		return append(punches, punch{minute: first.minute + 1, terminal: first.terminal})
	case turn == 2: // the wrong terminal
		first.terminal = 768
	case turn == 3: // edited by hand
		first.more = fmt.Sprintf(`"originalTimeOfDayInMinutes":%d,`, first.minute+7)
	case turn == 4: // deleted by hand
		return append(punches, punch{minute: first.minute - 2, terminal: mobile, status: "Deleted"})
	case turn == 5: // made by the system in place of a forgotten one
		punches[last].generated = true
		punches[last].terminal = 0
	case turn == 6 && last > 1: // at the doctor's
		return append(punches, punch{minute: 600, kind: "Reason", more: `"reason":{"id":12},"isOpen":false,`, terminal: first.terminal},
			punch{minute: 675, terminal: first.terminal})
	case turn == 7 && last > 1: // a smoking break
		return append(punches, punch{minute: 890, kind: "Reason", more: `"reason":{"id":14},"isOpen":false,`, terminal: first.terminal},
			punch{minute: 899, terminal: first.terminal})
	case turn == 8 && last == 1: // a night that was forced onto the next day
		first.minute -= 1440
		punches[last].minute -= 1440
	}
	return punches
}

func (c *company) clocking(id int, p person, date string, punch punch) {
	kind, status, more, end := cmp.Or(punch.kind, "InOut"), cmp.Or(punch.status, "Active"), punch.more, ""
	if punch.terminal > 0 {
		more += fmt.Sprintf(`"terminal":{"id":%d},`, punch.terminal)
	}
	if punch.terminal == mobile {
		more += `"geolocation":{"longitude":4.392225,"latitude":51.144127},`
	}
	if id%50 == 0 { // members that are not in the published fields
		end = fmt.Sprintf(`,"payrollTag":"P%d","ratio":1.50`, id%9)
	}
	c.put("clockings", id, `"person":{"id":%d},"date":"%s","timeOfDayInMinutes":%d,"kind":"%s",`+more+
		`"calculatedTimeOfDayInMinutes":%d,"isGenerated":%t,"status":"%s"`+end,
		p.id, date, punch.minute, kind, punch.minute, punch.generated, status)
}
