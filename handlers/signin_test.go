package handlers_test

import (
	"net/http"
	"testing"
)

func TestSignInLeadsBackToThePageAskedFor(t *testing.T) {
	w := newWorld(t)
	b := w.stranger()
	first := b.open("/clockings/8192/edit?return=%2Fpeople")
	if first.status != http.StatusSeeOther {
		t.Fatalf("without a session: got %d, want 303", first.status)
	}
	page := b.answer(b.leave(first.header.Get("Location")), "els").wants(http.StatusOK)
	if got, want := page.url.RequestURI(), "/clockings/8192/edit?return=%2Fpeople"; got != want {
		t.Errorf("after sign-in: got %s, want %s", got, want)
	}
}
