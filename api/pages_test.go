package api

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestPagesAreServedUnderAStrictPolicy(t *testing.T) {
	h := newHouse(t)
	b := h.anonymous()
	for path := range pageRoutes {
		got := b.get(path)
		require.Equal(t, http.StatusOK, got.status, path)
		assert.Contains(t, got.header.Get("Content-Type"), "text/html")
		policy := got.header.Get("Content-Security-Policy")
		assert.NotContains(t, policy, "unsafe")
		assert.Contains(t, policy, "frame-ancestors 'none'")
		for _, name := range []string{"Strict-Transport-Security", "Cross-Origin-Opener-Policy", "Permissions-Policy"} {
			assert.NotEmpty(t, got.header.Get(name), name)
		}
		assert.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
		assert.Equal(t, "no-referrer", got.header.Get("Referrer-Policy"))
		assert.NotRegexp(t, regexp.MustCompile(`(?i)<style|\son[a-z]+=|\sstyle=|<script[^>]*>[^<]`), got.body, "nothing inline")
		for _, asset := range regexp.MustCompile(`/assets/[a-z.]+`).FindAllString(got.body, -1) {
			assert.Equal(t, http.StatusOK, b.get(asset).status, asset)
		}
	}
	for name, contentType := range assets {
		asset := b.get("/assets/" + name)
		assert.Equal(t, contentType, asset.header.Get("Content-Type"), name)
		assert.NotContains(t, asset.body, "innerHTML", name)
	}
}

func TestEveryProblemIsExplained(t *testing.T) {
	h := newHouse(t)
	seen := map[string]bool{}
	for _, k := range kinds {
		assert.False(t, seen[k.name], "%s is there twice", k.name)
		seen[k.name] = true
		got := h.anonymous().get("/problems/" + k.name)
		assert.Equal(t, http.StatusOK, got.status)
		assert.Contains(t, got.body, k.name)
	}
	for _, row := range domainProblems {
		assert.Contains(t, kinds, row.kind)
	}
	for _, k := range refusals {
		assert.Contains(t, kinds, k)
	}
	h.anonymous().get("/problems/unheard-of").problem(notFound)
}

func TestHealthNamesWhatFails(t *testing.T) {
	h := newHouse(t)
	h.server.ready = map[string]Check{
		"database": func(context.Context) error { return nil },
		"temporal": func(context.Context) error { return errors.New("dial tcp 192.0.2.1: refused") },
	}
	assert.Equal(t, http.StatusOK, h.anonymous().get("/healthz").status)
	got := h.anonymous().get("/readyz")
	assert.Equal(t, http.StatusServiceUnavailable, got.status)
	assert.JSONEq(t, `{"status":"failing","checks":{"database":"ok","temporal":"failing"}}`, got.body)
	assert.Contains(t, h.log.String(), "192.0.2.1", "the operator reads why in the log")
}

func TestAPanicIsAProblem(t *testing.T) {
	h := newHouse(t)
	h.server.ready = nil
	ada := h.technician("ada")
	h.server.vault = nil // a defect somewhere
	got := ada.request("key")
	got.problem(internalError)
	assert.Contains(t, h.log.String(), "this is a bug")
	assert.NotContains(t, got.body, "nil pointer")
}

func TestTheAccessLogSaysWhoAndWhatAndNothingElse(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	g := ada.request("secret-key").grant()
	got := ada.send(http.MethodGet, "/api/v1/grants/"+g.Id.String(), "", nil, "X-Request-Id", "forged")
	id := got.header.Get("X-Request-Id")
	assert.NotEqual(t, "forged", id)

	var line string
	eventually(t, func() bool {
		for l := range strings.Lines(h.log.String()) {
			if strings.Contains(l, id) {
				line = l
			}
		}
		return line != ""
	}, "the line of the request")
	for _, want := range []string{g.Id.String(), ada.person.ID.String(), `"status":200`, `"route":"/api/v1/grants/:id"`, `"duration_ms"`} {
		assert.Contains(t, line, want)
	}
	for _, never := range []string{"__Host-", "secret-key", "Printer", "forged"} {
		assert.NotContains(t, h.log.String(), never)
	}
}

func TestAConfigurationThatLacksSomethingDoesNotStart(t *testing.T) {
	_, err := New(Config{})
	require.ErrorIs(t, err, access.ErrInvalid)
}
