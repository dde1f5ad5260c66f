package audit

import (
	"context"
	"fmt"
	"io"

	"protime-admin/internal/change"
)

// The exit codes of the commands.
const (
	ExitWhole   = 0 // done; of verify: nothing was altered
	ExitAltered = 1 // verify found something
	ExitFailed  = 2 // the log cannot be read, or the copy not be written
)

// VerifyCommand is `audit verify [--head HASH]`: it prints what it found and returns the process's exit code.
func VerifyCommand(ctx context.Context, databaseURL, head string, stdout, stderr io.Writer) int {
	return command(ctx, databaseURL, stderr, func(l *Log) (int, error) {
		report, err := l.Verify(ctx, head)
		if err != nil {
			return ExitFailed, err
		}
		if report.Whole() {
			_, err := fmt.Fprintf(stdout, "whole: %d events, %d changes, personal data removed from %d events\nhead %s\n",
				report.Events, report.Changes, report.Erased, report.Head)
			return ExitWhole, err
		}
		at := "the log"
		if report.Broken > 0 {
			at = fmt.Sprintf("event %d", report.Broken)
		}
		_, err = fmt.Fprintf(stdout, "altered: %s: %s\n%d events before it are whole\n", at, report.Fault, report.Events)
		return ExitAltered, err
	})
}

// ExportCommand is `audit export`: the events on standard output, the head on standard error.
func ExportCommand(
	ctx context.Context, databaseURL string, format Format, q change.Query, stdout, stderr io.Writer,
) int {
	return command(ctx, databaseURL, stderr, func(l *Log) (int, error) {
		head, err := l.Export(ctx, stdout, format, q)
		if err != nil {
			return ExitFailed, err
		}
		_, err = fmt.Fprintf(stderr, "head %s\n", head)
		return ExitWhole, err
	})
}

// BackupCommand is `audit backup FILE`.
func BackupCommand(ctx context.Context, databaseURL, file string, stdout, stderr io.Writer) int {
	return command(ctx, databaseURL, stderr, func(l *Log) (int, error) {
		if err := l.Backup(ctx, file); err != nil {
			return ExitFailed, err
		}
		_, err := fmt.Fprintf(stdout, "%s written\n", file)
		return ExitWhole, err
	})
}

// command opens the log for reading and says on stderr why it could not go on.
func command(ctx context.Context, databaseURL string, stderr io.Writer, do func(*Log) (int, error)) int {
	l, err := Open(ctx, databaseURL, Options{})
	if err != nil {
		_, _ = fmt.Fprintln(stderr, err) // there is nowhere else to say it
		return ExitFailed
	}
	code, err := do(l)
	if closing := l.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, err) // there is nowhere else to say it
		return max(code, ExitFailed)
	}
	return code
}
