package handlers

import (
	"net/http"
	"time"

	"protime-admin/internal/sso"
	"protime-admin/internal/web"
)

// limits are the limits per client address. Burst is 120 for sign-in, because an office behind one address signs in
// together.
type limits struct {
	signIn, callback, frame, backchannel sso.Limiter
}

func (l *limits) use(now func() time.Time) {
	for _, limiter := range []*sso.Limiter{&l.signIn, &l.callback, &l.frame, &l.backchannel} {
		limiter.Now = now
	}
	l.signIn.Burst, l.callback.Burst = 120, 120
	// The identity provider sends everybody's logouts from one address.
	l.backchannel.PerMinute, l.backchannel.Burst = 1200, 600
}

// tooOften returns the error of a request above its limit, or nil.
func (x *exchange) tooOften(limiter *sso.Limiter) error {
	ok, wait := limiter.Allow(web.RequestFrom(x.request().Context()).Address)
	if ok {
		return nil
	}
	return &pageError{status: http.StatusTooManyRequests, failure: x.words.Failure("too-many"), wait: wait}
}
