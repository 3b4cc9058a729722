package entra

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestTokensAreKeptPerTenantAndFetchedByOneCallerAtATime(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("PATCH /v1.0/users/{id}", answers(204, ""))
	client := m.client(t)
	var calls sync.WaitGroup
	for range 20 {
		for _, id := range []access.TenantID{contoso, fabrikam} {
			calls.Go(func() { assert.NoError(t, client.Tenant(id).SetEnabled(background, ada, true)) })
		}
	}
	calls.Wait()
	assert.Equal(t, 2, m.issued())
	assert.Same(t, client.Tenant(contoso), client.Tenant(contoso))
}

func TestWaitingForATokenEndsWithTheContext(t *testing.T) {
	m := newMicrosoft(t)
	began := make(chan struct{}, 2)
	m.login(func(_ http.ResponseWriter, r *http.Request) { began <- struct{}{}; <-r.Context().Done() }, nil)
	tenant := m.tenant(t)
	first, stopFirst := context.WithCancel(background)
	done := make(chan error, 1)
	go func() { done <- tenant.SetEnabled(first, ada, false) }()
	<-began

	second, stopSecond := context.WithTimeout(background, 20*time.Millisecond)
	defer stopSecond()
	err := tenant.SetEnabled(second, ada, false)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, Unavailable, KindOf(err), "a write, but nothing was sent")
	stopFirst()
	assert.ErrorIs(t, <-done, context.Canceled)
}

// right-tenant: what the token endpoint hands out is used for the tenant that was asked for, or not at all.
func TestRightTenantTokenOfAnotherTenantIsNeverUsed(t *testing.T) {
	for name, c := range map[string]struct {
		token string
		code  string
	}{
		"another tenant": {jwt(map[string]any{"tid": fabrikam.String()}), CodeWrongTenant},
		"no tenant":      {jwt(map[string]any{"roles": []string{}}), CodeWrongTenant},
		"opaque":         {"opaque", CodeUnreadable},
		"not base64":     {"a.%%.c", CodeUnreadable},
		"not JSON":       {"a.YQ.c", CodeUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.login(answers(200, fmt.Sprintf(`{"token_type":"Bearer","expires_in":3599,"access_token":%q}`, c.token)), nil)
			err := m.tenant(t).SetEnabled(background, ada, true)
			assert.Equal(t, &Error{Kind: Unauthenticated, Op: opToken, Code: c.code}, err)
			assert.Empty(t, m.requests())
		})
	}
}

func TestErrorsOfTheTokenEndpoint(t *testing.T) {
	refusal := func(status, code int, kind string) http.HandlerFunc {
		return answers(status, fmt.Sprintf(`{"error":%q,"error_description":"AADSTS%d: the secret is xyz","error_codes":[%d],"trace_id":"cccccccc-0000-4000-8000-000000000001"}`, kind, code, code))
	}
	for name, c := range map[string]struct {
		says    http.HandlerFunc
		want    Error
		consent bool
	}{
		"app unknown in the tenant": {refusal(400, 700016, "unauthorized_client"), Error{Kind: Unauthenticated, Status: 400, Code: "AADSTS700016"}, true},
		"consent taken back":        {refusal(401, 7000229, "invalid_client"), Error{Kind: Unauthenticated, Status: 401, Code: "AADSTS7000229"}, true},
		"wrong secret":              {refusal(401, 7000215, "invalid_client"), Error{Kind: Unauthenticated, Status: 401, Code: "AADSTS7000215"}, false},
		"expired secret":            {refusal(401, 7000222, "invalid_client"), Error{Kind: Unauthenticated, Status: 401, Code: "AADSTS7000222"}, false},
		"unknown tenant":            {refusal(400, 90002, "invalid_tenant"), Error{Kind: Unauthenticated, Status: 400, Code: "AADSTS90002"}, false},
		"no number":                 {answers(400, `{"error":"invalid_scope"}`), Error{Kind: Unauthenticated, Status: 400, Code: "invalid_scope"}, false},
		"throttled":                 {refusal(429, 90055, "temporarily_unavailable"), Error{Kind: Throttled, Status: 429, Code: "AADSTS90055"}, false},
		"unavailable":               {refusal(503, 90033, "temporarily_unavailable"), Error{Kind: Unavailable, Status: 503, Code: "AADSTS90033"}, false},
		"a proxy's page":            {answers(403, `<html>`), Error{Kind: Unavailable, Status: 403}, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.login(c.says, nil)
			err := m.tenant(t).SetEnabled(background, ada, true)
			c.want.Op, c.want.RequestID = opToken, testRequestID
			assert.Equal(t, &c.want, err)
			assert.Equal(t, c.consent, c.want.ConsentMissing())
			assert.NotContains(t, err.Error(), "xyz")
			assert.Empty(t, m.requests())
		})
	}
}

