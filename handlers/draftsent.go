package handlers

import (
	"cmp"
	"slices"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/views"
)

// Buttons of a draft's form that take in what the check left out.
const (
	doAgain = "again" // what was sent before
	doThere = "there" // what Protime has already
)

// leftOutFor are the rows that a button takes in, "" for any other button.
func leftOutFor(button string) batch.Selection {
	switch button {
	case doAgain:
		return batch.SelectSentBefore
	case doThere:
		return batch.SelectThere
	}
	return ""
}

// offersOf offers to send rows that the check left out.
func (x *exchange) offersOf(d draft) (offers []views.BatchAgain, err error) {
	for _, offer := range []views.BatchAgain{{Text: "batch.again", Do: doAgain}, {Text: "batch.there", Do: doThere}} {
		n, err := x.s.Batches.HowMany(x.request().Context(), d.ID, leftOutFor(offer.Do))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		offer.Text, offer.Button = x.words.N(offer.Text, n), x.words.T("batch.again.button")
		if offer.Do == doAgain {
			if offer.Links, err = x.sentBy(d); err != nil {
				return nil, err
			}
		}
		offers = append(offers, offer)
	}
	return offers, nil
}

// sentBy leads to batches that have sent rows of a draft before. A colleague's batch is not even named.
func (x *exchange) sentBy(d draft) (links []views.Link, err error) {
	results, err := x.s.Batches.Rows(x.request().Context(), d.ID, batch.SelectSentBefore, 0, rowsAPage)
	if err != nil {
		return nil, err
	}
	for _, result := range results {
		at := slices.IndexFunc(result.Check.Warnings, func(f batch.Finding) bool { return f.Key == batch.WarningSent })
		args := result.Check.Warnings[at].Args
		link := views.Link{Text: cmp.Or(args["name"], x.batchHeading(d.Batch)), Href: "/batches/" + args["batch"]}
		if !slices.Contains(links, link) && len(links) < fewEarlier {
			links = append(links, link)
		}
	}
	return slices.DeleteFunc(links, func(link views.Link) bool {
		_, err := x.batchWithID(strings.TrimPrefix(link.Href, "/batches/"))
		return err != nil
	}), nil
}

// takeIn takes rows in that the check left out.
func (x *exchange) takeIn(d draft, which batch.Selection) error {
	ctx, after := x.request().Context(), 0
	for {
		results, err := x.s.Batches.Slice(ctx, d.ID, which, after, dryrun.Slice(d.Operation))
		if err != nil {
			return err
		}
		if len(results) == 0 {
			return x.to(x.draftPath(d, nil))
		}
		after = results[len(results)-1].Number
		var rows []batch.Row
		for _, result := range results {
			row := result.Row
			row.LeftOut, row.Chosen = false, true
			rows = append(rows, row)
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
