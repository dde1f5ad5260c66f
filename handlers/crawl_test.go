package handlers_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// number is what differs between pages of the same kind.
var number = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|\d+`)

func TestNoLinkLeadsNowhere(t *testing.T) {
	w := newWorld(t, "WRITABLE=clockings assignments activity-definitions webhooks")
	w.knowsPeople()
	both := w.signIn("both")
	theForm(both.get(editClocking)).set("timeOfDayInMinutes", "8:00").send().wants(http.StatusOK)

	type link struct{ from, to string }
	queue := []link{{"the address bar", "/"}, {"the address bar", definitions("1")}}
	seen := map[string]bool{}
	for visited := 0; len(queue) > 0 && visited < 400; visited++ {
		next := queue[0]
		queue = queue[1:]
		page := both.get(next.to)
		if page.status != http.StatusOK {
			t.Errorf("%s leads to %s: got %d %q", next.from, next.to, page.status, page.text("h1"))
			continue
		}
		if strings.Contains(page.header.Get("Content-Type"), "html") {
			whole(t, page)
		}
		page.find("a[href]").Each(func(_ int, a *goquery.Selection) {
			u, err := page.url.Parse(a.AttrOr("href", ""))
			if err != nil {
				t.Errorf("%s: a link to %q", next.to, a.AttrOr("href", ""))
				return
			}
			kind := number.ReplaceAllString(u.Path, "0") + " " + names(u.Query())
			if strings.HasPrefix(a.AttrOr("href", ""), "#") || seen[kind] {
				return
			}
			seen[kind] = true
			queue = append(queue, link{next.to, u.RequestURI()})
		})
	}
	if len(seen) < 80 {
		t.Errorf("got %d kinds of links, want the whole product", len(seen))
	}
	if n := len(w.tenant.Writes()); n != 1 {
		t.Errorf("got %d writes: a link changes something", n)
	}
}

// names are the parameters of a query without their values.
func names(q url.Values) string {
	q.Del("return")
	q.Del("done")
	return strings.Join(slices.Sorted(maps.Keys(q)), " ")
}
