package entrasim_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
)

func TestUserLifecycle(t *testing.T) {
	w := newWorld(t)
	r := w.expect(201, "", contoso, "POST", "/users", newUser("ada", "contoso.onmicrosoft.com"))
	require.Len(t, r.body, 12, "only the default properties and the context: %s", r.raw)
	require.NotContains(t, r.body, "accountEnabled")
	id := r.str("id")

	r = w.expect(200, "", contoso, "GET", "/users/"+id+"?$select=id,accountEnabled,employeeId,aboutMe", nil)
	require.Equal(t, fields{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(id,accountEnabled,employeeId,aboutMe)/$entity",
		"id":             id, "accountEnabled": false, "employeeId": "hg-ada", "aboutMe": nil,
	}, r.body)
	w.expect(204, "", contoso, "PATCH", "/users/ada@contoso.onmicrosoft.com", fields{"accountEnabled": true})
	a, ok := w.User(contoso, "hg-ada")
	require.True(t, ok)
	require.True(t, a.AccountEnabled)
	require.Equal(t, id, w.expect(200, "", contoso, "GET", "/users('ada@contoso.onmicrosoft.com')", nil).str("id"))

	for _, filter := range []string{"employeeId eq 'hg-ada'", "userPrincipalName eq 'ADA@contoso.onmicrosoft.com'", "mailNickname eq 'ada'", "id eq '" + id + "'"} {
		require.Len(t, w.expect(200, "", contoso, "GET", "/users?$select=id,employeeId&$filter="+filter, nil).values(), 1, filter)
	}
	require.Empty(t, w.expect(200, "", contoso, "GET", "/users?$filter=employeeId eq 'hg'", nil).values())
	require.Equal(t, 1, w.CountByEmployeeID(contoso, "hg-ada"))
	w.expect(404, "Request_ResourceNotFound", fabrikam, "GET", "/users/"+id, nil)
}

func TestRefusedUserRequests(t *testing.T) {
	w := newWorld(t)
	w.create(contoso, "ada")
	with := func(name string, value any) fields {
		u := newUser("eve", "contoso.onmicrosoft.com")
		u[name] = value
		return u
	}
	ada := "/users/ada@contoso.onmicrosoft.com"
	for name, c := range map[string]struct {
		method, path string
		body         any
		status       int
		code         string
	}{
		"weak password":          {"POST", "/users", with("passwordProfile", fields{"password": "password"}), 400, "Request_BadRequest"},
		"foreign domain":         {"POST", "/users", with("userPrincipalName", "eve@fabrikam.onmicrosoft.com"), 400, "Request_BadRequest"},
		"federated domain":       {"POST", "/users", with("userPrincipalName", "eve@contoso.example"), 400, "Request_BadRequest"},
		"forbidden character":    {"POST", "/users", with("userPrincipalName", "e ve@contoso.onmicrosoft.com"), 400, "Request_BadRequest"},
		"employeeId too long":    {"POST", "/users", with("employeeId", strings.Repeat("x", 17)), 400, "Request_BadRequest"},
		"missing property":       {"POST", "/users", with("displayName", nil), 400, "Request_BadRequest"},
		"unknown property":       {"POST", "/users", with("marker", "x"), 400, "Request_BadRequest"},
		"unknown inner property": {"POST", "/users", with("passwordProfile", fields{"password": "Correct-Horse-7", "length": 3}), 400, "Request_BadRequest"},
		"read-only property":     {"PATCH", ada, fields{"isSipEnabled": true}, 400, "Request_BadRequest"},
		"mistyped property":      {"PATCH", ada, fields{"accountEnabled": "true"}, 400, "Request_BadRequest"},
		"null where none can be": {"PATCH", ada, fields{"accountEnabled": nil}, 400, "Request_BadRequest"},
		"unknown user":           {"PATCH", "/users/eve@contoso.onmicrosoft.com", fields{"accountEnabled": true}, 404, "Request_ResourceNotFound"},
		"unknown route":          {"GET", "/user", nil, 400, "BadRequest"},
		"wrong method":           {"PUT", "/users", nil, 405, "Request_BadRequest"},
		"unknown select":         {"GET", ada + "?$select=marker", nil, 400, "BadRequest"},
		"unknown filter":         {"GET", "/users?$filter=department eq 'x'", nil, 400, "Request_UnsupportedQuery"},
		"broken filter":          {"GET", "/users?$filter=id eq 'x' or '1' eq '1'", nil, 400, "Request_UnsupportedQuery"},
		"unknown option":         {"GET", "/users?$expand=manager", nil, 400, "BadRequest"},
		"page too large":         {"GET", "/users?$top=1000", nil, 400, "BadRequest"},
	} {
		r := w.graph(contoso, c.method, c.path, c.body)
		require.Equal(t, c.status, r.status, "%s: %s", name, r.raw)
		require.Equal(t, c.code, r.code(), name)
		require.NotEmpty(t, r.str("error", "message"), name)
		require.NotEmpty(t, r.str("error", "innerError", "request-id"), name)
	}
}

func TestNameConflict(t *testing.T) {
	w := newWorld(t)
	w.create(contoso, "ada")
	r := w.expect(400, "Request_BadRequest", contoso, "POST", "/users", newUser("ADA", "contoso.onmicrosoft.com"))
	detail := r.body["error"].(fields)["details"].([]any)[0].(fields)
	require.Equal(t, "ObjectConflict", detail["code"])
	require.Equal(t, "userPrincipalName", detail["target"])
}

