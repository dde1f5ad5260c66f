// Package field is one value of a record: the text that a person types and sees, and the JSON that the API takes.
//
// The kinds are a closed set and follow from a field's schema and name by one short table, For. A kind never knows
// the record around it, the language of the page or the network; what cannot be understood comes back as a Problem,
// a message key with arguments.
package field

// Kind is how one value is typed and shown.
type Kind string

// The kinds.
const (
	Text       Kind = "text"       // one line
	Integer    Kind = "integer"    // digits
	Decimal    Kind = "decimal"    // 51.144127, a comma is understood
	Date       Kind = "date"       // 2026-11-17
	Moment     Kind = "moment"     // date-time with its zone, as the API gave it
	Clock      Kind = "clock"      // minutes since midnight of a date, typed as 08:05 with a day before, same or after
	Duration   Kind = "duration"   // minutes, typed as 7:36, perhaps negative
	Choice     Kind = "choice"     // one of an enum
	YesNo      Kind = "yesno"      // true, false or not given
	Reference  Kind = "reference"  // object with id (or external references) of another collection: a picker
	Translated Kind = "translated" // {default, translations}
	Keyed      Kind = "keyed"      // object with freely named string members
	Group      Kind = "group"      // object whose members have inputs of their own
	Rows       Kind = "rows"       // array of objects
	Values     Kind = "values"     // array of plain values
	Raw        Kind = "raw"        // anything else, as JSON
)

// Problem is why a typed text is no value: a message key of Messages and its arguments ("min": "00:00").
type Problem struct {
	Key  string
	Args map[string]string
}

// Typed is what stands in the inputs of one value.
type Typed struct {
	Text string
	Day  string // Clock only: "-1", "0" or "1"
}
