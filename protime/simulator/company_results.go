package simulator

import "strconv"

// planning seeds assignments and absences.
func (c *company) planning() {
	for i, p := range c.people {
		if p.activity && !p.gone {
			day := c.days[i%len(c.days)]
			c.begin(500+i).ref("person", p.id).string("from", day.date).string("until", day.date).
				int("startTimeInMinutes", 480).int("endTimeInMinutes", 1020).int("breakDurationInMinutes", 30).
				string("comments", "Morning shift").raw("activityLevels", levels(i)).bool("isRejected", i%20 == 4).
				end(assignments, 500+i, day.date, p.key)
		}
		for _, day := range c.days {
			if onLeave(i, day) {
				c.absence(i, p, day)
			}
		}
	}
}

func (c *company) absence(i int, p person, day workday) {
	id := 6000 + day.index*100 + i
	definition := 10 + i%2
	c.begin(id).ref("person", p.id).ref("resultingAbsenceDefinition", definition).ref("requestedAbsenceDefinition", definition).
		string("date", day.date).int("startTimeInMinutes", 480).int("durationInMinutes", 456).
		int("calculatedDurationInMinutes", 456).string("dayPart", "Unknown").
		raw("request", `{"id":"1-`+p.key+`-`+strconv.Itoa(id)+`"}`).string("status", "Manual").
		string("approvalLevel", []string{"Approved", "AwaitingApproval", "NotApproved"}[i%3]).
		bool("isLocked", day.date <= c.closed).string("periodType", "Day").end("absences", id, day.date, p.key)
}

// results seeds what the platform calculates from clockings: here it is made up beside them.
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
	id := 30_000 + day.index*100 + i
	present, shift := c.around(470, 20), 51
	if p.night {
		shift = 54
	}
	c.begin(id).ref("person", p.id).string("date", day.date).int("normalTimeDurationInMinutes", 456).
		int("timePresentDurationInMinutes", present).int("calculatedPresenceDurationInMinutes", present).
		int("weeklyHours1DurationInMinutes", 2280).int("weeklyHours2DurationInMinutes", 0).
		int("weeklyHours3DurationInMinutes", 0).int("payPeriodHoursDurationInMinutes", 9120).
		int("flextimeDurationInMinutes", present-456).int("flextimeBalanceInMinutes", c.around(0, 300)).
		ref("shiftDefinition", shift).end("calculated-totals", id, day.date, p.key)
	c.begin(id).ref("person", p.id).string("date", day.date).int("durationInMinutes", present)
	if p.night {
		c.ref("shiftDefinition", shift)
	}
	c.end("paid-presences", id, day.date, p.key)
	if i%3 == 0 {
		c.begin(id).ref("person", p.id).ref("breakDefinition", 61).string("date", day.date).
			int("calculatedDurationInMinutes", 30).int("clockedDurationInMinutes", c.around(38, 7)).
			int("startTimeInMinutes", 690).int("endTimeInMinutes", 810).bool("isBreakTaken", true).
			end("breaks", id, day.date, p.key)
	}
	if i%20 == day.index%20 {
		c.begin(id).ref("person", p.id).string("date", day.date).int("durationInMinutes", 12).int("startTimeInMinutes", 630).
			int("endTimeInMinutes", 642).end("work-interruptions", id, day.date, p.key)
	}
	if i%4 == 0 || p.night {
		c.counter(id, p, day, shift)
	}
	if p.activity {
		c.begin(id).ref("person", p.id).string("date", day.date).int("durationInMinutes", present).
			raw("activityLevels", levels(i+day.index)).raw("counterDefinitions", `[{"id":72},{"id":73}]`).string("status", "Auto").
			bool("isAuthorized", true).end("activity-durations", id, day.date, p.key)
	}
}

func (c *company) counter(id int, p person, day workday, shift int) {
	definition := 72
	if p.night {
		definition = 71
	}
	c.begin(id).ref("person", p.id).ref("counterDefinition", definition).string("date", day.date).
		int("startTimeInMinutes", 480).int("endTimeInMinutes", 1020).int("durationInMinutes", 60).int("numberOfInstances", 1).
		ref("shiftDefinition", shift).string("status", "Auto").bool("isAuthorized", true).string("periodType", "Day").
		end("counters", id, day.date, p.key)
}

// subscriptions seeds one webhook.
func (c *company) subscriptions() {
	const id = "a7d853ea-89eb-4735-83d1-b891c6fde398"
	c.t.table(webhooks).put(id, `{"id":"`+id+`","validUntil":"2099-03-31T12:30:00+02:00","status":"Enabled",`+
		`"destinationUrl":"https://hooks.vermeulen.example/protime/clockings","collectionName":"clockings"}`)
}
