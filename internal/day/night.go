package day

// A night is decided from the two dates beside the midnight alone, so that both dates, judged on their own with
// different neighbours, decide the same: each active clocking then stands in exactly one stretch of one date.

// What a date costs that takes its turns in one way. The smallest sum decides whether a midnight is crossed. A clocking
// without a partner may still have one on the far side of the two dates, so it costs less than a stretch that is too
// long, which is wrong on any reading.
const (
	costCrossing = 1
	costAlone    = 10
	costTooLong  = 15
)

// eveningFrom is the minute from which an in may begin a night that is longer than a stretch should be.
const eveningFrom = 18 * 60

// crosses reports whether the last touch of one date and the first of the next are an in and its out. Both dates are
// given without the touches that come too soon.
func (j *judgement) crosses(earlier, later []touch) bool {
	if len(earlier) == 0 || len(later) == 0 {
		return false
	}
	in, out := earlier[len(earlier)-1], later[0]
	length, crossing := out.at-in.at, costCrossing
	if length > j.maxStretch { // a night for all that, where it begins in the evening and ends in the morning
		if length > j.maxStretch+j.maxStretch/4 || in.Minute < eveningFrom || out.Minute >= minutesOfDay/2 {
			return false
		}
		crossing += costTooLong
	}
	if length <= 0 {
		return false
	}
	// One clocking alone could be both the out of a night and the in of the next: before noon it is an out.
	if len(earlier) == 1 && in.Minute < minutesOfDay/2 || len(later) == 1 && out.Minute >= minutesOfDay/2 {
		return false
	}
	crossed := crossing + j.cost(earlier[:len(earlier)-1]) + j.cost(later[1:])
	return crossed < j.cost(earlier)+j.cost(later)
}

// cost is the least that the touches of a date cost that take turns among themselves.
func (j *judgement) cost(row []touch) int {
	n := len(row)
	if n%2 == 1 {
		return costAlone + min(j.tooLong(row[1:]), j.tooLong(row[:n-1]))
	}
	cost := j.tooLong(row)
	if n > 1 {
		cost = min(cost, 2*costAlone+j.tooLong(row[1:n-1]))
	}
	return cost
}

// tooLong is what the stretches of a row cost that takes turns from the first touch on.
func (j *judgement) tooLong(row []touch) int {
	cost := 0
	for i := 0; i+1 < len(row); i += 2 {
		if row[i+1].at-row[i].at > j.maxStretch {
			cost += costTooLong
		}
	}
	return cost
}
