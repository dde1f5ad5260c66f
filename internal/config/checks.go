package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// derive fills what follows from other settings, where nobody set it.
func (c *Config) derive(version string, unread map[string]bool) {
	if unread["PROTIME_TENANT"] || unread["PROTIME_ENVIRONMENT"] {
		return
	}
	// The sandbox's API host is an inference: the documentation spells out its authentication host alone
	// (reference/authentication/).
	domain := "myprotime.eu"
	if c.Protime.Environment == "sandbox" {
		domain = "myprotimesandbox.eu"
	}
	if c.Protime.APIURL == nil {
		c.Protime.APIURL = &url.URL{Scheme: "https", Host: c.Protime.Tenant + "." + domain,
			Path: "/connector/protimeapi/api/v1"}
	}
	if c.Protime.TokenURL == nil {
		c.Protime.TokenURL = &url.URL{Scheme: "https", Host: "authentication." + domain,
			Path: "/tenants/" + c.Protime.Tenant + "/connect/token"}
	}
	if c.Protime.UserAgent == "" {
		c.Protime.UserAgent = fmt.Sprintf("ProtimeAdmin/%s (%s)", version, c.Protime.Tenant)
	}
}

// compare finds settings that contradict each other. It skips those that were not read: they are a problem already.
func (c *Config) compare(unread map[string]bool, found *Problems) {
	// Without openid the provider answers as plain OAuth: no ID token, nobody signed in.
	if !unread["OIDC_SCOPES"] && !slices.Contains(c.OIDC.Scopes, "openid") {
		found.add("OIDC_SCOPES", "must hold openid: without it the identity provider gives no ID token")
	}

	unclear := slices.ContainsFunc(found.List, func(p Problem) bool { return strings.HasPrefix(p.Name, "ROLE_") })
	if !unclear && len(c.Roles.Viewers)+len(c.Roles.Editors)+len(c.Roles.Auditors) == 0 {
		found.add("ROLE_VIEWERS", "is empty, and so are ROLE_EDITORS and ROLE_AUDITORS: nobody can get in")
	}

	// The absolute limit ends an idle session, too.
	if !unread["SESSION_IDLE"] && !unread["SESSION_MAX"] {
		c.Session.Idle = min(c.Session.Idle, c.Session.Max)
	}

	// A page on https cannot be framed by one on http with its cookies; on loopback both are http.
	for _, origin := range c.FrameAncestors {
		if c.PublicURL != nil && c.PublicURL.Scheme == "https" && strings.HasPrefix(origin, "http:") {
			found.add("FRAME_ANCESTORS", fmt.Sprintf("must list https origins, as PUBLIC_URL is https, got %q", origin))
		}
	}

	// A key of one repeated byte was made up for a test. On loopback tests may use it.
	if c.PublicURL != nil && c.PublicURL.Scheme == "https" {
		for i, key := range c.Session.Keys {
			if repeats(key) {
				found.add("SESSION_KEYS", fmt.Sprintf("must be random, key %d is one byte over and over", i+1))
			}
		}
		if len(c.Audit.Key) > 0 && repeats(c.Audit.Key) {
			found.add("AUDIT_KEY", "must be random, it is one byte over and over")
		}
	}

	// On the address that people open, metrics would be public.
	if !unread["LISTEN_ADDR"] && c.MetricsAddr == c.ListenAddr && !strings.HasSuffix(c.ListenAddr, ":0") {
		found.add("METRICS_ADDR", fmt.Sprintf("must differ from LISTEN_ADDR, got %q twice", c.MetricsAddr))
	}
}

// checkCollections finds names that no collection of the contract has. A tenant's own document may lack what is on by
// default, so that there they are no more than a warning.
func (c *Config) checkCollections(collections func(contract string) ([]string, error), found *Problems) {
	known, err := collections(c.Protime.Contract)
	if err != nil {
		found.add("PROTIME_CONTRACT", "must name an OpenAPI document of the API: "+err.Error())
		return
	}
	for _, setting := range []struct {
		name  string
		words []string
	}{{"WRITABLE", c.Writable}, {"ASSUMED_COLLECTIONS", c.Assumed}} {
		for _, word := range setting.words {
			if slices.Contains(known, word) {
				continue
			}
			if c.Protime.Contract != "" {
				c.warnings = append(c.warnings, fmt.Sprintf("%s names %q, which PROTIME_CONTRACT does not have", setting.name, word))
				continue
			}
			found.add(setting.name, fmt.Sprintf("names %q, which is none of the API's collections: %s",
				word, strings.Join(known, ", ")))
		}
	}
}

// Warnings are settings that are valid but probably not meant, each as a sentence for the log at start.
func (c Config) Warnings() []string {
	list := slices.Clone(c.warnings)
	if len(c.Roles.Auditors) == 0 {
		list = append(list, "ROLE_AUDITORS is empty: nobody can see the whole log of changes")
	}
	if host, _, err := net.SplitHostPort(c.ListenAddr); err == nil && c.PublicURL != nil &&
		c.PublicURL.Scheme == "http" && !Loopback(host) {
		list = append(list, "PUBLIC_URL is plain http and LISTEN_ADDR reaches beyond this machine")
	}
	return list
}

// Unknown warns of variables of the environment, as os.Environ lists them, that start like a setting and are none.
func Unknown(environ []string) []string {
	known := map[string]bool{}
	for _, row := range new(Config).settings() {
		known[row.name] = true
		known[row.name+"_FILE"] = row.secret
	}
	var list []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		prefix, _, _ := strings.Cut(name, "_")
		ours := slices.Contains([]string{"PROTIME", "OIDC", "ROLE", "AUDIT"}, prefix)
		// Kubernetes names the addresses of a service protime-admin so.
		if ours && !known[name] && !strings.HasPrefix(name, "PROTIME_ADMIN_") {
			list = append(list, name+" is not a setting: it is ignored")
		}
	}
	slices.Sort(list)
	return list
}
