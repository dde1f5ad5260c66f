//go:build providers

package endtoend

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/browsertest"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// throughPrism puts a proxy that nobody here wrote between the product and the API's simulator. It serves the
// contract's paths without the server's base path, so a small one before it takes that off.
func (w *world) throughPrism() *browsertest.Prism {
	w.t.Helper()
	prism := browsertest.StartPrism(w.t, "../../protime/contract/contract.yaml", w.api.URL+simulator.BasePath)
	to, err := url.Parse(prism.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	front := httptest.NewServer(http.StripPrefix(simulator.BasePath, httputil.NewSingleHostReverseProxy(to)))
	w.t.Cleanup(front.Close)
	w.env["PROTIME_API_URL"] = front.URL + simulator.BasePath
	return prism
}

// The whole main job goes through Prism's validation: neither the product nor the simulator breaks the contract.
func TestTheMainJobKeepsTheContract(t *testing.T) {
	w := newWorld(t)
	w.env["WRITABLE"] = "clockings assignments activity-definitions webhooks"
	w.env["ACTIVITY_STRUCTURE_VERSIONS"] = company.StructureVersion
	prism := w.throughPrism()
	w.start()
	client := w.signIn("els")
	job := job{t: t, client: client, base: w.public}

	job.reads("/")
	described, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range described.Collections {
		if c.Offers(contract.List) && !strings.Contains(c.Path, "{") {
			job.reads(c.URL())
		}
	}
	definitions := "/activity-structure-versions/" + company.StructureVersion + "/levels/1/activity-definitions"
	job.reads(definitions)

	job.saves("/clockings/8192/edit", "timeOfDayInMinutes", "8:00", "why.note", "forgot")
	today := time.Now().Format(time.DateOnly)
	made := job.saves("/clockings/new?person.id=76547&kind=InOut&date="+yesterday(), "timeOfDayInMinutes", "1815")
	job.saves("/clockings/new?person.id=76547&kind=ActivityEnd&date="+yesterday(), "timeOfDayInMinutes", "18:20")
	job.saves(made+"/delete", "why", "")
	assignment := job.saves("/assignments/new", "person.id", "76547", "from", today, "startTimeInMinutes", "8:00",
		"endTimeInMinutes", "17:00", "breakDurationInMinutes", "0:30", "comments", "Fair “Mechelen”",
		"activityLevels.0.level", "1", "activityLevels.0.activityDefinition.id", firstDefinition(w))
	job.saves(assignment+"/edit", "comments", "")
	job.saves(assignment+"/delete", "why", "")
	job.saves(definitions+"/new", "name.default", "Stocktaking", "externalReference", "STOCK-1")
	job.saves(definitions+"/STOCK-2/edit?by=%40external-reference", "name.default", "Stocktaking two",
		"externalReference", "STOCK-2")

	for _, violation := range prism.Violations() {
		t.Errorf("Prism: %s", violation)
	}
}

func firstDefinition(w *world) string {
	w.t.Helper()
	ids := w.tenant.IDs("activity-definitions")
	if len(ids) == 0 {
		w.t.Fatal("the company has no activity definitions")
	}
	at := strings.LastIndexByte(ids[0], '/')
	return ids[0][at+1:]
}

// job does what a person does with a browser, by its forms.
type job struct {
	t      *testing.T
	client *http.Client
	base   string
}

func (j job) reads(path string) string {
	j.t.Helper()
	status, page := get(j.t.Context(), j.client, j.base+path)
	if status != http.StatusOK {
		j.t.Fatalf("GET %s: got %d, want 200\n%s", path, status, text(page))
	}
	return page
}

// saves opens a form, types into it, sends it, and returns the record that the banner links to, or the path.
func (j job) saves(path string, typed ...string) string {
	j.t.Helper()
	form := formOf(j.t, j.reads(path))
	for i := 0; i+1 < len(typed); i += 2 {
		form.Set(typed[i], typed[i+1])
		form.Del(typed[i] + "~find")
		form.Del(typed[i] + "~was")
	}
	status, to, page := j.post(path, form)
	if status != http.StatusSeeOther {
		j.t.Fatalf("POST %s: got %d, want 303\n%s", path, status, text(page))
	}
	to, _, _ = strings.Cut(to, "#")
	return location(j.t, j.reads(to))
}

func (j job) post(path string, form url.Values) (status int, to, page string) {
	j.t.Helper()
	request, err := http.NewRequestWithContext(j.t.Context(), http.MethodPost, j.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		j.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := j.client.Do(request)
	if err != nil {
		j.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		j.t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("Location"), string(body)
}
