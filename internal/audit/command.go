package audit

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

// The exit codes of the commands.
const (
	ExitIntact  = 0 // done; of verify: nothing was altered
	ExitAltered = 1 // verify found something altered, or the schema changed
	ExitFailed  = 2 // the log cannot be read, or the copy not be written
)

// Settings are what the commands need of the configuration.
type Settings struct {
	DatabaseURL string
	Key         []byte // AUDIT_KEY; nil where it is not set
	PublicKey   string // AUDIT_PUBLIC_KEY; "" where it is not set
}

// command is one run of `audit ...`.
type command struct {
	settings       Settings
	stdout, stderr io.Writer
}

// errUsage says that the arguments are none that a command takes.
var errUsage = errors.New("audit: these arguments are not known")

// Usage describes the commands that Command runs.
const Usage = `  audit verify [--head HEAD] [--export FILE]
                       check the audit log, or an export of it: 0 intact, 1 altered, 2 unreadable
  audit export [--format ndjson|csv]
                       write the audit log to standard output
  audit backup FILE    write a consistent copy of the audit log
  audit rebuild        compute the tables that pages search anew, while no server runs
  audit key            print the public key that verifies the audit log
`

// Command runs `audit ARGS...` and returns the process's exit code. What it does not know prints usage.
func Command(ctx context.Context, args []string, settings Settings, usage string, stdout, stderr io.Writer) int {
	c := command{settings, stdout, stderr}
	code, err := c.run(ctx, args)
	switch {
	case errors.Is(err, errUsage):
		command := strings.Join(append([]string{"audit"}, args...), " ")
		_, _ = fmt.Fprintf(stderr, "protime-admin: no command %q\n\n%s", command, usage) // there is nowhere else to say it
		return ExitFailed
	case err != nil:
		_, _ = fmt.Fprintln(stderr, err)
		return ExitFailed
	}
	return code
}

func (c command) run(ctx context.Context, args []string) (int, error) {
	if len(args) == 0 {
		return ExitFailed, errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	head, exported, format := flags.String("head", "", ""), flags.String("export", "", ""), flags.String("format", "ndjson", "")
	if err := flags.Parse(args[1:]); err != nil {
		return ExitFailed, errUsage
	}
	given := []string{args[0]}
	flags.Visit(func(f *flag.Flag) { given = append(given, f.Name) }) // in the order of their names
	given = append(given, make([]string, flags.NArg())...)
	switch strings.Join(given, " ") {
	case "verify", "verify head", "verify export", "verify export head":
		return c.verify(ctx, *head, *exported)
	case "export", "export format": // the log to standard output, its head to standard error
		return ExitIntact, c.with(ctx, false, c.stderr, func(l *Log) (string, error) {
			head, err := l.Export(ctx, c.stdout, Format(*format))
			return fmt.Sprintf("head %s\n", head), err
		})
	case "backup ":
		return ExitIntact, c.with(ctx, false, c.stdout, func(l *Log) (string, error) {
			return flags.Arg(0) + " written\n", l.Backup(ctx, flags.Arg(0))
		})
	case "rebuild":
		return ExitIntact, c.with(ctx, true, c.stdout, func(l *Log) (string, error) {
			changes, err := l.Rebuild(ctx)
			return fmt.Sprintf("%d changes\n", changes), err
		})
	case "key":
		public, err := PublicKey(c.settings.Key)
		if err == nil {
			_, err = fmt.Fprintln(c.stdout, public)
		}
		return ExitIntact, err
	}
	return ExitFailed, errUsage
}

// with opens the log, does something that ends in a line of text for a writer, and closes the log.
func (c command) with(ctx context.Context, serve bool, w io.Writer, do func(*Log) (string, error)) error {
	l, err := Open(ctx, c.settings.DatabaseURL,
		Options{Serve: serve, Key: c.settings.Key, PublicKey: c.settings.PublicKey})
	if err != nil {
		return err
	}
	text, err := do(l)
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// verify prints what Verify finds in the log, or VerifyExport in a file.
func (c command) verify(ctx context.Context, head, exported string) (code int, err error) {
	// Little of what is read stays in use: a heap of twice the size saves a sixth of the processor's time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	if head, err = headText(head); err != nil {
		return ExitFailed, err
	}
	var report Report
	if exported != "" {
		report, err = c.verifyFile(head, exported)
	} else {
		err = c.with(ctx, false, io.Discard, func(l *Log) (_ string, err error) {
			report, err = l.Verify(ctx, head)
			return "", err
		})
	}
	if damaged(err) || errors.Is(err, errAltered) { // so that it could not even be opened
		report, err = Report{Fault: err.Error()}, nil
	}
	if err != nil {
		return ExitFailed, err
	}
	text, code := report.text()
	_, err = io.WriteString(c.stdout, text)
	return code, err
}

func (c command) verifyFile(head, exported string) (report Report, err error) {
	f, err := os.Open(exported) //nolint:gosec // G304: the operator names the file
	if err != nil {
		return Report{}, err
	}
	report, err = VerifyExport(f, Options{Key: c.settings.Key, PublicKey: c.settings.PublicKey}, head)
	return report, errors.Join(err, f.Close())
}

// headText reads a signed note from the file that an argument names; a head is no file's name.
func headText(head string) (string, error) {
	if _, err := ParseHead(head); head == "" || err == nil {
		return head, nil
	}
	text, err := os.ReadFile(head) //nolint:gosec // G304: the operator names the file
	if err != nil {
		return "", fmt.Errorf("audit: %q is neither a head nor the file of a note: %w", head, err)
	}
	return string(text), nil
}

// text is what verify prints, with the exit code that goes with it.
func (r Report) text() (text string, code int) {
	if r.Intact() {
		text = fmt.Sprintf("intact: %d events, %d changes, personal data removed from %d events\nhead %s\n",
			r.Events, r.Changes, r.Erased, r.Head)
	} else {
		code = ExitAltered
	}
	if r.Schema != "" {
		text += fmt.Sprintf("schema changed: %s\n", r.Schema)
	}
	if r.Fault != "" {
		at := "the log"
		if r.Broken > 0 {
			at = fmt.Sprintf("event %d", r.Broken)
		}
		text += fmt.Sprintf("altered: %s: %s\n%d events were read before that\n", at, r.Fault, r.Events)
	}
	if r.Unchecked != "" {
		text += fmt.Sprintf("not checked: %s\n", r.Unchecked)
	}
	return text, code
}
