package dryrun

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Renew checks rows again that were checked before. Rows that are not as they were get a warning that says so: those that
// are sent now and were not then, or the other way round, those that have a new warning, and those that send something else
// or are about a record that has moved. changed is how many they are. A row that a person took in is left out again where
// the check has a new reason for that. rows are as they were stored; otherwise it is Check.
func (k *Checker) Renew(ctx context.Context, rows []batch.Row) (checked []batch.Row, changed int, err error) {
	checked, err = k.Check(ctx, rows)
	if err != nil {
		return nil, 0, err
	}
	for i := range checked {
		if row := &checked[i]; row.Chosen && !row.LeftOut && leavesOutNow(rows[i].Check, row.Check) {
			row.Chosen = false // the person took it in for all that was known then
			conclude(row)
		}
		if warning, ok := k.changed(&rows[i], &checked[i]); ok {
			checked[i].Check.Warnings = append(checked[i].Check.Warnings, warning)
			conclude(&checked[i])
			changed++
		}
	}
	return checked, changed, nil
}

// changed says what is not as it was of a row. Where no check came before, or the row is sent neither then nor now, there
// is nothing to say.
func (k *Checker) changed(before, now *batch.Row) (batch.Finding, bool) {
	was, is := isSent(before), isSent(now)
	if before.Check.Verdict == batch.Unchecked || !was && !is {
		return batch.Finding{}, false
	}
	if was && is {
		if name, ok := k.differs(before.Check, now.Check); ok {
			member, _, _ := strings.Cut(name, ".")
			return k.found(now, name, warningOtherwise, map[string]string{"member": member}), true
		}
	}
	if was == is && !hasNew(before.Check.Warnings, now.Check.Warnings) {
		return batch.Finding{}, false
	}
	return batch.Finding{Column: -1, Key: warningChanged}, true
}

// leavesOutNow reports whether a check leaves a row out for a reason that the check before did not find.
func leavesOutNow(before, now batch.Check) bool {
	return before.Verdict != batch.Unchecked && slices.ContainsFunc(now.Warnings, func(f batch.Finding) bool {
		return leavesOut(f.Key) && !slices.ContainsFunc(before.Warnings, func(known batch.Finding) bool { return known.Key == f.Key })
	})
}

func isSent(row *batch.Row) bool {
	return !row.LeftOut && (row.Check.Verdict == batch.Ready || row.Check.Verdict == batch.Warned)
}

// hasNew reports whether there are warnings that were not there before.
func hasNew(before, now []batch.Finding) bool {
	return slices.ContainsFunc(now, func(f batch.Finding) bool {
		return !slices.ContainsFunc(before, func(known batch.Finding) bool {
			return known.Key == f.Key && known.Column == f.Column && maps.Equal(known.Args, f.Args)
		})
	})
}

// differs returns the first member that differs in what two checks of a row would send, or in the record as they read it.
func (k *Checker) differs(before, now batch.Check) (name string, ok bool) {
	plan := k.plan
	if plan == nil {
		plan = k.Plan(k.collection, contract.Replace)
	}
	for _, pair := range [][2][]byte{{before.After, now.After}, {before.Base, now.Base}} {
		if bytes.Equal(pair[0], pair[1]) {
			continue
		}
		was, errWas := protime.ParseRecord(pair[0])
		is, errIs := protime.ParseRecord(pair[1])
		if errWas != nil || errIs != nil {
			return "", true
		}
		if rows := plan.Diff(was, is); len(rows) > 0 {
			return rows[0].Name, true
		}
	}
	return "", false
}
