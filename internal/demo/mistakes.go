package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"protime-admin/protime/simulator"
)

// clocking is what a mistake needs to know of one.
type clocking struct {
	ID                                int
	Person                            struct{ ID int }
	Date, Kind, Status, ApprovalLevel string
	TimeOfDayInMinutes                int
}

// mistakes adds to the company what its own mistakes lack, in the seven days before today: two days without a clock-in, one
// without a break, and one of somebody who was on leave.
func mistakes(t *simulator.Tenant, today time.Time) {
	since, until := today.AddDate(0, 0, -7).Format(time.DateOnly), today.Format(time.DateOnly)
	recent := func(collection string) (all []clocking) {
		for _, id := range t.IDs(collection) {
			record, _ := t.Get(collection, id)
			var c clocking
			if json.Unmarshal([]byte(record), &c) == nil && c.Date >= since && c.Date < until {
				all = append(all, c)
			}
		}
		return all
	}
	days := map[string][]clocking{}
	var order []string
	for _, c := range recent("clockings") {
		day := c.Date + strconv.Itoa(c.Person.ID)
		if days[day] == nil {
			order = append(order, day)
		}
		days[day] = append(days[day], c)
	}
	made := 0
	for _, day := range order {
		times := days[day]
		whole := len(times) == 4 && !slices.ContainsFunc(times, func(c clocking) bool { return c.Kind != "InOut" || c.Status != "Active" })
		if !whole || times[0].Person.ID%10 != 4 { // one of ten people
			continue
		}
		switch made++; made {
		case 1, 2:
			t.Remove("clockings", strconv.Itoa(times[0].ID))
		case 3:
			t.Remove("clockings", strconv.Itoa(times[1].ID))
			t.Remove("clockings", strconv.Itoa(times[2].ID))
			t.Edit("clockings", strconv.Itoa(times[3].ID), fmt.Sprintf(`{"timeOfDayInMinutes":%d,"calculatedTimeOfDayInMinutes":%[1]d}`,
				times[0].TimeOfDayInMinutes+13*60+10))
		}
	}
	for _, absence := range recent("absences") {
		if absence.ApprovalLevel != "Approved" {
			continue
		}
		for i, minute := range []int{544, 680} {
			id := strconv.Itoa(901 + i) // below those of the company: the next one created is 8193 there
			t.Put("clockings", id, fmt.Sprintf(`{"id":%s,"person":{"id":%d},"date":"%s","timeOfDayInMinutes":%d,"kind":"InOut",`+
				`"terminal":{"id":765},"calculatedTimeOfDayInMinutes":%[4]d,"isGenerated":false,"status":"Active"}`,
				id, absence.Person.ID, absence.Date, minute))
		}
		break
	}
}
