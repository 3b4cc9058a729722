package entrasim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
)

func TestTemporaryAccessPass(t *testing.T) {
	w := newWorld(t)
	ada := w.create(contoso, "ada")
	passes := "/users/" + ada + "/authentication/temporaryAccessPassMethods"
	upn := "ada@contoso.onmicrosoft.com"
	w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": true})

	first := w.expect(201, "", contoso, "POST", passes, fields{"lifetimeInMinutes": 60, "isUsableOnce": false})
	require.Len(t, first.str("temporaryAccessPass"), 8)
	require.Equal(t, "EnabledByPolicy", first.str("methodUsabilityReason"))
	session, err := w.TrySignIn(contoso, upn, first.str("temporaryAccessPass"))
	require.NoError(t, err)
	require.Equal(t, w.clock.Now().Add(time.Hour), session.Expires, "a session by pass ends with the pass")

	second := w.expect(201, "", contoso, "POST", passes, fields{"lifetimeInMinutes": 10})
	listed := w.expect(200, "", contoso, "GET", passes, nil).values()
	require.Len(t, listed, 1, "a new pass replaces the old one")
	require.Equal(t, second.str("id"), listed[0]["id"])
	require.Nil(t, listed[0]["temporaryAccessPass"], "shown once")
	_, err = w.TrySignIn(contoso, upn, first.str("temporaryAccessPass"))
	require.ErrorIs(t, err, entrasim.ErrWrongPassword)
	ended, _ := w.Session(contoso, session.ID)
	require.NotEmpty(t, ended.Ended, "what the old pass opened is over")

	w.clock.Advance(10 * time.Minute)
	_, err = w.TrySignIn(contoso, upn, second.str("temporaryAccessPass"))
	require.ErrorIs(t, err, entrasim.ErrPassExpired)
	require.Equal(t, "Expired", w.expect(200, "", contoso, "GET", passes, nil).values()[0]["methodUsabilityReason"])
	w.expect(204, "", contoso, "DELETE", passes+"/"+second.str("id"), nil)
	w.expect(404, "resourceNotFound", contoso, "DELETE", passes+"/"+second.str("id"), nil)

	later := w.expect(201, "", contoso, "POST", passes, fields{"startDateTime": w.clock.Now().Add(time.Hour).Format(time.RFC3339), "isUsableOnce": true})
	require.Equal(t, "NotYetValid", later.str("methodUsabilityReason"))
	w.clock.Advance(time.Hour)
	w.fresh()
	_, err = w.TrySignIn(contoso, upn, later.str("temporaryAccessPass"))
	require.NoError(t, err)
	_, err = w.TrySignIn(contoso, upn, later.str("temporaryAccessPass"))
	require.ErrorIs(t, err, entrasim.ErrPassUsed)
}

func TestPassPolicy(t *testing.T) {
	w := newWorld(t)
	passes := "/users/" + w.create(contoso, "ada") + "/authentication/temporaryAccessPassMethods"
	for _, c := range []struct {
		policy entrasim.TAPPolicy
		body   fields
		status int
	}{
		{entrasim.TAPPolicy{}, fields{}, 400},
		{entrasim.TAPPolicy{Enabled: true}, fields{}, 201},
		{entrasim.TAPPolicy{Enabled: true}, fields{"lifetimeInMinutes": 59}, 400},
		{entrasim.TAPPolicy{Enabled: true}, fields{"lifetimeInMinutes": 481}, 400},
		{entrasim.TAPPolicy{Enabled: true, OneTimeOnly: true}, fields{"isUsableOnce": false}, 400},
		{entrasim.TAPPolicy{Enabled: true, OneTimeOnly: true}, fields{}, 201},
		{entrasim.TAPPolicy{Enabled: true, MinMinutes: 5}, fields{"lifetimeInMinutes": 9}, 400},
	} {
		require.NoError(t, w.SetTAPPolicy(contoso, c.policy))
		r := w.graph(contoso, "POST", passes, c.body)
		require.Equal(t, c.status, r.status, "%+v %v: %s", c.policy, c.body, r.raw)
		if c.status == 400 {
			require.Equal(t, "badRequest", r.code(), "this workload spells its codes in lower case")
		}
	}
	require.NoError(t, w.SetTAPPolicy(contoso, entrasim.TAPPolicy{Enabled: true, IncludeGroups: []string{"nobody"}}))
	r := w.expect(201, "", contoso, "POST", passes, fields{})
	require.Equal(t, "DisabledByPolicy", r.str("methodUsabilityReason"), "a pass can be issued to those who cannot use it")
}

