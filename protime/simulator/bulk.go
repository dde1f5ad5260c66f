package simulator

import (
	"strconv"
	"time"
)

// made is a table whose records are made while they are read and never held: 100,000 clockings cost no
// memory. It takes no writes.
type made struct {
	count   int
	firstID int
	make    func(i int) row
}

func (m *made) row(id string) *row {
	number, err := strconv.Atoi(id)
	if err != nil || number < m.firstID || number >= m.firstID+m.count {
		return nil
	}
	r := m.make(number - m.firstID)
	return &r
}

func (m *made) rowsAfter(after int) func(func(*row, int) bool) {
	return func(yield func(*row, int) bool) {
		for i := after; i < m.count; i++ {
			r := m.make(i)
			if !yield(&r, i+1) {
				return
			}
		}
	}
}

// Clockings is the made-up company with n clockings in place of its own, spread evenly over the 360 days
// that end today. They are made while they are read: the tenant stays small whatever n is, and clockings
// cannot be written.
//
// With PageSize and EmptyPages it is any list that a client may have to walk through: Clockings(400, today)
// with PageSize 100 and EmptyPages 49 takes 250 pages, 246 of them empty.
func Clockings(n int, today time.Time) *Tenant {
	t := Company(today)
	const days = 360
	people := t.IDs("people")
	dates := make([]string, days)
	for i := range dates {
		dates[i] = today.AddDate(0, 0, i-days+1).Format(time.DateOnly)
	}
	clock := func(i int) row {
		date, person := dates[i*days/n], people[i%len(people)]
		minute := strconv.Itoa(360 + i*37%720)
		id := strconv.Itoa(100_000 + i)
		raw := make([]byte, 0, 320)
		for _, part := range []string{
			`{"id":`, id, `,"changeVersion":"0001E7C500000`, strconv.Itoa(1_000_000 + i), `","person":{"id":`, person,
			`},"date":"`, date, `","timeOfDayInMinutes":`, minute, `,"kind":"InOut","terminal":{"id":765},`,
			`"calculatedTimeOfDayInMinutes":`, minute, `,"isGenerated":false,"status":"Active"}`,
		} {
			raw = append(raw, part...)
		}
		return row{id: id, raw: string(raw), date: date, person: person}
	}
	t.tables[clockings] = &table{byID: make(map[string]*row), made: &made{count: n, firstID: 100_000, make: clock}}
	return t
}
