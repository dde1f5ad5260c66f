package company

// planning stores assignments and absences.
func (c *company) planning() {
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

// results stores what the platform calculates from clockings. The numbers are made up: they do not follow from
// the clockings of the day.
func (c *company) results() {
	for _, day := range c.days {
		for i, p := range c.people {
			if !c.absent(i, p, day) {
				c.result(i, p, day)
			}
		}
	}
}

func (c *company) result(i int, p person, day workday) {
	id, present := 30_000+day.index*100+i, c.around(470, 20)
	shift, definition, paid := 51, 72, ""
	if p.night {
		shift, definition, paid = 54, 71, `,"shiftDefinition":{"id":54}`
	}
	c.put("calculated-totals", id, `"person":{"id":%d},"date":"%s","normalTimeDurationInMinutes":456,`+
		`"timePresentDurationInMinutes":%d,"calculatedPresenceDurationInMinutes":%d,"weeklyHours1DurationInMinutes":2280,`+
		`"weeklyHours2DurationInMinutes":0,"weeklyHours3DurationInMinutes":0,"payPeriodHoursDurationInMinutes":9120,`+
		`"flextimeDurationInMinutes":%d,"flextimeBalanceInMinutes":%d,"shiftDefinition":{"id":%d}`,
		p.id, day.date, present, present, present-456, c.around(0, 300), shift)
	c.put("paid-presences", id, `"person":{"id":%d},"date":"%s","durationInMinutes":%d`+paid, p.id, day.date, present)
	if i%3 == 0 {
		c.put("breaks", id, `"person":{"id":%d},"breakDefinition":{"id":61},"date":"%s","calculatedDurationInMinutes":30,`+
			`"clockedDurationInMinutes":%d,"startTimeInMinutes":690,"endTimeInMinutes":810,"isBreakTaken":true`,
			p.id, day.date, c.around(38, 7))
	}
	if i%20 == day.index%20 {
		c.put("work-interruptions", id, `"person":{"id":%d},"date":"%s","durationInMinutes":12,"startTimeInMinutes":630,`+
			`"endTimeInMinutes":642`, p.id, day.date)
	}
	if i%4 == 0 || p.night {
		c.put("counters", id, `"person":{"id":%d},"counterDefinition":{"id":%d},"date":"%s","startTimeInMinutes":480,`+
			`"endTimeInMinutes":1020,"durationInMinutes":60,"numberOfInstances":1,"shiftDefinition":{"id":%d},"status":"Auto",`+
			`"isAuthorized":true,"periodType":"Day"`, p.id, definition, day.date, shift)
	}
	if p.activity {
		c.put("activity-durations", id, `"person":{"id":%d},"date":"%s","durationInMinutes":%d,"activityLevels":%s,`+
			`"counterDefinitions":[{"id":72},{"id":73}],"status":"Auto","isAuthorized":true`,
			p.id, day.date, present, levels(i+day.index))
	}
}
