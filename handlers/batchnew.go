package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/form"
	"protime-admin/internal/spreadsheet"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

const (
	newBatchPath    = "/batches/new"
	peopleBatchPath = "/batches/people"
)

// Inputs of the form of a new batch.
const (
	inputSheet      = "sheet"
	inputCollection = "collection"
	inputOperation  = "operation"
	inputList       = "list"
)

// batchForm is the form of a new batch as it was asked for or posted.
type batchForm struct {
	c         *contract.Collection
	operation batch.Operation
	list      string // path of the list that the records are in or go into

	sheet                string // what was pasted
	problem, fileProblem string
}

// GET /batches/new: a sheet to paste or to upload.
func (s *Server) newBatch(x *exchange) error {
	f, err := x.readBatchForm(x.address().Query())
	if err != nil {
		return err
	}
	return x.showNewBatch(http.StatusOK, f, newID())
}

// readBatchForm reads what a batch does and with which collection; it is an error where this person may not.
func (x *exchange) readBatchForm(values url.Values) (batchForm, error) {
	f := batchForm{operation: batch.Operation(values.Get(inputOperation)), sheet: values.Get(inputSheet)}
	if !change.Has(x.actor.Roles, change.Make) {
		return f, x.noBatches()
	}
	if values.Get(inputOperation) == "" {
		f.operation = batch.Create
	}
	name := values.Get(inputCollection)
	if name == "" {
		name = "clockings"
	}
	var known bool
	if f.c, known = x.s.Contract.Collection(name); !known || dryrun.VerbOf(f.operation) == "" {
		return f, &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-request")}
	}
	if f.list = values.Get(inputList); f.list == "" && !nested(f.c) {
		f.list = f.c.URL()
	}
	of, _, item, ok := x.s.Contract.Match(f.list)
	if !ok || item || of != f.c {
		return f, &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("batch-list")}
	}
	verb := dryrun.VerbOf(f.operation)
	if why := x.whyNotBatch(f.c, f.operation); why != "" {
		return f, x.refuse(f.c, verb, why)
	}
	return f, nil
}

// whyNotBatch is the reason, as a sentence, why this person may not make a batch now; "" when they may.
func (x *exchange) whyNotBatch(c *contract.Collection, o batch.Operation) string {
	why := x.whyNot(c, dryrun.VerbOf(o))
	if why == "" && !dryrun.Takes(c, o) {
		why = x.words.T("why.single")
	}
	return why
}

// sheetPath leads to the page that takes a sheet of a list's records; "" where this person may not send one.
func (x *exchange) sheetPath(c *contract.Collection, list string) string {
	for _, o := range []batch.Operation{batch.Create, batch.Replace, batch.Delete} {
		if x.whyNotBatch(c, o) == "" {
			return newBatchPath + "?" + url.Values{inputCollection: {c.Name}, inputOperation: {string(o)}, inputList: {list}}.Encode()
		}
	}
	return ""
}

// showNewBatch draws the form.
func (x *exchange) showNewBatch(status int, f batchForm, id string) error {
	what := url.Values{inputCollection: {f.c.Name}, inputOperation: {string(f.operation)}}
	if nested(f.c) {
		what.Set(inputList, f.list)
	}
	view := &views.BatchNew{
		Head: views.BatchHead{
			Heading: x.operationOn(f.operation, x.words.Within(x.words.Collection(f.c))), Intro: x.words.T("batch.new.intro"),
			Step: stepRows, Sheet: true,
		},
		Change: id, Sheet: f.sheet, Problem: f.problem, FileProblem: f.fileProblem,
		What: x.operationOn(f.operation, x.words.Within(x.words.Collection(f.c))), Cancel: f.list,
		Templates: []views.Link{
			{Text: x.words.T("batch.template.excel"), Href: "/batches/template.xlsx?" + what.Encode()},
			{Text: x.words.T("batch.template.csv"), Href: "/batches/template.csv?" + what.Encode()},
		},
	}
	if nested(f.c) {
		view.List = f.list
	}
	for _, choice := range []views.Choice{
		{Value: string(batch.Create), Text: x.words.T("batch.operation.create")},
		{Value: string(batch.Replace), Text: x.words.T("batch.operation.replace")},
		{Value: string(batch.Delete), Text: x.words.T("batch.operation.delete")},
	} {
		choice.Selected = choice.Value == string(f.operation)
		view.Operations = append(view.Operations, choice)
	}
	for _, c := range x.s.Contract.Collections {
		if c != f.c && (nested(c) || !x.batchable(c)) {
			continue
		}
		view.Collections = append(view.Collections, views.Choice{Value: c.Name, Text: x.words.Collection(c), Selected: c == f.c})
	}
	if f.c.Name == "clockings" && f.operation == batch.Create {
		view.People = peopleBatchPath + "?" + url.Values{inputCollection: {f.c.Name}}.Encode()
	}
	var err error
	if view.Earlier, err = x.batchLines(fewEarlier, false); err != nil {
		return err
	}
	page := x.page(view.Head.Heading)
	page.Kind = views.BatchOnly
	page.Problem = status >= http.StatusBadRequest
	return x.show(status, views.BatchNewPage(page, view))
}

