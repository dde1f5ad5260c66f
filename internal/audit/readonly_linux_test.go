package audit_test

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"protime-admin/internal/audit"
)

// asNobody runs a function as somebody without rights: root may write to what nobody may.
func asNobody(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		const nobody = 65534
		_ = syscall.Setfsuid(nobody) // whoever is not root has no rights to lose
		do()
	}()
	<-done
}

func TestACopyThatNobodyCanWriteToIsVerified(t *testing.T) {
	db := sqlite(t)
	l, err := audit.Open(t.Context(), db.url, serving())
	if err != nil {
		t.Fatal(err)
	}
	prepare(t, l, "a", edit())
	dir, err := os.MkdirTemp("", "readonly") // a test's own folder is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(dir)
	})
	copyTo := func(name, from string) {
		t.Helper()
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	copyTo("torn.db", db.file()) // while the log is open, what was written last lies in the file beside it
	copyTo("torn.db-wal", db.file()+"-wal")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	copyTo("intact.db", db.file())
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	var copied *audit.Log
	asNobody(func() {
		if _, err := audit.Open(t.Context(), "sqlite:"+dir+"/torn.db", audit.Options{Key: key()}); err == nil {
			t.Error("a copy of which a part cannot be read: got no error, want one")
		}
		copied, err = audit.Open(t.Context(), "sqlite:"+dir+"/intact.db", audit.Options{Key: key()})
	})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if report := verify(t, copied, ""); report.Changes != 1 {
		t.Errorf("got %d changes, want 1", report.Changes)
	}
}
