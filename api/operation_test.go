package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestEveryProblemIsExplained(t *testing.T) {
	h := newHouse(t)
	seen := map[string]bool{}
	for _, k := range kinds {
		assert.False(t, seen[k.name], "%s is there twice", k.name)
		seen[k.name] = true
		got := h.anonymous().get("/api/v1/problems/" + k.name)
		require.Equal(t, http.StatusOK, got.status)
		var said ProblemKind
		require.NoError(t, json.Unmarshal([]byte(got.body), &said))
		assert.Equal(t, ProblemKind{Name: k.name, Status: k.status, Title: k.title, Detail: k.detail}, said)
	}
	for _, row := range domainProblems {
		assert.Contains(t, kinds, row.kind)
	}
	for _, k := range refusals {
		assert.Contains(t, kinds, k)
	}
	h.anonymous().get("/api/v1/problems/unheard-of").problem(notFound)
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
