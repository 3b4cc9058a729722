package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/entra"
)

func TestTheWorstFindingDecides(t *testing.T) {
	part := func(name string, findings ...Finding) Part {
		return Part{name, func(context.Context) []Finding { return findings }}
	}
	report := Examine(t.Context(), []Part{part("a", well("x")), part("b", warning("y", "do y"), well("z"))})
	assert.Equal(t, Report{Warning, []Finding{{"a", OK, "x", ""}, {"b", Warning, "y", "do y"}, {"b", OK, "z", ""}}}, report, "in order")
	assert.Equal(t, Broken, Examine(t.Context(), []Part{part("a", broken("x", "do x")), part("b", warning("y", "do y"))}).Level)
	assert.Equal(t, OK, Examine(t.Context(), nil).Level)
}

func TestClocks(t *testing.T) {
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		theirs time.Duration
		level  Level
	}{
		"read in between":   {time.Second, OK},
		"a little behind":   {-900 * time.Millisecond, OK},
		"two seconds ahead": {4 * time.Second, Warning},
		"behind":            {-2 * time.Second, Warning},
		"a minute ahead":    {time.Minute, Broken},
		"a minute behind":   {-time.Minute, Broken},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.level, clock("it", noon.Add(c.theirs), noon, noon.Add(2*time.Second)).Level)
		})
	}
}

func TestWhatEndsIsNamedBeforeItDoes(t *testing.T) {
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "app.pem")
	write := func(content []byte, mode os.FileMode) {
		t.Helper()
		require.NoError(t, os.RemoveAll(path))
		require.NoError(t, os.WriteFile(path, content, mode))
	}
	look := func() Finding {
		t.Helper()
		found := Certificate(path, noon).Look(t.Context())
		require.Len(t, found, 1)
		return found[0]
	}
	day := 24 * time.Hour
	for left, level := range map[time.Duration]Level{-day: Broken, 0: Broken, 29 * day: Warning, 31 * day: OK} {
		write(certificate(t, noon.Add(left)), 0o600)
		assert.Equal(t, level, look().Level, "%s left", left)
	}
	secret := func(ends time.Time) Level { return Secret(ends, noon).Look(t.Context())[0].Level }
	assert.Equal(t, Broken, secret(noon))
	assert.Equal(t, Warning, secret(noon.Add(29*day)))
	assert.Equal(t, Warning, secret(time.Time{}), "nobody knows")
	assert.Equal(t, OK, secret(noon.Add(31*day)))
	write(certificate(t, noon.Add(100*day)), 0o644)
	assert.Contains(t, look().Says, "chmod 600")
	write([]byte("nothing"), 0o600)
	assert.Equal(t, Broken, look().Level)
}

// certificate ends then; its private key comes first in the file, as some tools write it.
func certificate(t *testing.T, ends time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	plan := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Hourglass"}, NotBefore: ends.Add(-time.Hour), NotAfter: ends}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
}

func TestARefusalOfMicrosoftsHasItsRemedy(t *testing.T) {
	for code, c := range map[string]struct {
		kind   entra.Kind
		level  Level
		remedy string
	}{
		"AADSTS700016":        {entra.Unauthenticated, Broken, "connect the customer again"},
		"AADSTS7000222":       {entra.Unauthenticated, Broken, "certificate or secret"},
		entra.CodeWrongTenant: {entra.Unauthenticated, Broken, "do not use this connection"},
		"":                    {entra.Unavailable, Warning, "wait a minute"},
	} {
		found := refusal("Contoso", &entra.Error{Kind: c.kind, Code: code, Op: "get token"})
		assert.Equal(t, c.level, found.Level, code)
		assert.Contains(t, found.Remedy, c.remedy, code)
	}
}
