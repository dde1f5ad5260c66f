// Package contract is the Protime API as data: the OpenAPI document contract.yaml, parsed once at start into
// collections, fields, verbs, filters and scopes. Forms, lists, validation and the simulator derive from
// these values; adding a collection to the product is adding a path to the document.
//
// Nothing of the OpenAPI library is reachable from the values here, and nothing of it is on a request's path.
package contract

// Verb is what one may do with a collection. The zero value is no verb.
type Verb string

// The verbs that a collection can offer, with the HTTP method each one is sent as.
const (
	List    Verb = "list"    // GET of the collection
	Read    Verb = "read"    // GET of one record
	Create  Verb = "create"  // POST to the collection
	Replace Verb = "replace" // PUT of the full record
	Delete  Verb = "delete"  // DELETE of one record
)

// Contract is one parsed document.
type Contract struct {
	Title       string
	Version     string
	Base        string        // path of the API's base: "/connector/protimeapi/api/v1"
	AllScopes   []string      // what Scopes answers
	Collections []*Collection // in the document's order

	byName map[string]*Collection
	root   *node
}

// Collection is one kind of records: its paths, what may be done, and what a record looks like.
type Collection struct {
	// Name is unique in a contract and the key of labels, WRITABLE and the audit log: "clockings",
	// "activity-definitions", "usages", "restrictions", "department-history", "department-histories".
	Name string
	// Path is the template of the list, ItemPath of one record; "" when the API has none.
	// Both are relative to the API's base: "/clockings", "/clockings/{id}".
	Path     string
	ItemPath string
	// Parent is the name of the collection whose records this one belongs to: on usages,
	// "activity-definitions"; "" for most.
	Parent string
	// Params are the path parameters of ItemPath (or Path, when there is no item) in order; for a collection
	// with items the last one is the record's own id or reference.
	Params []Param

	Operations map[Verb]*Operation // what the API offers; a verb that is absent is not offered
	Fields     []Field             // a record as GET shows it and as POST and PUT take it, in the document's order
	Filters    []Filter

	// Predefined are the names of read-only external references (`@badge-number`) that address a record.
	Predefined []string
	// Referable says that custom external references exist for the collection.
	Referable bool
	// Upsert says that PUT with an external reference as the last path element creates the record when there
	// is none.
	Upsert bool
	// Rows is the member that holds the rows where the list answers one object rather than {value, nextLink}:
	// "usages", "restrictions". Such an object is a document of its parent, without an id.
	Rows string
	// Key are the fields that together name one row of a Rows collection whose rows are written one by one
	// (usages); their values joined by "~" are the row's id in page paths. PUT and DELETE go to Path with a
	// JSON body.
	Key []string
	// ReplacesRows says that PUT sends the rows of a Rows collection as one top-level array (restrictions).
	ReplacesRows bool
	// Identity are the fields by which an unanswered create is looked up: person.id, date,
	// timeOfDayInMinutes, kind.
	Identity []string
	// Title are the fields that name a record to a person, most telling first.
	Title []string
	// First are the fields that stand first in a form and stay in view; where there are any, the others are folded. A
	// field with Preset is filled in a new form. Both are choices of this product and no facts of the API.
	First  []string
	Preset map[string]string
	// SoftDelete is the value of `status` that a deleted record keeps in lists ("Deleted"); "" when records
	// go away.
	SoftDelete string
	// Secret names members of an answer that are shown once and never logged (a webhook's key).
	Secret []string
	// Public names the only members that may be read, where a record holds personal data (people); every
	// other member, known or not, is dropped while decoding. nil: all.
	Public []string
	// Assumed says that no page documents the collection at all (x-record: inferred): its scope is asked for only
	// where somebody switched it on.
	Assumed bool
	// Description says in a sentence what a record is.
	Description string
	// Inferred says why the collection's existence is an assumption; "" when it is documented.
	Inferred string

	list, item         template
	byPath             map[string]*Field
	writable, readOnly []Field
}

// Param is one path parameter.
type Param struct {
	Name   string // as in the template, without braces
	Type   string // "string" or "integer"
	Format string // "uuid" or ""
}

// Operation is one verb of a collection.
type Operation struct {
	Verb    Verb
	Method  string     // GET, POST, PUT or DELETE
	Path    string     // template
	Scopes  [][]string // alternatives; each is a set of scopes that are needed together
	Success []int      // documented statuses of success
	// Body describes the request body where it differs from Collection.Fields (usages); nil otherwise.
	Body []Field
	// Query are the query parameters beside filter and continuationToken: "expand", "externalReferences",
	// "delta".
	Query  []string
	Source string // page of the API's documentation
	// Inferred says why the operation, or its answer, is an assumption; "" when it is documented.
	Inferred string

	path template
}

// Field is one member of a record.
type Field struct {
	Name string // the member's name
	// Path is the place in a record with "." between members and "[]" after an array:
	// "person.id", "activityLevels[].level".
	Path        string
	Type        string // "string", "integer", "number", "boolean", "object", "array"
	Format      string // "date", "date-time", "uuid", "uri", ... or ""
	Description string
	Required    bool
	ReadOnly    bool
	Nullable    bool
	// ForcesDay says that a time outside the day itself forces the day that it counts for, where the schedule
	// would assign it (x-forces-day): a form warns of it.
	ForcesDay  bool
	CreateOnly bool // used only when a record is created (x-create-only): an activity definition's parent
	Enum       []string
	Minimum    *float64
	Maximum    *float64
	MaxLength  int // 0: no limit
	// MayBeEmpty says that an empty text is a value too, whatever the format says: an open end.
	MayBeEmpty bool
	// Ref is the collection that an object with `id` refers to: on `person`, "people".
	Ref string
	// Needed says that a field which When limits must be filled where the kind takes it (x-needed): that is inferred,
	// since no page says that it is required.
	Needed bool
	// When limits a field to records of a kind: {"kind": {"Reason"}}; nil: always.
	When map[string][]string
	// Fields are the members of an object, or of the elements of an array of objects.
	Fields []Field
	// Item describes the elements of an array of plain values; nil otherwise.
	Item *Field
	// Keyed says that the object's members are named freely (translations, externalReferences); their values
	// are strings.
	Keyed bool
	// From and To are for bodies of Rows collections (x-from, x-to): the member takes the row's field as it was
	// (originalFrom: from) or as it shall be (updatedFrom: from).
	From, To string
	// Personal marks data that is dropped while decoding, wherever it would go (x-personal).
	Personal bool
	Inferred string // why the fact is an assumption; "" when documented
	Widget   string // x-widget: overrides the rule table of package field
}

// Filter is one condition that a list takes.
type Filter struct {
	Name      string   // identifier in the expression: "date", "person", "counter-definitions"
	Operators []string // of eq, ge, le, in
	Type      string   // "date", "integer", "string", "boolean"
	Required  bool
	MaxYears  int    // longest range between ge and le in years, 0: no limit
	Multiple  bool   // `or` is allowed on it
	Field     string // path of the field that it compares: "person.id", "from"
	Enum      []string
	Ref       string   // collection that the values are ids of
	Lists     []string // named lists that `in` takes: "circle", "org-group"
}
