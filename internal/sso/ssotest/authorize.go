package ssotest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const codeFor = time.Minute

// request is an authorization request whose client and redirect address are registered.
type request struct {
	client              Client
	redirect, state     string
	nonce, challenge    string
	scope, responseType string
	method, prompt      string
}

// readRequest returns the refusal as its second result, "" when client and redirect address are registered. A refused
// request must not be redirected.
func (i *Issuer) readRequest(form url.Values) (request, string) {
	client, known := i.client(form.Get("client_id"))
	if !known {
		return request{}, "This application is not registered here."
	}
	if !slices.Contains(client.RedirectURIs, form.Get("redirect_uri")) {
		return request{}, "The application asked to return to an address that is not registered."
	}
	return request{
		client: client, redirect: form.Get("redirect_uri"), state: form.Get("state"),
		nonce: form.Get("nonce"), challenge: form.Get("code_challenge"), method: form.Get("code_challenge_method"),
		scope: form.Get("scope"), responseType: form.Get("response_type"), prompt: form.Get("prompt"),
	}, ""
}

// problem returns the error code of a request that is not acceptable, "" for one that is.
func (q request) problem() string {
	switch {
	case q.responseType != "code":
		return "unsupported_response_type"
	case !slices.Contains(strings.Fields(q.scope), "openid"):
		return "invalid_scope"
	case q.method != "S256" || len(q.challenge) != 43:
		return "invalid_request"
	case q.prompt == "none":
		return "login_required"
	default:
		return ""
	}
}

// askWho shows the people to choose from.
func (i *Issuer) askWho(w http.ResponseWriter, r *http.Request) {
	form := r.URL.Query()
	q, refusal := i.readRequest(form)
	if refusal != "" {
		i.page(w, http.StatusBadRequest, pageData{Title: "Sign-in is not possible", Text: refusal}, "")
		return
	}
	if problem := q.problem(); problem != "" {
		i.redirect(w, r, q, url.Values{"error": {problem}})
		return
	}
	form.Del("subject") // the button sets it
	i.page(w, http.StatusOK, pageData{
		Title: "Who are you?", Text: "A stand-in for your company's sign-in. It asks for no password.",
		People: i.People, Fields: form,
	}, originOf(q.redirect))
}

// chosen takes the form of askWho and redirects with a code, or with access_denied.
func (i *Issuer) chosen(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	q, refusal := i.readRequest(r.PostForm)
	if refusal != "" {
		i.page(w, http.StatusBadRequest, pageData{Title: "Sign-in is not possible", Text: refusal}, "")
		return
	}
	if problem := q.problem(); problem != "" {
		i.redirect(w, r, q, url.Values{"error": {problem}})
		return
	}
	subject := r.PostForm.Get("subject")
	if subject == "" {
		i.redirect(w, r, q, url.Values{"error": {"access_denied"}})
		return
	}
	code, ok := i.grant(q, subject, i.address(r))
	if !ok {
		i.page(w, http.StatusBadRequest, pageData{Title: "Sign-in is not possible", Text: "Nobody has that name."}, "")
		return
	}
	i.redirect(w, r, q, url.Values{"code": {code}})
}

// Approve signs subject in as the page does: it takes the address that the relying party redirected to, and returns the
// address of the callback. URL has to be set.
func (i *Issuer) Approve(authorizeURL, subject string) (string, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		return "", fmt.Errorf("ssotest: approve: %w", err)
	}
	q, refusal := i.readRequest(u.Query())
	if refusal != "" {
		return "", fmt.Errorf("ssotest: approve: %s", refusal)
	}
	if problem := q.problem(); problem != "" {
		return i.answer(q, url.Values{"error": {problem}}, i.URL), nil
	}
	code, ok := i.grant(q, subject, i.URL)
	if !ok {
		return "", fmt.Errorf("ssotest: approve: nobody is %q", subject)
	}
	return i.answer(q, url.Values{"code": {code}}, i.URL), nil
}

// Deny is Approve for a person who cancels.
func (i *Issuer) Deny(authorizeURL string) (string, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		return "", fmt.Errorf("ssotest: deny: %w", err)
	}
	q, refusal := i.readRequest(u.Query())
	if refusal != "" {
		return "", fmt.Errorf("ssotest: deny: %s", refusal)
	}
	return i.answer(q, url.Values{"error": {"access_denied"}}, i.URL), nil
}

func (i *Issuer) grant(q request, subject, issuer string) (code string, ok bool) {
	person, known := i.person(subject)
	if !known {
		return "", false
	}
	code = randomText()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.grants == nil {
		i.grants, i.tokens, i.lastSID = map[string]*grant{}, map[string]*grant{}, map[string]string{}
	}
	for old, g := range i.grants {
		if g.expires.Before(i.now().Add(-time.Hour)) {
			delete(i.grants, old)
			delete(i.tokens, g.accessToken)
		}
	}
	g := &grant{
		person: person, client: q.client.ID, redirect: q.redirect, nonce: q.nonce, challenge: q.challenge,
		scope: q.scope, sid: randomText(), expires: i.now().Add(codeFor), issuerAtGrant: issuer,
	}
	i.grants[code] = g
	i.lastSID[subject] = g.sid
	return code, true
}

func (i *Issuer) redirect(w http.ResponseWriter, r *http.Request, q request, answer url.Values) {
	to := i.answer(q, answer, i.address(r))
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // a registered address, see readRequest
}

// answer returns the redirect address with the answer, as the faults change it.
func (i *Issuer) answer(q request, answer url.Values, issuer string) string {
	faults := i.fault()
	if q.state != "" {
		answer.Set("state", q.state)
	}
	switch {
	case faults.NoIss:
	case faults.WrongIss:
		answer.Set("iss", "https://other.example")
	default:
		answer.Set("iss", issuer)
	}
	separator := "?"
	if strings.Contains(q.redirect, "?") {
		separator = "&"
	}
	return q.redirect + separator + answer.Encode()
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

type pageData struct {
	Title, Text string
	People      []Person
	Fields      url.Values
	Style       template.CSS
}

const style = `:root{color-scheme:light dark}
body{font:1.0625rem/1.5 system-ui,sans-serif;max-width:30rem;margin:10vh auto;padding:0 1rem}
button{font:inherit;display:block;width:100%;text-align:left;margin:.5rem 0;padding:.75rem 1rem;cursor:pointer}
button.no{text-align:center;border:0;background:none;text-decoration:underline}`

// page writes a page. Browsers apply `form-action` to the redirects after a form as well, so it names the origin of the
// redirect address.
func (i *Issuer) page(w http.ResponseWriter, status int, data pageData, formTarget string) {
	data.Style = style
	var b bytes.Buffer
	if err := template.Must(template.New("page").Parse(pageTemplate)).Execute(&b, data); err != nil {
		http.Error(w, "page", http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self' " + formTarget
	w.Header().Set("Content-Security-Policy", strings.TrimSpace(policy))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // an error says that the browser is gone
}

const pageTemplate = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title>
<meta name="viewport" content="width=device-width"><style>{{.Style}}</style></head>
<body><main><h1>{{.Title}}</h1><p>{{.Text}}</p>
{{if .Fields}}<form method="post" action="authorize">
{{range $name, $values := .Fields}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}{{range .People}}<button name="subject" value="{{.Subject}}">{{.Name}}{{with .Note}} ({{.}}){{end}}</button>
{{end}}<button class="no" name="subject" value="">Cancel</button></form>{{end}}
</main></body></html>
`