func TestTokenEndpointThatMisbehaves(t *testing.T) {
	elsewhere := newMicrosoft(t)
	for name, c := range map[string]struct{ token, openID http.HandlerFunc }{
		"dropped":  {drop, nil},
		"too long": {answers(200, strings.Repeat(" ", longestAnswer+1)), nil},
		"not JSON": {answers(200, "<html>"), nil},
		"no token": {answers(200, `{"token_type":"Bearer","expires_in":3599}`), nil},
		"redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.server.URL, http.StatusTemporaryRedirect)
		}, nil},
		"is of another host":      {nil, elsewhere.theOpenID},
		"points at another host":  {nil, tokensAt(elsewhere.server.URL)},
		"points at a plain one":   {nil, func(w http.ResponseWriter, r *http.Request) { tokensAt("http://"+r.Host)(w, r) }},
		"document is not there":   {nil, answers(404, "")},
		"document is not a JSON":  {nil, answers(200, "[]")},
		"document names no place": {nil, answers(200, "{}")},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.login(c.token, c.openID)
			calls := 0
			count := func(c *Config) { c.OnCall = func(context.Context, Exchange) { calls++ } }
			err := m.tenant(t, count).SetEnabled(background, ada, true)
			assert.Equal(t, Unavailable, KindOf(err), "%v", err)
			assert.Empty(t, m.requests())
			if c.openID != nil {
				assert.Equal(t, 1, calls, "the document, and nothing after it")
			}
			assert.Empty(t, elsewhere.seen, "the secret must not leave for another host")
		})
	}
}

// tokensAt is a document whose issuer is right and whose token endpoint is not.
func tokensAt(base string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		here := "https://" + r.Host + "/" + tenantIn(r)
		write(w, 200, fmt.Sprintf(`{"issuer":"%s/v2.0","authorization_endpoint":"%s/authorize","token_endpoint":"%s/oauth2/v2.0/token"}`, here, here, base))
	}
}

func TestPermissionsAreThoseOfANewToken(t *testing.T) {
	m := newMicrosoft(t)
	tenant := m.tenant(t)
	permissions, err := tenant.Permissions(background)
	require.NoError(t, err)
	assert.Equal(t, []string{"User.ReadWrite.All"}, permissions)

	m.mu.Lock()
	m.claims = map[string]any{"roles": []string{"User.ReadWrite.All", "AuditLog.Read.All"}}
	m.mu.Unlock()
	permissions, err = tenant.Permissions(background)
	require.NoError(t, err)
	assert.Equal(t, []string{"User.ReadWrite.All", "AuditLog.Read.All"}, permissions)

	m.graph("PATCH /v1.0/users/{id}", answers(204, ""))
	require.NoError(t, tenant.SetEnabled(background, ada, true))
	assert.Equal(t, 2, m.issued(), "and that token goes on being used")
}

func TestTheSecretIsAskedForWithTheRightScope(t *testing.T) {
	m := newMicrosoft(t)
	_, err := m.tenant(t).Permissions(background)
	require.NoError(t, err)
	form, err := url.ParseQuery(m.seen[len(m.seen)-1].body)
	require.NoError(t, err)
	assert.Contains(t, strings.Fields(form.Get("scope")), graphScope)
	assert.Equal(t, "a-client-secret", form.Get("client_secret"))
	assert.Empty(t, form.Get("claims"), "no continuous access evaluation: such tokens live for a day with the permissions of their first minute")
}
