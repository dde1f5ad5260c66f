package people

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strconv"

	"protime-admin/protime"
)

// The filters of GET /people are not published. Where the API wants one, everybody is asked for by number: by person,
// as on every other list, or by id. The numbers come from the lists that are documented to take no filter, or none that
// is required, and name a person in each row.
var (
	filters = []string{"person", "id"}
	sources = []string{
		"/department-histories", "/employer-histories", "/job-histories", "/job-category-histories",
		"/sector-histories", "/work-location-histories", "/contracts",
	}
)

// mostNumbers is how many numbers one filter holds: how many it may hold is not published.
const mostNumbers = 100

// everybody iterates over the pages of everybody: of the list without a filter, or by number where that is refused. The
// filter that worked is remembered for the next reading. Only Run's goroutine reads.
func (d *Directory) everybody(ctx context.Context) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) {
		var refusal error
		if d.filter == "" {
			if refusal = through(d.list.List(ctx, "/people", protime.ListOptions{}), yield); refusal == nil {
				return
			}
		}
		numbers, err := d.numbers(ctx)
		if err != nil {
			yield(protime.Page{}, err)
			return
		}
		tried := filters
		if d.filter != "" {
			tried = []string{d.filter}
		}
		d.filter = ""
		for _, name := range tried {
			if len(numbers) == 0 {
				break
			}
			err := through(d.byNumber(ctx, name, numbers), yield)
			if err == nil {
				d.filter = name
				return
			}
			refusal = cmp.Or(refusal, err)
		}
		yield(protime.Page{}, cmp.Or(refusal, error(protime.Invalid)))
	}
}

// through yields the pages of a list. It returns the error of a list that is refused as invalid, and nil for one that
// ended otherwise.
func through(list iter.Seq2[protime.Page, error], yield func(protime.Page, error) bool) error {
	for page, err := range list {
		if errors.Is(err, protime.Invalid) {
			return err
		}
		if !yield(page, err) {
			break
		}
	}
	return nil
}

// byNumber iterates over the pages of the people with the numbers, some at a time.
func (d *Directory) byNumber(ctx context.Context, filter string, numbers []int64) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) {
		for some := range slices.Chunk(numbers, mostNumbers) {
			o := protime.ListOptions{Filter: protime.In(filter, protime.Numbers(some...)...)}
			for page, err := range d.list.List(ctx, "/people", o) {
				if !yield(page, err) || err != nil {
					return
				}
			}
		}
	}
}

// numbers are those of everybody whom one of the sources names, ascending. A source that the token may not read, or
// that the tenant does not have, is left out.
func (d *Directory) numbers(ctx context.Context) ([]int64, error) {
	seen := map[int64]bool{}
	for _, source := range sources {
		for record, err := range protime.Records(d.list.List(ctx, source, protime.ListOptions{})) {
			if errors.Is(err, protime.Invalid) || err != nil && reasonOf(err) != Trouble {
				break
			}
			if err != nil {
				return nil, err
			}
			if n, err := strconv.ParseInt(record.Text("person", "id"), 10, 64); err == nil {
				seen[n] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}
