package entrasim_test

import (
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
	require.NotEmpty(t, r.header.Get("request-id"))
	require.Equal(t, "4.0", r.header.Get("OData-Version"))

	r = w.expect(200, "", contoso, "GET", "/users/"+id+"?$select=id,accountEnabled,employeeId,aboutMe", nil)
	require.Equal(t, fields{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(id,accountEnabled,employeeId,aboutMe)/$entity",
		"id":             id, "accountEnabled": false, "employeeId": "hg-ada", "aboutMe": nil,
	}, r.body)
	w.expect(204, "", contoso, "PATCH", "/users/ada@contoso.onmicrosoft.com", fields{"accountEnabled": true})
	a, ok := w.User(contoso, "hg-ada")
	require.True(t, ok)
	require.True(t, a.AccountEnabled)

	for _, filter := range []string{"employeeId eq 'hg-ada'", "userPrincipalName eq 'ADA@contoso.onmicrosoft.com'", "mailNickname eq 'ada'", "id eq '" + id + "'"} {
		require.Len(t, w.expect(200, "", contoso, "GET", "/users?$select=id,employeeId&$filter="+filter, nil).values(), 1, filter)
	}
	require.Empty(t, w.expect(200, "", contoso, "GET", "/users?$filter=employeeId eq 'hg'", nil).values())
	require.Equal(t, 1, w.CountByEmployeeID(contoso, "hg-ada"))
	_, found := w.User(entrasim.FabrikamID, "hg-ada")
	require.False(t, found)
}
