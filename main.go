// Command protime-admin is the page on which HR admins correct Protime registrations by hand.
//
// main calls run with the signals, arguments and environment of the process. serve is the only place that wires
// packages: the API's client, the audit log, sign-in, directories of names and the pages.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // TIME_ZONE works on machines without a zone database

	"golang.org/x/sync/errgroup"

	"protime-admin/handlers"
	"protime-admin/internal/access"
	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/catalog"
	"protime-admin/internal/change"
	"protime-admin/internal/config"
	"protime-admin/internal/demo"
	"protime-admin/internal/departments"
	"protime-admin/internal/lang"
	"protime-admin/internal/metrics"
	"protime-admin/internal/people"
	"protime-admin/internal/sso"
	"protime-admin/internal/web"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = ""

func main() {
	signals, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(signals, func() { stop(); cancel() }) // from then on a second signal ends the process at once
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	if err == nil {
		return
	}
	code := exitCode(1)
	if !errors.As(err, &code) {
		fmt.Fprintln(os.Stderr, "protime-admin:", err)
	}
	os.Exit(int(code))
}

// exitCode ends the program with this status; the reason has been reported.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

const usage = `usage: protime-admin [command]

  (none)               serve the page, configured by environment variables (see README.md)
  demo                 serve a made-up company on this machine, without any configuration
  config               print the configuration in force, without secrets
` + audit.Usage + `  healthcheck          0 when the server beside it answers
  version              print the version
`

// run is the program: it returns when the work is done or ctx ends.
func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	command := "serve"
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "serve":
		return runServe(ctx, getenv)
	case "demo":
		return runDemo(ctx, getenv, stdout)
	case "config":
		settings, _, err := configure(getenv)
		for _, warning := range append(config.Unknown(os.Environ()), settings.Warnings()...) {
			fmt.Fprintln(os.Stderr, "warning:", warning)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitCode(2)
		}
		return settings.Redacted(stdout)
	case "audit":
		return runAudit(ctx, args, getenv, stdout)
	case "healthcheck":
		addr, err := config.Listen(getenv)
		if err != nil {
			return err
		}
		return web.Healthcheck(ctx, addr)
	case "version":
		_, err := fmt.Fprintln(stdout, "protime-admin", versionText())
		return err
	case "help", "-h", "--help":
		_, err := fmt.Fprint(stdout, usage)
		return err
	}
	fmt.Fprintf(os.Stderr, "protime-admin: no command %q\n\n%s", command, usage)
	return exitCode(2)
}

func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if version != "" || !ok || info.Main.Version == "(devel)" {
		return cmp.Or(version, "dev")
	}
	return cmp.Or(info.Main.Version, "dev")
}

// configure reads the settings and the contract that they name. Its error is a *config.Problems.
func configure(getenv func(string) string) (settings config.Config, described *contract.Contract, err error) {
	settings, err = config.Read(getenv, versionText(), func(path string) (names []string, err error) {
		if described, err = contract.Open(path); err != nil {
			return nil, err
		}
		for _, c := range described.Collections {
			names = append(names, c.Name)
		}
		return names, nil
	})
	return settings, described, err
}

// runServe reports everything as JSON lines, also why it cannot start: what collects the lines reads no other form.
func runServe(ctx context.Context, getenv func(string) string) error {
	logger := web.NewLogger(os.Stderr, slog.HandlerOptions{ReplaceAttr: protime.LogAttr})
	for _, warning := range config.Unknown(os.Environ()) {
		logger.WarnContext(ctx, "configuration", "warning", warning)
	}
	settings, described, err := configure(getenv)
	var found *config.Problems
	if errors.As(err, &found) {
		for _, problem := range found.List {
			logger.ErrorContext(ctx, "configuration", "setting", problem.Name, "problem", problem.Name+" "+problem.Text)
		}
		logger.InfoContext(ctx, "to try it without any configuration: protime-admin demo")
		return exitCode(2)
	}
	if err := serve(ctx, settings, described, logger, settings.Protime.Environment, nil); err != nil {
		logger.ErrorContext(ctx, "the server has failed", "version", versionText(), "error", err)
		return exitCode(1)
	}
	return nil
}

func runDemo(ctx context.Context, getenv func(string) string, stdout io.Writer) (err error) {
	company, err := demo.Start(ctx, getenv, time.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, company.Close()) }()
	settings, described, err := configure(company.Getenv)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(stdout, company.Greeting()); err != nil {
		return err
	}
	logger := web.NewLogger(os.Stderr, slog.HandlerOptions{ReplaceAttr: protime.LogAttr})
	return serve(ctx, settings, described, logger, "demo", company.Listener)
}

