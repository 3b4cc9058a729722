package passkey_test

import (
	"encoding/base64"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
	"hourglass/internal/store"
)

var _ passkey.Store = (*store.Store)(nil)

func hashAsToken(hash [32]byte) string { return base64.RawURLEncoding.EncodeToString(hash[:]) }

func TestRelyingPartyComesFromThePublicURL(t *testing.T) {
	cases := map[string]struct{ rpID, origin string }{
		"https://hourglass.msp.example":       {"hourglass.msp.example", "https://hourglass.msp.example"},
		"https://Hourglass.MSP.example:8443/": {"hourglass.msp.example", "https://hourglass.msp.example:8443"},
		"http://localhost:8080":               {"localhost", "http://localhost:8080"},
	}
	for url, want := range cases {
		rpID, origins, err := passkey.RelyingParty(url)
		require.NoError(t, err, url)
		assert.Equal(t, want.rpID, rpID)
		assert.Equal(t, []string{want.origin}, origins)
		_, err = passkey.New(passkey.Config{RPID: rpID, Origins: origins}, nil)
		assert.NoError(t, err)
	}
	for _, url := range []string{"", "hourglass.msp.example", "http://hourglass.msp.example", "ftp://localhost", "https://", "https://a b", "://",
		"https://hourglass.msp.example/portal", "https://hourglass.msp.example?a=b", "https://hourglass.msp.example#a", "https://ada@hourglass.msp.example"} {
		_, _, err := passkey.RelyingParty(url)
		assert.ErrorIs(t, err, access.ErrInvalid, url)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*passkey.Config){
		"no relying party":              func(c *passkey.Config) { c.RPID = "" },
		"an address as relying party":   func(c *passkey.Config) { c.RPID, c.Origins = "192.0.2.1", []string{"https://192.0.2.1"} },
		"no origin":                     func(c *passkey.Config) { c.Origins = nil },
		"a foreign origin":              func(c *passkey.Config) { c.Origins = append(c.Origins, "https://evil.example") },
		"an origin that only ends like": func(c *passkey.Config) { c.Origins = []string{"https://evil" + rpID} },
		"an origin without TLS":         func(c *passkey.Config) { c.Origins = []string{"http://" + rpID} },
		"an origin with a path":         func(c *passkey.Config) { c.Origins = []string{origin + "/"} },
		"a negative duration":           func(c *passkey.Config) { c.EnrolmentTTL = -time.Second },
		"idle beyond absolute":          func(c *passkey.Config) { c.SessionIdle = 13 * time.Hour },
	} {
		config := passkey.Config{RPID: rpID, Origins: []string{origin}}
		spoil(&config)
		_, err := passkey.New(config, nil)
		assert.ErrorIs(t, err, access.ErrInvalid, name)
	}
}

func TestNoTokenWithoutRandomness(t *testing.T) {
	h := newHouse(t)
	dry, err := passkey.New(passkey.Config{RPID: rpID, Origins: []string{origin}, Clock: h.clock.Now, Rand: iotest.ErrReader(assert.AnError)}, h.store)
	require.NoError(t, err)
	token, _, err := dry.IssueEnrolment(h.ctx, h.ada.ID, store.Actor{})
	assert.ErrorIs(t, err, assert.AnError)
	assert.True(t, token.IsZero())
	_, err = dry.BeginSignIn(h.ctx)
	assert.ErrorIs(t, err, assert.AnError)
}
