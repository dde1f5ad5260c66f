package audit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// The disk is full in the middle of a batch. What the log could not take was not sent; the batch says that it pauses for the
// log, and somebody lets it go on when there is room. In the end each row was made once.
func TestInvariant2_AFullDiskHoldsABatchUntilThereIsRoom(t *testing.T) {
	const rows = 40
	tenant := company.New(time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC))
	api := httptest.NewServer(tenant)
	t.Cleanup(api.Close)
	known, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	client, err := protime.New(protime.Config{
		BaseURL: api.URL + simulator.BasePath, TokenURL: api.URL + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "a-client-secret", UserAgent: "Test/1 (acme)", Contract: known,
	})
	if err != nil {
		t.Fatal(err)
	}
	l := sqlite(t).open(t, audit.Options{Heartbeat: 20 * time.Millisecond})
	store := l.Batches()
	makeDraft(t, store, draft(gate))
	sheet := make([]batch.Row, rows)
	for n := range sheet {
		after := fmt.Sprintf(`{"person":{"id":76547},"date":"2026-01-05","timeOfDayInMinutes":%d,"kind":"InOut"}`, n)
		sheet[n] = readyRow(n + 1)
		sheet[n].Check.Person, sheet[n].Check.After = "76547", json.RawMessage(after)
	}
	revision := put(t, store, gate, 1, true, sheet...)
	note := strings.Repeat("Gate A was down. ", 240) // in the log, a page for each row
	if err := store.Start(t.Context(), gate, revision, change.Reason{Note: note}, "r-1"); err != nil {
		t.Fatal(err)
	}
	run(t, l)
	audit.LimitPages(t, l, 30)

	quiet := slog.New(slog.DiscardHandler)
	runner := &batch.Runner{
		Store: store, Pace: new(batch.Pace), Logger: quiet, Poll: 10 * time.Millisecond,
		Desk: &change.Desk{API: client, Log: l, Contract: known, Logger: quiet},
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	eventually(t, "the disk is full", func() bool {
		return stateOf(t, store, gate) == batch.Paused || l.Health(t.Context()) != nil
	})
	audit.LimitPages(t, l, 1_000)
	eventually(t, "the batch pauses", func() bool { return stateOf(t, store, gate) == batch.Paused })
	if b, err := store.Batch(t.Context(), gate); err != nil || b.Pause != batch.PausedLog {
		t.Errorf("the batch pauses for %q (%v), want %q", b.Pause, err, batch.PausedLog)
	}
	sent, logged := len(tenant.Writes()), len(page(t, l, change.Query{Batch: gate, Limit: rows}))
	if sent == 0 || sent > logged || logged == rows {
		t.Errorf("the API got %d rows and the log %d of %d, want some, none of which is not in the log", sent, logged, rows)
	}

	if err := store.Move(t.Context(), gate, batch.Running, "", batch.Paused); err != nil {
		t.Fatal(err)
	}
	eventually(t, "every row is applied", func() bool { return counted(t, store, gate).ByState[change.Applied] == rows })
	bodies := map[string]int{}
	for _, e := range tenant.Writes() {
		bodies[string(e.Body)]++
	}
	if len(bodies) != rows || len(tenant.Writes()) != rows {
		t.Errorf("the API got %d requests with %d bodies, want %d of each", len(tenant.Writes()), len(bodies), rows)
	}
	verify(t, l, "")
}
