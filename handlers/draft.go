package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Inputs of a draft's forms.
const (
	inputRevision = "revision"
	inputDo       = "do" // which button was pressed
	inputRows     = "rows"
	inputAfter    = "after"
	inputFrom     = "from" // number of the last row that an unfinished check has come to
	inputShown    = "shown"
	inputSends    = "sends"
	inputUse      = "use"
	inputColumn   = "column."
	inputHeadings = "headings"
	prefixCell    = "cell."
)

// Buttons of a draft's forms.
const (
	doColumns = "columns" // what the columns mean
	doCheck   = "check"   // check what was corrected
	doRest    = "rest"    // go on with a check that takes more than one request
	doAgain   = "again"   // send what was sent before, too
)

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
	failure  error // why rows could not be checked
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
		return x.undoDraftPage(d.Batch, cmp.Or(d.status, http.StatusOK), d.problems, d.whyNot, x.reasonShown(d.reason))
	case len(d.Columns) == 0:
		return x.unfinishedPage()
	case d.values.Get(inputDo) == doColumns, x.address().Query().Get("step") == doColumns, x.asksColumns(d.Batch):
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

// POST /batches/{id} changes a draft: what its columns mean, what stands in its cells, which rows are left out.
func (s *Server) changeDraft(x *exchange) error {
	b, err := x.batchToChange()
	if err != nil {
		return err
	}
	d, err := x.postedDraft(b)
	if err != nil || d.values == nil {
		return err
	}
	switch d.values.Get(inputDo) {
	case doColumns:
		return x.setColumns(d)
	case doRest:
		return x.checkRest(d)
	case doAgain:
		return x.takeSentBefore(d)
	}
	if _, err := x.correct(&d); err != nil {
		return x.notKept(d, err)
	}
	if !d.isChecked() && d.failure == nil {
		return x.checkRest(d)
	}
	if d.failure != nil {
		d.values = nil
		return x.draftPage(d)
	}
	if note := d.reason.Note; note != "" || d.values.Has(form.InputWhy) && d.reason.Code != x.lastReason() {
		d.values = url.Values{inputRows: d.values[inputRows], inputAfter: d.values[inputAfter]}
		return x.draftPage(d) // the reason is kept when the rows are sent
	}
	return x.to(x.draftPath(d))
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

// notKept answers where a change of a draft was not kept. Where it was changed in another tab meanwhile, its page comes
// with what was typed.
func (x *exchange) notKept(d draft, err error) error {
	if !errors.Is(err, batch.ErrRevision) {
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

// draftPath is the page of a draft with the selection of rows that was shown.
func (x *exchange) draftPath(d draft) string {
	query := url.Values{}
	for _, name := range []string{inputRows, inputAfter, inputFrom} {
		if value := d.values.Get(name); value != "" {
			query.Set(name, value)
		}
	}
	return pathWith("/batches/"+d.ID, query.Encode())
}

// correct keeps what was typed into cells and which rows were ticked, and checks those rows. It returns in how many rows a
// cell was changed.
func (x *exchange) correct(d *draft) (corrected int, err error) {
	typed := typedCells(d.values)
	var numbers []int
	shown, ticked := numbersOf(d.values.Get(inputShown)), numberSet(d.values[inputRow])
	for n := range typed {
		numbers = append(numbers, n)
	}
	numbers = append(numbers, shown...)
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	if len(numbers) == 0 {
		return 0, nil
	}
	found, err := x.s.Batches.Numbered(x.request().Context(), d.ID, numbers[:min(len(numbers), batch.MostAtOnce)])
	if err != nil {
		return 0, err
	}
	var rows []batch.Row
	for _, result := range found {
		row := result.Row
		changed := take(&row, typed[row.Number])
		if changed {
			corrected++
		}
		if slices.Contains(shown, row.Number) && ticked[row.Number] == row.LeftOut {
			row.LeftOut, row.Chosen, changed = !row.LeftOut, true, true
		}
		if changed {
			rows = append(rows, row)
		}
	}
	return corrected, x.recheck(d, rows)
}

// typedCells are the cells of a posted form by row and column. A button that offers a value counts as typing it.
func typedCells(values url.Values) map[int]map[int]string {
	cells := map[int]map[int]string{}
	put := func(place, text string) {
		number, column, _ := strings.Cut(place, ".")
		n, err := strconv.Atoi(number)
		i, other := strconv.Atoi(column)
		if err != nil || other != nil || i < 0 {
			return
		}
		if cells[n] == nil {
			cells[n] = map[int]string{}
		}
		cells[n][i] = text
	}
	for name := range values {
		if place, ok := strings.CutPrefix(name, prefixCell); ok {
			put(place, strings.TrimSpace(values.Get(name)))
		}
	}
	if place, text, ok := strings.Cut(values.Get(inputUse), "="); ok {
		put(place, text)
	}
	return cells
}

// take puts typed cells into a row and reports whether that changes it.
func take(row *batch.Row, typed map[int]string) bool {
	changed := false
	for column, text := range typed {
		if column >= mostColumns {
			continue
		}
		if column >= len(row.Cells) {
			if text == "" {
				continue
			}
			row.Cells = append(row.Cells, make([]string, column+1-len(row.Cells))...)
		}
		if row.Cells[column] != text {
			row.Cells[column], changed = text, true
		}
	}
	return changed
}

// numbersOf reads "3,7,12".
func numbersOf(text string) []int {
	var numbers []int
	for part := range strings.SplitSeq(text, ",") {
		if n, err := strconv.Atoi(part); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// numberSet are the numbers of some texts.
func numberSet(texts []string) map[int]bool {
	set := map[int]bool{}
	for _, text := range texts {
		for _, n := range numbersOf(text) {
			set[n] = true
		}
	}
	return set
}

// mostTwins is how many rows are checked again because another row is, or was, the same as they are.
const mostTwins = 200

// recheck checks some rows of a draft and keeps them, and then those that are the same as one of them, or were. Rows that
// cannot be checked now are kept without.
func (x *exchange) recheck(d *draft, rows []batch.Row) error {
	if len(rows) == 0 {
		return nil
	}
	checker, err := x.s.dryrun.Checker(d.Batch, x.finder())
	if err != nil {
		return err
	}
	keys := keysOf(nil, rows)
	if rows, err = x.putChecked(d, checker, rows); err != nil || d.failure != nil {
		return err
	}
	same, err := x.s.Batches.SameKey(x.request().Context(), d.ID, keysOf(keys, rows))
	if err != nil {
		return err
	}
	var twins []int
	for _, numbers := range same {
		for _, n := range numbers {
			if !slices.ContainsFunc(rows, func(r batch.Row) bool { return r.Number == n }) {
				twins = append(twins, n)
			}
		}
	}
	slices.Sort(twins)
	found, err := x.s.Batches.Numbered(x.request().Context(), d.ID, twins[:min(len(twins), mostTwins)])
	if err != nil || len(found) == 0 {
		return err
	}
	others := make([]batch.Row, len(found))
	for i := range found {
		others[i] = found[i].Row
	}
	_, err = x.putChecked(d, checker, others)
	return err
}

// keysOf adds the keys of rows.
func keysOf(keys []string, rows []batch.Row) []string {
	for _, row := range rows {
		if row.Check.Key != "" {
			keys = append(keys, row.Check.Key)
		}
	}
	return keys
}

// putChecked checks rows and keeps them.
func (x *exchange) putChecked(d *draft, checker *dryrun.Checker, rows []batch.Row) ([]batch.Row, error) {
	ctx := x.request().Context()
	whole := d.isChecked()
	checked, err := checker.Check(ctx, rows)
	if err != nil {
		x.s.Logger.WarnContext(ctx, "rows of a batch cannot be checked", "id", x.id, "error", err)
		d.failure, whole = err, false
		for i := range rows {
			rows[i].Check = batch.Check{}
		}
		checked = rows
	}
	revision, err := x.s.Batches.PutRows(ctx, d.ID, d.Revision, checked, whole)
	if err != nil {
		return nil, err
	}
	if d.Revision = revision; whole {
		d.Checked = revision
	}
	return checked, nil
}

// checkRest checks the rows that follow the last one that was checked, for as long as a request may.
func (x *exchange) checkRest(d draft) error {
	ctx := x.request().Context()
	from := 0
	if at, text, ok := strings.Cut(d.values.Get(inputFrom), "."); ok && at == strconv.FormatInt(d.Revision, 10) {
		from, _ = strconv.Atoi(text)
	}
	checks, err := x.checking(ctx, d.Batch)
	if err != nil {
		return err
	}
	checks.last = from
	for !checks.over() {
		results, err := x.s.Batches.Rows(ctx, d.ID, batch.All, checks.last, batch.MostAtOnce+1)
		if err != nil {
			return err
		}
		last := len(results) <= batch.MostAtOnce
		rows := make([]batch.Row, 0, batch.MostAtOnce)
		for _, result := range results[:min(len(results), batch.MostAtOnce)] {
			rows = append(rows, result.Row)
		}
		if len(rows) == 0 {
			break
		}
		if err := checks.put(&d.Batch, rows, last); err != nil {
			return x.notKept(d, err)
		}
		if checks.failure != nil {
			d.failure, d.values = checks.failure, nil
			return x.draftPage(d)
		}
		if last {
			return x.to("/batches/" + d.ID)
		}
	}
	d.values = url.Values{inputFrom: {checks.from(d.Batch)}}
	return x.to(x.draftPath(d))
}

// takeSentBefore takes the rows in that were left out because they were sent before.
func (x *exchange) takeSentBefore(d draft) error {
	ctx, after := x.request().Context(), 0
	for {
		results, err := x.s.Batches.Rows(ctx, d.ID, batch.SelectLeftOut, after, batch.MostAtOnce)
		if err != nil {
			return err
		}
		if len(results) == 0 {
			return x.to("/batches/" + d.ID)
		}
		after = results[len(results)-1].Number
		var rows []batch.Row
		for _, result := range results {
			if row := result.Row; !row.Chosen && slices.ContainsFunc(row.Check.Warnings, sentBefore) {
				row.LeftOut, row.Chosen = false, true
				rows = append(rows, row)
			}
		}
		if err := x.recheck(&d, rows); err != nil {
			return x.notKept(d, err)
		}
		if d.failure != nil {
			d.values = nil
			return x.draftPage(d)
		}
	}
}

// sentBefore reports whether a warning says that another batch has sent the same.
func sentBefore(f batch.Finding) bool { return f.Key == "dryrun.sent" }

// POST /batches/{id}/start sends the rows of a draft. What was corrected on its page is kept first; where that changes what
// is sent, the page comes again and says so.
func (s *Server) startBatch(x *exchange) error {
	d, err := x.postedStart()
	if err != nil || d.values == nil {
		return err
	}
	if d.Operation == batch.Undo {
		return x.start(d)
	}
	if why := x.whyNotBatch(d.c, d.Operation); why != "" {
		return x.refuse(d.c, dryrun.VerbOf(d.Operation), why)
	}
	corrected, err := x.correct(&d)
	if err != nil {
		return x.notKept(d, err)
	}
	if corrected > 0 {
		d.problems = []string{x.words.N("batch.corrected", corrected)}
	}
	return x.start(d)
}

// postedStart is postedDraft; a batch that was started by the first press of one button is no mistake of the second.
func (x *exchange) postedStart() (draft, error) {
	b, err := x.batchToChange()
	if err != nil {
		return draft{}, err
	}
	if b.State != batch.Draft && x.given == nil {
		return draft{}, x.to("/batches/" + b.ID)
	}
	return x.postedDraft(b)
}

// start makes a draft run, or draws it with what speaks against that.
func (x *exchange) start(d draft) error {
	ctx := x.request().Context()
	counts, err := x.s.Batches.Count(ctx, d.ID)
	if err != nil {
		return err
	}
	sends := counts.Sendable()
	switch {
	case len(d.problems) > 0:
	case d.failure != nil || !d.isChecked():
		d.problems = []string{x.words.T("batch.unchecked")}
	case sends == 0:
		d.problems = []string{x.words.T("batch.nothing-to-send")}
	case d.values.Has(inputSends) && d.values.Get(inputSends) != strconv.Itoa(sends):
		d.problems = []string{x.words.N("batch.sends-changed", sends)}
	default:
		d.whyNot = x.batchReasonProblem(d.reason, sends)
	}
	if len(d.problems) > 0 || d.whyNot != "" {
		d.status = http.StatusUnprocessableEntity
		return x.draftPage(d)
	}
	switch err := x.s.Batches.Start(ctx, d.ID, d.Revision, d.reason, x.id); {
	case errors.Is(err, batch.ErrRevision):
		if now, err := x.s.Batches.Batch(ctx, d.ID); err == nil && now.State != batch.Draft && now.Revision == d.Revision {
			return x.to("/batches/" + d.ID) // the other press of the button started it
		}
		return x.notKept(d, err)
	case err != nil:
		return err
	}
	x.rememberReason(d.reason.Code)
	return x.to("/batches/" + d.ID)
}

// batchReasonProblem is what is wrong with the reason of a batch of so many rows.
func (x *exchange) batchReasonProblem(reason change.Reason, rows int) string {
	above := x.s.Config.Audit.BatchReasonAbove
	if rows > above && strings.TrimSpace(reason.Code+reason.Note) == "" {
		return x.words.N("batch.why.required", above)
	}
	return x.reasonProblem(reason)
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
