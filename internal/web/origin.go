package web

import "net/http"

// sameOrigin refuses writes that another site makes a browser send.
func sameOrigin(o Options, next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	// Behind a proxy that rewrites Host the public origin differs from it. AddTrustedOrigin fails for what is no
	// origin, which a parsed public address cannot be.
	_ = protection.AddTrustedOrigin(o.Public.Scheme + "://" + o.Public.Host)
	for _, pattern := range o.CrossOrigin {
		protection.AddInsecureBypassPattern(pattern)
	}
	protection.SetDenyHandler(o.Refuse.CrossOrigin)
	return protection.Handler(next)
}
