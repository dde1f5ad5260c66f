package handlers

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"protime-admin/internal/change"
)

// Limits of a form with a file, in bytes: its file, and everything else together, which is in memory.
const (
	fileLimit   = 50 << 20
	typedLimit  = 4 << 20
	uploadLimit = fileLimit + typedLimit + 64<<10
	// uploadTime is how long a form with a file may take to arrive.
	uploadTime = 5 * time.Minute
)

// inputFile is the file of a form; inputFileName is its name where the file itself was not kept over a sign-in.
const (
	inputFile     = "file"
	inputFileName = "file.name"
)

// upload is a posted form that may have a file. Its file is on the disk, never in memory as a whole.
type upload struct {
	values url.Values
	file   *os.File // nil: none was chosen
	name   string   // of the file
	typed  int64    // bytes of the values with their names, and what each costs beside
	most   int64    // of typed
	turns  *turns
	person change.Actor // whose it is
	busy   bool         // too many files are on the disk: this one was not kept
}

// How many files are on the disk at the same time, while they arrive and until they are read: those of all, and those of
// one person, who keeps nobody else's out.
const (
	filesAtOnce = 10
	personFiles = 3
)

// uploaded reads a form that may have a file. The caller closes it.
func (x *exchange) uploaded() (*upload, error) {
	r := x.request()
	if x.given != nil || !isMultipart(r) {
		values, err := x.posted()
		return &upload{values: values, name: values.Get(inputFileName)}, err
	}
	_ = http.NewResponseController(x.c.Response()).SetReadDeadline(time.Now().Add(uploadTime)) // not on every connection
	u := &upload{values: url.Values{}, most: typedLimit, turns: x.s.uploads, person: x.actor}
	err := eachPart(r, func(part *multipart.Part) error {
		if part.FormName() != inputFile {
			return u.take(part)
		}
		if part.FileName() == "" || u.file != nil {
			return nil
		}
		return u.keep(part)
	})
	if err != nil {
		return nil, errors.Join(x.unreadable(err), u.close())
	}
	return u, nil
}

// typedValues reads what was typed of a form that may have a file, at most so many bytes; of the file the name alone.
func typedValues(r *http.Request, most int64) (url.Values, error) {
	u := &upload{values: url.Values{}, most: most}
	err := eachPart(r, func(part *multipart.Part) error {
		if part.FormName() != inputFile {
			return u.take(part)
		}
		if part.FileName() != "" {
			u.values.Set(inputFileName, part.FileName())
		}
		return nil
	})
	return u.values, err
}

func isMultipart(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// eachPart reads the body to its end: a browser shows no answer to a form that it could not send.
func eachPart(r *http.Request, use func(*multipart.Part) error) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if failed := use(part); failed != nil {
			_, err := io.Copy(io.Discard, r.Body)
			return errors.Join(failed, err)
		}
		if _, err := io.Copy(io.Discard, part); err != nil {
			return err
		}
	}
}

// inputCost is about what an input costs in memory beside its name and its value, in bytes.
const inputCost = 512

// take reads an input that is no file.
func (u *upload) take(part *multipart.Part) error {
	tooMuch := &http.MaxBytesError{Limit: u.most} // more than fits into memory
	if u.typed += int64(len(part.FormName())) + inputCost; u.typed > u.most {
		return tooMuch
	}
	text, err := io.ReadAll(io.LimitReader(part, u.most-u.typed+1))
	if err != nil {
		return err
	}
	if u.typed += int64(len(text)); u.typed > u.most {
		return tooMuch
	}
	u.values.Add(part.FormName(), strings.ToValidUTF8(string(text), "\ufffd"))
	return nil
}

// keep writes the file to the disk, under no name: it is gone when it is closed, and when the process ends.
func (u *upload) keep(part *multipart.Part) error {
	if !u.turns.take(u.person) {
		u.busy, u.name = true, part.FileName()
		return nil
	}
	file, err := os.CreateTemp("", "protime-admin-*")
	if err != nil {
		u.turns.leave(u.person)
		return fmt.Errorf("keep a file: %w", err)
	}
	u.file, u.name = file, part.FileName()
	if err := os.Remove(file.Name()); err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	_, err = io.Copy(file, part)
	return err
}

// close ends the upload; its file is gone.
func (u *upload) close() error {
	if u.file == nil {
		return nil
	}
	defer u.turns.leave(u.person)
	return u.file.Close()
}
