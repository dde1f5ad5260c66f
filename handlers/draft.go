package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/spreadsheet"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Inputs of a draft's forms.
const (
	inputRevision = "revision"
	inputDo       = "do" // which button was pressed
	inputRows     = "rows"
	inputAfter    = "after"
	inputFrom     = "from" // how far an unfinished check has come
	inputGo       = "go"   // address of another view of the draft
	inputStep     = "step"
	inputShown    = "shown"
	inputSends    = "sends"
	inputUse      = "use"
	inputColumn   = "column."
	inputHeadings = "headings"
	prefixCell    = "cell."
)

// doColumns is the button of a draft's form that keeps what the columns mean.
const doColumns = "columns"

// draft is a draft as one request shows or changes it.
type draft struct {
	batch.Batch

	c      *contract.Collection
	values url.Values // that were posted; nil where there are none
	unkept bool       // the values were not kept: the page shows the ticks that they have
	status int        // of the page; 0: 200

	problems []string // why nothing was done
	whyNot   string   // what is wrong with the reason
	reason   change.Reason
	failure  error   // why rows could not be checked
	at       reached // where the check goes on that failed
}

// isChecked reports whether all rows of a draft are checked as they stand.
func (d *draft) isChecked() bool { return d.Checked == d.Revision }

// draftPage shows what is to be done with a draft: its columns, where they are not certain, or else its rows.
func (x *exchange) draftPage(d draft) error {
	var ok bool
	if d.c, ok = x.s.Contract.Collection(d.Collection); !ok {
		return &pageError{status: http.StatusNotFound, failure: x.words.Failure("no-batch")}
	}
	switch {
	case d.Operation == batch.Undo:
		return x.undoDraftPage(d)
	case len(d.Columns) == 0:
		return x.unfinishedPage()
	case d.values.Get(inputDo) == doColumns, x.address().Query().Get(inputStep) == doColumns, x.asksColumns(d.Batch):
		return x.columnsPage(d)
	}
	return x.checkPage(d)
}

// asksColumns reports whether a person has to say what the columns of a batch mean.
func (x *exchange) asksColumns(b batch.Batch) bool {
	if len(x.s.dryrun.Missing(b)) > 0 {
		return true
	}
	return slices.ContainsFunc(b.Columns, func(c batch.Column) bool {
		return c.How == batch.ByValues || c.How == batch.Nobody
	})
}

// unfinishedPage is that of a draft whose sheet was not read to its end.
func (x *exchange) unfinishedPage() error {
	failure := x.words.Failure("batch-unfinished")
	failure.Links = []views.Link{{Text: x.words.T("batch.new"), Href: newBatchPath}}
	return &pageError{status: http.StatusConflict, failure: failure}
}

// POST /batches/{id} changes a draft: what its columns mean, what stands in its cells, which rows are left out, and why
// they are sent. Whichever button of its page was pressed, what stands in the page is kept.
func (s *Server) changeDraft(x *exchange) error {
	b, err := x.batchToChange()
	if err != nil {
		return err
	}
	d, err := x.postedDraft(b)
	if err != nil || d.values == nil {
		return err
	}
	if d.values.Get(inputDo) == doColumns && d.Operation != batch.Undo {
		return x.setColumns(d)
	}
	kept, err := x.keep(&d)
	switch {
	case err != nil:
		return x.notKept(d, err)
	case d.failure != nil, d.whyNot != "":
		d.values = d.selection()
		return x.draftPage(d)
	case d.values.Has(inputGo):
		return x.to(x.draftPath(d, d.asked()))
	case d.Operation == batch.Undo:
		return x.to(x.draftPath(d, d.selection()))
	case leftOutFor(d.values.Get(inputDo)) != "":
		return x.takeIn(d, leftOutFor(d.values.Get(inputDo)))
	case !d.isChecked():
		return x.checkRest(d)
	case kept == 0 || x.isStale(d):
		return x.checkAgain(d)
	}
	return x.to(x.draftPath(d, d.selection()))
}

// postedDraft reads what was posted for a draft. What it returns without values is answered already.
func (x *exchange) postedDraft(b batch.Batch) (draft, error) {
	values, err := x.posted()
	if err != nil {
		return draft{}, err
	}
	d := draft{Batch: b, values: values, reason: reasonOf(values)}
	d.c, _ = x.s.Contract.Collection(b.Collection)
	switch {
	case b.State != batch.Draft:
		return draft{}, x.alreadySent(b)
	case d.c == nil:
		return draft{}, &pageError{status: http.StatusNotFound, failure: x.words.Failure("no-batch")}
	case x.given != nil:
		d.unkept = true
		return draft{}, x.draftPage(d)
	case values.Get(inputRevision) != strconv.FormatInt(b.Revision, 10):
		return draft{}, x.notKept(d, batch.ErrRevision)
	}
	return d, nil
}

// alreadySent is the page for a draft that is none any more.
func (x *exchange) alreadySent(b batch.Batch) error {
	failure := x.words.Failure("batch-started")
	failure.Links = []views.Link{{Text: x.batchName(b), Href: "/batches/" + b.ID}}
	return &pageError{status: http.StatusConflict, failure: failure, cause: batch.ErrState}
}

// notKept answers where a change of a draft was not kept. Where it was changed in another tab meanwhile, or a row has too
// much text, its page comes with what was typed.
func (x *exchange) notKept(d draft, err error) error {
	var long *spreadsheet.Error
	switch {
	case errors.As(err, &long):
		d.unkept, d.status, d.problems = true, http.StatusUnprocessableEntity, []string{x.batchKeyed(long.Key, long.Args)}
		return x.draftPage(d)
	case !errors.Is(err, batch.ErrRevision):
		return err
	}
	now, err := x.batchOfPath()
	if err != nil {
		return err
	}
	if now.State != batch.Draft {
		return x.alreadySent(now)
	}
	d.Batch, d.unkept, d.status, d.problems = now, true, http.StatusConflict, []string{x.words.T("batch.moved")}
	return x.draftPage(d)
}

// selection is the selection of rows that was shown.
func (d *draft) selection() url.Values {
	return only(d.values, inputRows, inputAfter)
}

// asked is the view of the draft that was asked for. An unfinished check goes on from there.
func (d *draft) asked() url.Values {
	_, text, _ := strings.Cut(d.values.Get(inputGo), "?")
	query, _ := url.ParseQuery(text) // what cannot be read is the page as it opens
	query = only(query, inputRows, inputAfter, inputStep)
	if d.isChecked() {
		return query
	}
	if from := d.reached().text(d.Revision); from != "" {
		query.Set(inputFrom, from)
	}
	return query
}

// only are the values of some names, without those that are empty.
func only(values url.Values, names ...string) url.Values {
	some := url.Values{}
	for _, name := range names {
		if value := values.Get(name); value != "" {
			some.Set(name, value)
		}
	}
	return some
}

// draftPath is the page of a draft.
func (x *exchange) draftPath(d draft, query url.Values) string {
	return pathWith("/batches/"+d.ID, query.Encode())
}

// POST /batches/{id}/discard throws a draft away.
func (s *Server) discardBatch(x *exchange) error {
	b, err := x.batchToChange()
	if err != nil {
		return err
	}
	switch err := s.Batches.Discard(x.request().Context(), b.ID); {
	case errors.Is(err, batch.ErrState):
		return x.alreadySent(b)
	case err != nil:
		return err
	}
	return x.to("/batches")
}
