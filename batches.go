package main

import (
	"log/slog"

	"protime-admin/internal/access"
	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/internal/web"
	"protime-admin/protime/contract"
)

// newRunner makes what sends the rows of batches: through a desk like the one of the pages, at a pace that lets people go
// first.
func newRunner(pages *change.Desk, rules access.Rules, log *audit.Log, people *web.Activity, logger *slog.Logger) *batch.Runner {
	return &batch.Runner{
		May: func(collection string, verb contract.Verb, roles []change.Role) bool {
			c, ok := pages.Contract.Collection(collection)
			return ok && rules.WhyNot(c, verb, roles) == access.Reason{}
		},
		Store: log.Batches(), API: pages.API, Pace: &batch.Pace{People: people.Now}, Logger: logger,
		Desk: func(api change.API) *change.Desk {
			return &change.Desk{
				API: api, Log: pages.Log, Contract: pages.Contract, Logger: logger, ForbidOwn: pages.ForbidOwn, People: pages.People,
				Timeout: batch.LongestCall,
			}
		},
	}
}
