package handlers

import (
	"net/http"
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/lang"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// banner is the last change, named by ?done=, or a word about a press that changed nothing.
func (v *visit) banner() *views.Banner {
	q := v.request().URL.Query()
	if q.Get("notice") == "unchanged" {
		return &views.Banner{Title: v.words.T("banner.unchanged"), Sentence: v.words.T("banner.unchanged.text")}
	}
	r, ok := v.doneReceipt()
	if !ok {
		return nil
	}
	return v.receiptBanner(r)
}

// doneReceipt is the change that ?done= names, when this person may see it.
func (v *visit) doneReceipt() (change.Receipt, bool) {
	id := v.request().URL.Query().Get("done")
	if !idPattern.MatchString(id) || v.stopped() {
		return change.Receipt{}, false
	}
	if v.receipt == nil {
		r, err := v.s.Desk.Receipt(v.request().Context(), v.actor, id)
		if err != nil {
			return change.Receipt{}, false
		}
		v.receipt = &r
	}
	return *v.receipt, true
}

// doneRecord is the path of the record that the last change was about, "" when there was none.
func (v *visit) doneRecord() string {
	r, ok := v.doneReceipt()
	if !ok {
		return ""
	}
	return recordOf(v.s, r)
}

// recordOf is the page of the record that a change was about: of the new one after a create.
func recordOf(s *Server, r change.Receipt) string {
	if !created(r) {
		return r.Path
	}
	if page, ok := s.locationPage(r.Location); ok {
		return page
	}
	return ""
}

// created says that a change made a record: one that was added, or put under a key that nobody had.
func created(r change.Receipt) bool {
	return r.Verb == contract.Create || r.Verb == contract.Replace && r.Status == http.StatusCreated
}

// locationPage is the page of a Location that the API gave: the same path, from the API's base when it is relative. A
// Location on another host has none.
func (s *Server) locationPage(location string) (string, bool) {
	if location == "" {
		return "", false
	}
	if !strings.HasPrefix(location, "/") && !strings.Contains(location, "://") {
		location = "/" + location
	}
	path, ok := s.API.HostPath(location)
	if !ok {
		return "", false
	}
	c, params, item, ok := s.Contract.Match(path)
	if !ok || !item || !c.Offers(contract.Read) {
		return "", false
	}
	return c.ItemURL(params...), true
}

// receiptBanner draws a change in a few lines: what, for whom, the status, the Location, and the ways on.
func (v *visit) receiptBanner(r change.Receipt) *views.Banner {
	b := &views.Banner{
		Tone: tone(r), Title: v.outcomeTitle(r), Sentence: v.summary(r), Status: v.outcomeStatus(r),
		Notes: v.outcomeNotes(r), Standing: v.standing(r), Receipt: "/changes/" + r.ID, Call: v.call(r),
	}
	if r.State == change.Applied || r.State == change.Accepted {
		b.NoLocation = r.Location == ""
		if page, ok := v.s.locationPage(r.Location); ok {
			b.Location = views.Link{Text: page, Href: page}
		} else {
			b.Location = views.Link{Text: r.Location}
		}
	}
	b.Check = v.checkPath(r)
	b.Undo, _ = v.undoPath(r)
	return b
}

// summary says in one line what changed: "Clocking 8192 of Jan Maes: Time 08:05 → 08:00."
func (v *visit) summary(r change.Receipt) string {
	values := v.changedText(r)
	if values == "" {
		return upperFirst(v.what(r)) + "."
	}
	return upperFirst(v.what(r)) + v.words.T("change.with-values", "values", values) + "."
}

func (v *visit) orNothing(value views.Value) string {
	if value.Empty() {
		return v.words.T("record.not-given")
	}
	return flat(value)
}

// flat is a value in one line.
func flat(value views.Value) string {
	if len(value.Parts) == 0 {
		return value.Text
	}
	parts := make([]string, 0, len(value.Parts))
	for _, part := range value.Parts {
		text := flat(part.Value)
		if part.Name != "" {
			text = part.Name + " " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func parsed(raw []byte) protime.Record {
	record, err := protime.ParseRecord(raw)
	if err != nil {
		return protime.Record{}
	}
	return record
}

// call is the request of a change and its answer, with a curl command whose token is masked.
func (v *visit) call(r change.Receipt) *views.Call {
	call := &views.Call{
		Method: r.Request.Method, URL: r.URL, RequestBody: indented(r.Request.Body), Body: indented(r.Body),
		Milliseconds: milliseconds(v.words, r),
	}
	if call.URL == "" {
		call.URL = r.Request.Path
	}
	if r.Status != 0 {
		call.Status = statusText(r.Status)
	}
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		call.Header = append(call.Header, views.Pair{Name: name, Value: strings.Join(r.Header[name], ", ")})
	}
	call.Curl = curl(call.Method, call.URL, v.s.Config.Protime.UserAgent, r.Request.IfMatch, string(r.Request.Body))
	return call
}

func milliseconds(p *lang.Printer, r change.Receipt) string {
	if r.Duration == 0 {
		return ""
	}
	return p.T("call.took", "ms", itoa(int(r.Duration.Milliseconds())))
}

// curl writes the call as a command; the token is for the reader to fill in.
func curl(method, url, agent, ifMatch, body string) string {
	var b strings.Builder
	b.WriteString("curl -X " + method + " " + quoted(url) + " \\\n  -H 'Authorization: Bearer ***' \\\n  -H " +
		quoted("User-Agent: "+agent) + " \\\n  -H 'Accept: application/json'")
	if ifMatch != "" {
		b.WriteString(" \\\n  -H " + quoted("If-Match: "+ifMatch))
	}
	if body != "" {
		b.WriteString(" \\\n  -H 'Content-Type: application/json' \\\n  --data " + quoted(body))
	}
	return b.String()
}

// quoted is a text as a shell takes it, whatever is in it.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// showSecret is the one page that answers a POST directly: what it shows is shown once and kept nowhere.
func (v *visit) showSecret(c *contract.Collection, r change.Receipt, back string) error {
	view := &views.Secret{Heading: v.words.T("secret.heading", "one", v.one(c)), Back: back}
	for name, raw := range parsed(r.Shown).Members() {
		_, documented := c.Field(name)
		if (!documented || slices.Contains(c.Secret, name)) && !isNull(raw) {
			view.Secrets = append(view.Secrets, views.Part{Name: name, Value: views.Value{Text: plain(raw)}})
		}
	}
	if !strings.HasPrefix(strings.TrimSpace(string(r.Shown)), "{") {
		// The key alone, or something that is not JSON: shown as it came, for it will not come again.
		view.Secrets = []views.Part{{Name: v.words.T("call.answered"), Value: views.Value{Text: plain(r.Shown)}}}
	}
	page := v.page(view.Heading)
	page.Banner = v.receiptBanner(r)
	return v.show(http.StatusOK, views.SecretPage(page, view))
}
