package day

import "time"

// Rule is the name of a rule, as RULE_OFF and messages have it.
type Rule string

// The rules, in the order in which findings are told. The package comment says what each is.
const (
	OddCount          Rule = "odd-count"
	TooClose          Rule = "too-close"
	LongStretch       Rule = "long-stretch"
	Overlap           Rule = "overlap"
	OnAbsence         Rule = "on-absence"
	OutsideEmployment Rule = "outside-employment"
	BySystem          Rule = "by-system"
	NoClocking        Rule = "no-clocking"
)

// AllRules returns every rule in order.
func AllRules() []Rule {
	return []Rule{OddCount, TooClose, LongStretch, Overlap, OnAbsence, OutsideEmployment, BySystem, NoClocking}
}

// Rules are the thresholds. The zero value takes the defaults.
type Rules struct {
	MinGap     time.Duration // between two clockings; 0: 2 minutes
	MaxStretch time.Duration // from an in to its out; 0: 12 hours
	Off        []Rule        // not applied
}

// The defaults, in minutes.
const (
	defaultMinGap     = 2
	defaultMaxStretch = 12 * 60
)

func (r Rules) minGap() int {
	if r.MinGap <= 0 {
		return defaultMinGap
	}
	return int(r.MinGap / time.Minute)
}

func (r Rules) maxStretch() int {
	if r.MaxStretch <= 0 {
		return defaultMaxStretch
	}
	return int(r.MaxStretch / time.Minute)
}

// Direction is that of a clocking, as inferred.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Finding is a rule that a date breaks.
type Finding struct {
	Rule      Rule
	Clockings []string // ids of those it is about, in order of time; none for no-clocking
	// Minutes is the gap of too-close and the length of long-stretch and overlap.
	Minutes int
	Missing Direction // of odd-count; "" where neither a plan nor usual times tell
	// SameTerminal says that both clockings of too-close are of one terminal.
	SameTerminal bool
	// Absence is the id of the absence of on-absence.
	Absence string
}

// Action is what a correction does.
type Action string

// The actions.
const (
	Add    Action = "add"    // a clocking at Likely.Minute
	Delete Action = "delete" // Likely.Clocking
)

// Source says where a likely correction comes from.
type Source string

// The sources, best first.
const (
	Planned     Source = "planned"      // start or end of an assignment
	Habit       Source = "usual"        // the person's usual time: see Likely.Days
	SecondTouch Source = "second-touch" // the clocking repeats the one before it
)

// Likely is what probably corrects a date.
type Likely struct {
	Do       Action
	Minute   int    // of Add: minutes since midnight of the date
	Clocking string // of Delete: its id
	Source   Source
	Days     int  // of Habit: how many days the time is the median of
	Weekday  bool // of Habit: those are the same day of the week
}