// serve wires the rooms and answers requests until ctx ends; then those in flight finish and the log is closed. Pages
// show environment beside the tenant. Without a listener LISTEN_ADDR is opened.
func serve(
	ctx context.Context, settings config.Config, described *contract.Contract, logger *slog.Logger,
	environment string, listener net.Listener,
) (err error) {
	for _, warning := range settings.Warnings() {
		logger.WarnContext(ctx, "configuration", "warning", warning)
	}
	words, err := lang.Load()
	if err != nil {
		return err
	}
	client, err := newClient(settings, described)
	if err != nil {
		return err
	}
	log, err := audit.Open(ctx, settings.Audit.DatabaseURL, audit.Options{
		Serve: true, Key: settings.Audit.Key, Retention: settings.Audit.Retention, Logger: logger,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if err := log.Health(ctx); err != nil {
		logger.ErrorContext(ctx, "the audit log cannot be written: changes are refused, reading goes on", "error", err)
	}
	signIn, err := newRelyingParty(settings, log, logger)
	if err != nil {
		return err
	}
	mayRead := func(ctx context.Context, collection string) bool {
		c, documented := described.Collection(collection)
		return documented && client.MayRead(ctx, c.ReadScopes())
	}
	directory := people.New(client, people.Options{
		TimeZone: settings.TimeZone,
		Granted:  func(ctx context.Context) bool { return mayRead(ctx, "people") },
		Failed:   func(err error) { logger.Warn("people cannot be read", "error", err) },
	})
	staffing := departments.New(client, departments.Options{
		Granted: func(ctx context.Context) bool { return mayRead(ctx, "department-histories") },
		Failed:  func(err error) { logger.Warn("departments cannot be read", "error", err) },
	})
	names := catalog.New(described, client, catalog.Options{
		Places: map[string][][]string{
			"activity-definitions": slices.Collect(slices.Chunk(settings.ActivityStructureVersions, 1)),
		},
		Granted: func(ctx context.Context, c *contract.Collection) bool {
			return c.On(settings.Assumed) && client.MayRead(ctx, c.ReadScopes())
		},
		Failed: func(name string, err error) { logger.Warn("names cannot be read", "collection", name, "error", err) },
	})
	sending, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	desk := &change.Desk{
		API: change.Serving{API: client, Until: sending}, Log: log, Days: log, Contract: described, Logger: logger,
		ForbidOwn: settings.OwnRecords == "forbid", People: people.Own{Directory: directory, Unfiltered: client.WithPersonal()},
	}
	var ready atomic.Bool
	measured := metrics.New()
	pages, err := handlers.New(handlers.Options{
		Config: settings, Environment: environment, Version: versionText(), Contract: described,
		API: client, Desk: desk, People: directory, Catalog: names, Departments: staffing, Views: log.SavedViews(), Batches: log.Batches(), Lang: words, SignIn: signIn,
		Logger: logger, Now: time.Now, Ready: ready.Load, Observe: measured.Observe,
		Health: map[string]func(context.Context) error{
			"audit log":         log.Health,
			"identity provider": func(context.Context) error { return signIn.Provider.Ready() },
			"protime sign-in":   func(ctx context.Context) error { _, err := client.Granted(ctx); return err },
		},
	})
	if err != nil {
		return err
	}
	if listener == nil {
		if listener, err = new(net.ListenConfig).Listen(ctx, "tcp", settings.ListenAddr); err != nil {
			return fmt.Errorf("LISTEN_ADDR: %w", err)
		}
	}
	group, inside := errgroup.WithContext(ctx)
	group.Go(func() error { return log.Run(inside, desk.Look) })
	activity := new(web.Activity)
	rules := access.Rules{Assumed: settings.Assumed, Writable: settings.Writable, Grants: client.Grants}
	runner := batch.Runner{
		Store: log.Batches(), Desk: desk, Pace: &batch.Pace{People: activity.Now}, May: rules.May, Logger: logger,
	}
	group.Go(func() error { return runner.Run(inside) })
	group.Go(func() error { directory.Run(inside); return nil })
	group.Go(func() error { names.Run(inside); return nil })
	group.Go(func() error { staffing.Run(inside); return nil })
	group.Go(func() error { signIn.Provider.Run(inside); return nil })
	if addr := settings.MetricsAddr; addr != "" {
		group.Go(func() error { return measured.Serve(inside, addr) })
	}
	server := web.Server{Handler: activity.Watch(pages), Logger: logger, Ready: &ready, GiveUp: giveUp}
	group.Go(func() error { return server.Serve(inside, listener) })
	logger.InfoContext(ctx, "listening", "version", versionText(), "address", listener.Addr().String(),
		"public", settings.PublicURL.String(), "api", settings.Protime.APIURL.String())
	return group.Wait()
}

func newClient(settings config.Config, described *contract.Contract) (*protime.Client, error) {
	api, scopes := settings.Protime, settings.Protime.Scopes
	if scopes == nil {
		scopes = described.ScopesFor(settings.Writable, settings.Assumed)
	}
	return protime.New(protime.Config{
		BaseURL: api.APIURL.String(), TokenURL: api.TokenURL.String(), ClientID: api.ClientID,
		ClientSecret: api.ClientSecret, Scopes: scopes, UserAgent: api.UserAgent, Contract: described,
		Timeout: 20 * time.Second, // a person waits for it
	})
}

func newRelyingParty(settings config.Config, log *audit.Log, logger *slog.Logger) (*sso.RelyingParty, error) {
	return sso.New(sso.Config{
		Issuer: settings.OIDC.Issuer, ClientID: settings.OIDC.ClientID, ClientSecret: settings.OIDC.ClientSecret,
		Scopes: settings.OIDC.Scopes, RolesClaim: settings.OIDC.RolesClaim,
		Roles: map[string][]string{
			string(change.Viewer): settings.Roles.Viewers, string(change.Editor): settings.Roles.Editors,
			string(change.Auditor): settings.Roles.Auditors,
		},
		PublicURL: settings.PublicURL, SessionKeys: settings.Session.Keys, Idle: settings.Session.Idle,
		Max: settings.Session.Max, Framed: len(settings.FrameAncestors) > 0, Log: logger,
		Revoked: log.Revocations(), List: log.Sessions(),
	})
}

// runAudit works on the log beside a server or without one; it needs no other settings than the log's own.
func runAudit(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	log, err := config.Audit(getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitCode(2)
	}
	settings := audit.Settings{DatabaseURL: log.DatabaseURL, Key: log.Key, PublicKey: log.PublicKey}
	if code := audit.Command(ctx, args, settings, usage, stdout, os.Stderr); code != 0 {
		return exitCode(code)
	}
	return nil
}
