package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestDatesWithTheirMonthFirstAreNotTakenForOthers(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|Uur", "6767600|11/02/2024|8:30", "6767600|11/13/2024|8:30").wants(http.StatusOK)
	for _, want := range []string{
		"2 rows: 0 ready, 2 with an error.", "11/02/2024 can be two dates", "The month comes first in 11/13/2024. Write 2024-11-13",
	} {
		if got := page.text("main"); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	var offers []string
	for _, value := range []string{"2.1=2 Nov 2024", "2.1=11 Feb 2024", "3.1=13 Nov 2024"} {
		offers = append(offers, page.text("[name=use][value='"+value+"']"))
	}
	if got, want := strings.Join(offers, ", "), "Use Sat 2 Nov 2024, Use Sun 11 Feb 2024, Use Wed 13 Nov 2024"; got != want {
		t.Errorf("got the buttons %q, want %q", got, want)
	}
	page = page.presses("use", "2.1=2 Nov 2024").send().wants(http.StatusOK)
	if got := els.get(page.url.Path + "?rows=all").text("tr[data-row]:nth-child(1)"); !strings.Contains(got, "Sat 2 Nov") || strings.Contains(got, "two dates") {
		t.Errorf("got the row %q, want the date that was chosen", got)
	}

	// What a late row says holds for the rows that were checked before it was read.
	rows := make([]string, 1002)
	rows[0] = "Badge|Datum|Uur"
	for i := range rows[1:] {
		rows[1+i] = "6767600|11/02/2024|8:30"
	}
	page = els.paste(append(rows, "6767600|11/13/2024|8:30")...).wants(http.StatusOK)
	if got := page.text("main"); !strings.Contains(got, "0 of 1,002 rows are checked") {
		t.Fatalf("got %q, want all rows to be checked again", got)
	}
	page = page.presses("do", "check").send().wants(http.StatusOK)
	if got := page.text("main"); !strings.Contains(got, "1,002 rows: 0 ready, 1,002 with an error.") {
		t.Errorf("got %q, want the dates of all rows asked for", got)
	}
}

func TestTwoTimesInARowAreNotTakenForOne(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|In|Out", "6767600|"+day(3)+"|8:30|17:06").wants(http.StatusOK)
	const want = "A row has one time, so the times of Out are not sent. After these rows, paste or choose the sheet again and let Out mean Time."
	if got := page.text("main .note"); !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	page = page.form("main form.sheet").send().wants(http.StatusOK)
	if got := page.text("main"); !strings.Contains(got, "1 row: 1 ready.") || !strings.Contains(got, want) {
		t.Errorf("got %q, want the rows checked and %q", got, want)
	}
	page = els.paste("Badge|Datum|In|Ploeg", "6767600|"+day(3)+"|8:30|A").wants(http.StatusOK)
	if got := page.text("main"); strings.Contains(got, "one time") {
		t.Errorf("got %q, want nothing said of a column without times", got)
	}
}
