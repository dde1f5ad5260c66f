// Package demo is a made-up company to try the product on: the API's simulator, a small identity provider and an audit
// log in a temporary directory. The product gets a configuration and a listener and runs as it does in production.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"protime-admin/internal/config"
	"protime-admin/internal/sso/ssotest"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// defaultAddr is where the demo listens when nothing else is asked for; a busy port is replaced by a free one.
const defaultAddr = "127.0.0.1:8080"

// Demo is a running company. Close ends it.
type Demo struct {
	Listener net.Listener // for the product
	URL      string       // where people open it
	getenv   func(string) string
	settings map[string]string
	servers  []*http.Server
	dir      string
}

// Greeting tells the person at the terminal what to do next.
func (d *Demo) Greeting() string {
	return "Protime Admin, with a made-up company: open " + d.URL + "/\n" +
		"Sign in as Els Peeters to correct registrations. Ctrl-C ends it; nothing is kept.\n"
}

// Start opens everything on loopback. getenv may set LISTEN_ADDR and settings that change how the product behaves, but
// none that names another machine. The error is a sentence for a person.
func Start(ctx context.Context, getenv func(string) string, now time.Time) (*Demo, error) {
	d := &Demo{getenv: getenv, settings: map[string]string{}}
	if err := d.start(ctx, now); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Company is the made-up company on a day; the same date makes the same company.
func Company(today time.Time) *simulator.Tenant {
	tenant := company.New(today)
	mistakes(tenant, today)
	return tenant
}

func (d *Demo) start(ctx context.Context, now time.Time) error {
	var err error
	if d.Listener, err = listen(ctx, d.getenv("LISTEN_ADDR")); err != nil {
		return err
	}
	d.URL = "http://" + d.Listener.Addr().String()
	public := d.URL
	if own := d.getenv("PUBLIC_URL"); loopbackURL(own) {
		public, d.URL = own, own
	}
	if d.dir, err = os.MkdirTemp("", "protime-admin-demo-"); err != nil {
		return fmt.Errorf("demo: no directory for the audit log: %w", err)
	}
	vermeulen := Company(now)
	vermeulen.Unrecorded = true
	api, err := d.serve(ctx, vermeulen)
	if err != nil {
		return err
	}
	const client, secret = "protime-admin", "demo"
	issuer := &ssotest.Issuer{People: people(), Clients: []ssotest.Client{{
		ID: client, Secret: secret,
		RedirectURIs:   []string{public + "/login/callback"},
		PostLogoutURIs: []string{public + "/"},
		BackChannelURI: public + "/login/backchannel",
	}}}
	identity, err := d.serve(ctx, issuer)
	if err != nil {
		return err
	}
	issuer.URL = identity
	d.settings = map[string]string{
		"PROTIME_TENANT": "acme", "PROTIME_CLIENT_ID": client, "PROTIME_CLIENT_SECRET": secret,
		"PROTIME_API_URL": api + simulator.BasePath, "PROTIME_TOKEN_URL": api + "/tenants/acme/connect/token",
		"ACTIVITY_STRUCTURE_VERSIONS": company.StructureVersion, "ASSUMED_COLLECTIONS": "terminals",
		"CIRCLES": "2=Night shift", "ORGANISATION_GROUPS": "121=Logistics",
		"OIDC_ISSUER": identity, "OIDC_CLIENT_ID": client, "OIDC_CLIENT_SECRET": secret,
		"ROLE_VIEWERS": "viewers", "ROLE_EDITORS": "editors", "ROLE_AUDITORS": "auditors",
		"PUBLIC_URL": public, "LISTEN_ADDR": d.Listener.Addr().String(),
		"SESSION_KEYS":       randomKey(64),
		"AUDIT_KEY":          randomKey(32),
		"AUDIT_DATABASE_URL": "sqlite:" + filepath.Join(d.dir, "audit.db"),
	}
	return nil
}

// randomKey is a key of so many bytes in base64.
func randomKey(size int) string {
	key := make([]byte, size)
	_, _ = rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key)
}

// people are those who may sign in: two editors, so that conflicts can be tried. Els has the employee number of her own
// record in the made-up company, for OWN_RECORDS=forbid; Tom has no record there.
func people() []ssotest.Person {
	return []ssotest.Person{
		{Subject: "els", Name: "Els Peeters", Email: "els.peeters@demo.example", EmployeeNumber: "E1048",
			Groups: []string{"editors"}, Note: "editor: reads and changes"},
		{Subject: "tom", Name: "Tom Claes", Email: "tom.claes@demo.example", EmployeeNumber: "E9001",
			Groups: []string{"editors"}, Note: "editor: reads and changes"},
		{Subject: "marc", Name: "Marc Dubois", Email: "marc.dubois@demo.example",
			Groups: []string{"viewers"}, Note: "viewer: reads"},
		{Subject: "anke", Name: "Anke Vermeulen", Email: "anke.vermeulen@demo.example",
			Groups: []string{"auditors"}, Note: "auditor: reads, and sees the log"},
	}
}

// Getenv is the configuration of the product: the demo's own settings, then those of the environment that change how
// the product behaves. Settings that name other machines or their secrets never come from the environment.
func (d *Demo) Getenv(name string) string {
	if value, own := d.settings[name]; own {
		return value
	}
	switch name {
	case "WRITABLE", "OWN_RECORDS", "SESSION_IDLE", "SESSION_MAX", "FRAME_ANCESTORS", "AUDIT_REASON", "AUDIT_REASONS",
		"AUDIT_RETENTION", "DEFAULT_LANGUAGE", "TIME_ZONE", "SUPPORT_CONTACT", "METRICS_ADDR", "TRUSTED_PROXIES",
		"PROTIME_SCOPES", "PROTIME_USER_AGENT":
		return d.getenv(name)
	}
	return ""
}

// Close ends the company and removes its log.
func (d *Demo) Close() error {
	var errs []error
	for _, server := range d.servers {
		errs = append(errs, server.Close())
	}
	if d.dir != "" {
		errs = append(errs, os.RemoveAll(d.dir))
	}
	return errors.Join(errs...)
}

// serve starts one of the demo's own servers on a free port and returns its address.
func (d *Demo) serve(ctx context.Context, h http.Handler) (string, error) {
	var open net.ListenConfig
	listener, err := open.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("demo: no free port: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	d.servers = append(d.servers, server)
	go func() { _ = server.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String(), nil
}

// listen opens the product's own address, on loopback and nowhere else: anybody can sign in to a demo.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	wanted := addr
	if wanted == "" {
		wanted = defaultAddr
	}
	host, port, err := net.SplitHostPort(wanted)
	if err != nil {
		return nil, fmt.Errorf("LISTEN_ADDR: %q is not an address like 127.0.0.1:8080", addr)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if !config.Loopback(host) {
		return nil, fmt.Errorf("LISTEN_ADDR: the demo listens on this machine only (127.0.0.1), got %q", addr)
	}
	var open net.ListenConfig
	listener, err := open.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil && addr == "" {
		listener, err = open.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("demo: cannot listen: %w", err)
	}
	return listener, nil
}

func loopbackURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "http" && config.Loopback(u.Hostname())
}
