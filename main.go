// Command protime-admin is the page on which HR admins correct Protime registrations by hand.
//
// main calls run, and run is the only place that puts the rooms together: it reads the configuration, wires the API's
// client, the audit log, the sign-in and the pages, listens, and stops when it is told to.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // TIME_ZONE works on machines without a zone database

	"golang.org/x/sync/errgroup"

	"protime-admin/handlers"
	"protime-admin/internal/audit"
	"protime-admin/internal/catalog"
	"protime-admin/internal/change"
	"protime-admin/internal/config"
	"protime-admin/internal/demo"
	"protime-admin/internal/lang"
	"protime-admin/internal/metrics"
	"protime-admin/internal/people"
	"protime-admin/internal/sso"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = ""

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	var code exitCode
	switch {
	case err == nil:
	case errors.As(err, &code):
		os.Exit(int(code))
	default:
		fmt.Fprintln(os.Stderr, "protime-admin:", err)
		os.Exit(1)
	}
}

// exitCode ends the program with a status of its own; what there is to say has been said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

const usage = `usage: protime-admin [command]

  (none)               serve the page, configured by environment variables (see README.md)
  demo                 serve a made-up company on this machine, without any configuration
  config               print the configuration in force, without secrets
  audit verify [--head HEAD] [--export FILE]
                       check the audit log, or an export of it: 0 whole, 1 altered, 2 unreadable
  audit export [--format ndjson|csv]
                       write the audit log to standard output
  audit backup FILE    write a consistent copy of the audit log
  audit rebuild        compute the tables that pages search anew, while no server runs
  audit key            print the public key that verifies the audit log
  healthcheck          0 when the server beside it answers
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
		settings, err := config.Read(getenv, versionText())
		if err != nil {
			fmt.Fprintf(os.Stderr, "%v\n\nTo try it without any configuration: protime-admin demo\n", err)
			return exitCode(2)
		}
		return serve(ctx, settings, site{environment: settings.Protime.Environment, stdout: stdout})
	case "demo":
		return runDemo(ctx, getenv, stdout)
	case "config":
		settings, err := config.Read(getenv, versionText())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitCode(2)
		}
		return settings.Redacted(stdout)
	case "audit":
		return runAudit(ctx, args, getenv, stdout)
	case "healthcheck":
		return healthcheck(ctx, getenv)
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
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

func runDemo(ctx context.Context, getenv func(string) string, stdout io.Writer) (err error) {
	company, err := demo.Start(ctx, getenv, time.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, company.Close()) }()
	settings, err := config.Read(company.Getenv, versionText())
	if err != nil {
		return err
	}
	return serve(ctx, settings, site{
		environment: "demo", listener: company.Listener, stdout: stdout,
		greeting: "Protime Admin, with a made-up company: open " + company.URL + "/\n" +
			"Sign in as Els Peeters to correct registrations. Ctrl-C ends it; nothing is kept.\n",
	})
}

// site is what differs between places that serve.
type site struct {
	environment string
	listener    net.Listener // nil: LISTEN_ADDR is opened
	greeting    string
	stdout      io.Writer
}

// serve wires the rooms and answers requests until ctx ends; then those in flight finish and the log is closed.
func serve(ctx context.Context, settings config.Config, where site) (err error) {
	logger := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{ReplaceAttr: protime.LogAttr}))
	for _, warning := range settings.Warnings() {
		logger.WarnContext(ctx, "configuration", "warning", warning)
	}
	described, err := loadContract(settings.Protime.Contract)
	if err != nil {
		return err
	}
	for setting, names := range map[string][]string{"WRITABLE": settings.Writable, "ASSUMED_COLLECTIONS": settings.Assumed} {
		for _, name := range names {
			if _, ok := described.Collection(name); ok {
				continue
			}
			if settings.Protime.Contract == "" {
				return fmt.Errorf("%s: the contract has no collection %q", setting, name)
			}
			// A tenant's own document may well lack what is on by default.
			logger.WarnContext(ctx, "a setting names a collection that PROTIME_CONTRACT does not have",
				"setting", setting, "collection", name)
		}
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
	directory := people.New(client, people.Options{
		Granted: func(ctx context.Context) bool { return mayRead(ctx, client, described, "people") },
		Failed:  func(err error) { logger.Warn("people cannot be read", "error", err) },
	})
	names := catalog.New(described, client, catalog.Options{
		Places: map[string][][]string{"activity-definitions": places(settings.ActivityStructureVersions)},
		Granted: func(ctx context.Context, c *contract.Collection) bool {
			return c.On(settings.Assumed) && client.MayRead(ctx, c.ReadScopes())
		},
		Failed: func(name string, err error) { logger.Warn("names cannot be read", "collection", name, "error", err) },
	})
	desk := &change.Desk{
		API: client, Log: log, Contract: described, Logger: logger,
		ForbidOwn: settings.OwnRecords == "forbid", People: people.Own{Directory: directory, Whole: client.WithPersonal()},
	}
	var ready atomic.Bool
	measured := metrics.New()
	server, err := handlers.New(handlers.Options{
		Config: settings, Environment: where.environment, Version: versionText(), Contract: described,
		API: client, Desk: desk, People: directory, Catalog: names, Lang: words, SignIn: signIn,
		Logger: logger, Now: time.Now, Ready: ready.Load, Observe: measured.Observe,
		Health: map[string]func(context.Context) error{
			"audit log":         log.Health,
			"identity provider": func(context.Context) error { return signIn.Provider.Ready() },
			"protime":           func(ctx context.Context) error { _, err := client.Granted(ctx); return err },
		},
	})
	if err != nil {
		return err
	}
	group, inside := errgroup.WithContext(ctx)
	group.Go(func() error { return log.Run(inside, desk.Look) })
	group.Go(func() error { directory.Run(inside); return nil })
	group.Go(func() error { names.Run(inside); return nil })
	group.Go(func() error { signIn.Provider.Run(inside); return nil })
	if addr := settings.MetricsAddr; addr != "" {
		group.Go(func() error { return measured.Serve(inside, addr) })
	}
	group.Go(func() error { return listenAndServe(inside, server, settings, where, &ready, logger) })
	return group.Wait()
}

// listenAndServe answers until ctx ends, then lets requests in flight finish.
func listenAndServe(
	ctx context.Context, h http.Handler, settings config.Config, where site, ready *atomic.Bool, logger *slog.Logger,
) error {
	listener := where.listener
	if listener == nil {
		var err error
		var open net.ListenConfig
		if listener, err = open.Listen(ctx, "tcp", settings.ListenAddr); err != nil {
			return fmt.Errorf("LISTEN_ADDR: %w", err)
		}
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: handlers.ReadHeaderTimeout, ReadTimeout: handlers.ReadTimeout,
		IdleTimeout: handlers.IdleTimeout, MaxHeaderBytes: handlers.MaxHeaderBytes,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		// Whoever sends requests here is told first, and looks elsewhere before the listener closes.
		ready.Store(false)
		time.Sleep(leaving)
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 90*time.Second)
		defer cancel()
		stopped <- server.Shutdown(patience)
	}()
	ready.Store(true)
	for _, settled := range []time.Duration{time.Second, 4 * time.Second} { // the names of people may come late
		defer time.AfterFunc(settled, giveBack).Stop()
	}
	logger.Info("listening", "address", listener.Addr().String(), "public", settings.PublicURL.String())
	if where.greeting != "" {
		if _, err := fmt.Fprint(where.stdout, where.greeting); err != nil {
			logger.Warn("the greeting cannot be written", "error", err)
		}
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// leaving is how long /readyz says 503 before the listener closes.
const leaving = time.Second

// giveBack returns to the system what start has left behind: parsed documents, migrations, the first reading of names.
// Buffers that libraries pool are let go by the second collection only.
func giveBack() {
	runtime.GC()
	debug.FreeOSMemory()
}

func mayRead(ctx context.Context, client *protime.Client, described *contract.Contract, name string) bool {
	c, ok := described.Collection(name)
	return ok && client.MayRead(ctx, c.ReadScopes())
}

// places are the structure versions whose definitions have names in pickers; levels are counted.
func places(versions []string) [][]string {
	var all [][]string
	for _, version := range versions {
		all = append(all, []string{version})
	}
	return all
}

func loadContract(path string) (*contract.Contract, error) {
	if path == "" {
		return contract.Embedded()
	}
	document, err := os.ReadFile(path) //nolint:gosec // the administrator names the file
	if err != nil {
		return nil, fmt.Errorf("PROTIME_CONTRACT: %w", err)
	}
	described, err := contract.Load(document)
	if err != nil {
		return nil, fmt.Errorf("PROTIME_CONTRACT: %w", err)
	}
	return described, nil
}

func newClient(settings config.Config, described *contract.Contract) (*protime.Client, error) {
	api := settings.Protime
	scopes := api.Scopes
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
	code := audit.Command(ctx, args, audit.Settings{DatabaseURL: log.DatabaseURL, Key: log.Key, PublicKey: log.PublicKey},
		usage, stdout, os.Stderr)
	if code != 0 {
		return exitCode(code)
	}
	return nil
}

// healthcheck asks the server on this machine, for a container without a shell.
func healthcheck(ctx context.Context, getenv func(string) string) error {
	addr, err := config.Listen(getenv)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return nil
}
