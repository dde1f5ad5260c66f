package views

// Record is one record with all that may be read of it.
type Record struct {
	Heading string // "Clocking 8192"
	Name    string // "08:05, Els Peeters, Mon 5 Jan 2026"
	Tags    []Tag
	List    Link // back to the collection
	Fields  []Part
	Unknown []Part // members that the contract does not know
	Raw     string // indented JSON
	Related []Link
	Edit    string // paths; "" when it may not
	Delete  string
	Again   string
	Like    string   // path of the form that adds another one with these values, ""
	WhyNot  []string // sentences
	History string   // path of the record's own changes, "" when it may not be seen
}
