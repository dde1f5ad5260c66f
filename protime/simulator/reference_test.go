package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"protime-admin/protime/simulator"
)

func TestReferencesAreAddedToTheObjectsThatReferToTheirCollection(t *testing.T) {
	c := seeded(t)
	r := c.do("GET", "/clockings/8192?externalReferences=(people,@badge-number)(terminals,@external-code)", "")
	c.want(r, http.StatusOK)
	c.wantBody(r, `"person":{"id":76547,"externalReferences":{"@badge-number":"6767646"}}`,
		`"terminal":{"id":765,"externalReferences":{"@external-code":"T1"}}`)
	custom := c.do("GET", "/clockings/8192?externalReferences=(people,HRMID)", "")
	c.wantBody(custom, `"externalReferences":{"HRMID":"H11702"}`)
	if stored, _ := c.tenant.Get("clockings", "8192"); strings.Contains(stored, "externalReferences") {
		t.Errorf("got references in the stored record: %s", stored)
	}
}

func TestARecordIsAddressedByReferenceWhereThePathTakesOne(t *testing.T) {
	c := seeded(t)
	c.tenant.Refer("departments", "Code", "D 1/2", "3")
	for _, test := range []struct {
		path   string
		status int
		want   string
	}{
		{"/people/6767646?externalReferences=(people,@badge-number)", http.StatusOK, `"id":76547`},
		{"/people/E1047?externalReferences=(people,@employee-number)", http.StatusOK, `"id":76547`},
		{"/people/E1047/department-history?externalReferences=(people,@employee-number)", http.StatusOK, `"person":{"id":76547`},
		{"/departments/D%201%2F2?externalReferences=(departments,Code)", http.StatusOK, `"id":3`},
		{"/shift-definitions/NIGHT?externalReferences=(shift-definitions,@shift-code)", http.StatusOK, `"id":54`},
		{"/people/E1?externalReferences=(people,@employee-number)", http.StatusNotFound, "does not exist"},
		{"/people/E1047", http.StatusBadRequest, "is no id"},
		{"/people/76547?externalReferences=(people,@shoe-size)", http.StatusBadRequest, "is not supported by 'people'"},
		{"/people/76547?externalReferences=(clockings,Mine)", http.StatusBadRequest, "is not supported by 'clockings'"},
		{"/people/1", http.StatusNotFound, "does not exist"},
	} {
		t.Run(test.path, func(t *testing.T) {
			r := c.do("GET", test.path, "")
			c.want(r, test.status)
			c.wantBody(r, test.want)
		})
	}
}

func TestABodyMayNameByReference(t *testing.T) {
	c := seeded(t)
	r := c.do("POST", "/clockings", `{"person":{"externalReferences":{"@badge-number":"6767646"}},"date":"2026-01-15",`+
		`"timeOfDayInMinutes":480,"kind":"Reason","reason":{"externalReferences":{"@absence-code":"DOC"}},`+
		`"terminal":{"externalReferences":{"@external-code":"T7"}}}`)
	c.want(r, http.StatusCreated)
	c.wantBody(c.do("GET", strings.TrimPrefix(r.header.Get("Location"), simulator.BasePath), ""),
		`"person":{"id":76547}`, `"reason":{"id":12}`, `"terminal":{"id":768}`)
	unknown := c.do("POST", "/clockings", `{"person":{"externalReferences":{"@badge-number":"0"}},"date":"2026-01-15",`+
		`"timeOfDayInMinutes":480,"kind":"InOut"}`)
	c.want(unknown, http.StatusBadRequest)
	c.wantBody(unknown, `person: no record of people has @badge-number`)
}
