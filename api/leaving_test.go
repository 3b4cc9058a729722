package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func (h *house) customerPath(rest string) string {
	return "/api/v1/customers/" + h.customer.ID.String() + rest
}

func (a answer) leaving() (l Leaving) {
	a.t.Helper()
	require.Less(a.t, a.status, 300, a.body)
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &l))
	return l
}

func TestACustomerIsDisconnected(t *testing.T) {
	h := newHouse(t)
	owner := h.technician("owner")
	grant := owner.request("k").grant()
	h.activate(grant.Id)
	admin := h.admin()
	admin.get(h.customerPath("/leaving")).problem(notFound)
	admin.post(h.customerPath("/leaving/abandon"), map[string]any{"accounts": []string{}}).problem(notFound)

	got := admin.post(h.customerPath("/disconnect"), nil)
	require.Equal(t, http.StatusAccepted, got.status)
	begun := got.leaving()
	assert.Equal(t, LeavingUnderWay, begun.State)
	assert.Equal(t, 1, begun.LiveGrants)
	require.Len(t, begun.Accounts, 1)
	assert.Equal(t, access.AccountInUse, begun.Accounts[0].Step)
	assert.Equal(t, "owner", begun.Accounts[0].Holder)
	eventually(t, func() bool {
		return slices.Equal([]string{"leave", "revoke customer disconnected"}, slices.Sorted(slices.Values(h.engine.calls())))
	}, "the grant is revoked and the workflow started")

	owner.request("k2").problem(customerUnavailable)
	admin.post(h.customerPath("/connection"), map[string]any{}).problem(connectionProblems[access.CustomerDisconnecting])
	assert.Equal(t, begun.BegunAt, admin.post(h.customerPath("/disconnect"), nil).leaving().BegunAt, "a repeat is the same")

	h.beginEnding(grant.Id)
	h.end(grant.Id)
	d, err := h.store.Departure(t.Context(), h.customer.ID)
	require.NoError(t, err)
	require.NoError(t, h.store.AccountOff(t.Context(), d.ID, d.Accounts[0].Account.ID, access.Proof{ReadAt: h.clock.now(), ObjectID: d.Accounts[0].Account.ObjectID}))
	_, err = h.store.EndDeparture(t.Context(), h.customer.ID)
	require.NoError(t, err)
	left := admin.get(h.customerPath("/leaving")).leaving()
	assert.Equal(t, LeavingDone, left.State)
	assert.Equal(t, 1, left.AccountsOff)
	assert.False(t, left.Accounts[0].Proof.ReadAt.IsZero())
	assert.Contains(t, admin.get(h.customerPath("")).body, `"connection":"unconnected"`)
	h.engine.forget()
	assert.Equal(t, LeavingDone, admin.post(h.customerPath("/disconnect"), nil).leaving().State)
	assert.Empty(t, h.engine.calls(), "there is nothing left to do")
}

func TestARemovedCustomerAnswersAsAMissingOne(t *testing.T) {
	h := newHouse(t)
	owner := h.technician("owner")
	grant := owner.request("k").grant()
	admin := h.admin()
	require.Equal(t, http.StatusAccepted, admin.send(http.MethodDelete, h.customerPath(""), "", nil).status)
	h.beginEnding(grant.Id)
	h.end(grant.Id)
	d, err := h.store.Departure(t.Context(), h.customer.ID)
	require.NoError(t, err)
	require.NoError(t, h.store.AccountOff(t.Context(), d.ID, d.Accounts[0].Account.ID, access.Proof{ReadAt: h.clock.now()}))
	_, err = h.store.EndDeparture(t.Context(), h.customer.ID)
	require.NoError(t, err)

	for _, path := range []string{"", "/leaving", "/connection", "/access"} {
		admin.get(h.customerPath(path)).problem(notFound)
	}
	admin.post(h.customerPath("/disconnect"), nil).problem(notFound)
	admin.send(http.MethodDelete, h.customerPath(""), "", nil).problem(notFound)
	owner.request("k2").problem(notEntitled) // as for an id that nobody has
	assert.NotContains(t, admin.get("/api/v1/customers").body, h.customer.ID.String())
	assert.NotContains(t, owner.get("/api/v1/access").body, h.customer.ID.String())
	assert.Equal(t, http.StatusOK, admin.get("/api/v1/grants/"+grant.Id.String()).status, "what happened stays")
}

func TestACustomerWithoutATenantHasNothingToLeave(t *testing.T) {
	o := newOffice(t)
	path := "/api/v1/customers/" + o.customer.ID.String()
	o.admin.post(path+"/disconnect", nil).problem(notConnected)
	assert.Equal(t, LeavingDone, o.admin.send(http.MethodDelete, path, "", nil).leaving().State)
	o.admin.get(path).problem(notFound)
	assert.Empty(t, o.engine.calls())
}

func TestProofOfOff_WhatMayStillBeOnIsGivenUpByName(t *testing.T) {
	h := newHouse(t)
	h.activate(h.technician("owner").request("k").grant().Id)
	admin := h.admin()
	begun := admin.post(h.customerPath("/disconnect"), nil).leaving()
	account := begun.Accounts[0].Id
	abandon := func(ids ...string) answer {
		return admin.post(h.customerPath("/leaving/abandon"), map[string]any{"accounts": append([]string{}, ids...)})
	}
	abandon(account.String()).problem(unacknowledged)
	d, err := h.store.Departure(t.Context(), h.customer.ID)
	require.NoError(t, err)
	require.NoError(t, h.store.AccountTried(t.Context(), d.ID, account, "entra.unauthenticated"))
	stuck := admin.get(h.customerPath("/leaving")).leaving().Accounts[0].Failure
	assert.Equal(t, "entra.unauthenticated", stuck.Code)
	assert.NotEmpty(t, stuck.Advice)
	abandon().problem(unacknowledged)
	abandon(newOf[access.AccountID](h).String()).problem(unacknowledged)
	abandon("nonsense").problem(invalidRequest)
	over := abandon(account.String()).leaving()
	assert.Equal(t, LeavingAbandoned, over.State)
	assert.Equal(t, 0, over.AccountsOff)
	assert.Equal(t, account, over.Accounts[0].Id, "what is unproven is in the answer")
	abandon(account.String()).problem(notFound)
}
