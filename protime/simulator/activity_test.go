package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

const (
	level1     = "/activity-structure-versions/" + company.StructureVersion + "/levels/1/activity-definitions"
	level2     = "/activity-structure-versions/" + company.StructureVersion + "/levels/2/activity-definitions"
	assembly   = "a1b2c3d4-0000-4000-8000-000000001001"
	byOwnKey   = "?externalReferences=(activity-definitions,@external-reference)"
	definition = `{"name":{"default":"New"},"dataEntryCode":"N1","externalReference":"KEY-1"}`
)

func TestAnActivityDefinitionIsMadeAndReplacedUnderItsOwnKey(t *testing.T) {
	c := seeded(t)
	made := c.do("PUT", level1+"/KEY-1"+byOwnKey, definition)
	c.want(made, http.StatusCreated)
	path := strings.TrimPrefix(made.header.Get("Location"), simulator.BasePath)
	if !strings.HasPrefix(path, level1+"/") || strings.HasSuffix(path, "KEY-1") {
		t.Errorf("got Location %q, want the new internal id below %s", path, level1)
	}
	c.wantBody(c.do("GET", path, ""), `"externalReference":"KEY-1"`, `"level":1`, `"structureVersion":"`+company.StructureVersion)
	c.want(c.do("PUT", level1+"/KEY-1"+byOwnKey, `{"name":{"default":"Newer"},"externalReference":"KEY-1"}`), http.StatusOK)
	after := c.do("GET", level1+"/KEY-1"+byOwnKey, "")
	c.wantBody(after, `"default":"Newer"`)
	if strings.Contains(after.body, "dataEntryCode") {
		t.Errorf("got a code after a PUT that left it out: %s", after.body)
	}
}

func TestAnUnknownInternalIDMakesNothing(t *testing.T) {
	c := seeded(t)
	unknown := "00000000-0000-4000-8000-000000000000"
	c.want(c.do("PUT", level1+"/"+unknown, definition), http.StatusNotFound)
	c.want(c.do("GET", level1+"/"+unknown, ""), http.StatusNotFound)
	c.want(c.do("GET", level1+"/KEY-9"+byOwnKey, ""), http.StatusNotFound)
	plain := c.do("GET", level1+"/KEY-9", "")
	c.want(plain, http.StatusBadRequest)
	c.wantBody(plain, "'KEY-9' is no id")
	c.want(c.do("GET", level2+"/"+assembly, ""), http.StatusNotFound) // it is on the other level
	c.want(c.do("GET", level1+"/"+strings.ToUpper(assembly), ""), http.StatusOK)
}

func TestTheRulesOfTheStructure(t *testing.T) {
	c := seeded(t)
	for _, test := range []struct {
		name, path, body, reason string
	}{
		{"a code that is too long", level1, `{"name":{"default":"X"},"dataEntryCode":"12345678901234567"}`, "must not be longer than 16"},
		{"a parent that does not exist", level2, `{"name":{"default":"X"},"parent":{"id":"00000000-0000-4000-8000-000000000000"}}`,
			"does not exist."},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := c.do("POST", test.path, test.body)
			c.want(r, http.StatusBadRequest)
			c.wantBody(r, `"reasons":["`, test.reason)
		})
	}
	child := c.do("POST", level2, `{"name":{"default":"Child"},"parent":{"externalReferences":{"@external-reference":"XL1-101"}}}`)
	c.want(child, http.StatusCreated)
	path := strings.TrimPrefix(child.header.Get("Location"), simulator.BasePath)
	c.wantBody(c.do("GET", path, ""), `"parent":{"id":"`+assembly+`"}`, `"dataEntryCode":"AUTO`)
	c.want(c.do("PUT", path, `{"name":{"default":"Child"},"parent":{"id":"a1b2c3d4-0000-4000-8000-000000001002"}}`), http.StatusOK)
	c.wantBody(c.do("GET", path, ""), `"parent":{"id":"`+assembly+`"}`) // fixed when it was made
}

func TestUsagesAreNamedByWhatIsStored(t *testing.T) {
	c := seeded(t)
	path := level1 + "/" + assembly + "/usages"
	add := `{"activityUsageKind":"Person","usageReference":{"id":76548},"from":"2026-01-01","until":"2026-01-31"}`
	c.want(c.do("POST", path, add), http.StatusOK)
	c.wantBody(c.do("GET", path, ""), add)
	overlap := c.do("POST", path, strings.Replace(add, "2026-01-01", "2026-01-31", 1))
	c.want(overlap, http.StatusBadRequest)
	c.wantBody(overlap, "overlaps")
	c.want(c.do("PUT", path, `{"activityUsageKind":"Person","usageReference":{"id":76548},"originalFrom":"2026-01-02",`+
		`"originalUntil":"2026-01-31","updatedFrom":"2026-01-05"}`), http.StatusBadRequest)
	c.want(c.do("PUT", path, `{"activityUsageKind":"Person","usageReference":{"id":76548},"originalFrom":"2026-01-01",`+
		`"originalUntil":"2026-01-31","updatedFrom":"2026-01-05","updatedUntil":"2026-01-20"}`), http.StatusOK)
	moved := strings.NewReplacer("2026-01-01", "2026-01-05", "2026-01-31", "2026-01-20").Replace(add)
	c.wantBody(c.do("GET", path, ""), moved)
	c.want(c.do("DELETE", path, add), http.StatusNotFound)
	c.want(c.do("DELETE", path, moved), http.StatusNoContent)
	if r := c.do("GET", path, ""); strings.Contains(r.body, moved) {
		t.Errorf("got %s after it was deleted", moved)
	}
	open := strings.Replace(add, `"until":"2026-01-31"`, `"until":""`, 1) // an open end is left out or empty
	c.want(c.do("POST", path, open), http.StatusOK)
	c.wantBody(c.do("GET", path, ""), strings.Replace(open, `,"until":""`, "", 1))
	c.want(c.do("DELETE", path, open), http.StatusNoContent)
}

// doUnchecked is for what the documentation allows and the contract's schema does not.
func (c *caller) doUnchecked(method, path, body string) reply {
	c.t.Helper()
	c.tenant.Configure(func(o *simulator.Options) { o.Report = func(string, ...any) {} })
	defer c.tenant.Configure(func(o *simulator.Options) { o.Report = c.t.Errorf })
	return c.do(method, path, body)
}

func TestRestrictionsAreReplacedAsAWhole(t *testing.T) {
	c := seeded(t)
	path := level1 + "/" + assembly + "/restrictions"
	one := `{"level":2,"activityDefinitions":[{"id":"a1b2c3d4-0000-4000-8000-000000002003"}]}`
	c.want(c.do("PUT", path, `[`+one+`]`), http.StatusOK)
	c.wantBody(c.do("GET", path, ""), `"restrictions":[`+one+`]`, `"activityDefinitionId":{"id":"`+assembly+`"}`)
	unknown := c.do("PUT", path, `[{"level":2,"activityDefinitions":[{"id":"00000000-0000-4000-8000-000000000000"}]}]`)
	c.want(unknown, http.StatusBadRequest)
	c.wantBody(unknown, "does not exist")
	c.want(c.doUnchecked("PUT", path, `{"restrictions":[]}`), http.StatusBadRequest)
	c.want(c.do("PUT", path, `[]`), http.StatusOK)
	c.wantBody(c.do("GET", path, ""), `"restrictions":[]`)
	c.want(c.do("GET", level1+"/00000000-0000-4000-8000-000000000000/restrictions", ""), http.StatusNotFound)
}
