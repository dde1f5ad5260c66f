package protime_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"protime-admin/protime"
)

func TestEveryShapeOfAnErrorIsRead(t *testing.T) {
	type fields = []protime.FieldError
	tests := []struct {
		name    string
		body    string
		code    string
		message string
		reasons []string
		fields  fields
	}{
		{"wrapped", `{"error":{"code":"NotFound","message":"No such clocking"}}`,
			"NotFound", "No such clocking", nil, nil},
		{"with reasons", `{"error":{"code":"BadRequest","message":"The request was invalid",
			"reasons":["The provided date range is invalid","And more"]}}`,
			"BadRequest", "The request was invalid", []string{"The provided date range is invalid", "And more"}, nil},
		{"reasons that are objects", `{"error":{"reasons":[{"code":"X","message":"too late"},{"field":"date","message":"closed"}]}}`,
			"", "", []string{"too late"}, fields{{"date", "closed"}}},
		{"validation errors that are strings", `{"code":"BadRequest","message":"Invalid","validationErrors":["date is required"]}`,
			"BadRequest", "Invalid", nil, fields{{"", "date is required"}}},
		{"validation errors without code or message", `{"validationErrors":[{"field":"date","message":"is required"}]}`,
			"", "", nil, fields{{"date", "is required"}}},
		{"path and errorMessage", `{"validationErrors":[{"path":"$.person.id","errorMessage":"is unknown"}]}`,
			"", "", nil, fields{{"$.person.id", "is unknown"}}},
		{"propertyName and errorMessage", `{"validationErrors":[{"propertyName":"Date","errorMessage":"'Date' must not be empty.",
			"errorCode":"NotEmpty","attemptedValue":null}]}`,
			"", "", nil, fields{{"Date", "'Date' must not be empty."}}},
		{"memberNames", `{"validationErrors":[{"memberNames":["Date","Kind"],"errorMessage":"wrong"}]}`,
			"", "", nil, fields{{"Date", "wrong"}}},
		{"name and reason", `{"validationErrors":[{"name":"kind","reason":"odd","message":"wrong"}]}`,
			"", "", nil, fields{{"kind", "odd"}}},
		{"several messages for a field", `{"validationErrors":[{"field":"date","errors":["a","b"]}]}`,
			"", "", nil, fields{{"date", "a"}}},
		{"wrapped all the same", `{"error":{"code":"BadRequest","validationErrors":["x"]}}`,
			"BadRequest", "", nil, fields{{"", "x"}}},
		{"an object of fields", `{"validationErrors":{"date":["is required","is wrong"],"reason":"is unknown"}}`,
			"", "", nil, fields{{"date", "is required"}, {"date", "is wrong"}, {"reason", "is unknown"}}},
		{"objects of one field each", `{"validationErrors":[{"date":["is required"]},{"person":{"id":"is unknown"}}]}`,
			"", "", nil, fields{{"date", "is required"}, {"person.id", "is unknown"}}},
		{"one object in place of a list", `{"validationErrors":{"field":"date","message":"is required"}}`,
			"", "", nil, fields{{"date", "is required"}}},
		{"ASP.NET", `{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","title":"One or more validation errors occurred.",
			"status":400,"errors":{"$.date":["The JSON value could not be converted."],"kind":["x"]},"traceId":"00-1"}`,
			"", "One or more validation errors occurred.", nil,
			fields{{"$.date", "The JSON value could not be converted."}, {"kind", "x"}}},
		{"problem details", `{"title":"Bad Request","status":400,"detail":"the period is closed"}`,
			"", "Bad Request", []string{"the period is closed"}, nil},
		{"capital letters", `{"Error":{"Code":"X","Message":"Y","Reasons":["Z"]}}`, "X", "Y", []string{"Z"}, nil},
		{"an OAuth error", `{"error":"invalid_token","error_description":"expired"}`, "invalid_token", "expired", nil, nil},
		{"an element of no known shape", `{"validationErrors":[{"code":7,"field":"x"},17,null,[]]}`,
			"", "", nil, fields{{"x", "7"}, {"", "17"}, {"", "[]"}}},
		{"members of other types", `{"error":{"code":400,"message":["x"],"reasons":"one"}}`, "400", "", []string{"one"}, nil},
		{"HTML", `<html><body>Bad Gateway</body></html>`, "", "", nil, nil},
		{"cut off", `{"error":{"code":"X"`, "", "", nil, nil},
		{"a list", `["x"]`, "", "", nil, nil},
		{"nothing", ``, "", "", nil, nil},
		{"nested without end", `{"validationErrors":` + strings.Repeat(`{"a":`, 5000), "", "", nil, nil},
		{"nested deep", `{"errors":` + strings.Repeat(`{"a":`, 90) + `"x"` + strings.Repeat(`}`, 91),
			"", "", nil, fields{{strings.TrimSuffix(strings.Repeat("a.", 90), "."), "x"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, answering(400, "application/json", test.body))
			_, err := a.client().Create(t.Context(), "/clockings", []byte("{}"))
			failed := failure(t, err)
			if failed.Status != 400 || !errors.Is(err, protime.Invalid) {
				t.Errorf("got %d %q", failed.Status, failed.Kinds())
			}
			if failed.Code != test.code || failed.Message != test.message {
				t.Errorf("got %q %q, want %q %q", failed.Code, failed.Message, test.code, test.message)
			}
			if !slices.Equal(failed.Reasons, test.reasons) {
				t.Errorf("reasons: got %q, want %q", failed.Reasons, test.reasons)
			}
			if !slices.Equal(failed.Fields, test.fields) {
				t.Errorf("fields: got %q, want %q", failed.Fields, test.fields)
			}
			if want := test.body[:min(len(test.body), 2048)]; string(failed.Body) != want {
				t.Errorf("body: got %q, want %q", failed.Body, want)
			}
		})
	}
}