func TestSoftDeleteAndRestore(t *testing.T) {
	w := newWorld(t)
	id := w.create(contoso, "ada")
	w.expect(204, "", contoso, "DELETE", "/users/"+id, nil)
	w.expect(404, "Request_ResourceNotFound", contoso, "GET", "/users/"+id, nil)
	deleted := w.expect(200, "", contoso, "GET", "/directory/deletedItems/microsoft.graph.user", nil).values()
	require.Len(t, deleted, 1)
	require.Equal(t, strings.ReplaceAll(id, "-", "")+"ada@contoso.onmicrosoft.com", deleted[0]["userPrincipalName"])

	second := w.create(contoso, "ada")
	require.NotEqual(t, id, second, "the same name, a new object")
	w.expect(400, "Request_BadRequest", contoso, "POST", "/directory/deletedItems/"+id+"/restore", fields{})
	w.expect(200, "", contoso, "POST", "/directory/deletedItems/"+id+"/restore", fields{"newUserPrincipalName": "ada2@contoso.onmicrosoft.com"})
	require.Equal(t, "ada2@contoso.onmicrosoft.com", w.expect(200, "", contoso, "GET", "/users/"+id, nil).str("userPrincipalName"))
}

func TestBodiesAndHeaders(t *testing.T) {
	w := newWorld(t)
	w.create(contoso, "ada")
	plain := []byte(`{"accountEnabled":true}`)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(plain)
	require.NoError(t, z.Close())
	for _, c := range []struct {
		name, encoding, kind string
		body                 []byte
		status               int
	}{
		{"plain", "", "application/json", plain, 204},
		{"gzip", "gzip", "application/json", zipped.Bytes(), 204},
		{"gzip header with a plain body", "gzip", "application/json", plain, 400},
		{"gzip body without the header", "", "application/json", zipped.Bytes(), 400},
		{"no content type", "", "", plain, 400},
		{"not an object", "", "application/json", []byte(`[]`), 400},
		{"null", "", "application/json", []byte(`null`), 400},
		{"empty", "", "application/json", nil, 400},
	} {
		req := w.request(contoso, "PATCH", "/users/ada@contoso.onmicrosoft.com", json.RawMessage(`{}`))
		req.Body, req.ContentLength = readCloser(c.body), int64(len(c.body))
		req.Header.Set("Content-Encoding", c.encoding)
		req.Header.Set("Content-Type", c.kind)
		req.Header.Set("client-request-id", "11111111-2222-3333-4444-555555555555")
		r, err := w.send(req)
		require.NoError(t, err)
		require.Equal(t, c.status, r.status, "%s: %s", c.name, r.raw)
		require.Equal(t, "11111111-2222-3333-4444-555555555555", r.header.Get("client-request-id"))
		require.NotEmpty(t, r.header.Get("request-id"))
		require.Equal(t, "4.0", r.header.Get("OData-Version"))
	}
}

func TestPaging(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"ada", "ben", "cleo", "dan"} {
		w.create(contoso, name)
	}
	w.SetPageSize(2)
	seen, pages, next := map[string]bool{}, 0, w.GraphURL()+"/users?$select=userPrincipalName"
	for next != "" {
		r := w.graph(contoso, "GET", strings.TrimPrefix(next, w.GraphURL()), nil)
		require.Equal(t, 200, r.status, r.raw)
		for _, u := range r.values() {
			seen[u["userPrincipalName"].(string)] = true
		}
		next, pages = r.str("@odata.nextLink"), pages+1
	}
	require.Len(t, seen, 5, "four and the tenant's admin")
	require.Equal(t, 3, pages)
}

func TestTenantFacts(t *testing.T) {
	w := newWorld(t)
	org := w.expect(200, "", contoso, "GET", "/organization", nil).values()
	require.Equal(t, entrasim.ContosoID, org[0]["id"])
	require.NoError(t, w.Consent(contoso, entrasim.SampleClientID, append(entrasim.SampleApp().Permissions, "Domain.Read.All")...))
	w.fresh()
	domains := w.expect(200, "", contoso, "GET", "/domains", nil).values()
	require.Equal(t, "Managed", domains[0]["authenticationType"])
	require.Equal(t, true, domains[0]["isInitial"])
	require.Equal(t, "Federated", domains[1]["authenticationType"])
	require.Empty(t, w.expect(200, "", contoso, "GET", "/subscribedSkus", nil).values())
	require.Equal(t, "AAD_PREMIUM_P2", w.expect(200, "", fabrikam, "GET", "/subscribedSkus", nil).values()[0]["skuPartNumber"])

	const policy = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass"
	require.Equal(t, "enabled", w.expect(200, "", contoso, "GET", policy, nil).str("state"))
	require.Equal(t, "disabled", w.expect(200, "", entrasim.NorthwindID, "GET", policy, nil).str("state"))
	w.expect(200, "", contoso, "GET", "/policies/authenticationMethodsPolicy", nil)
	const defaults = "/policies/identitySecurityDefaultsEnforcementPolicy"
	require.Equal(t, false, w.expect(200, "", contoso, "GET", defaults, nil).body["isEnabled"])
	require.NoError(t, w.SetSecurityDefaults(contoso, true))
	require.Equal(t, true, w.expect(200, "", contoso, "GET", defaults, nil).body["isEnabled"])
}
