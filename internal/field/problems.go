package field

// Keys of the problems that a person can have with an input, of this package and of package form. The arguments are
// named behind them; every catalog has a sentence for each.
const (
	ProblemRequired          = "problem.required"
	ProblemTime              = "problem.time"
	ProblemDay               = "problem.day"
	ProblemTimeRange         = "problem.time-range" // min, max
	ProblemDuration          = "problem.duration"
	ProblemDurationAmbiguous = "problem.duration-ambiguous" // hours ("7:36"), minutes ("736")
	ProblemDate              = "problem.date"
	ProblemNoDay             = "problem.no-day" // days: a date of which the month has no more
	ProblemMoment            = "problem.moment"
	ProblemInteger           = "problem.integer"
	ProblemNumber            = "problem.number"
	ProblemRange             = "problem.range"   // min, max
	ProblemMinimum           = "problem.minimum" // min
	ProblemMaximum           = "problem.maximum" // max
	ProblemChoice            = "problem.choice"
	ProblemTooLong           = "problem.too-long" // max, length
	ProblemGUID              = "problem.guid"
	ProblemID                = "problem.id"
	ProblemAddress           = "problem.address"
	ProblemJSON              = "problem.json"
	ProblemExternal          = "problem.external"      // a reference without its name or its value
	ProblemExternalName      = "problem.external-name" // name, names
	ProblemNotFound          = "problem.not-found"     // text
	ProblemSeveral           = "problem.several"       // text, count
	ProblemKey               = "problem.key"           // a value without a name
	ProblemKeyTwice          = "problem.key-twice"     // name
	ProblemTooMany           = "problem.too-many"      // max: of the entries of a Keyed value
	ProblemPick              = "problem.pick"          // a conflict that was not decided
	ProblemAPI               = "problem.api"           // text, in the API's words
)

// Problems lists every key, for the tests of the catalogs.
func Problems() []string {
	return []string{
		ProblemRequired, ProblemTime, ProblemDay, ProblemTimeRange, ProblemDuration, ProblemDurationAmbiguous,
		ProblemDate, ProblemNoDay, ProblemMoment, ProblemInteger, ProblemNumber, ProblemRange, ProblemMinimum, ProblemMaximum,
		ProblemChoice, ProblemTooLong, ProblemGUID, ProblemID, ProblemAddress, ProblemJSON, ProblemExternal,
		ProblemExternalName, ProblemNotFound, ProblemSeveral, ProblemKey, ProblemKeyTwice, ProblemTooMany, ProblemPick, ProblemAPI,
	}
}
