package sso_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/sso"
)

// framed is a world whose page stands in a portal's frame: window and frame have separate cookies.
type framed struct {
	*world
	window, frame *browser
	challenge     string
}

func newFramed(t *testing.T) *framed {
	f := &framed{world: newWorld(t, func(c *sso.Config) { c.Framed = true }), window: newBrowser(), frame: newBrowser()}
	f.frame.visit("GET", "/", func(rw http.ResponseWriter, r *http.Request) { f.challenge = f.rp.Frames.Challenge(rw, r) })
	return f
}

// code signs in in the window and gets the code for the frame.
func (f *framed) code() (sso.Session, string) {
	f.t.Helper()
	f.browser = f.window
	in, err := f.comeBack(f.approve(f.leave(sso.AuthRequest{Frame: f.challenge, Return: "/clockings"}), els))
	if err != nil {
		f.t.Fatal(err)
	}
	if in.Frame != f.challenge {
		f.t.Fatalf("frame: got %q, want %q", in.Frame, f.challenge)
	}
	session := f.start(in)
	code, err := f.rp.Frames.Code(session, in.Frame)
	if err != nil {
		f.t.Fatal(err)
	}
	return session, code
}

func (f *framed) redeem(b *browser, code string) (sso.Session, error) {
	var session sso.Session
	var err error
	b.visit("POST", "/login/frame", func(rw http.ResponseWriter, r *http.Request) {
		session, err = f.rp.Frames.Redeem(rw, r, code)
	})
	f.browser = b
	return session, err
}

func TestWindowHandsItsSignInToTheFrame(t *testing.T) {
	f := newFramed(t)
	window, code := f.code()
	f.clock.pass(59 * time.Second)
	session, err := f.redeem(f.frame, code)
	if err != nil {
		t.Fatal(err)
	}
	if session.ID == window.ID || session.Identity.Subject != els || !session.Started.Equal(window.Started) {
		t.Errorf("got %+v, want a session of the frame's own, as old as the window's", session)
	}
	if read, err := f.read(f.rp); err != nil || read.ID != session.ID {
		t.Errorf("read in the frame: got %q, %v, want %q", read.ID, err, session.ID)
	}
	if f.frame.cookies["__Host-protime-frame"] != "" {
		t.Errorf("the frame keeps its state, want it used up: %v", f.frame.cookies)
	}
	f.browser = f.frame
	if err := f.signOut(session); err != nil {
		t.Fatal(err)
	}
	f.browser = f.window
	if _, err := f.read(f.rp); !errors.Is(err, sso.ErrRevoked) {
		t.Errorf("the window after sign-out in the frame: got %v, want revoked", err)
	}
}

func TestFrameKeepsItsStateAcrossReloads(t *testing.T) {
	f := newFramed(t)
	var again string
	f.frame.visit("GET", "/", func(rw http.ResponseWriter, r *http.Request) { again = f.rp.Frames.Challenge(rw, r) })
	if again != f.challenge {
		t.Errorf("challenge after a reload: got %q, want %q", again, f.challenge)
	}
	if strings.Contains(f.frame.cookies["__Host-protime-frame"], f.challenge) {
		t.Error("the challenge gives the state away")
	}
}

func TestAttacksOnHandoff(t *testing.T) {
	for _, test := range []struct {
		name   string
		attack func(*framed, string) error
		want   sso.Error
	}{
		{"used again", func(f *framed, code string) error {
			kept := f.frame.copied()
			if _, err := f.redeem(f.frame, code); err != nil {
				f.t.Fatal(err)
			}
			_, err := f.redeem(kept, code)
			return err
		}, sso.ErrUsed},
		{"used again on another replica", func(f *framed, code string) error {
			kept := f.frame.copied()
			if _, err := f.redeem(f.frame, code); err != nil {
				f.t.Fatal(err)
			}
			f.rp = f.replica()
			_, err := f.redeem(kept, code)
			return err
		}, sso.ErrUsed},
		{"after a minute", func(f *framed, code string) error {
			f.clock.pass(61 * time.Second)
			_, err := f.redeem(f.frame, code)
			return err
		}, sso.ErrLate},
		{"in another frame", func(f *framed, code string) error {
			other := newBrowser()
			other.visit("GET", "/", func(rw http.ResponseWriter, r *http.Request) { f.rp.Frames.Challenge(rw, r) })
			_, err := f.redeem(other, code)
			return err
		}, sso.ErrOtherFrame},
		{"without the frame's cookie", func(f *framed, code string) error {
			_, err := f.redeem(newBrowser(), code)
			return err
		}, sso.ErrOtherFrame},
		{"with the challenge for a cookie", func(f *framed, code string) error {
			b := newBrowser()
			b.cookies["__Host-protime-frame"] = f.challenge
			_, err := f.redeem(b, code)
			return err
		}, sso.ErrOtherFrame},
		{"changed", func(f *framed, code string) error {
			_, err := f.redeem(f.frame, flip(code))
			return err
		}, sso.ErrToken},
		{"empty", func(f *framed, _ string) error {
			_, err := f.redeem(f.frame, "")
			return err
		}, sso.ErrToken},
		{"without end", func(f *framed, _ string) error {
			_, err := f.redeem(f.frame, strings.Repeat("A", 1<<20))
			return err
		}, sso.ErrToken},
		{"a session cookie in its place", func(f *framed, _ string) error {
			_, err := f.redeem(f.frame, f.window.cookies["__Host-protime-session"])
			return err
		}, sso.ErrToken},
		{"after sign-out in the window", func(f *framed, code string) error {
			f.browser = f.window
			session, err := f.read(f.rp)
			if err != nil {
				f.t.Fatal(err)
			}
			if err := f.signOut(session); err != nil {
				f.t.Fatal(err)
			}
			_, err = f.redeem(f.frame, code)
			return err
		}, sso.ErrRevoked},
		{"when nobody knows whether it was used", func(f *framed, code string) error {
			f.config.Revoked = &brokenStore{broken: true}
			f.rp = f.replica()
			_, err := f.redeem(f.frame, code)
			return err
		}, sso.ErrUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFramed(t)
			_, code := f.code()
			if err := test.attack(f, code); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestAFrameThatIsNoneGetsNoCode(t *testing.T) {
	f := newFramed(t)
	f.browser = f.window
	for _, challenge := range []string{"", "x", strings.Repeat("A", 44), "'><script>", strings.Repeat("=", 43)} {
		in, err := f.comeBack(f.approve(f.leave(sso.AuthRequest{Frame: challenge}), els))
		if err != nil || in.Frame != "" {
			t.Errorf("%q: got frame %q, %v, want none", challenge, in.Frame, err)
		}
		if _, err := f.rp.Frames.Code(sso.Session{}, challenge); !errors.Is(err, sso.ErrOtherFrame) {
			t.Errorf("%q: got %v, want ErrOtherFrame", challenge, err)
		}
	}
}