// batchable reports whether this person may make a batch of some operation with a collection.
func (x *exchange) batchable(c *contract.Collection) bool {
	return x.whyNotBatch(c, batch.Create) == "" || x.whyNotBatch(c, batch.Replace) == "" || x.whyNotBatch(c, batch.Delete) == ""
}

// POST /batches/new makes a draft of a sheet, once for each form.
func (s *Server) makeBatch(x *exchange) (err error) {
	if !change.Has(x.actor.Roles, change.Make) {
		return x.noBatches() // and no file of theirs is kept on the disk
	}
	u, err := x.uploaded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.close()) }()
	f, err := x.readBatchForm(u.values)
	if err != nil {
		return err
	}
	id := u.values.Get(form.InputChange)
	switch {
	case u.busy:
		f.fileProblem = x.words.T("error.batch-busy.text")
	case u.file == nil && u.name != "":
		f.fileProblem = x.words.T("batch.file.again", "name", u.name)
	}
	switch pasted := strings.TrimSpace(f.sheet) != ""; {
	case x.given != nil:
		return x.showNewBatch(http.StatusOK, f, formID(id, false))
	case !isID(id):
		f.problem = x.words.T("form.incomplete")
	case pasted && u.file != nil:
		f.problem = x.words.T("batch.both")
	case !pasted && u.file == nil && f.fileProblem == "":
		f.problem = x.words.T("batch.nothing")
	case f.fileProblem == "":
		return x.readSheet(f, u, id)
	}
	return x.showNewBatch(http.StatusUnprocessableEntity, f, formID(id, false))
}

// readSheet reads a sheet into a draft and goes to its page, or says what is wrong with the sheet.
func (x *exchange) readSheet(f batchForm, u *upload, id string) error {
	b := batch.Batch{
		ID: id, Actor: x.actor, Operation: f.operation, Collection: f.c.Name, List: f.list, Source: batch.Pasted,
		Reason: change.Reason{Code: x.lastReason()},
	}
	source := sheetSource{text: strings.NewReader(f.sheet), size: int64(len(f.sheet))}
	if u.file != nil {
		info, err := u.file.Stat()
		if err != nil {
			return err
		}
		b.Source, b.Name = batch.File, fileTitle(u.name)
		source = sheetSource{text: u.file, size: info.Size(), name: u.name}
	}
	query, err := x.fillDraft(b, source)
	var wrong *spreadsheet.Error
	switch {
	case err == nil:
		return x.to(pathWith("/batches/"+id, query.Encode()))
	case errors.Is(err, batch.ErrExists): // the second press of one button
		return x.to("/batches/" + id)
	case !errors.As(err, &wrong):
		return err
	case u.file != nil:
		f.fileProblem = x.words.T("batch.file.wrong", "name", u.name, "problem", x.batchKeyed(wrong.Key, wrong.Args))
	default:
		f.problem = x.batchKeyed(wrong.Key, wrong.Args)
	}
	return x.showNewBatch(http.StatusUnprocessableEntity, f, newID())
}

// longestTitle is how many characters of a file's name are kept.
const longestTitle = 80

// fileTitle is the name that a batch gets from its file.
func fileTitle(name string) string {
	runes := []rune(withoutBidi(strings.TrimSpace(name)))
	return string(runes[:min(len(runes), longestTitle)])
}
