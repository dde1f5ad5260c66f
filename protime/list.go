package protime

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ListOptions say what of a collection is read. The zero value reads all of it.
type ListOptions struct {
	// Filter is split into several lists, read one after the other, when it would make the URI too long.
	Filter Filter
	// ExternalReferences is the query parameter of that name: "(people,@badge-number)(terminals,@external-code)".
	ExternalReferences string
	// Token is the Next of an earlier Page: the list goes on after it. It is a continuation token of the API, with
	// the part of a split filter before it ("2~eyJ2...") from the second part on.
	Token string
}

// Page is one answer of a list. It may be empty without being the last.
type Page struct {
	Records []Record
	// Next is the token for the page after this one, for ListOptions.Token; "" on the last. An API that links to its
	// next page without a continuation token leaves it "" although the list goes on.
	Next   string
	Part   int // of a split filter, from 0
	Answer Answer
}

// ErrToken says that ListOptions.Token is not one of this list: it names a part that the filter does not have.
var ErrToken = errors.New("the token is not one of this list")

// errNoPage says that an answer of a list is not one.
var errNoPage = errors.New("the body is not a page of a list")

// List iterates over the pages of a collection, fetching each when it is asked for. It follows nextLink, on the
// configured host and below the base only, through empty pages until there is none. One error ends it, with a Page
// that holds the Answer as far as it is known. A 409 (Conflict) means that the token has expired: start again. A list
// that passes a bound of Config.Lists, or whose links lead back to a page that was read, ends with TooMuch.
// No order is promised by the API.
func (c *Client) List(ctx context.Context, path string, o ListOptions) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		parts, err := c.parts(path, o)
		part, token, ok := place(o.Token, len(parts))
		if err == nil && !ok {
			err = ErrToken
		}
		if err != nil {
			yield(Page{}, notSent(Request{Method: http.MethodGet, Path: path}, err))
			return
		}
		read := &reading{limits: c.lists, links: map[[sha256.Size]byte]bool{}}
		for ; part < len(parts); part, token = part+1, "" {
			read.empty = 0
			if !c.walk(ctx, read, path, query(parts[part], o, token), part, part == len(parts)-1, yield) {
				return
			}
		}
	}
}

// Records iterates over the records of all pages.
func Records(pages iter.Seq2[Page, error]) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for page, err := range pages {
			if err != nil {
				yield(Record{}, err)
				return
			}
			for _, record := range page.Records {
				if !yield(record, nil) {
					return
				}
			}
		}
	}
}

// walk follows one part from page to page; it reports whether the next part is wanted.
func (c *Client) walk(
	ctx context.Context, read *reading, path, query string, part int, last bool, yield func(Page, error) bool,
) bool {
	if err := read.next(path, query); err != nil {
		yield(Page{Part: part}, notSent(Request{Method: http.MethodGet, Path: path}, err))
		return false
	}
	for {
		began := time.Now()
		answer, err := c.send(ctx, Request{Method: http.MethodGet, Path: path, Query: query}, c.page)
		if err != nil {
			yield(Page{Part: part, Answer: answer}, err)
			return false
		}
		records, link, err := c.decode(path, answer)
		if err == nil {
			err = read.count(len(records), int64(len(answer.Body)), time.Since(began))
		}
		answer.Body = nil
		page := Page{Records: records, Part: part, Answer: answer}
		if err != nil {
			yield(page, badAnswer(answer, path, err))
			return false
		}
		if link == "" {
			if !last {
				page.Next = cursor(part+1, "")
			}
			return yield(page, nil)
		}
		nextPath, nextQuery, token, err := c.follow(link)
		if err == nil {
			err = read.next(nextPath, nextQuery)
		}
		if err != nil {
			yield(page, badAnswer(answer, path, err))
			return false
		}
		if token != "" {
			page.Next = cursor(part, token)
		}
		if !yield(page, nil) {
			return false
		}
		path, query = nextPath, nextQuery
	}
}

// decode reads the records and the link of a page.
func (c *Client) decode(path string, a Answer) ([]Record, string, error) {
	body, err := ParseRecord(a.Body)
	if err != nil {
		return nil, "", err
	}
	list, ok := 0, true
	if body.isObject() {
		list, ok = body.child(0, "value")
	}
	if !ok || body.nodes[list].kind() != '[' {
		return nil, "", errNoPage
	}
	var records []Record
	for i := range body.children(list) {
		switch n := body.nodes[i]; {
		case n.kind() != '{':
			return nil, "", errNoPage
		case len(records) == maxRecords:
			return nil, "", tooMuch(fmt.Sprintf("a page has more than %d records", maxRecords))
		case int(n.next)-i > maxRecordValues:
			return nil, "", tooMuch(fmt.Sprintf("a record has more than %d values", maxRecordValues))
		}
		records = append(records, c.reduce(path, body.sub(i)))
	}
	return records, body.Text("nextLink"), nil
}

// parts splits the filter so that each URI leaves room for a continuation token.
func (c *Client) parts(path string, o ListOptions) ([]Filter, error) {
	if err := o.Filter.Err(); err != nil {
		return nil, err
	}
	fixed := len(c.base.String()) + len(path) + len("?") + len(query(Filter{}, o, "")) + len("&filter=")
	return o.Filter.Split(maxURILength - tokenRoom - fixed), nil
}

// query encodes the parameters of a list.
func query(f Filter, o ListOptions, token string) string {
	var b strings.Builder
	for _, p := range [...]struct{ name, value string }{
		{"filter", f.String()}, {"externalReferences", o.ExternalReferences},
		{continuation, token},
	} {
		if p.value == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name + "=" + encode(p.value))
	}
	return b.String()
}

// cursor writes the part before a token, where it is needed to tell: from the second part on, and when a token
// looks as if it had one.
func cursor(part int, token string) string {
	before, _, found := strings.Cut(token, "~")
	if _, err := strconv.ParseUint(before, 10, 31); part == 0 && (!found || err != nil) {
		return token
	}
	return strconv.Itoa(part) + "~" + token
}

// place reads what cursor wrote; false when the part does not exist.
func place(text string, parts int) (part int, token string, ok bool) {
	before, after, found := strings.Cut(text, "~")
	number, err := strconv.ParseUint(before, 10, 31)
	if !found || err != nil {
		return 0, text, true
	}
	return int(number), after, int(number) < parts
}
