package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// monday is the "today" of these tests: a Thursday, so that the week has a Monday behind it.
var thursday = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// caller is a bare client: it knows HTTP and nothing else.
type caller struct {
	t      *testing.T
	tenant *simulator.Tenant
	server *httptest.Server
	token  string
	header http.Header
}

func serve(t *testing.T, tenant *simulator.Tenant) *caller {
	t.Helper()
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	c := &caller{t: t, tenant: tenant, server: server, header: http.Header{}}
	c.token = tenant.Token()
	c.header.Set("User-Agent", "SimulatorTest/1 (Acme)")
	return c
}

// strict serves an empty tenant that reports every violation of the contract as an error of the test.
func strict(t *testing.T) *caller { return serve(t, simulator.Strict(t)) }

// founded is the made-up company, made once for all tests, each of which has a clone.
var founded = sync.OnceValue(func() *simulator.Tenant { return company.New(thursday) })

// seeded serves the made-up company, strictly.
func seeded(t *testing.T) *caller { return serve(t, simulator.Strict(t, founded().Clone())) }

type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request below the API's base; query in path must be encoded.
func (c *caller) do(method, path, body string) reply {
	c.t.Helper()
	r, err := c.try(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (c *caller) try(method, path, body string) (reply, error) {
	c.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.server.URL+simulator.BasePath+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header = c.header.Clone()
	request.Header.Set("Authorization", "Bearer "+c.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.server.Client().Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text)}, err
}

// filter lists a collection by a filter that is written as in the documentation.
func (c *caller) filter(collection, filter string) reply {
	c.t.Helper()
	return c.do("GET", "/"+collection+"?filter="+url.QueryEscape(filter), "")
}

// all walks over the pages of a list, as nextLink says, and gives the ids and the number of pages.
func (c *caller) all(path string) (ids []string, pages int) {
	c.t.Helper()
	for path != "" {
		r := c.do("GET", path, "")
		c.want(r, http.StatusOK)
		var page struct {
			Value    []struct{ ID json.RawMessage }
			NextLink string
		}
		if err := json.Unmarshal([]byte(r.body), &page); err != nil {
			c.t.Fatalf("%s: %v in %s", path, err, r.body)
		}
		for _, v := range page.Value {
			ids = append(ids, strings.Trim(string(v.ID), `"`))
		}
		pages++
		path = encoded(c.t, page.NextLink)
	}
	return ids, pages
}

// encoded turns a nextLink into a path that can be sent: host-relative, with its filter encoded.
func encoded(t *testing.T, link string) string {
	t.Helper()
	if link == "" {
		return ""
	}
	link, ok := strings.CutPrefix(link, simulator.BasePath)
	if !ok {
		t.Fatalf("nextLink %q is not relative to the host", link)
	}
	path, query, _ := strings.Cut(link, "?")
	params := strings.Split(query, "&")
	for i, param := range params {
		name, value, _ := strings.Cut(param, "=")
		params[i] = name + "=" + url.QueryEscape(value)
	}
	return path + "?" + strings.Join(params, "&")
}

func (c *caller) want(r reply, status int) {
	c.t.Helper()
	if r.status != status {
		c.t.Fatalf("got status %d, want %d; body %s", r.status, status, r.body)
	}
}

func (c *caller) wantBody(r reply, parts ...string) {
	c.t.Helper()
	for _, part := range parts {
		if !strings.Contains(r.body, part) {
			c.t.Errorf("got body %s, want it to contain %s", r.body, part)
		}
	}
}

func TestEveryListOfTheCompanyHasRowsThatFitTheContract(t *testing.T) {
	c := seeded(t)
	embedded, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, collection := range embedded.Collections {
		if collection.Operations[contract.List] == nil {
			t.Errorf("%s has no list", collection.Name)
			continue
		}
		path := strings.NewReplacer("{structureVersionId}", company.StructureVersion, "{level}", "1",
			"{activityDefinitionReference}", "a1b2c3d4-0000-4000-8000-000000001001", "{PersonReference}", "76547").
			Replace(collection.Path)
		for _, f := range collection.Filters {
			if f.Required {
				path += "?filter=" + url.QueryEscape("date ge '2025-12-01' and date le '2026-01-31'")
			}
		}
		if collection.Rows != "" {
			r := c.do("GET", path, "")
			c.want(r, http.StatusOK)
			if strings.Contains(r.body, `:[]`) {
				t.Errorf("%s has no rows: %s", collection.Name, r.body)
			}
			continue
		}
		ids, _ := c.all(path)
		if len(ids) == 0 {
			t.Errorf("%s has no rows", collection.Name)
			continue
		}
		if collection.ItemPath == "" {
			continue
		}
		base, _, _ := strings.Cut(path, "?")
		c.want(c.do("GET", base+"/"+ids[0], ""), http.StatusOK)
	}
}

func TestAChangeOfACloneOrOfItsOriginIsNotSeenInTheOther(t *testing.T) {
	origin := founded().Clone()
	clone := origin.Clone()
	if got, want := clone.IDs("clockings"), origin.IDs("clockings"); !slices.Equal(got, want) {
		t.Fatalf("got %d clockings, want the %d of the origin", len(got), len(want))
	}
	before, _ := origin.Get("clockings", "8192")
	clone.Edit("clockings", "8192", `{"timeOfDayInMinutes":480}`)
	origin.Remove("people", "76547")
	if got, _ := origin.Get("clockings", "8192"); got != before {
		t.Errorf("the origin's clocking: got %s, want %s", got, before)
	}
	if _, found := clone.Get("people", "76547"); !found {
		t.Error("the clone's person: got none, want the one who was removed from the origin")
	}
	added := clone.Insert("clockings", `{}`)
	if _, found := origin.Get("clockings", added); found {
		t.Error("the origin has the record that was added to its clone")
	}
	if got := len(clone.Journal()); got != 2 {
		t.Errorf("the clone's journal: got %d entries, want its own 2", got)
	}
}
