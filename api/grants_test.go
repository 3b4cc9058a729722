package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestARequestBecomesAGrant(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")

	first := ada.request("key")
	require.Equal(t, http.StatusCreated, first.status, first.body)
	g := first.grant()
	assert.Equal(t, "/api/v1/grants/"+g.Id.String(), first.header.Get("Location"))
	assert.Equal(t, access.Requested, g.State)
	assert.Equal(t, "Contoso", g.Customer.Name)
	assert.Equal(t, "Help desk", g.Profile.Name)
	assert.EqualValues(t, 3600, g.LifetimeSeconds)
	assert.Equal(t, h.clock.now().Add(25*time.Hour+time.Hour).UTC(), g.Deadline, "end-before-beginning: the deadline is there from the start")

	again := ada.request("key")
	assert.Equal(t, http.StatusOK, again.status)
	assert.Equal(t, g, again.grant())
	assert.Equal(t, g, ada.get("/api/v1/grants/"+g.Id.String()).grant())
}

func TestTheSameKeyInParallelGivesOneGrant(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	const many = 8
	answers := make([]answer, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() { answers[i] = ada.request("same") })
	}
	all.Wait()

	created := 0
	for _, a := range answers {
		assert.Equal(t, answers[0].grant().Id, a.grant().Id)
		if a.status == http.StatusCreated {
			created++
		}
	}
	assert.Equal(t, 1, created)
	assert.Len(t, h.allGrants(), 1)
	assert.Len(t, h.engine.begun, 1)
}

func TestAnEngineThatDoesNotAnswerLosesNothing(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	h.engine.failWith(errors.New("no worker"))
	g := ada.request("key")
	require.Equal(t, http.StatusCreated, g.status, "the grant is durable; the sweep starts it")

	h.engine.failWith(nil)
	require.Equal(t, http.StatusOK, ada.request("key").status)
	assert.Equal(t, 2, h.engine.begun[g.grant().Id], "a repeat starts what may not have been started")
}

func TestWhoSeesWhichGrants(t *testing.T) {
	h := newHouse(t)
	ada, grace := h.technician("ada"), h.technician("grace")
	auditor := h.signedIn("auditor", access.Auditor)
	first := ada.request("a").grant()
	h.clock.pass(time.Second)
	second := grace.request("b").grant()

	ids := func(b *browser, query string) (ids []access.GrantID, next string) {
		got := b.get("/api/v1/grants" + query)
		require.Equal(t, http.StatusOK, got.status, got.body)
		var page GrantPage
		require.NoError(t, json.Unmarshal([]byte(got.body), &page))
		for _, g := range page.Grants {
			ids = append(ids, g.Id)
		}
		return ids, page.Next
	}
	own, _ := ids(ada, "")
	assert.Equal(t, []access.GrantID{first.Id}, own)
	all, _ := ids(auditor, "?state=requested&customer_id="+h.customer.ID.String())
	assert.Equal(t, []access.GrantID{second.Id, first.Id}, all)
	elsewhere, _ := ids(auditor, "?customer_id="+h.addCustomer("Fabrikam").ID.String())
	assert.Empty(t, elsewhere)
	none, _ := ids(auditor, "?state=active&state=ended")
	assert.Empty(t, none)

	adas, _ := ids(auditor, "?person_id="+ada.person.ID.String())
	assert.Equal(t, []access.GrantID{first.Id}, adas)
	graces, _ := ids(ada, "?person_id="+grace.person.ID.String())
	assert.Empty(t, graces, "a technician sees nobody else's")

	newest, next := ids(auditor, "?limit=1")
	require.Equal(t, []access.GrantID{second.Id}, newest)
	require.NotEmpty(t, next)
	older, _ := ids(auditor, "?limit=1&before="+next)
	assert.Equal(t, []access.GrantID{first.Id}, older)
	theirs, _ := ids(ada, "?before="+next)
	assert.Equal(t, []access.GrantID{first.Id}, theirs, "another's cursor opens nothing")
}

func TestMyAccess(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	g := ada.request("key").grant()
	var list AccessList
	require.NoError(t, json.Unmarshal([]byte(ada.get("/api/v1/access").body), &list))
	require.Len(t, list.Customers, 1)
	c := list.Customers[0]
	assert.Equal(t, "Contoso", c.Name)
	assert.True(t, c.Available)
	assert.Equal(t, g.Id, c.Live.Id)
	require.Len(t, c.Profiles, 1)
	assert.EqualValues(t, 3600, c.Profiles[0].DefaultSeconds)
	assert.EqualValues(t, 4*3600, c.Profiles[0].MaximumSeconds)

	assert.Zero(t, list.ChangesAt, "nothing of it ends by itself")
	ends := h.clock.now().Add(time.Hour)
	h.entitleUntil(ada.person.ID, ends)
	assert.WithinDuration(t, ends, into[AccessList](ada.get("/api/v1/access"), http.StatusOK).ChangesAt, 0)

	var empty AccessList
	require.NoError(t, json.Unmarshal([]byte(h.signedIn("new", access.Technician).get("/api/v1/access").body), &empty))
	assert.Empty(t, empty.Customers)
}

