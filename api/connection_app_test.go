package api

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

const (
	appClientID = "6f1d7c1e-5a4b-4d0e-9c57-00000000000a"
	appSecret   = "canary~7f3a.of~northwind"
)

// certificate is one in PEM with its key.
func (o *office) certificate(ends time.Time) string {
	o.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(o.t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: o.clock.now().Add(-2000 * time.Hour), NotAfter: ends}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(o.t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(o.t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

// bring sends an app: the sample with the edits, in which nil leaves a field out.
func (o *office) bring(edits map[string]any) answer {
	body := map[string]any{
		"tenant": "northwind.example", "client_id": appClientID, "client_secret": appSecret,
		"secret_expires_on": o.clock.now().AddDate(0, 0, 20).Format(time.DateOnly),
	}
	maps.Copy(body, edits)
	maps.DeleteFunc(body, func(_ string, value any) bool { return value == nil })
	return o.admin.post(o.path()+"/app", body)
}

// inUse lets a worker verify what was brought.
func (o *office) inUse() store.AppKey {
	o.t.Helper()
	due, err := o.store.DueConnections(o.t.Context(), 10)
	require.NoError(o.t, err)
	require.Len(o.t, due, 1)
	require.NoError(o.t, o.store.Connect(o.t.Context(), due[0].ID, store.Verified{TenantID: o.tenant, AccountDomain: "northwind.onmicrosoft.com"}))
	key, err := o.store.AppKeyInUse(o.t.Context(), o.tenant)
	require.NoError(o.t, err)
	return key
}

func (o *office) opened(key store.AppKey) string {
	o.t.Helper()
	text, err := o.vault.OpenAppKey(seal.AppKeyPlace{Customer: o.customer.ID, Tenant: o.tenant, Kind: key.Kind}, key.Sealed)
	require.NoError(o.t, err)
	return string(text)
}

func TestConnectingWithAnAppOfTheCustomersOwn(t *testing.T) {
	o := newOffice(t)
	got := o.bring(nil)
	require.Equal(t, http.StatusAccepted, got.status, got.body)
	var c Connection
	require.NoError(t, json.Unmarshal([]byte(got.body), &c))
	assert.Equal(t, access.Unconnected, c.State, "nothing is connected before it is verified")
	assert.Zero(t, c.App)
	assert.True(t, c.Attempt.OwnApp)
	assert.Equal(t, access.StepToken, c.Attempt.Step)

	key := o.inUse()
	assert.Equal(t, appSecret, o.opened(key))
	c = o.connection(o.signedIn("eve", access.Auditor))
	ends := o.clock.now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 20)
	assert.Equal(t, ConnectionApp{
		ClientId: access.MustID[access.ClientID](appClientID), OfCustomer: true, Kind: access.AppSecret, ExpiresAt: ends, ExpiresWithinDays: 30,
	}, c.App)

	pemText := o.certificate(o.clock.now().AddDate(0, 0, 90))
	got2 := o.bring(map[string]any{"tenant": nil, "client_secret": nil, "secret_expires_on": nil, "certificate": pemText})
	require.Equal(t, http.StatusAccepted, got2.status, got2.body)
	assert.Equal(t, access.AppSecret, o.connection(o.admin).App.Kind, "the secret stays in use until the certificate is verified")
	key = o.inUse()
	assert.Equal(t, pemText, o.opened(key))
	app := o.connection(o.admin).App
	assert.Equal(t, access.AppCertificate, app.Kind)
	assert.NotEmpty(t, app.Thumbprint)
	assert.Equal(t, o.clock.now().UTC().AddDate(0, 0, 90), app.ExpiresAt)
	assert.Zero(t, app.ExpiresWithinDays)
	o.clock.pass(91 * 24 * time.Hour)
	admin := o.signedIn("grace", access.Admin)
	assert.True(t, o.connection(admin).App.Expired)

	secrets := []string{appSecret, strings.Split(pemText, "\n")[25]}
	records, err := o.store.AuditRecords(t.Context(), 0, 1000)
	require.NoError(t, err)
	begun := 0
	for _, r := range records {
		if r.Action == audit.ConnectionBegun {
			begun++
			assert.Contains(t, string(r.Details), appClientID)
		}
	}
	assert.Equal(t, 2, begun)
	for _, secret := range secrets {
		for where, text := range map[string]string{"answer": got.body + got2.body, "log": o.log.String()} {
			assert.NotContains(t, text, secret, where)
		}
		for _, r := range records {
			assert.NotContains(t, string(r.Details), secret)
		}
	}
}

// Whatever is wrong with it is said by field, with what to do, and without what was sent.
func TestAppsThatAreNotTaken(t *testing.T) {
	o := newOffice(t)
	future := o.clock.now().AddDate(0, 0, 20)
	whole := o.certificate(future)
	withCertificate := func(text string) map[string]any {
		return map[string]any{"client_secret": nil, "secret_expires_on": nil, "certificate": text}
	}
	for name, c := range map[string]struct {
		edits map[string]any
		field string
	}{
		"nothing":                    {map[string]any{"client_secret": nil, "secret_expires_on": nil}, "client_secret"},
		"both":                       {map[string]any{"certificate": whole}, "client_secret"},
		"no client id":               {map[string]any{"client_id": nil}, "client_id"},
		"a name for the client id":   {map[string]any{"client_id": "canary~7f3a"}, "client_id"},
		"the secret's id":            {map[string]any{"client_secret": appClientID}, "client_secret"},
		"a secret with a space":      {map[string]any{"client_secret": "canary~7f3a canary~7f3a"}, "client_secret"},
		"a long secret":              {map[string]any{"client_secret": strings.Repeat("canary~7f3a", 24)}, "client_secret"},
		"no end":                     {map[string]any{"secret_expires_on": nil}, "secret_expires_on"},
		"an end in the past":         {map[string]any{"secret_expires_on": "2020-01-01"}, "secret_expires_on"},
		"an end that is no day":      {map[string]any{"secret_expires_on": "next year"}, "secret_expires_on"},
		"no PEM":                     {withCertificate("canary~7f3a"), "certificate"},
		"a certificate without key":  {withCertificate(whole[:strings.Index(whole, "-----BEGIN PRIVATE")]), "certificate"},
		"an expired certificate":     {withCertificate(o.certificate(o.clock.now().Add(-time.Hour))), "certificate"},
		"a certificate that is long": {withCertificate(strings.Repeat(whole, 8)), "certificate"},
		"a certificate with an end":  {map[string]any{"client_secret": nil, "certificate": whole}, "secret_expires_on"},
		"an odd tenant":              {map[string]any{"tenant": "organizations"}, "tenant"},
	} {
		got := o.bring(c.edits)
		problem := got.problem(invalidRequest)
		require.NotEmpty(t, problem.Errors, name)
		assert.Equal(t, c.field, problem.Errors[0].Field, name)
		assert.NotEmpty(t, problem.Errors[0].Advice, name)
		assert.NotContains(t, got.body, "canary~7f3a", name)
	}
	o.bring(map[string]any{"client_secret": strings.Repeat("x", 70<<10)}).problem(bodyTooLarge)
	o.bring(map[string]any{"tenant": nil}).problem(connectionProblems[access.TenantRequired])
	o.bring(map[string]any{"tenant": "nobody.example"}).problem(connectionProblems[access.TenantUnknown])
	o.bring(map[string]any{"tenant": o.house.customer.TenantID.String()}).problem(connectionProblems[access.TenantUnknown])
	o.sign.tenants["contoso.example"] = o.house.customer.TenantID
	o.bring(map[string]any{"tenant": "contoso.example"}).problem(connectionProblems[access.TenantTaken])
	o.requireNothingConnected()
	assert.NotContains(t, o.log.String(), "canary~7f3a")
	assert.Zero(t, o.connection(o.admin).Attempt)
}
