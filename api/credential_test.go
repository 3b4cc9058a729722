package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

// revealable is a technician with an active grant and a fresh assertion.
func revealable(t *testing.T) (*house, *browser, string) {
	h := newHouse(t)
	ada := h.technician("ada")
	g := ada.request("key").grant()
	h.activate(g.Id)
	require.Equal(t, http.StatusNoContent, ada.confirm("assertion").status)
	return h, ada, "/api/v1/grants/" + g.Id.String() + "/credential"
}

// reveals counts the audit records of reveals.
func (h *house) reveals() (n int) {
	records, err := h.store.AuditRecords(h.t.Context(), 0, 1000)
	require.NoError(h.t, err)
	for _, r := range records {
		if r.Action == audit.CredentialRevealed {
			n++
		}
	}
	return n
}

func TestTheCredentialIsRevealedToItsOwner(t *testing.T) {
	h, ada, path := revealable(t)
	got := ada.post(path, nil)
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
	var c Credential
	require.NoError(t, json.Unmarshal([]byte(got.body), &c))
	assert.Equal(t, "ada@contoso.example", c.UserName)
	assert.Equal(t, thePass, c.Pass)
	assert.Equal(t, thePassword, c.Password)
	assert.NotEmpty(t, c.RevealId)
	assert.Equal(t, 1, h.reveals())
	assert.NotContains(t, h.log.String(), thePass)
	assert.NotContains(t, h.log.String(), thePassword)
}

func TestNoAuditNoSecret(t *testing.T) {
	h, ada, path := revealable(t)
	h.gate.mu.Lock()
	h.gate.revealError = errors.New("disk full")
	h.gate.mu.Unlock()

	got := ada.post(path, nil)
	got.problem(internalError)
	assert.NotContains(t, got.body, "disk full", "the text of an error never leaves")
	assert.NotContains(t, h.engine.calls(), "credential", "the engine was never asked")
	assert.Zero(t, h.reveals())
}

func TestAfterTheAuditTheEngineMayFail(t *testing.T) {
	h, ada, path := revealable(t)
	h.engine.failWith(errors.New("no worker"))
	got := ada.post(path, nil)
	got.problem(engineUnavailable)
	assert.NotEmpty(t, got.header.Get("Retry-After"))
	assert.NotContains(t, got.body, thePass)
	assert.Equal(t, 1, h.reveals(), "an attempt that may have revealed is in the log")
}

func TestACredentialAsksForAFreshAssertion(t *testing.T) {
	h, ada, path := revealable(t)
	h.clock.pass(2 * time.Minute)
	ada.post(path, nil).problem(assertionNeeded)
	assert.Empty(t, h.engine.calls())
	assert.Zero(t, h.reveals())

	require.Equal(t, http.StatusNoContent, ada.confirm("assertion").status)
	require.Equal(t, http.StatusOK, ada.post(path, nil).status)
}

func TestACredentialIsThereWhileActiveOnly(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	g := ada.request("key").grant()
	path := "/api/v1/grants/" + g.Id.String() + "/credential"
	ada.post(path, nil).problem(stateConflict)
	h.activate(g.Id)
	require.Equal(t, http.StatusOK, ada.post(path, nil).status)
	h.beginEnding(g.Id)
	ada.post(path, nil).problem(stateConflict)
	h.end(g.Id)
	ada.post(path, nil).problem(stateConflict)
	assert.Equal(t, 1, h.reveals())
}

func TestNobodyElseSeesACredential(t *testing.T) {
	h, _, path := revealable(t)
	h.technician("grace").post(path, nil).problem(notFound)
	for _, role := range []access.MSPRole{access.Admin, access.Approver, access.Auditor} {
		h.signedIn(string(role), role).post(path, nil).problem(roleRequired)
		both := h.signedIn("technician-and-"+string(role), role, access.Technician)
		both.post(path, nil).problem(roleRequired)
	}
	assert.Empty(t, h.engine.calls())
	assert.Zero(t, h.reveals())
}

func TestTwoKeys(t *testing.T) {
	h, ada, path := revealable(t)
	other := h.technician("grace")
	foreign := other.request("k").grant()
	h.engine.sealFor = foreign.Id // the workflow answers with a credential that was sealed for another grant
	got := ada.post(path, nil)
	got.problem(internalError)
	assert.NotContains(t, got.body, thePass)
}

// Whoever revokes while the workflow answers is in time: nothing that was opened leaves openCredential.
func TestNoCredentialOfAGrantThatEndedMeanwhile(t *testing.T) {
	h, ada, _ := revealable(t)
	page, _, err := h.store.Grants(t.Context(), store.GrantFilter{PersonID: ada.person.ID})
	require.NoError(t, err)
	h.engine.meanwhile = func() { h.beginEnding(page[0].ID) }

	opened, err := h.server.openCredential(t.Context(), page[0])
	require.Error(t, err)
	assert.Equal(t, access.Credential{}, opened)
}
