package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

func (c *caller) ask(form url.Values, change ...func(*http.Request)) reply {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost,
		c.server.URL+"/tenants/acme/connect/token", strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, f := range change {
		f(request)
	}
	response, err := c.server.Client().Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(body)}
}

func credentials(scopes ...string) url.Values {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"admin"}, "client_secret": {"secret"}}
	if len(scopes) > 0 {
		form.Set("scope", strings.Join(scopes, " "))
	}
	return form
}

const (
	readClockings  = "connector-protimeapi-clockings.read"
	writeClockings = "connector-protimeapi-clockings.write"
)

func TestTheTokenEndpointRefusesAsRFC6749Says(t *testing.T) {
	tenant := &simulator.Tenant{Options: simulator.Options{Scopes: []string{readClockings}}}
	c := serve(t, tenant)
	without := func(name string) url.Values { f := credentials(); f.Del(name); return f }
	wrongly := func(name, value string) url.Values { f := credentials(); f.Set(name, value); return f }
	for _, test := range []struct {
		name   string
		form   url.Values
		status int
		code   string
	}{
		{"no client", without("client_id"), http.StatusUnauthorized, "invalid_client"},
		{"no secret", without("client_secret"), http.StatusUnauthorized, "invalid_client"},
		{"another grant", wrongly("grant_type", "password"), http.StatusBadRequest, "unsupported_grant_type"},
		{"a scope that is not granted", credentials(writeClockings), http.StatusBadRequest, "invalid_scope"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := c.ask(test.form)
			c.want(r, test.status)
			c.wantBody(r, `"error":"`+test.code+`"`)
		})
	}
	t.Run("credentials in the Authorization header", func(t *testing.T) {
		r := c.ask(url.Values{"grant_type": {"client_credentials"}}, func(r *http.Request) { r.SetBasicAuth("admin", "secret") })
		c.want(r, http.StatusUnauthorized)
	})
}

func TestATokenSaysWhatWasGranted(t *testing.T) {
	c := strict(t)
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
		TokenType   string `json:"token_type"`
		Scope       string `json:"scope"`
	}
	r := c.ask(credentials(readClockings))
	c.want(r, http.StatusOK)
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.ExpiresIn != 1800 || answer.TokenType != "Bearer" || answer.Scope != readClockings {
		t.Errorf("got %+v, want 1800 seconds, Bearer and the scope asked for", answer)
	}
	c.token = answer.AccessToken
	c.want(c.filter("clockings", "date ge '2026-01-01'"), http.StatusOK)
	c.want(c.do("POST", "/clockings", `{}`), http.StatusForbidden)
	all := c.ask(credentials())
	c.wantBody(all, writeClockings, "connector-protimeapi-people.read", "connector-protimeapi-webhooks.write")
}

func TestATokenEndsWithItsLifetimeOrWhenItIsRevoked(t *testing.T) {
	now := thursday
	c := strict(t)
	c.tenant.Configure(func(o *simulator.Options) { o.Now = func() time.Time { return now } })
	c.token = c.tenant.Token()
	c.want(c.do("GET", "/departments", ""), http.StatusOK)
	now = now.Add(31 * time.Minute)
	expired := c.do("GET", "/departments", "")
	c.want(expired, http.StatusUnauthorized)
	c.wantBody(expired, `"error":{"code":"Unauthorized"`)
	c.token = c.tenant.Token()
	c.want(c.do("GET", "/departments", ""), http.StatusOK)
	c.tenant.RevokeTokens()
	c.want(c.do("GET", "/departments", ""), http.StatusUnauthorized)
}

func TestWhatIsUnknownIsReportedAndAnsweredWith501(t *testing.T) {
	for _, path := range []string{"/clocking-requests", "/delta/clockings?deltaToken=x", "/clockings/",
		"/clockings?filter=date+ge+%272026-01-01%27&delta", "/clockings/8192?expand=usage"} {
		t.Run(path, func(t *testing.T) {
			reported := 0
			c := serve(t, &simulator.Tenant{Options: simulator.Options{Report: func(string, ...any) { reported++ }}})
			c.want(c.do("GET", path, ""), http.StatusNotImplemented)
			if reported != 1 {
				t.Errorf("got %d reports, want 1", reported)
			}
		})
	}
}

func TestTheUserAgentIsRequired(t *testing.T) {
	c := strict(t)
	c.header.Set("User-Agent", "")
	r := c.do("GET", "/departments", "")
	c.want(r, http.StatusBadRequest)
	c.wantBody(r, `"reasons":["The User-Agent header is required`)
}

func TestAVerbThatTheContractLacksIs405(t *testing.T) {
	c := serve(t, founded().Clone())
	c.want(c.do("DELETE", "/people/76547", ""), http.StatusMethodNotAllowed)
	c.want(c.do("PATCH", "/clockings/8192", `{}`), http.StatusMethodNotAllowed)
}
