package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

// A page of a person's days takes as long as one call of the API: each takes 200 ms here. The metric is the page's time
// divided by that.
func BenchmarkAWeekOfASlowAPI(b *testing.B) {
	const call = 200 * time.Millisecond
	tenant := founded.today()
	monday := weekWith(tenant)
	w := newWorldWith(b, tenant)
	w.knowsPeople()
	els := w.signIn("els")
	daysOf(els, monday).wants(http.StatusOK) // the catalogs are read
	w.tenant.Fail(simulator.Fault{Delay: call})
	for b.Loop() {
		daysOf(els, monday).wants(http.StatusOK)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/call.Seconds(), "calls")
}
