package endtoend

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// admin is a person who resolves what is in doubt, on a desk of their own.
type admin struct {
	*world
	log  *audit.Log
	desk *change.Desk
}

func (w *world) admin() *admin {
	w.t.Helper()
	key, err := base64.StdEncoding.DecodeString(w.env["AUDIT_KEY"])
	if err != nil {
		w.t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	log, err := audit.Open(w.t.Context(), w.env["AUDIT_DATABASE_URL"], audit.Options{Serve: true, Key: key, Logger: quiet})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = log.Close() }) // it may be closed, or the cluster may have ended
	known, err := contract.Embedded()
	if err != nil {
		w.t.Fatal(err)
	}
	client, err := protime.New(protime.Config{
		BaseURL: w.env["PROTIME_API_URL"], TokenURL: w.env["PROTIME_TOKEN_URL"], ClientID: "api-client",
		ClientSecret: "api-client-secret", UserAgent: "Test/1 (acme)", Contract: known,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return &admin{w, log, &change.Desk{API: client, Log: log, Contract: known, Logger: quiet}}
}

// startedBatch is the batch that startBatch starts.
const startedBatch = "018f0000-0000-7000-8000-000000000001"

// startBatch starts a batch that creates clockings, each of its own minute.
func (p *admin) startBatch(rows int) string {
	p.t.Helper()
	const id = startedBatch
	store, people := p.log.Batches(), p.tenant.IDs("people")
	err := store.Make(p.t.Context(), batch.Batch{
		ID: id, Actor: change.Actor{Subject: "els", Issuer: p.issuer.URL, Name: "Els Peeters", Roles: []change.Role{change.Editor}},
		Operation: batch.Create, Collection: "clockings", List: "/clockings", Source: batch.Pasted,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	revision := int64(1)
	for from := 0; from < rows; from += batch.MostAtOnce {
		var some []batch.Row
		for n := from; n < min(from+batch.MostAtOnce, rows); n++ {
			person, date := people[n%50], time.Now().AddDate(0, 0, 1+n/50%200).Format(time.DateOnly)
			after := fmt.Sprintf(`{"person":{"id":%s},"date":"%s","timeOfDayInMinutes":%d,"kind":"InOut"}`, person, date, 60+n/10_000)
			some = append(some, batch.Row{Number: n + 2, Check: batch.Check{
				Verdict: batch.Ready, After: json.RawMessage(after), Path: "/clockings", Person: person, Date: date,
			}})
		}
		if revision, err = store.PutRows(p.t.Context(), id, revision, some, from+batch.MostAtOnce >= rows); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := store.Start(p.t.Context(), id, revision, change.Reason{Note: "Gate A was down"}, "r-1"); err != nil {
		p.t.Fatal(err)
	}
	return id
}

// awaitWrites waits until the API received so many writes.
func (w *world) awaitWrites(n int) {
	w.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); len(w.tenant.Writes()) < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("the API received %d writes, want %d", len(w.tenant.Writes()), n)
		}
	}
}

// await waits until a batch is in a state and none of its changes is being sent.
func (p *admin) await(id string, state batch.State) batch.Counts {
	p.t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		b, err := p.log.Batches().Batch(p.t.Context(), id)
		if err != nil {
			p.t.Fatal(err)
		}
		counts, err := p.log.Batches().Count(p.t.Context(), id)
		if err != nil {
			p.t.Fatal(err)
		}
		if b.State == state && counts.ByState[change.Sending] == 0 {
			return counts
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the batch is %s with %+v, want %s", b.State, counts, state)
		}
	}
}

// resolve looks for the rows in doubt, rules on those that are not there and has them sent again, until all are applied.
func (p *admin) resolve(id string, rows int) (tries int) {
	p.t.Helper()
	store := p.log.Batches()
	els := change.Actor{Subject: "els", Issuer: p.issuer.URL, Roles: []change.Role{change.Editor}}
	for range 10 {
		if p.await(id, batch.Done).ByState[change.Applied] == rows {
			return tries
		}
		unknown, err := store.Rows(p.t.Context(), id, batch.SelectUnknown, 0, 1000)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, row := range unknown {
			if err := p.settle(els, row.Change.ID); err != nil {
				p.t.Fatalf("row %d: %v", row.Number, err)
			}
		}
		n, err := store.Retry(context.WithoutCancel(p.t.Context()), id, nil)
		if err != nil {
			p.t.Fatal(err)
		}
		tries += n
	}
	p.t.Fatalf("not every row is applied: %+v", p.await(id, batch.Done))
	return tries
}

func (p *admin) settle(els change.Actor, id string) error {
	r, err := p.desk.Check(p.t.Context(), els, id)
	if errors.Is(err, change.ErrNotInDoubt) || err == nil && r.State != change.Unknown {
		return nil
	}
	if err == nil {
		_, err = p.desk.Rule(p.t.Context(), els, id, change.RuledNotThere, "It is not in Protime")
	}
	return err
}
