package config

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// setting is one environment variable and the place that it is read into.
type setting struct {
	name     string
	preset   string // used when nothing is set
	derived  string // says in the table where the default comes from, when it is no fixed text
	required bool
	secret   bool // also read from NAME_FILE, never printed
	value    value
	doc      string
}

// Row is one line of the table as documentation shows it.
type Row struct {
	Name    string
	Type    string
	Default string // "required", "none", or the default itself
	Secret  bool
	Doc     string
}

// defaultReasons are texts, not message keys: they are written into the log and must read the same in ten years.
const defaultReasons = "Forgot to clock, Wrong time, Wrong terminal, Clocked twice, Technical failure, Agreed afterwards"

// ruleNames are the rules of internal/day.
const ruleNames = "odd-count|too-close|long-stretch|overlap|on-absence|outside-employment|by-system|no-clocking"

// settings is the one table of everything that can be set, bound to c's fields.
func (c *Config) settings() []setting {
	return []setting{
		{name: "PROTIME_TENANT", required: true, value: &name{to: &c.Protime.Tenant},
			doc: "The tenant: the subdomain of the company's myProtime address, e.g. `acme`."},
		{name: "PROTIME_ENVIRONMENT", preset: "production",
			value: &choice{to: &c.Protime.Environment, of: []string{"production", "sandbox"}},
			doc:   "`production` or `sandbox`; gives the two URLs below."},
		{name: "PROTIME_API_URL", derived: "from the tenant", value: &link{to: &c.Protime.APIURL},
			doc: "Base of the API: `https://<tenant>.myprotime.eu/connector/protimeapi/api/v1`."},
		{name: "PROTIME_TOKEN_URL", derived: "from the tenant", value: &link{to: &c.Protime.TokenURL},
			doc: "Token endpoint: `https://authentication.myprotime.eu/tenants/<tenant>/connect/token`."},
		{name: "PROTIME_CLIENT_ID", required: true, value: &line{to: &c.Protime.ClientID},
			doc: "Client id of the API client that Protime gave to the company."},
		{name: "PROTIME_CLIENT_SECRET", required: true, secret: true, value: &line{to: &c.Protime.ClientSecret},
			doc: "Client secret that Protime gave with that id."},
		{name: "PROTIME_SCOPES", derived: "those of what is called",
			value: &words{to: &c.Protime.Scopes, pattern: "[!-~]+", each: "a scope without spaces or quotes"},
			doc: "Scopes to ask for, separated by spaces: by default `.read` of every documented collection and `.write` of " +
				"those in `WRITABLE`. A collection outside those granted says so and is not called."},
		{name: "PROTIME_USER_AGENT", derived: "`ProtimeAdmin/<version> (<tenant>)`", value: &header{to: &c.Protime.UserAgent},
			doc: "What the API is told about who calls; it requires one."},
		{name: "PROTIME_CONTRACT", derived: "embedded", value: &file{to: &c.Protime.Contract},
			doc: "Path of another OpenAPI document, for a tenant whose API differs."},
		{name: "WRITABLE", preset: "clockings assignments activity-definitions",
			value: &words{to: &c.Writable, pattern: "[a-z][a-z0-9-]*", each: "a collection's name, like clockings", none: true},
			doc:   "Collections whose create, edit and delete are on at all; `none` switches all of them off."},
		{name: "ASSUMED_COLLECTIONS",
			value: &words{to: &c.Assumed, pattern: "[a-z][a-z0-9-]*", each: "a collection's name, like terminals"},
			doc:   "Collections to ask for although no page of the API's documentation has them: `terminals`."},
		{name: "ACTIVITY_STRUCTURE_VERSIONS", value: &words{to: &c.ActivityStructureVersions, pattern: guid, each: "a GUID"},
			doc: "GUIDs of the activity structure versions that the nested pages offer; others can be typed."},
		{name: "CIRCLES", value: &groups{to: &c.Circles},
			doc: "Circles that lists offer, by number and name: `2=Night shift, 8=Drivers`. The API filters by their numbers and " +
				"has no list of their names."},
		{name: "ORGANISATION_GROUPS", value: &groups{to: &c.OrganisationGroups},
			doc: "Organisation groups, in the same form."},
		{name: "RULE_MIN_GAP", preset: "2m", value: &span{to: &c.Rules.MinGap, least: time.Minute, most: time.Hour},
			doc: "Two clockings of a person that are closer than this break a rule."},
		{name: "RULE_MAX_STRETCH", preset: "12h", value: &span{to: &c.Rules.MaxStretch, least: time.Hour, most: day},
			doc: "A longer time between an in and its out breaks a rule; an in and an out on two dates that are further apart " +
				"do not belong together."},
		{name: "RULE_OFF", value: &words{to: &c.Rules.Off, pattern: ruleNames, each: "a rule's name, like by-system"},
			doc: "Rules that are not applied, by their names below."},
		{name: "OIDC_ISSUER", required: true, value: &issuer{to: &c.OIDC.Issuer},
			doc: "Issuer of the company's identity provider, exactly as its discovery document spells it."},
		{name: "OIDC_CLIENT_ID", required: true, value: &line{to: &c.OIDC.ClientID},
			doc: "Client id that the identity provider gave to this application."},
		{name: "OIDC_CLIENT_SECRET", required: true, secret: true, value: &line{to: &c.OIDC.ClientSecret},
			doc: "Client secret that the identity provider gave with that id."},
		{name: "OIDC_SCOPES", preset: "openid profile email",
			value: &words{to: &c.OIDC.Scopes, pattern: "[!-~]+", each: "a scope without spaces or quotes"},
			doc:   "Scopes to ask for at sign-in; add what carries the groups."},
		{name: "OIDC_ROLES_CLAIM", preset: "groups", value: &line{to: &c.OIDC.RolesClaim},
			doc: "Claim that holds a person's groups or roles, in the ID token, else from userinfo."},
		{name: "ROLE_VIEWERS", value: &list{to: &c.Roles.Viewers},
			doc: "Values of that claim, separated by commas, that let a person read."},
		{name: "ROLE_EDITORS", value: &list{to: &c.Roles.Editors},
			doc: "Values that let a person read and change."},
		{name: "ROLE_AUDITORS", value: &list{to: &c.Roles.Auditors},
			doc: "Values that let a person read, see the whole log and export it. Nobody else gets in."},
		{name: "OWN_RECORDS", preset: "allow", value: &choice{to: &c.OwnRecords, of: []string{"allow", "forbid"}},
			doc: "`forbid`: an editor cannot change their own records, nor any where the employee number at sign-in " +
				"cannot be compared with the one in Protime."},
		{name: "PUBLIC_URL", required: true, value: &link{to: &c.PublicURL},
			doc: "Address that people open, e.g. `https://protime-admin.acme.example`; a path prefix is allowed. " +
				"Redirect URI, cookies and origin checks follow from it."},
		{name: "LISTEN_ADDR", preset: ":8080", value: &address{to: &c.ListenAddr},
			doc: "Address to listen on, host:port or :port."},
		{name: "METRICS_ADDR", derived: "off", value: &address{to: &c.MetricsAddr, off: true},
			doc: "Address that serves `/metrics`, never the one that people open."},
		{name: "TRUSTED_PROXIES", value: &prefixes{to: &c.TrustedProxies},
			doc: "CIDRs of the proxies whose forwarded addresses count."},
		{name: "SESSION_KEYS", required: true, secret: true, value: &keys{to: &c.Session.Keys},
			doc: "Keys that seal the session cookie: base64, 64 bytes each, separated by commas, newest first " +
				"(make one with `openssl rand -base64 64 | tr -d '\\n'`)."},
		{name: "SESSION_IDLE", preset: "30m", value: &duration{to: &c.Session.Idle},
			doc: "A session ends after this long without a request."},
		{name: "SESSION_MAX", preset: "10h", value: &duration{to: &c.Session.Max},
			doc: "A session ends after this long in any case."},
		{name: "FRAME_ANCESTORS", value: &origins{to: &c.FrameAncestors},
			doc: "Origins that may embed the page, e.g. `https://portal.acme.example`."},
		{name: "AUDIT_DATABASE_URL", preset: "sqlite:protime-admin.db", secret: true, value: &database{to: &c.Audit.DatabaseURL},
			doc: "Where the audit log is kept: `sqlite:PATH` or `postgres://...`; the container image sets " +
				"`sqlite:/data/audit.db`. PostgreSQL on another machine needs `sslmode=verify-full`."},
		{name: "AUDIT_KEY", required: true, secret: true, value: &secretKey{to: &c.Audit.Key},
			doc: "Key that signs the audit log: base64, 32 bytes or more (make one with `openssl rand -base64 32`)."},
		{name: "AUDIT_PUBLIC_KEY", value: &verifierKey{to: &c.Audit.PublicKey},
			doc: "For `audit verify` without `AUDIT_KEY`: its public half, as `audit key` prints it."},
		{name: "AUDIT_REASON", preset: "optional", value: &required{to: &c.Audit.ReasonRequired},
			doc: "`required` makes every change carry a reason."},
		{name: "BATCH_REASON_ABOVE", preset: "100", value: &count{to: &c.Audit.BatchReasonAbove},
			doc: "A batch of more rows than this carries a reason, whatever `AUDIT_REASON` says; `0`: every batch."},
		{name: "AUDIT_REASONS", preset: defaultReasons, value: &list{to: &c.Audit.Reasons},
			doc: "Reasons to choose from, separated by commas."},
		{name: "AUDIT_RETENTION", derived: "off", value: &retention{to: &c.Audit.Retention},
			doc: "Personal data leaves the log after this long: `5y`, `1825d` or `43800h`."},
		{name: "DEFAULT_LANGUAGE", preset: "en", value: &choice{to: &c.DefaultLanguage, of: []string{"en", "nl", "fr", "de"}},
			doc: "Language of pages for a browser that asks for none: `en`, `nl`, `fr` or `de`."},
		{name: "TIME_ZONE", preset: "Europe/Brussels", value: &zone{to: &c.TimeZone},
			doc: "Zone of \"today\" and of the log's clock; the zones are embedded. Times of registrations are never converted."},
		{name: "SUPPORT_CONTACT", value: &line{to: &c.SupportContact},
			doc: "Shown where a person is told to ask somebody: a name, a telephone number, an address."},
	}
}

// Table is what can be set, for documentation: README.md shows it and a test compares the two.
func Table() []Row {
	var c Config
	var rows []Row
	for _, s := range c.settings() {
		row := Row{Name: s.name, Type: s.value.Kind(), Default: "none", Secret: s.secret, Doc: s.doc}
		switch {
		case s.required:
			row.Default = "required"
		case s.preset != "":
			row.Default = "`" + s.preset + "`"
		case s.derived != "":
			row.Default = s.derived
		}
		rows = append(rows, row)
	}
	return rows
}

// Redacted writes every setting as it is in force, one NAME=value a line. A secret is "(set)" or "(not set)": not
// even its length is told. The log's database is told without its password.
func (c Config) Redacted(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range c.settings() {
		if _, err := fmt.Fprintf(table, "%s\t%s\n", s.name, s.shown()); err != nil {
			return err
		}
	}
	return table.Flush()
}

func (s setting) shown() string {
	text := s.value.String()
	_, safe := s.value.(*database) // its String leaves the password out
	switch {
	case s.secret && !safe && text == "":
		return "(not set)"
	case s.secret && !safe:
		return "(set)"
	case text == "" && s.derived != "":
		return "(" + s.derived + ")"
	case text == "":
		return "(none)"
	}
	return text
}
