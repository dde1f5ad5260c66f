package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"protime-admin/internal/batch"
)

func TestTheLogShowsABatchAsOneLineThatUnfolds(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els, anke := w.signIn("els"), w.signIn("anke")
	correct(els, "8:00", "alone")
	b := w.draftOf(4)
	w.begun(b)
	w.became(b, 2, 0, created(9001))
	w.became(b, 3, 0, created(9002))
	w.became(b, 4, 0, refusedRow("The period is closed."))

	for who, path := range map[*browser]string{els: "/changes?mine=1", anke: "/changes"} {
		list := who.get(path).wants(http.StatusOK)
		rows := list.find("table.changes tr[data-row]")
		if rows.Length() != 2 {
			t.Fatalf("%s: got %d lines, want one for the batch and one for the change", path, rows.Length())
		}
		has(t, list.text("table.changes tr[data-row] summary"), "Els Peeters added 2 clockings: Gate A down")
		has(t, list.text("table.changes tr[data-row]:has(details)"), "2 of 4", "2 added", "1 refused", "1 not sent", "terminal was down")
		has(t, list.text("table.changes tr.day"), "4 changes")
		if rows.Has("details").Find("a[href$='/undo'], form").Length() > 0 {
			t.Errorf("%s: want nothing that would undo one row of the batch", path)
		}
		list.follow("tr[data-row] details a[href='/batches/" + b.ID + "']").wants(http.StatusOK)
		each := list.follow("tr[data-row] details a[href*='/changes?batch=']").wants(http.StatusOK)
		if got := each.find("table.changes tr[data-row]").Length(); got != 3 {
			t.Errorf("%s, the changes of the batch: got %d, want 3", path, got)
		}
		has(t, each.text("h1"), "Gate A down")
	}

	failed := anke.get("/changes?state=failed").wants(http.StatusOK)
	if got := failed.find("table.changes tr[data-row]").Length(); got != 1 {
		t.Errorf("what failed: got %d lines, want the refused row alone", got)
	}
	has(t, failed.text("table.changes tr[data-row]"), "wanted to add", "row 4 of Gate A down")
	if err := w.log.Batches().Move(t.Context(), b.ID, batch.Canceled, "", batch.Running); err != nil {
		t.Fatal(err)
	}
	row := failed.follow("tr[data-row] a[href*='rows=all']").wants(http.StatusOK)
	has(t, row.text("main tbody tr"), "The period is closed.")
	receipt := anke.get("/changes/" + batch.ChangeID(b.ID, 4, 0)).wants(http.StatusOK)
	has(t, receipt.text("aside dl"), "row 4 of Gate A down")
	if got := receipt.href("aside dl a[href*='/batches/']"); !strings.HasSuffix(got, "/batches/"+b.ID+"?rows=all&after=3") {
		t.Errorf("receipt: got a link to %q, want the row of the batch", got)
	}

	file := anke.get("/changes.csv?collection=clockings").wants(http.StatusOK)
	if got := strings.Count(file.body, b.ID); len(sheetOf(t, file)) != 5 || got != 3 {
		t.Errorf("file: got %d rows, %d with the batch, want each change, three of the batch", len(sheetOf(t, file))-1, got)
	}
	has(t, anke.get("/changes.ndjson?collection=clockings").wants(http.StatusOK).body, `"part":{"batch":"`+b.ID+`","row":3}`)

	if got := w.signIn("tom").get("/changes?batch=" + b.ID).wants(http.StatusOK); strings.Contains(got.body, "Gate A down") {
		t.Error("another editor: got the name of the batch, want nothing of it")
	}
}

func TestABatchOfWhichNothingWasAppliedSaysWhatWasWanted(t *testing.T) {
	w := newWorld(t)
	anke := w.signIn("anke")
	b := w.draftOf(1)
	w.begun(b)
	w.became(b, 2, 0, unanswered())
	list := anke.get("/changes").wants(http.StatusOK)
	has(t, list.text("table.changes tr[data-row] summary"), "Els Peeters wanted to add 1 clocking: Gate A down")
	has(t, list.text("table.changes tr[data-row]"), "0 of 1", "1 outcome not known")
	for language, want := range map[string]string{
		"nl": "wilde 1 klokking toevoegen", "fr": "voulait ajouter 1 pointage", "de": "wollte 1 Buchung hinzufügen",
	} {
		anke.header.Set("Accept-Language", language)
		has(t, anke.get("/changes").text("table.changes tr[data-row] summary"), want)
	}
}
