package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /clockings/8192/edit: the full record in a form.
func (s *Server) editForm(v *visit, c *contract.Collection) error {
	f, err := s.editSheet(v, c)
	if err != nil {
		return err
	}
	if why := v.whyNot(c, contract.Replace); why != "" {
		return v.refuse(c, contract.Replace, why)
	}
	if err := f.load(); err != nil {
		return err
	}
	if !f.exists {
		return f.show(http.StatusOK, f.plan.New(v.request().Context(), v.request().URL.Query(), v.finder(), v.words.Today))
	}
	return f.show(http.StatusOK, f.plan.Open(f.base, v.finder()))
}

func (s *Server) editSheet(v *visit, c *contract.Collection) (*sheet, error) {
	params, err := v.params(c, !c.Whole)
	if err != nil {
		return nil, err
	}
	f := &sheet{v: v, c: c, verb: contract.Replace, plan: s.plan(c, contract.Replace), params: params, exists: true}
	if c.Whole {
		f.page = c.URL(params...) // the log, too, knows the rows by the path of the API
	} else {
		f.page = c.ItemURL(params...)
	}
	if by := v.request().URL.Query().Get("by"); by != "" && c.Upsert {
		if !slices.Contains(c.Predefined, by) && !customName(by) {
			return nil, &pageError{status: http.StatusNotFound, failure: v.words.Failure("no-page")}
		}
		f.query = url.Values{"externalReferences": {"(" + c.Name + "," + by + ")"}}.Encode()
	}
	return f, nil
}

// customName says whether a text can be the name of a custom external reference.
func customName(name string) bool {
	return idPattern.MatchString(name) && !strings.HasPrefix(name, "@")
}

// load reads the record afresh. With a key of one's own there may be none: then the form creates it.
func (f *sheet) load() error {
	record, answer, err := f.v.s.fetch(f.v, f.c, f.params, f.query)
	switch {
	case err != nil && f.query != "" && errors.Is(err, protime.NotFound):
		f.exists = false
		f.plan = f.v.s.plan(f.c, contract.Create)
		f.notes = append(f.notes, f.v.words.T("key.will-create", "key", f.params[len(f.params)-1]))
		return nil
	case err != nil:
		return err
	}
	f.base, f.etag = record, answer.ETag
	if f.query != "" {
		f.notes = append(f.notes, f.v.words.T("key.will-replace", "key", f.params[len(f.params)-1]))
	}
	if tell.IsDeleted(f.c, record) {
		return f.v.deletedRecord(f.c, f.params, record)
	}
	return nil
}

// deletedRecord says that a record cannot be edited because it is deleted, and offers to create it again.
func (v *visit) deletedRecord(c *contract.Collection, params []string, record protime.Record) error {
	failure := v.words.Failure("deleted")
	if v.whyNot(c, contract.Create) == "" {
		again := v.againLink(c, params[:len(params)-1], record)
		failure.Links = append(failure.Links, views.Link{Text: v.words.T("list.again"), Href: again})
	}
	return &pageError{status: http.StatusConflict, failure: failure}
}

// POST /clockings/8192/edit: a fresh GET, the comparison with what was opened, the merge, and one PUT.
func (s *Server) edit(v *visit, c *contract.Collection) error {
	f, err := s.editSheet(v, c)
	if err != nil {
		return err
	}
	if !c.Offers(contract.Replace) {
		return v.refuse(c, contract.Replace, v.whyNot(c, contract.Replace))
	}
	if f.values, err = v.posted(); err != nil {
		return err
	}
	ctx := v.request().Context()
	f.sub = f.plan.Decode(ctx, f.values, v.finder(), v.words.Today)
	sends := f.sub.Add == "" && f.sub.Remove == "" && !f.values.Has("preview") && !v.restored()
	if sends && f.sub.Change != "" && !v.stopped() {
		receipt, found, err := s.Desk.Spent(ctx, f.sub.Change, f.fingerprint(), v.actor)
		switch {
		case err != nil:
			// Typed text is kept: the record is read for drawing alone, and not at all when that fails.
			_ = f.load()
			return f.notSent(err)
		case found:
			return f.answered(receipt)
		}
	}
	if err := f.load(); err != nil {
		var own *pageError
		if errors.As(err, &own) {
			return err
		}
		return f.apiTrouble(err)
	}
	if !f.exists {
		f.sub = f.plan.Decode(ctx, f.values, v.finder(), v.words.Today)
	}
	if f.sub.Add != "" {
		return f.show(http.StatusOK, f.sub.AddRow(f.base, f.sub.Add))
	}
	if f.sub.Remove != "" {
		return f.show(http.StatusOK, f.sub.RemoveRow(f.base, f.sub.Remove))
	}
	if why := v.whyNot(c, contract.Replace); why != "" {
		return f.denied(why)
	}
	if v.restored() {
		return f.draw(http.StatusOK)
	}
	return f.submit(sends)
}

// submit merges what was typed onto the fresh record and sends it, unless something speaks against it.
func (f *sheet) submit(sends bool) error {
	v := f.v
	f.problemsFirst()
	base := f.base
	if !f.exists {
		empty, err := protime.ParseRecord([]byte("{}"))
		if err != nil {
			return err
		}
		base = empty
	}
	if len(f.whole) == 0 && f.exists {
		if conflicts := f.sub.Compare(base); len(conflicts) > 0 {
			if again, ok := f.raced(sends); ok {
				return again
			}
			f.conflict = true
			return f.drawConflict(conflicts)
		}
	}
	after, leftOut, problems := f.sub.Merge(base)
	f.problems = problems
	if len(f.whole)+len(f.problems) > 0 || f.whyNot != "" {
		return f.draw(http.StatusUnprocessableEntity)
	}
	body, err := f.plan.Body(base, after)
	if err != nil {
		return err
	}
	if !sends {
		return f.previewed(after, body, leftOut)
	}
	if f.exists && len(f.plan.Diff(base, after)) == 0 {
		if again, ok := f.raced(sends); ok {
			return again
		}
		return v.to(marked(f.back(), "notice", "unchanged", f.page))
	}
	return f.handIn(f.change(after, body, leftOut))
}

// raced looks once more whether the other half of a double click was faster: the record holds the change already.
func (f *sheet) raced(sends bool) (error, bool) { //nolint:revive // an answer and whether there is one
	if !sends {
		return nil, false
	}
	receipt, found, err := f.v.s.Desk.Spent(f.v.request().Context(), f.sub.Change, f.fingerprint(), f.v.actor)
	switch {
	case err != nil:
		return f.notSent(err), true
	case found:
		return f.answered(receipt), true
	}
	return nil, false
}
