package config_test

import (
	"encoding/base64"
	"errors"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"

	"protime-admin/internal/config"
	"protime-admin/internal/day"
)

var update = flag.Bool("update", false, "rewrite README.md's configuration table")

// key is a fresh valid session key made of the bytes from, from+1, ...
func key(from byte) string {
	b := make([]byte, 64)
	for i := range b {
		b[i] = from + byte(i)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// least is the smallest configuration that serves.
func least() map[string]string {
	return map[string]string{
		"PROTIME_TENANT":        "acme",
		"PROTIME_CLIENT_ID":     "hr-desk",
		"PROTIME_CLIENT_SECRET": "first-secret",
		"OIDC_ISSUER":           "https://login.acme.example/",
		"OIDC_CLIENT_ID":        "protime-admin",
		"OIDC_CLIENT_SECRET":    "second-secret",
		"PUBLIC_URL":            "https://protime-admin.acme.example",
		"SESSION_KEYS":          key(1),
		"AUDIT_KEY":             key(2),
		"ROLE_EDITORS":          "hr",
	}
}

// with is the smallest configuration changed in pairs of name and value.
func with(pairs ...string) func(string) string {
	env := least()
	for i := 0; i < len(pairs); i += 2 {
		env[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return env[name] }
}

// collections are those of a small contract.
func collections(string) ([]string, error) {
	return []string{"activity-definitions", "assignments", "clockings", "terminals", "webhooks"}, nil
}

func read(t *testing.T, pairs ...string) config.Config {
	t.Helper()
	c, err := config.Read(with(pairs...), "1.2.3", collections)
	if err != nil {
		t.Fatalf("got %v, want no problem", err)
	}
	return c
}

// problems are the names that Read complains about.
func problems(t *testing.T, getenv func(string) string) []string {
	t.Helper()
	_, err := config.Read(getenv, "1.2.3", collections)
	if err == nil {
		return nil
	}
	var found *config.Problems
	if !errors.As(err, &found) {
		t.Fatalf("got %T, want *config.Problems", err)
	}
	var names []string
	for _, problem := range found.List {
		names = append(names, problem.Name)
	}
	return names
}

// dumped is the redacted dump as a map.
func dumped(t *testing.T, c config.Config) map[string]string {
	t.Helper()
	var dump strings.Builder
	if err := c.Redacted(&dump); err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSuffix(dump.String(), "\n"), "\n") {
		name, text, _ := strings.Cut(line, " ")
		shown[name] = strings.TrimSpace(text)
	}
	return shown
}

func TestTheSmallestConfigurationGetsEveryDefault(t *testing.T) {
	c := read(t)
	got := map[string]any{
		"api":       c.Protime.APIURL.String(),
		"token":     c.Protime.TokenURL.String(),
		"scopes":    len(c.Protime.Scopes),
		"agent":     c.Protime.UserAgent,
		"writable":  strings.Join(c.Writable, " "),
		"oidc":      strings.Join(c.OIDC.Scopes, " "),
		"issuer":    c.OIDC.Issuer,
		"claim":     c.OIDC.RolesClaim,
		"own":       c.OwnRecords,
		"public":    c.PublicURL.String(),
		"listen":    c.ListenAddr,
		"metrics":   c.MetricsAddr,
		"idle":      c.Session.Idle,
		"max":       c.Session.Max,
		"database":  c.Audit.DatabaseURL,
		"reason":    c.Audit.ReasonRequired,
		"retention": c.Audit.Retention,
		"language":  c.DefaultLanguage,
		"zone":      c.TimeZone.String(),
	}
	want := map[string]any{
		"api":       "https://acme.myprotime.eu/connector/protimeapi/api/v1",
		"token":     "https://authentication.myprotime.eu/tenants/acme/connect/token",
		"scopes":    0,
		"agent":     "ProtimeAdmin/1.2.3 (acme)",
		"writable":  "clockings assignments activity-definitions",
		"oidc":      "openid profile email",
		"issuer":    "https://login.acme.example/",
		"claim":     "groups",
		"own":       "allow",
		"public":    "https://protime-admin.acme.example",
		"listen":    ":8080",
		"metrics":   "",
		"idle":      30 * time.Minute,
		"max":       10 * time.Hour,
		"database":  "sqlite:protime-admin.db",
		"reason":    false,
		"retention": time.Duration(0),
		"language":  "en",
		"zone":      "Europe/Brussels",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	if len(c.Audit.Reasons) == 0 {
		t.Error("got no reasons to choose from, want the short list")
	}
}

func TestTheSandboxHasHostsOfItsOwn(t *testing.T) {
	c := read(t, "PROTIME_ENVIRONMENT", "sandbox")
	if got, want := c.Protime.APIURL.String(), "https://acme.myprotimesandbox.eu/connector/protimeapi/api/v1"; got != want {
		t.Errorf("API: got %s, want %s", got, want)
	}
	want := "https://authentication.myprotimesandbox.eu/tenants/acme/connect/token"
	if got := c.Protime.TokenURL.String(); got != want {
		t.Errorf("token endpoint: got %s, want %s", got, want)
	}
}

func TestNothingConfiguredNamesEverythingThatIsRequired(t *testing.T) {
	got := problems(t, func(string) string { return "" })
	want := []string{"PROTIME_TENANT", "PROTIME_CLIENT_ID", "PROTIME_CLIENT_SECRET", "OIDC_ISSUER", "OIDC_CLIENT_ID",
		"OIDC_CLIENT_SECRET", "PUBLIC_URL", "SESSION_KEYS", "AUDIT_KEY", "ROLE_VIEWERS"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestAProblemGivesTheValueOnce(t *testing.T) {
	for setting, text := range map[string]string{"FRAME_ANCESTORS": "portal", "TRUSTED_PROXIES": "10.0.0.0", "SESSION_IDLE": "soon"} {
		_, err := config.Read(with(setting, text), "dev", collections)
		if err == nil || strings.Count(err.Error(), `"`+text+`"`) > 1 || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v, want %s in it once", setting, err, text)
		}
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	_, err := config.Read(with("PROTIME_TENANT", "Acme!", "SESSION_IDLE", "soon", "TIME_ZONE", "Mars/Olympus",
		"OIDC_SCOPES", "profile", "PUBLIC_URL", "http://protime-admin.acme.example", "WRITABLE", "clocking"), "dev", collections)
	want := `6 problems in the configuration:
  PROTIME_TENANT must be the first part of the company's myProtime address, like acme: small letters, digits, hyphens, got "Acme!"
  PUBLIC_URL must start with https://: plain http is for this machine alone, got "http://protime-admin.acme.example"
  SESSION_IDLE must be a duration of a second or more, like 30m or 10h, got "soon"
  TIME_ZONE must be a zone of the tz database, like Europe/Brussels, got "Mars/Olympus"
  OIDC_SCOPES must hold openid: without it the identity provider gives no ID token
  WRITABLE names "clocking", which is none of the API's collections: activity-definitions, assignments, clockings, terminals, webhooks`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestWhatIsAcceptedAndRefused(t *testing.T) {
	document := filepath.Join(t.TempDir(), "contract.yaml")
	if err := os.WriteFile(document, []byte("openapi: 3.0.3"), 0o600); err != nil {
		t.Fatal(err)
	}
	public, err := note.NewEd25519VerifierKey("protime-admin-audit", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	const version = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
	tests := []struct {
		name   string
		good   []string
		bad    []string
		beside []string // set as well
	}{
		{name: "PROTIME_TENANT", good: []string{"a", "acme-2", " acme "},
			bad: []string{"-acme", "acme.eu", "acme/x", "ACME", "acme_2", strings.Repeat("a", 64)}},
		{name: "PROTIME_ENVIRONMENT", good: []string{"sandbox", "production"}, bad: []string{"test", "Production"}},
		{name: "PROTIME_API_URL",
			good: []string{"https://api.example/v1/", "http://127.8.9.1:1/x", "http://[::1]:80", "http://api.localhost:8080"},
			bad: []string{"http://api.example", "ftp://api.example", "https://me:pw@api.example", "https://api.example/?a=1",
				"https://api.example/#x", "api.example", "https://", "http://127.0.0.1.evil.example", "http://localhost.evil.example",
				"https://api.example:0", "https://api.example:99999", "https://api.example:", "https://api.example/a//b",
				"https://api.example/a/../b", "https://api.example/a%2Fb", "http://10.0.0.1", "http://0.0.0.0", "https:api.example"}},
		{name: "PROTIME_SCOPES", good: []string{"a b", "a,b"}, bad: []string{`a"b`, `a\b`, "é", ","}},
		{name: "PROTIME_USER_AGENT", good: []string{"Desk/1 (Acme)"}, bad: []string{"Desk\n1", "Désk", strings.Repeat("a", 257)}},
		{name: "PROTIME_CONTRACT", good: []string{document}, bad: []string{document + "x", t.TempDir()}},
		{name: "WRITABLE", good: []string{"none", "clockings", "clockings,webhooks"}, bad: []string{"Clockings", "none clockings/x", "clocking"}},
		{name: "ASSUMED_COLLECTIONS", good: []string{"terminals"}, bad: []string{"terminal"}},
		{name: "ACTIVITY_STRUCTURE_VERSIONS", good: []string{version, version + ", " + strings.ToUpper(version)},
			bad: []string{"7", version + "0"}},
		{name: "CIRCLES", good: []string{"2=Night shift, 8=Drivers", "2=a=b", "0=All"},
			bad: []string{"Night shift", "2", "2=", "=Night", "two=Night", "-2=Night", "2=Night, 2=Day", ","}},
		{name: "ORGANISATION_GROUPS", good: []string{"121=Logistics"}, bad: []string{"Logistics"}},
		{name: "RULE_MIN_GAP", good: []string{"1m", "5m", "1h"}, bad: []string{"0", "30s", "90s", "2", "2h", "-2m"}},
		{name: "RULE_MAX_STRETCH", good: []string{"10h30m", "24h"}, bad: []string{"30m", "25h", "1d"}},
		{name: "RULE_OFF", good: []string{"by-system", "by-system,no-clocking", everyRule()}, bad: []string{"odd", "by-system no-rule", "none"}},
		{name: "OIDC_ISSUER", good: []string{"https://login.example/realms/acme", "http://localhost:9/"},
			bad: []string{"http://login.example", "https://login.example?x", "login"}},
		{name: "OIDC_SCOPES", good: []string{"openid", "email openid groups"}, bad: []string{"email"}},
		{name: "OIDC_CLIENT_ID", good: []string{"a b"}, bad: []string{"a\tb", "\xff"}},
		{name: "ROLE_EDITORS", good: []string{"HR Admins, /hr/editors"}, bad: []string{",", "a\nb"}},
		{name: "OWN_RECORDS", good: []string{"allow", "forbid"}, bad: []string{"yes"}},
		{name: "PUBLIC_URL", good: []string{"https://portal.acme.example/protime/", "http://localhost:8080"},
			bad: []string{"https://portal.acme.example/?x", "http://portal.acme.example", "//portal.acme.example", "https://a b"}},
		{name: "LISTEN_ADDR", good: []string{":0", "127.0.0.1:8080", "[::1]:8080", "localhost:80"},
			bad: []string{"8080", ":http", ":65536", "::1:80", "a b:80", ":-1"}},
		{name: "METRICS_ADDR", good: []string{"off", "127.0.0.1:9090"}, bad: []string{"on", ":8080"}},
		{name: "TRUSTED_PROXIES", good: []string{"10.0.0.0/8 fd00::/8", "192.0.2.1"}, bad: []string{"10/8", "0.0.0.0/0", "::/0", "proxy", "10.0.0.0", "fd00::"}},
		{name: "SESSION_KEYS", good: []string{key(3) + "," + key(4), strings.TrimRight(key(5), "="), "\n" + key(9)[:64] + "\n" + key(9)[64:]},
			bad: []string{"short", key(3) + "," + key(3), key(3) + ",", base64.StdEncoding.EncodeToString(make([]byte, 64)), "%%%"}},
		{name: "SESSION_IDLE", good: []string{"1s", "10h"}, bad: []string{"30", "-1h", "0s"}},
		{name: "SESSION_MAX", good: []string{"24h", "5m"}, bad: []string{"1d"}},
		{name: "FRAME_ANCESTORS", good: []string{"https://a.example https://b.example:8443/", "https://a.example,https://b.example"},
			bad: []string{"*", "https://*.example", "https://a.example/page", "http://a.example", "'self'", "https://a.example;script-src"}},
		{name: "FRAME_ANCESTORS", beside: []string{"PUBLIC_URL", "http://localhost:1"},
			good: []string{"http://portal.example", "http://localhost:2 https://portal.example"}},
		{name: "AUDIT_DATABASE_URL", good: []string{"sqlite:/data/audit.db", "postgres://u:p@db/audit?sslmode=verify-full", "postgresql:///audit?host=/run",
			"postgres://localhost/audit", "postgres://127.0.0.1:5432,localhost:5433/audit", "postgres://[::1]:5432/audit", "postgres:///audit?host=/run,localhost",
			"postgres://a:1,b:2/audit?sslmode=verify-full", "postgres:///audit?host=db&sslmode=verify-full",
			"postgres://db/audit?host=/run"},
			bad: []string{"audit.db", "sqlite:", "sqlite::memory:", "sqlite:a?b", "mysql://db/x", "postgres:db", "postgres://%zz",
				"postgres://u:p@db/audit", "postgres://db/audit?sslmode=require", "postgres://db/audit?sslmode=verify-ca",
				"postgres://localhost,db/audit", "postgres://[fd00::1]:5432/audit", "postgres:///audit?host=db",
				"postgres://localhost/audit?host=db", "postgres:///audit?host=/run,db", "postgres://10.0.0.1/audit?sslmode=disable",
				"postgres://localhost.db.example/audit", "postgres://localhost/audit?host=",
				"postgres://db/audit?sslmode=disable&sslmode=verify-full"}},
		{name: "AUDIT_KEY", good: []string{key(3), base64.StdEncoding.EncodeToString([]byte(key(4))[:32]), "\n" + key(3)[:40] + "\n" + key(3)[40:]},
			bad: []string{"short", base64.StdEncoding.EncodeToString(make([]byte, 32)), "%%%",
				base64.StdEncoding.EncodeToString([]byte(key(4))[:31]), key(3) + "," + key(4)}},
		{name: "AUDIT_PUBLIC_KEY", good: []string{public}, bad: []string{"protime-admin-audit", public[:len(public)-4], key(3)}},
		{name: "BATCH_REASON_ABOVE", good: []string{"0", "100", "200000"}, bad: []string{"-1", "many", "1.5", "2000000"}},
		{name: "AUDIT_REASON", good: []string{"required", "optional"}, bad: []string{"yes"}},
		{name: "AUDIT_RETENTION", good: []string{"off", "5y", "1825d", "43800h", "1d"},
			bad: []string{"5", "5 years", "-1d", "0y", "101y", "1ms", "99999999d", "y", "1.5y"}},
		{name: "DEFAULT_LANGUAGE", good: []string{"en", "nl", "fr", "de"}, bad: []string{"xx", "EN", "fr-BE"}},
		{name: "TIME_ZONE", good: []string{"UTC", "Europe/Amsterdam"}, bad: []string{"Local", "CEST+2", "../etc/passwd"}},
		{name: "SUPPORT_CONTACT", good: []string{"HR desk, 02 555 12 34"}, bad: []string{"a\r\nb"}},
	}
	for _, test := range tests {
		for _, text := range test.good {
			if got := problems(t, with(append(test.beside, test.name, text)...)); got != nil {
				t.Errorf("%s=%q: got problems with %v, want none", test.name, text, got)
			}
		}
		for _, text := range test.bad {
			got := problems(t, with(append(test.beside, test.name, text)...))
			if len(got) != 1 || got[0] != test.name {
				t.Errorf("%s=%q: got problems with %v, want one with %s", test.name, text, got, test.name)
			}
		}
	}
}

func TestURLsAreBroughtIntoOneSpelling(t *testing.T) {
	tests := []struct{ name, set, want string }{
		{"a trailing slash goes", "https://a.example/", "https://a.example"},
		{"a prefix stays, its slash goes", "https://a.example/protime/", "https://a.example/protime"},
		{"the usual port goes", "https://A.example:443", "https://a.example"},
		{"another port stays", "https://a.example:8443", "https://a.example:8443"},
		{"http on this machine stays", "http://LOCALHOST:80/x", "http://localhost/x"},
		{"an address of version 6 keeps its brackets", "http://[0:0::1]:8080", "http://[::1]:8080"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := read(t, "PUBLIC_URL", test.set).PublicURL.String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// everyRule is RULE_OFF with all rules.
func everyRule() string {
	var names []string
	for _, rule := range day.AllRules() {
		names = append(names, string(rule))
	}
	return strings.Join(names, " ")
}

func TestListsKeysAndTimesAreTyped(t *testing.T) {
	c := read(t,
		"ROLE_EDITORS", "HR Admins,, /hr/editors ,HR Admins",
		"TRUSTED_PROXIES", "10.1.2.3/8, 192.0.2.7",
		"SESSION_KEYS", key(1)+", "+key(2),
		"AUDIT_RETENTION", "2d",
		"AUDIT_REASON", "required",
		"WRITABLE", "none",
		"CIRCLES", "8 = Drivers, 2=Night shift",
		"RULE_MAX_STRETCH", "10h30m",
		"RULE_OFF", "by-system, overlap",
		"FRAME_ANCESTORS", "https://Portal.acme.example:443/",
	)
	if want := []string{"HR Admins", "/hr/editors"}; !reflect.DeepEqual(c.Roles.Editors, want) {
		t.Errorf("editors: got %q, want %q", c.Roles.Editors, want)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32")}
	if !reflect.DeepEqual(c.TrustedProxies, proxies) {
		t.Errorf("proxies: got %v, want %v", c.TrustedProxies, proxies)
	}
	if len(c.Session.Keys) != 2 || c.Session.Keys[0][0] != 1 || c.Session.Keys[1][0] != 2 {
		t.Errorf("keys: got %d, want 2 in the order that they were set", len(c.Session.Keys))
	}
	if c.Audit.Retention != 48*time.Hour || !c.Audit.ReasonRequired {
		t.Errorf("audit: got %v and %v, want 48h and true", c.Audit.Retention, c.Audit.ReasonRequired)
	}
	if want := []config.Group{{ID: 8, Name: "Drivers"}, {ID: 2, Name: "Night shift"}}; !reflect.DeepEqual(c.Circles, want) {
		t.Errorf("circles: got %v, want %v", c.Circles, want)
	}
	if want := (config.Rules{
		MinGap: 2 * time.Minute, MaxStretch: 10*time.Hour + 30*time.Minute, Off: []string{"by-system", "overlap"},
	}); !reflect.DeepEqual(c.Rules, want) {
		t.Errorf("rules: got %v, want %v", c.Rules, want)
	}
	if c.Writable != nil {
		t.Errorf("writable: got %q, want none", c.Writable)
	}
	if want := []string{"https://portal.acme.example"}; !reflect.DeepEqual(c.FrameAncestors, want) {
		t.Errorf("frame ancestors: got %q, want %q", c.FrameAncestors, want)
	}
}

func TestSecretsComeFromFilesToo(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secret")
	if err := os.WriteFile(path, []byte(" from a file \r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	c := read(t, "OIDC_CLIENT_SECRET", "", "OIDC_CLIENT_SECRET_FILE", path)
	if got, want := c.OIDC.ClientSecret, " from a file "; got != want {
		t.Errorf("got %q, want %q: only the line's end is trimmed", got, want)
	}
	for name, file := range map[string]string{"missing": path + "x", "empty": empty, "folder": dir} {
		got := problems(t, with("OIDC_CLIENT_SECRET", "", "OIDC_CLIENT_SECRET_FILE", file))
		if !reflect.DeepEqual(got, []string{"OIDC_CLIENT_SECRET"}) {
			t.Errorf("%s file: got problems with %v, want one with OIDC_CLIENT_SECRET", name, got)
		}
	}
	got := problems(t, with("OIDC_CLIENT_SECRET_FILE", path))
	if !reflect.DeepEqual(got, []string{"OIDC_CLIENT_SECRET"}) {
		t.Errorf("value and file: got problems with %v, want one with OIDC_CLIENT_SECRET", got)
	}
	for _, row := range config.Table() {
		if row.Secret && problems(t, with(row.Name, "", row.Name+"_FILE", empty)) == nil {
			t.Errorf("%s_FILE: got no problem with an empty file, want it read for every secret", row.Name)
		}
	}
}

func TestNoSecretIsEverTold(t *testing.T) {
	secrets := map[string]string{
		"PROTIME_CLIENT_SECRET": "tell-nobody-1",
		"OIDC_CLIENT_SECRET":    "tell-nobody-2\n",
		"SESSION_KEYS":          "tell-nobody-3",
		"AUDIT_KEY":             "tell-nobody-6",
		"AUDIT_DATABASE_URL":    "mysql://log:tell-nobody-4@db/audit",
		"PROTIME_API_URL":       "https://me:tell-nobody-5@api.example",
	}
	var pairs []string
	for name, secret := range secrets {
		pairs = append(pairs, name, secret)
	}
	c, err := config.Read(with(pairs...), "dev", nil)
	if err == nil {
		t.Fatal("got no problem, want five")
	}
	var dump strings.Builder
	if err := c.Redacted(&dump); err != nil {
		t.Fatal(err)
	}
	if told := err.Error() + dump.String(); strings.Contains(told, "tell-nobody") {
		t.Errorf("a secret is told:\n%s", told)
	}
}

func TestTheDumpShowsWhatIsInForce(t *testing.T) {
	c := read(t, "AUDIT_DATABASE_URL", "postgres://log:pass@db:5432/audit?sslmode=verify-full&password=word", "ROLE_EDITORS", "HR, Payroll",
		"AUDIT_RETENTION", "5y")
	got := dumped(t, c)
	for name, want := range map[string]string{
		"PROTIME_API_URL":       "https://acme.myprotime.eu/connector/protimeapi/api/v1",
		"PROTIME_SCOPES":        "(those of what is called)",
		"PROTIME_CLIENT_SECRET": "(set)",
		"SESSION_KEYS":          "(set)",
		"AUDIT_KEY":             "(set)",
		"AUDIT_PUBLIC_KEY":      "(none)",
		"AUDIT_DATABASE_URL":    "postgres://log@db:5432/audit",
		"AUDIT_RETENTION":       "43830h",
		"ROLE_EDITORS":          "HR, Payroll",
		"ROLE_VIEWERS":          "(none)",
		"METRICS_ADDR":          "(off)",
		"SESSION_IDLE":          "30m",
		"AUDIT_REASON":          "optional",
		"BATCH_REASON_ABOVE":    "100",
		"TIME_ZONE":             "Europe/Brussels",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if len(got) != len(config.Table()) {
		t.Errorf("got %d lines, want one for each of %d settings", len(got), len(config.Table()))
	}
	var none strings.Builder
	if err := (config.Config{}).Redacted(&none); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(none.String(), "(not set)") {
		t.Errorf("an empty configuration: got\n%s\nwant secrets that are not set to say so", none.String())
	}
}

func TestAuditCommandsNeedTheirOwnSettingsAlone(t *testing.T) {
	audit := func(pairs ...string) (config.AuditLog, error) {
		set := map[string]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			set[pairs[i]] = pairs[i+1]
		}
		return config.Audit(func(name string) string { return set[name] })
	}
	got, err := audit()
	if diff := cmp.Diff(config.AuditLog{DatabaseURL: "sqlite:protime-admin.db"}, got); diff != "" || err != nil {
		t.Errorf("nothing set: error %v (-want +got):\n%s", err, diff)
	}
	got, err = audit("AUDIT_DATABASE_URL", "sqlite:/data/audit.db", "AUDIT_KEY", key(2))
	if err != nil || got.DatabaseURL != "sqlite:/data/audit.db" || len(got.Key) != 64 {
		t.Errorf("database and key set: got %q, a key of %d bytes and %v", got.DatabaseURL, len(got.Key), err)
	}
	for _, bad := range [][]string{{"AUDIT_DATABASE_URL", "audit.db"}, {"AUDIT_KEY", "x"}, {"AUDIT_PUBLIC_KEY", "x"}} {
		if _, err := audit(bad...); err == nil {
			t.Errorf("%q: got no problem, want one", bad)
		}
	}
	if got, err := config.Listen(func(string) string { return "" }); err != nil || got != ":8080" {
		t.Errorf("listen: got %q and %v, want :8080", got, err)
	}
}

func TestWarningsNameWhatIsProbablyNotMeant(t *testing.T) {
	if got := read(t, "ROLE_AUDITORS", "audit").Warnings(); len(got) != 0 {
		t.Errorf("got %q, want none", got)
	}
	if got := read(t).Warnings(); len(got) != 1 || !strings.Contains(got[0], "nobody can see the whole log") {
		t.Errorf("got %q, want that nobody can see the whole log", got)
	}
	got := read(t, "ROLE_AUDITORS", "audit", "PUBLIC_URL", "http://localhost:8080").Warnings()
	if len(got) != 1 || !strings.Contains(got[0], "plain http") {
		t.Errorf("got %q, want that plain http reaches beyond this machine", got)
	}
	unknown := config.Unknown([]string{"PROTIME_TENNANT=acme", "AUDIT_KEY_FILE=/key", "ROLE_EDITORS=hr", "PATH=/bin",
		"PROTIME_ADMIN_SERVICE_HOST=10.0.0.1", "AUDIT_REASON_FILE=/reason"})
	want := []string{"AUDIT_REASON_FILE is not a setting: it is ignored", "PROTIME_TENNANT is not a setting: it is ignored"}
	if diff := cmp.Diff(want, unknown); diff != "" {
		t.Errorf("unknown variables (-want +got):\n%s", diff)
	}
}

func TestTheReadmeShowsTheTable(t *testing.T) {
	const path, begin, end = "../../README.md", "<!-- configuration -->\n", "<!-- /configuration -->"
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(content), begin)
	shown, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatalf("got a README without %s and %s, want the table between them", begin, end)
	}
	want := markdown(config.Table())
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("README's table differs, `go test ./internal/config -update` writes it (-want +got):\n%s", diff)
	}
}

func markdown(rows []config.Row) string {
	var b strings.Builder
	b.WriteString("| name | type | default | |\n|---|---|---|---|\n")
	for _, row := range rows {
		name := "`" + row.Name + "`"
		if row.Secret {
			name += " (secret)"
		}
		doc := strings.ReplaceAll(row.Doc, "|", `\|`) // a bar ends a cell, in code too
		b.WriteString("| " + name + " | " + row.Type + " | " + row.Default + " | " + doc + " |\n")
	}
	return b.String()
}

// What the dump shows, set again, must read the same: else a person who copies it gets another configuration.
func FuzzTheDumpSetAgainReadsTheSame(f *testing.F) {
	for _, row := range config.Table() {
		f.Add(row.Name, strings.Trim(row.Default, "`"))
	}
	f.Add("TRUSTED_PROXIES", "fe80::1%eth0 10.1.1.1/8")
	f.Add("PUBLIC_URL", "http://[::1%25lo]:1/")
	f.Add("AUDIT_RETENTION", "3y")
	f.Add("FRAME_ANCESTORS", "https://a.example/,https://b.example:443")
	f.Fuzz(func(t *testing.T, name, text string) {
		first, err := config.Read(with(name, text), "dev", nil)
		if err != nil {
			return
		}
		notes := dumped(t, config.Config{}) // "(none)", "(off)", ...: what the dump says instead of nothing
		env := least()
		secret := map[string]bool{}
		for _, row := range config.Table() {
			secret[row.Name] = row.Secret
		}
		for setting, value := range dumped(t, first) {
			if !secret[setting] && value != notes[setting] {
				env[setting] = value
			}
		}
		second, err := config.Read(func(name string) string { return env[name] }, "dev", nil)
		if err != nil {
			t.Fatalf("%s=%q: got %v from the dump, want it to read", name, text, err)
		}
		got, want := dumped(t, second), dumped(t, first)
		for _, row := range config.Table() {
			if !row.Secret && got[row.Name] != want[row.Name] {
				t.Errorf("%s=%q: got %s=%q, want %q", name, text, row.Name, got[row.Name], want[row.Name])
			}
		}
	})
}
