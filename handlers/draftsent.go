package handlers

import (
	"cmp"
	"slices"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/views"
)

// sentAgain offers to send rows that were sent before, nil where there are none.
func (x *exchange) sentAgain(d draft) (*views.BatchAgain, error) {
	results, err := x.s.Batches.Rows(x.request().Context(), d.ID, batch.SelectLeftOut, 0, batch.MostAtOnce)
	if err != nil {
		return nil, err
	}
	count := 0
	again := &views.BatchAgain{Button: x.words.T("batch.again.button")}
	for _, result := range results {
		at := slices.IndexFunc(result.Check.Warnings, sentBefore)
		if at < 0 || result.Chosen {
			continue
		}
		count++
		args := result.Check.Warnings[at].Args
		link := views.Link{Text: cmp.Or(args["name"], x.batchHeading(d.Batch)), Href: "/batches/" + args["batch"]}
		if !slices.Contains(again.Links, link) && len(again.Links) < fewEarlier {
			again.Links = append(again.Links, link)
		}
	}
	again.Links = slices.DeleteFunc(again.Links, func(link views.Link) bool { // a colleague's batch is not even named
		_, err := x.batchWithID(strings.TrimPrefix(link.Href, "/batches/"))
		return err != nil
	})
	if count == 0 {
		return nil, nil
	}
	again.Text = x.words.N("batch.again", count)
	return again, nil
}

// takeSentBefore takes the rows in that were left out because they were sent before.
func (x *exchange) takeSentBefore(d draft) error {
	ctx, after := x.request().Context(), 0
	for {
		results, err := x.s.Batches.Rows(ctx, d.ID, batch.SelectLeftOut, after, dryrun.Slice(d.Operation))
		if err != nil {
			return err
		}
		if len(results) == 0 {
			return x.to(x.draftPath(d, nil))
		}
		after = results[len(results)-1].Number
		var rows []batch.Row
		for _, result := range results {
			if row := result.Row; !row.Chosen && slices.ContainsFunc(row.Check.Warnings, sentBefore) {
				row.LeftOut, row.Chosen = false, true
				rows = append(rows, row)
			}
		}
		if err := x.recheck(&d, rows); err != nil {
			return x.notKept(d, err)
		}
		if d.failure != nil {
			d.values = d.selection()
			return x.draftPage(d)
		}
	}
}

// sentBefore reports whether a warning says that another batch has sent the same.
func sentBefore(f batch.Finding) bool { return f.Key == batch.WarningSent }