func TestEachStatusHasItsBehaviour(t *testing.T) {
	tests := map[int]protime.Kind{
		400: protime.Invalid, 401: protime.Unauthorized, 403: protime.Forbidden, 404: protime.NotFound,
		405: protime.NotOffered, 409: protime.Conflict, 410: protime.Gone, 412: protime.Conflict, 413: protime.Refused,
		414: protime.TooLong, 415: protime.Refused, 418: protime.Refused, 422: protime.Invalid,
		429: protime.RateLimited, 500: protime.ServerFault, 501: protime.NotOffered, 502: protime.ServerFault,
		503: protime.Unavailable, 504: protime.ServerFault, 599: protime.ServerFault,
	}
	for status, kind := range tests {
		a := newAPI(t, answering(status, "text/html", "<h1>no"))
		_, err := a.client().Create(t.Context(), "/clockings", []byte("{}"))
		failed := failure(t, err)
		if failed.Status != status || !slices.Equal(failed.Kinds(), []protime.Kind{kind}) || !errors.Is(err, kind) {
			t.Errorf("%d: got %d %q, want %q", status, failed.Status, failed.Kinds(), string(kind))
		}
	}
}

func TestAnErrorNamesTheOperation(t *testing.T) {
	a := newAPI(t, answering(409, "application/json", `{"error":{"code":"Busy","message":"changed","reasons":["a","b"]}}`))
	_, err := a.client().Replace(t.Context(), "/clockings/7", []byte("{}"), "")
	if got, want := err.Error(), "protime: PUT /clockings/7: 409 Conflict: Busy: changed: a; b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	a = newAPI(t, hangUp(""))
	_, err = a.client().Replace(t.Context(), "/clockings/7", []byte("{}"), "")
	if got, want := err.Error(), "protime: PUT /clockings/7: EOF"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAKeptAnswerSaysTheSameAsTheCallDid(t *testing.T) {
	a := newAPI(t, answering(400, "application/json", `{"error":{"code":"X","reasons":["closed"]}}`))
	answer, err := a.client().Create(t.Context(), "/clockings", []byte("{}"))
	want, got := failure(t, err), protime.Refusal(answer)
	if got == nil || got.Status != want.Status || got.Code != want.Code || !slices.Equal(got.Reasons, want.Reasons) ||
		!slices.Equal(got.Kinds(), want.Kinds()) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := protime.Refusal(protime.Answer{Status: 201}); got != nil {
		t.Errorf("a success: got %v", got)
	}
}
