package handlers

import (
	"encoding/json"
	"iter"
	"net/http"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/tell"
)

// GET /changes.csv?... and /changes.xlsx?...: every change of the same filter, newest first, streamed. For auditors.
func (s *Server) changesFile(format spreadsheet.Format) func(*exchange) error {
	return func(x *exchange) error {
		receipts, err := x.exported()
		if err != nil {
			return err
		}
		file := x.file(format, "changes", x.words.ChangeHead())
		for r, err := range receipts {
			if err != nil {
				return err
			}
			if err := file.write(x.words.ChangeCells(r)); err != nil {
				return err
			}
		}
		return file.close()
	}
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
	l.Query.Cursor, l.Query.Folded = "", false
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
	Part              *change.Part    `json:"part,omitempty"` // of which batch it is a row
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
		Undoes: r.Undoes, UndoneBy: r.UndoneBy, Part: r.Part, Before: lineJSON(r.Before), After: lineJSON(r.After), LeftOut: r.LeftOut,
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
