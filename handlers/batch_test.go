package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

// pasted is a sheet as it is copied from a spreadsheet.
func pasted(rows ...string) string {
	return strings.ReplaceAll(strings.Join(rows, "\n"), "|", "\t")
}

// paste makes a draft of pasted rows and returns its page.
func (b *browser) paste(rows ...string) *page {
	b.w.t.Helper()
	return b.get("/batches/new").form("main form[enctype]").set("sheet", pasted(rows...)).send()
}

func TestPastedRowsAreCheckedBeforeAnythingIsSent(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|Uur", "670012|16/11/2026|8u30", "670044|16/11/2026|25:10").wants(http.StatusOK)
	t.Log(page.url, page.text("main"))
}