func TestAKeyIsForOneExtension(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	g := ada.request("key").grant()
	h.activate(g.Id)
	extend := func(key string, until time.Time) answer {
		return ada.post("/api/v1/grants/"+g.Id.String()+"/extend", map[string]any{"expires_at": until}, "Idempotency-Key", key)
	}
	first, second := h.clock.now().Add(2*time.Hour), h.clock.now().Add(3*time.Hour)
	for range 2 {
		assert.WithinDuration(t, first, extend("a", first).grant().ExpiresAt, 0, "a repeat gives the same")
	}
	extend("a", second).problem(keyReused)
	assert.WithinDuration(t, first, ada.get("/api/v1/grants/"+g.Id.String()).grant().ExpiresAt, 0)
	assert.WithinDuration(t, second, extend("b", second).grant().ExpiresAt, 0)
}

func TestActionsReachTheEngineOnlyInTheRightState(t *testing.T) {
	h := newHouse(t)
	ada, admin := h.technician("ada"), h.signedIn("admin", access.Admin)
	approver := h.signedIn("approver", access.Approver)
	g := ada.request("key").grant()
	path := "/api/v1/grants/" + g.Id.String()
	later := h.clock.now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
	extend := func(until string) answer {
		return ada.post(path+"/extend", map[string]any{"expires_at": until}, "Idempotency-Key", "x")
	}

	extend(later).problem(stateConflict)
	ada.post(path+"/reissue", nil, "Idempotency-Key", "r").problem(stateConflict)
	approver.post(path+"/approve", map[string]any{}).problem(stateConflict)
	require.Empty(t, h.engine.calls())

	h.activate(g.Id)
	assert.Equal(t, access.Active, extend(later).grant().State)
	extend(h.clock.now().Add(5 * time.Hour).Format(time.RFC3339)).problem(requestRefused)
	extend(h.clock.now().Format(time.RFC3339)).problem(requestRefused)
	extend("tomorrow").problem(invalidRequest)
	ada.post(path+"/reissue", nil, "Idempotency-Key", "r").grant()
	admin.post(path+"/revoke", map[string]any{"comment": "Left the company"}).grant()
	admin.post(path+"/revoke", map[string]any{"comment": "two\nlines"}).problem(invalidRequest)
	ada.post(path+"/return", nil).grant()
	assert.Equal(t, []string{"extend x " + later, "reissue r", "revoke Left the company", "return"}, h.engine.calls())

	h.engine.failWith(errors.New("no worker"))
	got := ada.post(path+"/return", nil)
	got.problem(engineUnavailable)
	assert.NotEmpty(t, got.header.Get("Retry-After"))
	h.engine.failWith(access.ErrNotFound)
	ada.post(path+"/return", nil).problem(engineUnavailable)
	h.engine.failWith(access.ErrIllegalTransition)
	ada.post(path+"/return", nil).problem(stateConflict)

	h.engine.failWith(nil)
	h.engine.forget()
	h.beginEnding(g.Id)
	ada.post(path+"/return", nil).problem(stateConflict)
	h.end(g.Id)
	ended := ada.get(path).grant()
	assert.Equal(t, access.Ended, ended.State)
	assert.Equal(t, access.Returned, ended.Outcome)
	assert.Equal(t, 1, ended.Proof.RemovedRoles)
	admin.post(path+"/revoke", map[string]any{}).problem(stateConflict)
	assert.Empty(t, h.engine.calls())
}

func TestAnActionThatTheEndOvertookSaysSo(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	g := ada.request("key").grant()
	h.activate(g.Id)
	h.engine.failWith(access.ErrNotFound) // the workflow closed while it was asked
	h.engine.meanwhile = func() { h.beginEnding(g.Id); h.end(g.Id) }
	ada.post("/api/v1/grants/"+g.Id.String()+"/return", nil).problem(stateConflict)
}

func TestWhoLosesTheEntitlementGainsNothingMore(t *testing.T) {
	h := newHouse(t)
	ada := h.signedIn("ada", access.Technician)
	ends := h.clock.now().Add(30 * time.Second)
	h.entitleUntil(ada.person.ID, ends)
	g := ada.request("key").grant()
	h.activate(g.Id)
	h.clock.pass(time.Minute)

	path := "/api/v1/grants/" + g.Id.String()
	ada.post(path+"/extend", map[string]any{"expires_at": h.clock.now().Add(2 * time.Hour)}, "Idempotency-Key", "x").problem(notEntitled)
	ada.post(path+"/reissue", nil, "Idempotency-Key", "r").problem(notEntitled)
	assert.Empty(t, h.engine.calls())
	ada.post(path+"/return", nil).grant()
}
