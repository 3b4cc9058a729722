package entra

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

const backHere = "https://hourglass.msp.example/connect"

func signInHost(t *testing.T, m *microsoft) *SignInHost {
	cfg := m.config()
	cfg.ClientSecret, cfg.GraphURL = access.Secret{}, "" // neither is needed
	host, err := NewSignInHost(cfg, backHere)
	require.NoError(t, err)
	return host
}

func named(t *testing.T, s string) access.TenantName {
	name, err := access.ParseTenantName(s)
	require.NoError(t, err)
	return name
}

func TestConsentIsAskedOfTheExpectedTenant(t *testing.T) {
	m := newMicrosoft(t)
	page, err := url.Parse(signInHost(t, m).ConsentURL(contoso, "a&state=b"))
	require.NoError(t, err)
	assert.Equal(t, m.server.URL, page.Scheme+"://"+page.Host)
	assert.Equal(t, "/"+contoso.String()+"/v2.0/adminconsent", page.Path)
	assert.Equal(t, url.Values{
		"client_id": {testClientID}, "scope": {"https://graph.microsoft.com/.default"}, "redirect_uri": {backHere}, "state": {"a&state=b"},
	}, page.Query())
}

func TestADomainIsResolvedToItsTenant(t *testing.T) {
	issuer := func(format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			write(w, 200, fmt.Sprintf(`{"issuer":%q}`, fmt.Sprintf(format, "https://"+r.Host)))
		}
	}
	of := contoso.String()
	for name, c := range map[string]struct {
		ask  string
		says http.HandlerFunc
		kind Kind   // of the refusal; "" where there is none
		code string // of the refusal
	}{
		"a domain":                   {"contoso.example", issuer("%s/" + of + "/v2.0"), "", ""},
		"an id":                      {of, issuer("%s/" + of + "/v2.0"), "", ""},
		"another id":                 {fabrikam.String(), issuer("%s/" + of + "/v2.0"), Unauthenticated, CodeWrongTenant},
		"issuer of another host":     {"contoso.example", issuer("https://evil.example/" + of + "/v2.0#%s"), Unavailable, CodeUnreadable},
		"host that only begins so":   {"contoso.example", issuer("%s.evil.example/" + of + "/v2.0"), Unavailable, CodeUnreadable},
		"no id in the issuer":        {"contoso.example", issuer("%s/contoso.example/v2.0"), Unavailable, CodeUnreadable},
		"a placeholder":              {"contoso.example", issuer("%s/{tenantid}/v2.0"), Unavailable, CodeUnreadable},
		"another version":            {"contoso.example", issuer("%s/" + of + "/v1.0"), Unavailable, CodeUnreadable},
		"more behind it":             {"contoso.example", issuer("%s/" + of + "/v2.0/x"), Unavailable, CodeUnreadable},
		"no issuer":                  {"contoso.example", answers(200, `{}`), Unavailable, CodeUnreadable},
		"not JSON":                   {"contoso.example", answers(200, `<html>`), Unavailable, CodeUnreadable},
		"Microsoft is out":           {"contoso.example", answers(503, `{"error":"temporarily_unavailable","error_codes":[90033]}`), Unavailable, "AADSTS90033"},
		"a proxy's refusal":          {"contoso.example", answers(400, `<html>`), Unavailable, ""},
		"a redirect is not followed": {"contoso.example", http.RedirectHandler("https://evil.example/", http.StatusFound).ServeHTTP, Unavailable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.login(nil, c.says)
			id, err := signInHost(t, m).TenantOf(background, named(t, c.ask))
			if c.kind == "" {
				require.NoError(t, err)
				assert.Equal(t, contoso, id)
				return
			}
			assert.True(t, id.IsZero())
			var refused *Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, c.kind, refused.Kind)
			assert.Equal(t, c.code, refused.Code)
			assert.NotErrorIs(t, err, access.TenantUnknown)
		})
	}

	m := newMicrosoft(t)
	m.login(nil, answers(400, `{"error":"invalid_tenant","error_codes":[90002],"error_description":"Tenant 'contoso.example' not found."}`))
	_, err := signInHost(t, m).TenantOf(background, named(t, "contoso.example"))
	require.ErrorIs(t, err, access.TenantUnknown)
	assert.NotContains(t, err.Error(), "contoso.example")
}

func TestTheSignInHostReportsEveryMistakeAtOnce(t *testing.T) {
	_, err := NewSignInHost(Config{AuthorityURL: "http://login.microsoftonline.com", ClientID: "hourglass"}, backHere)
	for _, want := range []string{"authority URL", "client id"} {
		assert.ErrorContains(t, err, want)
	}
}

func TestPermissionsOfAnotherAppAreNotOurs(t *testing.T) {
	for name, app := range map[string]any{"another app": fabrikam.String(), "no app": nil, "empty": ""} {
		m := newMicrosoft(t)
		m.claims = map[string]any{"appid": app}
		_, err := m.tenant(t).Permissions(background)
		assert.Equal(t, &Error{Kind: Unauthenticated, Op: opToken, Code: CodeWrongApp}, err, name)
	}
}

// What docs/connect-a-tenant.md and the consent page show is this table.
func TestEveryPermissionSaysWhy(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Permissions {
		assert.Regexp(t, `^[A-Z][A-Za-z-]+(\.[A-Z][A-Za-z]+)+$`, p.Name)
		assert.Regexp(t, `^to [^.]+[^.]$`, p.Why)
		assert.False(t, seen[p.Name] || seen[p.ID.String()], p.Name)
		seen[p.Name], seen[p.ID.String()] = true, true
	}
}
