package views

// Week is a person's page of days.
type Week struct {
	Person   string   // name
	Facts    []string // employee number, badge, department
	Back     Link     // to where the person was chosen
	Before   Link     // to the person before, zero at the beginning
	After    Link
	Files    []Link // the days as a file
	Add      string // path of the form of a new clocking, "" where none may be added
	WhyNot   string // why nothing can be changed, "" where it can
	Period   *Period
	Action   string // path that a week is sent to, with Hidden
	Hidden   []Pair
	Current  string // path of this week, "" where it is shown
	Sums     []Part
	Open     string // weekdays that break a rule: "Tue, Thu"; "" for none
	Table    Days
	Failures []string // what could not be read, and why
	Read     string   // when the totals were read
}

// Days is the table of a person's days.
type Days struct {
	Caption string
	Frame   Frame
	Rows    []DayRow
	Places  bool // times can be changed where they stand
	Delete  bool // and clockings be deleted
}

// DayRow is one line of the table.
type DayRow struct {
	Day
	Weekday string // "Mon"
	Short   string // "16 Nov 2026"
	Rest    string // says that nothing is planned or clocked, "" where something is
	Locked  bool   // the period is closed: no changes
	Link    string // path of the page with this day alone
	Totals  []Part // of the day, as Protime calculated them
	Add     Punch  // the place of a further clocking; its Href is "" where none may be added
	Changes []DayChange
}

// DayChange is a change that was made here to a clocking of the day.
type DayChange struct {
	Text string
	Href string // its receipt, "" where it may not be seen
}

// Person is somebody's own page.
type Person struct {
	Name     string
	Facts    []string // as those of Week
	Days     string   // path of this week, "" where clockings may not be read
	Add      string
	Table    *Days // this week; nil where it cannot be read
	Failures []string
	Record   *Record // the fields that may be shown
	Changes  Link    // changes made here about the person, zero where this person may not see them
}
