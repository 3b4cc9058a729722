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
	for _, address := range []string{"/admin", "/admin/customers/of/any/kind"} {
		got := b.get(address)
		require.Equal(t, http.StatusOK, got.status, address)
		assert.Equal(t, "text/html; charset=utf-8", got.header.Get("Content-Type"))
		assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
		policy := got.header.Get("Content-Security-Policy")
		assert.NotContains(t, policy, "unsafe")
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
