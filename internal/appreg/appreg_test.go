package appreg_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
)

const canary = "canary~7f3a.secret"

var (
	from  = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	until = time.Date(2027, 11, 1, 0, 0, 0, 0, time.UTC)
)

func block(kind string, content []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
}

// pair is a certificate and its private key, each in PEM.
func pair(t *testing.T, key any, public any) (certificate, private []byte) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Hourglass"}, NotBefore: from, NotAfter: until}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return block("CERTIFICATE", raw), block("PRIVATE KEY", pkcs8)
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

func TestSecrets(t *testing.T) {
	key, err := appreg.NewSecret(canary)
	require.NoError(t, err)
	assert.Equal(t, access.AppSecret, key.Kind())
	assert.Equal(t, canary, key.Secret().Reveal())
	assert.Zero(t, key.Expires())
	assert.Empty(t, key.Thumbprint())
	assert.NoError(t, key.Usable(from))
	for name, bad := range map[string]string{
		"empty": "", "short": "1234567", "long": strings.Repeat("x", 257), "a space": "canary secret", "a line": "canary\nsecret", "not ASCII": "canary–secret",
		"its id": "6f0c1a52-0000-4000-8000-00000000000a",
	} {
		_, err := appreg.NewSecret(bad)
		assert.ErrorIs(t, err, access.ErrInvalid, name)
		assert.NotContains(t, err.Error(), "canary", name)
	}
}

func TestCertificates(t *testing.T) {
	key := rsaKey(t, 2048)
	certificate, private := pair(t, key, &key.PublicKey)
	pkcs1 := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	above := rsaKey(t, 2048)
	issuer, issuersKey := pair(t, above, &above.PublicKey)

	for name, text := range map[string][]byte{
		"certificate first": slices.Concat(certificate, private),
		"key first":         slices.Concat(private, certificate),
		"PKCS #1":           slices.Concat(certificate, []byte("\n\n"), pkcs1, []byte("\n")),
		"the chain first":   slices.Concat(issuer, certificate, private),
		"words around it":   slices.Concat([]byte("Bag Attributes\n    friendlyName: Hourglass\n"), certificate, []byte("Key Attributes\n"), private),
	} {
		k, err := appreg.NewCertificate(text)
		require.NoError(t, err, name)
		chain, held := k.Certificate()
		assert.True(t, held.Equal(key), name)
		assert.True(t, key.PublicKey.Equal(chain[0].PublicKey), "the app's own certificate comes first: %s", name)
		assert.Equal(t, access.AppCertificate, k.Kind())
		assert.Equal(t, until, k.Expires())
		assert.Regexp(t, "^[0-9A-F]{40}$", k.Thumbprint())
		assert.NoError(t, k.Usable(from))
		assert.Error(t, k.Usable(from.Add(-time.Second)))
		assert.Error(t, k.Usable(until))

		clear, err := k.Text()
		require.NoError(t, err)
		assert.NotContains(t, string(clear), "Attributes", "what else stood in the file is not kept")
		again, err := appreg.Read(k.Kind(), clear)
		require.NoError(t, err)
		assert.Equal(t, k.Thumbprint(), again.Thumbprint())
	}

	small := rsaKey(t, 1024)
	weak, weakKey := pair(t, small, &small.PublicKey)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	elliptical, ellipticalKey := pair(t, curve, &curve.PublicKey)
	said := map[appreg.Mistake]bool{}
	for name, text := range map[string][]byte{
		"nothing":                nil,
		"no PEM":                 []byte("canary"),
		"rubbish behind it":      slices.Concat(certificate, private, []byte("canary")),
		"no key":                 certificate,
		"no certificate":         private,
		"the wrong key":          slices.Concat(certificate, issuersKey),
		"two keys":               slices.Concat(certificate, private, issuersKey),
		"an elliptic curve":      slices.Concat(elliptical, ellipticalKey),
		"a weak key":             slices.Concat(weak, weakKey),
		"a locked key":           slices.Concat(certificate, block("ENCRYPTED PRIVATE KEY", []byte("canary"))),
		"a damaged key":          slices.Concat(certificate, block("PRIVATE KEY", []byte("canary"))),
		"a damaged certificate":  slices.Concat(block("CERTIFICATE", []byte("canary")), private),
		"something else":         slices.Concat(certificate, private, block("X509 CRL", []byte("canary"))),
		"a public key by itself": block("PUBLIC KEY", []byte("canary")),
	} {
		_, err := appreg.NewCertificate(text)
		var mistake appreg.Mistake
		require.ErrorAs(t, err, &mistake, name)
		assert.ErrorIs(t, err, access.ErrInvalid, name)
		assert.NotContains(t, err.Error(), "canary", name)
		said[mistake] = true
	}
	assert.Len(t, said, 5, "each says what to do")
}

func TestAKeyIsNeverPrinted(t *testing.T) {
	key := rsaKey(t, 2048)
	certificate, private := pair(t, key, &key.PublicKey)
	held, err := appreg.NewCertificate(slices.Concat(certificate, private))
	require.NoError(t, err)
	secret, err := appreg.NewSecret(canary)
	require.NoError(t, err)
	for _, app := range []appreg.App{{Key: held}, {Key: secret}} {
		var out strings.Builder
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", app.Key)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "app", app)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
			fmt.Fprintf(&out, verb+verb+verb, app, &app, app.Key)
		}
		assert.NotContains(t, out.String(), canary)
		assert.NotContains(t, out.String(), fmt.Sprintf("%x", canary))
		assert.NotContains(t, out.String(), key.D.String())
		assert.NotContains(t, out.String(), fmt.Sprintf("%x", key.D))
		_, err := json.Marshal(app)
		assert.Error(t, err, "a key that reached an encoder is a defect to be found")
	}
}
