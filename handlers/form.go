package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"protime-admin/internal/form"
	"protime-admin/internal/listing"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// draw shows the form as it was typed, with everything that there is to say.
func (f *sheet) draw(status int) error {
	state := f.sub.State(f.base, f.problems...)
	return f.show(status, state)
}

func (f *sheet) drawConflict(conflicts []form.FieldConflict) error {
	return f.show(http.StatusConflict, f.sub.Conflicted(f.base, conflicts))
}

// show draws a state of the form. GET and POST share it.
func (f *sheet) show(status int, state form.State) error {
	v := f.v
	if state.Change == "" || f.spent {
		state.Change = newID()
	}
	state.Return = f.back()
	f.sides(state.Cells)
	view := &views.Form{
		Heading: f.heading(), Action: f.action(), Cancel: f.back(), State: state, Groups: views.GroupCells(state.Cells),
		Whole: f.whole, Trouble: f.trouble, Notes: f.notes, Reasons: v.reasons(f.sub.Why),
		Required: v.s.Config.Audit.ReasonRequired, WhyNot: f.whyNot, Preview: f.preview, Conflict: f.conflict,
		Unsure: f.unsure, First: f.first, Posted: v.request().Method == http.MethodPost,
	}
	if f.exists {
		view.Name = v.words.RecordName(f.c, f.base)
		view.History = v.historyPath(f.page)
	}
	for _, shown := range state.Shown {
		part := views.Part{Name: v.words.First(shown.Input.Labels, shown.Input.Human), Value: v.words.Value(shown.Input.Field, shown.Raw)}
		if !part.Value.Empty() && shown.Input.Field.Name != "id" && shown.Input.Field.Name != "changeVersion" {
			view.Known = append(view.Known, part)
		}
	}
	for _, member := range state.Unknown {
		view.Unknown = append(view.Unknown, views.Part{Name: member.Name, Value: views.Value{Text: string(member.Raw)}})
	}
	if len(state.LeftOut) > 0 {
		view.Notes = append(view.Notes, v.words.LeftOut(f.c, state.LeftOut))
	}
	if v.s.People.State().Partial && choosesPeople(state.Cells) {
		view.Notes = append(view.Notes, v.words.T("list.people-partial"))
	}
	page := v.page(view.Heading)
	page.Problem = status >= http.StatusBadRequest
	if status == http.StatusOK && v.request().Method == http.MethodGet {
		page.Banner = v.banner()
	}
	return v.show(status, views.FormPage(page, view))
}

// choosesPeople says that one of the cells, or a cell in them, is a picker of people.
func choosesPeople(cells []form.Cell) bool {
	return slices.ContainsFunc(cells, func(c form.Cell) bool {
		return c.Input.Field.Ref == "people" || choosesPeople(c.Cells) || choosesPeople(c.Rows)
	})
}

// sides writes the three values of each conflict as a person reads them.
func (f *sheet) sides(cells []form.Cell) {
	v := f.v
	for i := range cells {
		c := &cells[i]
		f.sides(c.Cells)
		f.sides(c.Rows)
		if c.Conflict == nil {
			continue
		}
		said := func(raw []byte) string { return v.words.OrNothing(v.words.Value(c.Input.Field, raw)) }
		c.Conflict.Said = form.Sides{
			Opened: said(c.Conflict.Opened), Server: said(c.Conflict.Server), Mine: said(c.Conflict.Mine),
		}
		if c.Conflict.Mine == nil && c.Typed.Text != "" {
			c.Conflict.Said.Mine = c.Typed.Text
		}
	}
}

func (f *sheet) heading() string {
	words := f.v.words
	if f.verb == contract.Create || !f.exists {
		return words.T("form.new", "one", f.v.words.One(f.c))
	}
	id := ""
	if len(f.params) > 0 && len(f.c.Key) == 0 {
		id = f.params[len(f.params)-1]
	}
	return tell.UpperFirst(words.T("form.edit", "one", f.v.words.One(f.c), "id", id))
}

// action is where the form is sent: the page's own path.
func (f *sheet) action() string {
	action := f.v.request().URL.EscapedPath()
	if f.query != "" {
		action += "?" + url.Values{"by": {f.v.request().URL.Query().Get("by")}}.Encode()
	}
	return action
}

// previewed shows field, now and after, and the exact request; it sends nothing.
func (f *sheet) previewed(after protime.Record, body []byte, leftOut []string) error {
	v := f.v
	op := f.c.Operations[f.verb]
	request := op.Method + " " + op.URL(f.params...)
	if f.query != "" {
		request += "?" + f.query
	}
	f.preview = &views.Preview{Rows: v.words.Differences(f.plan, f.base, after), Request: request, Body: tell.Indented(body)}
	if len(leftOut) > 0 {
		f.notes = append(f.notes, v.words.LeftOut(f.c, leftOut))
	}
	return f.draw(http.StatusOK)
}

// fetch reads the record that a form is about, also where the API gives it only as part of a list or a document.
func (s *Server) fetch(v *visit, c *contract.Collection, params []string, query string) (protime.Record, protime.Answer, error) {
	ctx := v.request().Context()
	switch {
	case len(c.Key) > 0:
		document, answer, err := s.API.Get(ctx, c.URL(params...), "")
		if err != nil {
			return document, answer, err
		}
		row, ok := listing.RowByKey(c, document, params[len(params)-1])
		if !ok {
			return row, answer, &pageError{status: http.StatusNotFound, failure: v.words.Failure("not-found"), cause: errNoRow}
		}
		return row, answer, nil
	case c.Whole:
		return s.API.Get(ctx, c.URL(params...), "")
	}
	return s.API.Get(ctx, c.ItemURL(params...), query)
}
