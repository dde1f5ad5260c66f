package handlers

import (
	"encoding/json"
	"iter"
	"net/http"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/listing"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// flushEvery is the number of rows after which what was written of a file is sent.
const flushEvery = 500

// GET /changes.csv?...: every change of the same filter, newest first, streamed. For auditors.
func (s *Server) changesCSV(x *exchange) error {
	receipts, err := x.exported()
	if err != nil {
		return err
	}
	file := &csvFile{x: x, name: "changes", head: x.words.ChangeHead()}
	n := 0
	for r, err := range receipts {
		if err != nil {
			return err // a page of its own before the first row was sent; fail breaks the connection after it
		}
		if err := file.write(x.words.ChangeCells(r)); err != nil {
			return err
		}
		if n++; n%flushEvery == 0 {
			if err := file.flush(); err != nil {
				return err
			}
		}
	}
	return file.flush()
}

// exported are the changes of the page's filter, for auditors.
func (x *exchange) exported() (iter.Seq2[change.Receipt, error], error) {
	if !change.Has(x.actor.Roles, change.ExportLog) {
		return nil, x.notYourLog(change.ErrRole)
	}
	l, err := x.readLog()
	if err != nil {
		return nil, err
	}
	if l.Problem || l.Ask != nil {
		return nil, &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-filter")}
	}
	l.Query.Cursor = ""
	return x.s.Desk.All(x.request().Context(), x.actor, l.Query), nil
}

// changeLine is one change as a line of NDJSON. Members are named as in `audit export`.
type changeLine struct {
	Sequence          int64           `json:"sequence"`
	Change            string          `json:"change"`
	At                string          `json:"at"`
	Ended             string          `json:"ended,omitempty"`
	State             change.State    `json:"state"`
	How               change.How      `json:"how,omitempty"` // how the state is known: answer, look, ruling
	Subject           string          `json:"subject,omitempty"`
	Issuer            string          `json:"issuer,omitempty"`
	Name              string          `json:"name,omitempty"`
	Email             string          `json:"email,omitempty"`
	Number            string          `json:"number,omitempty"`
	Roles             string          `json:"roles,omitempty"`
	Collection        string          `json:"collection"`
	Path              string          `json:"path"`
	Record            string          `json:"record,omitempty"` // page of the record, of the new one after a create
	Verb              string          `json:"verb"`
	Person            string          `json:"person,omitempty"`
	Reason            string          `json:"reason,omitempty"`
	Note              string          `json:"note,omitempty"`
	Undoes            string          `json:"undoes,omitempty"`
	UndoneBy          string          `json:"undoneBy,omitempty"`
	Before            json.RawMessage `json:"before,omitempty"`
	After             json.RawMessage `json:"after,omitempty"`
	LeftOut           []string        `json:"leftOut,omitempty"`
	RequestID         string          `json:"requestId,omitempty"`
	Method            string          `json:"method,omitempty"`
	RequestPath       string          `json:"requestPath,omitempty"`
	RequestQuery      string          `json:"requestQuery,omitempty"`
	RequestBody       json.RawMessage `json:"requestBody,omitempty"`
	IfMatch           string          `json:"ifMatch,omitempty"`
	URL               string          `json:"url,omitempty"`
	Status            int             `json:"status,omitempty"`
	Location          string          `json:"location,omitempty"`
	OperationLocation string          `json:"operationLocation,omitempty"`
	ResponseBody      json.RawMessage `json:"responseBody,omitempty"`
	DurationMicros    int64           `json:"durationMicros,omitempty"`
	Failure           string          `json:"failure,omitempty"`
	Erased            bool            `json:"erased,omitempty"`
}

// GET /changes.ndjson?...: the same as one JSON object per line. For auditors.
func (s *Server) changesNDJSON(x *exchange) error {
	receipts, err := x.exported()
	if err != nil {
		return err
	}
	response := x.c.Response()
	begin := func() {
		if response.Committed {
			return
		}
		response.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
		response.Header().Set("Content-Disposition", `attachment; filename="changes.ndjson"`)
		response.WriteHeader(http.StatusOK)
	}
	encoder := json.NewEncoder(response)
	encoder.SetEscapeHTML(false)
	n := 0
	for r, err := range receipts {
		if err != nil {
			return err
		}
		begin()
		if err := encoder.Encode(changeLineOf(x.words, r)); err != nil {
			return err
		}
		if n++; n%flushEvery == 0 {
			response.Flush()
		}
	}
	begin()
	return nil
}

func changeLineOf(words *tell.Words, r change.Receipt) changeLine {
	roles := make([]string, len(r.Actor.Roles))
	for i, role := range r.Actor.Roles {
		roles[i] = string(role)
	}
	line := changeLine{
		Sequence: r.Sequence, Change: r.ID, At: r.At.UTC().Format(time.RFC3339Nano), State: r.State, How: r.How,
		Subject: r.Actor.Subject, Issuer: r.Actor.Issuer, Name: r.Actor.Name, Email: r.Actor.Email,
		Number: r.Actor.Number, Roles: strings.Join(roles, ","), Collection: r.Collection, Path: r.Path,
		Record: words.RecordPath(r), Verb: string(r.Verb), Person: r.Person, Reason: r.Reason.Code, Note: r.Reason.Note,
		Undoes: r.Undoes, UndoneBy: r.UndoneBy, Before: lineJSON(r.Before), After: lineJSON(r.After), LeftOut: r.LeftOut,
		RequestID: r.RequestID, Method: r.Request.Method, RequestPath: r.Request.Path, RequestQuery: r.Request.Query,
		RequestBody: lineJSON(r.Request.Body), IfMatch: r.Request.IfMatch, URL: r.URL, Status: r.Status,
		Location: r.Location, OperationLocation: r.OperationLocation, ResponseBody: lineJSON(r.Body),
		DurationMicros: r.Duration.Microseconds(), Failure: r.Failure, Erased: r.Erased,
	}
	if !r.Ended.IsZero() {
		line.Ended = r.Ended.UTC().Format(time.RFC3339Nano)
	}
	return line
}

// lineJSON returns JSON as it is, and anything else, such as a gateway's page, as a JSON string.
func lineJSON(raw []byte) json.RawMessage {
	if len(raw) == 0 || json.Valid(raw) {
		return raw
	}
	return field.Quote(string(raw))
}

// GET /clockings.csv?...: the whole list of the same filter, streamed. A failure half-way breaks the connection, so that
// an incomplete file does not look complete.
func (s *Server) listCSV(x *exchange, c *contract.Collection) error {
	if why := x.whyNot(c, contract.List); why != "" {
		return x.refuse(c, contract.List, why)
	}
	params, err := x.params(c, false)
	if err != nil {
		return err
	}
	selected := x.recordFilters().Read(x.request().Context(), c)
	if selected.Problem || selected.Ask != nil {
		return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-filter")}
	}
	fields := listing.FileFields(c)
	x.loadNames(fields)
	name := c.Name
	for _, day := range []string{selected.From, selected.To} {
		if day != "" {
			name += "-" + day
		}
	}
	file := &csvFile{x: x, name: name, head: x.words.Head(c, fields)}
	if c.Rows != "" {
		document, _, err := s.API.Get(x.request().Context(), c.URL(params...), "")
		if err != nil {
			return err
		}
		for _, row := range form.RowsOf(c, document) {
			if err := file.write(x.words.Cells(fields, row)); err != nil {
				return err
			}
		}
		return file.flush()
	}
	if selected.Nobody {
		return file.flush()
	}
	for page, err := range s.API.List(x.request().Context(), c.URL(params...), protime.ListOptions{Filter: selected.Filter}) {
		if err != nil {
			return err // a page of its own before the first row was sent; fail breaks the connection after it
		}
		for _, record := range page.Records {
			if !selected.Deleted && tell.IsDeleted(c, record) || !selected.Holds(record) {
				continue
			}
			if err := file.write(x.words.Cells(fields, record)); err != nil {
				return err
			}
		}
		if err := file.flush(); err != nil {
			return err
		}
	}
	return file.flush()
}

// csvFile is an answer that is a CSV file. Its first row or flush sends the header and the names of the columns.
type csvFile struct {
	x    *exchange
	name string
	head []string
	rows *spreadsheet.Writer
}

func (f *csvFile) begin() error {
	if f.rows != nil {
		return nil
	}
	response := f.x.c.Response()
	response.Header().Set("Content-Type", "text/csv; charset=utf-8")
	response.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`.csv"`)
	response.WriteHeader(http.StatusOK)
	f.rows = spreadsheet.NewWriter(response)
	return f.rows.Write(f.head)
}

func (f *csvFile) write(cells []string) error {
	if err := f.begin(); err != nil {
		return err
	}
	return f.rows.Write(cells)
}

func (f *csvFile) flush() error {
	if err := f.begin(); err != nil {
		return err
	}
	if err := f.rows.Flush(); err != nil {
		return err
	}
	return http.NewResponseController(f.x.c.Response()).Flush()
}
