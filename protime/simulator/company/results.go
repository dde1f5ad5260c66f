package company

import "strconv"

// results stores what follows from clockings and plans: assignments of those who register activities, absences
// of those on leave, and what the platform calculates: for some people, Jan and Els among them, on the working
// days of the last seven.
func (c *company) results() {
	for i, p := range c.people {
		if p.activity && !p.gone {
			date := c.days[i%len(c.days)].date
			c.put("assignments", 500+i, `"person":{"id":%d},"from":"%s","until":"%s","startTimeInMinutes":480,`+
				`"endTimeInMinutes":1020,"breakDurationInMinutes":30,"comments":"Morning shift","activityLevels":%s,"isRejected":%t`,
				p.id, date, date, levels(i), i%20 == 4)
		}
		for _, day := range c.days {
			if onLeave(i, day) {
				c.absence(i, p, day)
			} else if (i%4 == 2 || i == els) && day.index > 20 && !c.absent(i, p, day) {
				c.result(i, p, day)
			}
		}
	}
}

func (c *company) absence(i int, p person, day workday) {
	id, definition := 6000+day.index*100+i, 10+i%2
	level := []string{"Approved", "AwaitingApproval", "NotApproved"}[i%3]
	c.put("absences", id, `"person":{"id":%d},"resultingAbsenceDefinition":{"id":%d},"requestedAbsenceDefinition":{"id":%d},`+
		`"date":"%s","startTimeInMinutes":480,"durationInMinutes":456,"calculatedDurationInMinutes":456,"dayPart":"Unknown",`+
		`"request":{"id":"1-%d-%d"},"status":"Manual","approvalLevel":"%s","isLocked":%t,"periodType":"Day"`,
		p.id, definition, definition, day.date, p.id, id, level, day.date <= c.closed)
}

func (c *company) result(i int, p person, day workday) {
	shift, counter, access, present := "51", "72", "AccessOk", c.around(470, 20)
	if p.night {
		shift, counter = "54", "71"
	}
	if i%5 == 0 {
		access = "WrongPinCode"
	}
	c.load(perDay, map[string]string{
		"n": strconv.Itoa(30_000 + day.index*100 + i), "person": strconv.Itoa(p.id), "date": day.date,
		"door": strconv.Itoa(c.around(470, 20)), "access": access, "present": strconv.Itoa(present),
		"flex": strconv.Itoa(present - 456), "balance": strconv.Itoa(c.around(0, 300)), "shift": shift,
		"pause": strconv.Itoa(c.around(38, 7)), "counter": counter, "levels": levels(i + day.index),
	})
}
