package views

// Value is one value of a record, formatted. Parts are the members of an object, or the elements of a list with "" as Name.
type Value struct {
	Text   string
	Detail string // beside it, softer: an employee number
	Href   string // page of the record that it names, without the prefix
	Strong bool   // what the eye looks for: a time
	Parts  []Part
}

// Part is one member of an object or element of a list.
type Part struct {
	Name  string
	Value Value
}

// Empty says that there is nothing to show.
func (v Value) Empty() bool { return v.Text == "" && len(v.Parts) == 0 }
