package entra

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestNewReportsEveryMistakeAtOnce(t *testing.T) {
	dir := t.TempDir()
	nonsense := filepath.Join(dir, "nonsense.pem")
	require.NoError(t, os.WriteFile(nonsense, []byte("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"), 0o600))
	_, err := New(Config{
		AuthorityURL: "http://login.microsoftonline.com", GraphURL: "https://graph.microsoft.com/beta", CAFile: filepath.Join(dir, "none"),
		ClientID: "hourglass", ClientCertificateFile: nonsense, Timeout: -1, Limits: Limits{Writes: Rate{Count: 1}},
	})
	for _, want := range []string{"authority URL", "Graph URL", "CA file", "client id", "client certificate", "timeout", "writes"} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "c2VjcmV0")
}

func TestConfigIsParsed(t *testing.T) {
	good := newMicrosoft(t).config()
	for name, c := range map[string]struct {
		edit func(*Config)
		ok   bool
	}{
		"as it is":              {func(*Config) {}, true},
		"trailing slash":        {func(c *Config) { c.AuthorityURL += "/"; c.GraphURL += "/" }, true},
		"no authority":          {func(c *Config) { c.AuthorityURL = "" }, false},
		"authority with path":   {func(c *Config) { c.AuthorityURL += "/common" }, false},
		"query":                 {func(c *Config) { c.GraphURL += "?x=y" }, false},
		"credentials in a URL":  {func(c *Config) { c.GraphURL = "https://ada:secret@graph.microsoft.com/v1.0" }, false},
		"plain http":            {func(c *Config) { c.GraphURL = "http://localhost/v1.0" }, false},
		"no identity":           {func(c *Config) { c.ClientSecret = access.Secret{} }, false},
		"two identities":        {func(c *Config) { c.ClientCertificateFile = "x.pem" }, false},
		"no system of its own":  {func(c *Config) { c.CAFile = "" }, true},
		"a limit of one":        {func(c *Config) { c.Limits.Reports = Rate{1, time.Second} }, false},
		"a limit without a per": {func(c *Config) { c.Limits.Units = Rate{Count: 5} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := good
			c.edit(&cfg)
			_, err := New(cfg)
			assert.Equal(t, c.ok, err == nil, "%v", err)
		})
	}
}

func TestCertificateIdentity(t *testing.T) {
	m := newMicrosoft(t)
	file := WriteCertificate(t)
	tenant := m.tenant(t, func(c *Config) { c.ClientSecret, c.ClientCertificateFile = access.Secret{}, file })
	_, err := tenant.Permissions(background)
	require.NoError(t, err)
	form, err := url.ParseQuery(m.seen[len(m.seen)-1].body)
	require.NoError(t, err)
	assert.NotEmpty(t, form.Get("client_assertion"))
	assert.Empty(t, form.Get("client_secret"))
}

// WriteCertificate makes the PEM file that an operator would: certificate and key. (Exported for the conformance suite.)
func WriteCertificate(t testing.TB) string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Hourglass"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "app.pem")
	require.NoError(t, os.WriteFile(file, append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})...), 0o600))
	return file
}

func TestOnlyTheTenantsUsedLastAreKept(t *testing.T) {
	client := newMicrosoft(t).client(t)
	tenantNo := func(n int) access.TenantID {
		return access.MustID[access.TenantID](fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	}
	first, second := client.Tenant(tenantNo(1)), client.Tenant(tenantNo(2))
	for n := 3; n <= keptTenants; n++ {
		client.Tenant(tenantNo(n))
	}
	assert.Same(t, first, client.Tenant(tenantNo(1)), "still kept, and now the one used last")
	client.Tenant(tenantNo(keptTenants + 1))
	assert.Same(t, first, client.Tenant(tenantNo(1)))
	assert.NotSame(t, second, client.Tenant(tenantNo(2)), "the one that was not used for longest went")
	assert.Len(t, client.tenants, keptTenants)
}
