package audit_test

import (
	"maps"
	"testing"

	"protime-admin/internal/audit"
)

func TestViewsAreSavedForEachPerson(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		views := db.open(t, audit.Options{}).SavedViews()
		save := func(issuer, subject, name, path string, want bool) {
			t.Helper()
			if saved, err := views.Save(t.Context(), issuer, subject, name, path, 2); saved != want || err != nil {
				t.Errorf("save %s of %s: got %v, %v, want %v", name, subject, saved, err, want)
			}
		}
		list := func(issuer, subject string, want map[string]string) {
			t.Helper()
			if got, err := views.List(t.Context(), issuer, subject); err != nil || !maps.Equal(got, want) {
				t.Errorf("views of %s at %s: got %v, %v, want %v", subject, issuer, got, err, want)
			}
		}
		save("https://a", "els", "Warehouse", "/clockings?department=3", true)
		save("https://a", "els", "Nights", "/clockings?circle=2", true)
		save("https://a", "els", "One too many", "/changes", false)
		save("https://a", "els", "Nights", "/clockings?circle=8", true)
		save("https://a", "tom", "Nights", "/changes", true)
		save("https://b", "els", "Nights", "/people", true)
		list("https://a", "els", map[string]string{"Warehouse": "/clockings?department=3", "Nights": "/clockings?circle=8"})
		if err := views.Remove(t.Context(), "https://a", "els", "Nights"); err != nil {
			t.Fatal(err)
		}
		list("https://a", "els", map[string]string{"Warehouse": "/clockings?department=3"})
		list("https://a", "tom", map[string]string{"Nights": "/changes"})
		list("https://b", "els", map[string]string{"Nights": "/people"})
		list("https://a", "nobody", map[string]string{})
	})
}
