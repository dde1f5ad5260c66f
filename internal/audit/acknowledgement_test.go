package audit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
)

// left is an acknowledgement of Jan's fifth of January by Els.
func left(id string) change.Acknowledgement {
	by := els()
	return change.Acknowledgement{
		ID: id, Actor: change.Actor{Subject: by.Subject, Issuer: by.Issuer, Name: by.Name}, Person: "76547",
		Date: "2026-01-05", Rules: "odd-count", Digest: "d1", Reason: change.Reason{Code: "agreed", Note: "été"},
	}
}

func acknowledge(t *testing.T, l *audit.Log, a change.Acknowledgement, want error) {
	t.Helper()
	if err := l.Acknowledge(t.Context(), a); !errors.Is(err, want) {
		t.Fatalf("acknowledge %s: got %v, want %v", a.ID, err, want)
	}
}

func acknowledged(t *testing.T, l *audit.Log, from, to string) []change.Acknowledgement {
	t.Helper()
	found, err := l.Acknowledged(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAnAcknowledgementStaysUntilSomebodyTakesItBack(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		acknowledge(t, l, left("a"), nil)
		acknowledge(t, l, left("a"), change.ErrSpent)
		other := left("b")
		other.Date = "2026-01-06"
		acknowledge(t, l, other, nil)
		got := acknowledged(t, db.read(t), "2026-01-05", "2026-01-05")
		if diff := cmp.Diff([]change.Acknowledgement{left("a")}, got, cmpopts.IgnoreFields(change.Acknowledgement{}, "At")); diff != "" {
			t.Errorf("the fifth: want -, got +\n%s", diff)
		}
		if len(got) == 1 && time.Since(got[0].At).Abs() > time.Hour {
			t.Errorf("got it written at %v, want now", got[0].At)
		}
		back := change.Acknowledgement{ID: "c", Undoes: "a", Actor: tom(), Person: "76547", Date: "2026-01-05"}
		acknowledge(t, l, back, nil)
		again := back
		again.ID = "d"
		acknowledge(t, l, again, change.ErrUndone)
		again.Undoes = "nobody's"
		acknowledge(t, l, again, change.ErrNoChange)
		again.Undoes = "c"
		acknowledge(t, l, again, change.ErrNoChange)
		if got := acknowledged(t, l, "2026-01-01", "2026-01-31"); len(got) != 1 || got[0].ID != "b" {
			t.Errorf("after it was taken back: got %+v, want b alone", got)
		}
		if _, err := l.Acknowledgement(t.Context(), "nobody's"); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("one that is none: got %v, want ErrNoChange", err)
		}
		if _, err := l.SavedViews().Save(t.Context(), "https://a", "els", "Nights", "/clockings?circle=2", 2); err != nil {
			t.Fatal(err)
		}
		file := t.TempDir() + "/copy.db"
		if err := l.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		saved := database{url: "sqlite:" + file}.read(t)
		want := acknowledged(t, l, "2026-01-01", "2026-01-31")
		if diff := cmp.Diff(want, acknowledged(t, saved, "2026-01-01", "2026-01-31")); diff != "" {
			t.Errorf("in a backup: want -, got +\n%s", diff)
		}
		if views, err := saved.SavedViews().List(t.Context(), "https://a", "els"); err != nil || len(views) != 1 {
			t.Errorf("in a backup: got the views %v, %v, want one", views, err)
		}
		verify(t, l, "")
	})
}

func TestAcknowledgementsAreNeverChangedOrDeleted(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		acknowledge(t, l, left("a"), nil)
		raw := db.raw(t)
		for _, statement := range []string{
			`DELETE FROM acknowledgements`, `UPDATE acknowledgements SET date = '2026-01-06'`,
			`UPDATE acknowledgements SET person = '1'`, `UPDATE acknowledgements SET undoes = 'x'`,
		} {
			if _, err := raw.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s: got no error, want one", statement)
			}
		}
	})
}

func TestRetentionRemovesWhoseDayWasLeftAsItIsAndWhoSaidSo(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, audit.Options{Now: clock.now, Retention: 30 * 24 * time.Hour})
		acknowledge(t, l, left("a"), nil)
		clock.move(20 * 24 * time.Hour)
		acknowledge(t, l, left("b"), nil)
		clock.move(15 * 24 * time.Hour)
		if err := l.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := acknowledged(t, l, "2026-01-01", "2026-01-31"); len(got) != 1 || got[0].ID != "b" {
			t.Errorf("got %+v, want the younger one alone", got)
		}
		old, err := l.Acknowledgement(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		want := change.Acknowledgement{
			ID: "a", Date: "2026-01-05", Rules: "odd-count", Digest: "d1", Reason: change.Reason{Code: "agreed"}, At: old.At,
		}
		if diff := cmp.Diff(want, old); diff != "" {
			t.Errorf("the older one: want -, got +\n%s", diff)
		}
		clock.move(87600 * time.Hour)
		if err := l.Forget(t.Context()); err == nil {
			t.Error("a clock ten years ahead: got no error, want one")
		}
		if got := acknowledged(t, l, "2026-01-01", "2026-01-31"); len(got) != 1 {
			t.Errorf("a clock ten years ahead: got %+v, want nothing removed", got)
		}
		verify(t, l, "")
	})
}