func TestMethodsLeftBehind(t *testing.T) {
	w := newWorld(t)
	ada := w.create(contoso, "ada")
	base := "/users/" + ada + "/authentication/"
	ids := map[entrasim.MethodKind]string{}
	for _, kind := range []entrasim.MethodKind{
		entrasim.Phone, entrasim.Authenticator, entrasim.SoftwareOATH, entrasim.FIDO2, entrasim.WindowsHello,
		entrasim.PlatformCredential, entrasim.Email, entrasim.External,
	} {
		id, err := w.RegisterMethod(contoso, ada, kind)
		require.NoError(t, err)
		ids[kind] = id
		require.Len(t, w.expect(200, "", contoso, "GET", base+string(kind), nil).values(), 1, kind)
	}
	require.Len(t, w.expect(200, "", contoso, "GET", base+"methods", nil).values(), len(ids)+1, "and the password")
	w.expect(400, "badRequest", contoso, "DELETE", base+"methods/"+ids[entrasim.Phone], nil)
	w.expect(400, "badRequest", contoso, "DELETE", base+"phoneMethods/"+ids[entrasim.Phone], nil) // the default goes last
	w.expect(404, "resourceNotFound", contoso, "DELETE", base+"fido2Methods/"+ids[entrasim.Phone], nil)
	for kind, id := range ids {
		if kind != entrasim.Phone {
			w.expect(204, "", contoso, "DELETE", base+string(kind)+"/"+id, nil)
		}
	}
	w.expect(204, "", contoso, "DELETE", base+"phoneMethods/"+ids[entrasim.Phone], nil)
	left := w.expect(200, "", contoso, "GET", base+"methods", nil).values()
	require.Len(t, left, 1)
	require.Equal(t, "#microsoft.graph.passwordAuthenticationMethod", left[0]["@odata.type"])
	w.expect(404, "resourceNotFound", contoso, "GET", "/users/00000000-0000-0000-0000-000000000000/authentication/methods", nil)
	require.NoError(t, w.RevokePermissions(contoso, entrasim.SampleClientID, "UserAuthenticationMethod.ReadWrite.All"))
	w.fresh()
	w.expect(403, "accessDenied", contoso, "GET", base+"methods", nil)
}

// TestHardwareTokensAreBeta: v1.0 lists them and cannot delete them.
func TestHardwareTokensAreBeta(t *testing.T) {
	w := newWorld(t)
	ada := w.create(contoso, "ada")
	id, err := w.RegisterMethod(contoso, ada, entrasim.HardwareOATH)
	require.NoError(t, err)
	path := "/users/" + ada + "/authentication/hardwareOathMethods/" + id
	w.expect(400, "badRequest", contoso, "DELETE", path, nil)
	req := w.request(contoso, "DELETE", path, nil)
	req.URL.Path = strings.Replace(req.URL.Path, "/v1.0/", "/beta/", 1)
	r, err := w.send(req)
	require.NoError(t, err)
	require.Equal(t, 204, r.status, r.raw)
}

// TestSignInRules: a credential works exactly as long as Microsoft would let it.
func TestSignInRules(t *testing.T) {
	w := newWorld(t)
	const upn, password = "ada@contoso.onmicrosoft.com", "Correct-Horse-7"
	ada := w.create(contoso, "ada")
	try := func(secret string) error { _, err := w.TrySignIn(contoso, upn, secret); return err }
	yes, no := true, false
	require.ErrorIs(t, try(password), entrasim.ErrDisabled)
	w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": true})
	require.ErrorIs(t, try("guess"), entrasim.ErrWrongPassword)
	require.NoError(t, w.UpdateUser(contoso, ada, entrasim.ChangeUser{Locked: &yes}))
	require.ErrorIs(t, try(password), entrasim.ErrLocked)
	require.NoError(t, w.UpdateUser(contoso, ada, entrasim.ChangeUser{Locked: &no}))
	_, err := w.TrySignIn(contoso, "eve@contoso.onmicrosoft.com", password)
	require.ErrorIs(t, err, entrasim.ErrUnknownUser)

	require.NoError(t, w.SetSecurityDefaults(contoso, true))
	require.ErrorIs(t, try(password), entrasim.ErrMoreNeeded, "security defaults want more than a password")
	pass := w.expect(201, "", contoso, "POST", "/users/"+ada+"/authentication/temporaryAccessPassMethods", fields{}).str("temporaryAccessPass")
	require.NoError(t, try(pass), "a pass counts as multi-factor")
	require.NoError(t, w.SetSecurityDefaults(contoso, false))

	for name, end := range map[string]struct {
		act         func()
		sparesPass  bool
		stillSignIn bool
	}{
		"revoked":  {func() { w.expect(200, "", contoso, "POST", "/users/"+ada+"/revokeSignInSessions", nil) }, false, true},
		"disabled": {func() { w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": false}) }, false, false},
		"password reset": {func() {
			w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"passwordProfile": fields{"password": "Another-Horse-9"}})
		}, true, false},
		"deleted": {func() { require.NoError(t, w.DeleteUser(contoso, ada)) }, false, false},
	} {
		w = newWorld(t)
		ada = w.create(contoso, "ada")
		w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": true})
		pass := w.expect(201, "", contoso, "POST", "/users/"+ada+"/authentication/temporaryAccessPassMethods", fields{}).str("temporaryAccessPass")
		byPassword, err := w.TrySignIn(contoso, upn, password)
		require.NoError(t, err)
		byPass, err := w.TrySignIn(contoso, upn, pass)
		require.NoError(t, err)
		require.Empty(t, byPass.Ended)
		end.act()
		byPassword, _ = w.Session(contoso, byPassword.ID)
		byPass, _ = w.Session(contoso, byPass.ID)
		require.NotEmpty(t, byPassword.Ended, name)
		require.Equal(t, end.sparesPass, byPass.Ended == "", name)
		require.Equal(t, end.stillSignIn, try(password) == nil, name)
	}
}
