package worklist

// track is how far one collection is read. Positions are those in scan.dates.
type track struct {
	at     int         // the next date to ask for
	limit  int         // the date after the last
	done   int         // every date before it is read
	span   int         // how many dates the next list asks for
	perDay int         // records of a date, by the last list
	ended  map[int]int // periods that were read before an earlier one: from -> until
}

// period is the dates from one to the day before another, as positions in scan.dates.
type period struct{ from, until int }

// Lists of about so many records are short enough to judge soon, and long enough to fill pages of a thousand.
const recordsOfList = 2000

// newTrack reads from a date on. Its first list is of one date where it is not known how many people there are.
func newTrack(from, limit, people int) *track {
	const perDay = 3 // records a person has a day
	t := &track{at: from, limit: limit, done: from, span: 1, ended: map[int]int{}}
	if people > 0 {
		t.span = max(1, recordsOfList/(perDay*people))
	}
	return t
}

// next is the period that the next list asks for.
func (t *track) next() period {
	p := period{t.at, min(t.at+t.span, t.limit)}
	t.at = p.until
	return p
}

// mayRead reports whether a list may be asked for while a date is judged next: what is read ahead is in memory.
func (t *track) mayRead(judged int) bool { return t.at < t.limit && t.at <= judged+max(4, 2*t.span) }

// read notes that a period was read, and sets the span of the next list by how much this one held.
func (t *track) read(p period, rows int) {
	t.ended[p.from] = p.until
	for until, ok := t.ended[t.done]; ok; until, ok = t.ended[t.done] {
		delete(t.ended, t.done)
		t.done = until
	}
	t.perDay = (rows + p.until - p.from - 1) / (p.until - p.from)
	t.span = max(1, recordsOfList/max(1, t.perDay))
}
