package api

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/web"
)

func TestThePortalIsServedUnderAStrictPolicy(t *testing.T) {
	b := newHouse(t).anonymous()
	nonces := map[string]bool{}
	for _, address := range []string{"/", "/sign-in", "/connect?state=x", "/grants/of-mine", "/problems/not-found", "/admin", "/admin/customers/of/any/kind"} {
		got := b.get(address)
		require.Equal(t, http.StatusOK, got.status, address)
		assert.Equal(t, "text/html; charset=utf-8", got.header.Get("Content-Type"))
		assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
		policy := got.header.Get("Content-Security-Policy")
		assert.NotContains(t, policy, "unsafe")
		for _, name := range []string{"Strict-Transport-Security", "Cross-Origin-Opener-Policy", "Permissions-Policy"} {
			assert.NotEmpty(t, got.header.Get(name), name)
		}
		assert.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
		assert.Equal(t, "no-referrer", got.header.Get("Referrer-Policy"))
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"} {
			assert.Contains(t, policy, want)
		}
		nonce := regexp.MustCompile(`style-src 'self' 'nonce-([\w-]{22})'`).FindStringSubmatch(policy)
		require.NotNil(t, nonce, policy)
		assert.False(t, nonces[nonce[1]], "no two responses share a nonce")
		nonces[nonce[1]] = true
		assert.NotRegexp(t, regexp.MustCompile(`(?i)<style|\son[a-z]+=|\sstyle=|<script[^>]*>[^<]`), got.body, "nothing inline")
		for _, in := range regexp.MustCompile(`nonce="([^"]*)"`).FindAllStringSubmatch(got.body, -1) {
			assert.Equal(t, nonce[1], in[1])
		}
		for _, asset := range regexp.MustCompile(`/assets/[\w.-]+`).FindAllString(got.body, -1) {
			assert.Equal(t, http.StatusOK, b.get(asset).status, asset)
		}
	}
}

func TestThePortalsFilesAreKeptForEver(t *testing.T) {
	b := newHouse(t).anonymous()
	portal, err := web.Embedded()
	require.NoError(t, err)
	for _, path := range portal.Paths() {
		got := b.get(path)
		assert.Equal(t, http.StatusOK, got.status, path)
		assert.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
		assert.NotContains(t, got.header.Get("Cache-Control"), "no-store", path)
	}
}

func TestAnAddressThatIsNoneIsSaidByThePage(t *testing.T) {
	b := newHouse(t).anonymous()
	for _, address := range []string{"/nowhere", "/assets/index-of-yesterday.js"} {
		got := b.send(http.MethodGet, address, "", nil, "Accept", "text/html,application/xhtml+xml")
		assert.Equal(t, http.StatusNotFound, got.status)
		assert.Contains(t, got.header.Get("Content-Security-Policy"), "nonce-")
		b.get(address).problem(notFound)
	}
	b.send(http.MethodGet, "/api/v1/nowhere", "", nil, "Accept", "text/html").problem(notFound)
}
