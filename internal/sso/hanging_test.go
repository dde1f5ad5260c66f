package sso_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/internal/sso"
)

// hangingStore is a database that takes connections and answers nothing, once it is told so.
type hangingStore struct {
	sso.MemoryRevocations
	hangs atomic.Bool
	asked atomic.Int32
}

func (s *hangingStore) Revoke(ctx context.Context, key string, issued, until time.Time) error {
	if s.hangs.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.MemoryRevocations.Revoke(ctx, key, issued, until)
}

func (s *hangingStore) Revoked(ctx context.Context, keys []string, issued time.Time) (bool, error) {
	s.asked.Add(1)
	if s.hangs.Load() {
		<-ctx.Done()
		return false, ctx.Err()
	}
	return s.MemoryRevocations.Revoked(ctx, keys, issued)
}

func (s *hangingStore) UseOnce(ctx context.Context, key string, until time.Time) (bool, error) {
	if s.hangs.Load() {
		<-ctx.Done()
		return false, ctx.Err()
	}
	return s.MemoryRevocations.UseOnce(ctx, key, until)
}

// took fails the test unless a call takes just so long, by the bubble's clock.
func took(t *testing.T, what string, want time.Duration, call func()) {
	t.Helper()
	began := time.Now()
	call()
	if got := time.Since(began); got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestAStoreThatHangsHoldsReadingUpOnceAndNotAtEachPage(t *testing.T) {
	store := &hangingStore{}
	w := newWorld(t, func(c *sso.Config) { store.Now, c.Revoked = c.Now, store })
	w.signIn(els)
	read := func() {
		session, err := w.read(w.rp)
		if err != nil || session.Unconfirmed != store.hangs.Load() {
			t.Errorf("got %v, unconfirmed %v, want it to be %v", err, session.Unconfirmed, store.hangs.Load())
		}
	}
	synctest.Test(t, func(t *testing.T) {
		store.hangs.Store(true)
		before := store.asked.Load()
		took(t, "the first page", time.Second, read)
		for range 50 {
			took(t, "another page", 0, read)
		}
		if got := store.asked.Load() - before; got != 1 {
			t.Errorf("asked: got %d times, want once", got)
		}
		store.hangs.Store(false)
		time.Sleep(3 * time.Second)
		took(t, "a page after it came back", 0, read)
	})
}

func TestAStoreThatHangsHoldsNoSignInAndNoSignOut(t *testing.T) {
	store := &hangingStore{}
	w := newWorld(t, func(c *sso.Config) { store.Now, c.Revoked = c.Now, store })
	session := w.signIn(els)
	callback := w.approve(w.leave(sso.AuthRequest{Return: "/clockings"}), marc)
	store.hangs.Store(true)
	if _, err := w.comeBack(callback); err != nil {
		t.Errorf("sign in: got %v, want this process's own memory to do", err)
	}
	synctest.Test(t, func(t *testing.T) {
		took(t, "sign out", time.Second, func() {
			w.browser.visit("POST", "/logout", func(rw http.ResponseWriter, r *http.Request) {
				if err := w.rp.Sessions.End(rw, r, session); !errors.Is(err, sso.ErrUnavailable) {
					t.Errorf("sign out: got %v, want that it holds here only", err)
				}
			})
		})
	})
}
