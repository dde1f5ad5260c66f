package views

// Banner is the last change, drawn on the page that its form redirected to.
type Banner struct {
	Tone       string   // "good", "warn" or "bad"
	Title      string   // "Jan Maes, Mon 16 Nov 2026: 08:05 → 08:00"
	Sentence   string   // what Title leaves open: "Clocking 8192 of Jan Maes: Time 08:05 → 08:00."
	Notes      []string // how the outcome is known, what was left out, ...
	Standing   Pointers
	Status     string   // "200 OK", or the word for an answer that never came
	Location   Link     // the new record; zero when the answer had no Location
	NoLocation bool     // say that the answer had no Location header
	Differs    []string // what Protime has otherwise than it was sent
	Calculated []string // what Protime calculated of it
	Undo       string   // path, "" when it cannot be undone
	UndoID     string   // of the form that takes it back at once, "" where a page asks first
	UndoWhy    string   // the reason of that form where one is required, "" where none is known: then a page asks
	Check      string   // path, "" when the outcome is known
	Receipt    string   // path
	Call       *Call
}

// Link is a link within the product. Href has no prefix; "" is no link.
type Link struct {
	Text, Href string
}

// Pointers are a sentence and its links; the zero value is none.
type Pointers struct {
	Text  string
	Links []Link
}

// Call is one request to Protime and its answer, without secrets.
type Call struct {
	Method, URL  string
	RequestBody  string // indented JSON
	Status       string // "200 OK", "" when no answer came
	Header       []Pair
	Body         string // indented when it is JSON
	Milliseconds string
	Curl         string // with the token masked
}

// Pair is a name and its value, both ready to show.
type Pair struct {
	Name, Value string
}

// Failure is why a page could not do what was asked: a plain sentence and the next step.
type Failure struct {
	Title   string
	Text    string
	Steps   []string
	Reasons []string // what Protime said, as it said it
	Protime string   // "Protime answered 403 Forbidden", "" when it was not asked
	Links   []Link
	Call    *Call
	Retry   *Retry
	Request string // id of this request, to name to an operator
}

// Retry is a posted form that could not be drawn again; its values are sent once more as they came.
type Retry struct {
	Action string
	Values []Pair
}

// noteIcon is the sign of a message.
func noteIcon(tone string) string {
	switch tone {
	case "good":
		return "check"
	case "bad":
		return "close"
	case "warn":
		return "warn"
	}
	return "info"
}
