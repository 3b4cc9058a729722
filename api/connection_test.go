package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

// fakeSignInHost knows the tenants of a test by name.
type fakeSignInHost struct {
	tenants map[string]access.TenantID
	fails   error
}

func (f *fakeSignInHost) ConsentURL(tenant access.TenantID, state string) string {
	return "https://login.example/" + tenant.String() + "/v2.0/adminconsent?" + url.Values{"state": {state}}.Encode()
}

func (f *fakeSignInHost) TenantOf(_ context.Context, name access.TenantName) (access.TenantID, error) {
	if f.fails != nil {
		return access.TenantID{}, f.fails
	}
	if id, known := f.tenants[name.String()]; known {
		return id, nil
	}
	return access.TenantID{}, access.TenantUnknown
}

var askedFor = []access.Permission{
	{ID: access.MustID[access.PermissionID]("00000000-0000-4000-8000-00000000000a"), Name: "User.Read.All", Why: "to see the account"},
	{ID: access.MustID[access.PermissionID]("00000000-0000-4000-8000-00000000000b"), Name: "Policy.Read.All", Why: "to see the policy"},
}

// office is an admin, a customer that is not connected, and its tenant, which answers to northwind.example.
type office struct {
	*house
	admin    *browser
	customer store.Customer
	tenant   access.TenantID
}

func newOffice(t *testing.T) *office {
	o := &office{house: newHouse(t)}
	o.admin = o.signedIn("ada", access.Admin)
	o.customer = store.Customer{ID: newOf[access.CustomerID](o.house), Name: name(t, "Northwind"), Connection: access.Unconnected, CreatedAt: o.clock.now()}
	require.NoError(t, o.store.AddCustomer(t.Context(), o.customer, store.Actor{}))
	o.tenant = newOf[access.TenantID](o.house)
	o.sign.tenants["northwind.example"], o.sign.tenants[o.tenant.String()] = o.tenant, o.tenant
	return o
}

func (o *office) path() string { return "/api/v1/customers/" + o.customer.ID.String() + "/connection" }

// begin returns the state that Microsoft would send back.
func (o *office) begin() string {
	o.t.Helper()
	got := o.admin.post(o.path(), map[string]any{"tenant": "northwind.example"})
	require.Equal(o.t, http.StatusCreated, got.status, got.body)
	var page ConsentPage
	require.NoError(o.t, json.Unmarshal([]byte(got.body), &page))
	address, err := url.Parse(page.ConsentUrl)
	require.NoError(o.t, err)
	require.Equal(o.t, "/"+o.tenant.String()+"/v2.0/adminconsent", address.Path)
	require.Equal(o.t, o.tenant, page.TenantId)
	return address.Query().Get("state")
}

func (o *office) back(b *browser, state, tenant string) answer {
	return b.post("/api/v1/connection/callback", map[string]any{"state": state, "tenant": tenant})
}

func (o *office) connection(b *browser) Connection {
	o.t.Helper()
	got := b.get(o.path())
	require.Equal(o.t, http.StatusOK, got.status, got.body)
	var c Connection
	require.NoError(o.t, json.Unmarshal([]byte(got.body), &c))
	return c
}

func (o *office) requireNothingConnected() {
	o.t.Helper()
	c := o.connection(o.admin)
	require.Equal(o.t, access.Unconnected, c.State)
	require.True(o.t, c.TenantId.IsZero())
	for _, p := range c.Permissions {
		require.False(o.t, p.Held)
	}
	due, err := o.store.DueConnections(o.t.Context(), 10)
	require.NoError(o.t, err)
	require.Empty(o.t, due, "nor will it be")
}

func TestConnectingACustomer(t *testing.T) {
	o := newOffice(t)
	c := o.connection(o.admin)
	assert.Equal(t, access.Unconnected, c.State)
	assert.Equal(t, "Northwind", c.Customer.Name)
	assert.Equal(t, []ConnectionPermission{
		{Id: askedFor[0].ID, Name: "User.Read.All", Why: "to see the account"}, {Id: askedFor[1].ID, Name: "Policy.Read.All", Why: "to see the policy"},
	}, c.Permissions)

	state := o.begin()
	assert.Equal(t, access.StepConsent, o.connection(o.admin).Attempt.Step)
	got := o.back(o.admin, state, strings.ToUpper(o.tenant.String()))
	require.Equal(t, http.StatusAccepted, got.status, got.body)
	c = o.connection(o.admin)
	assert.Equal(t, access.StepToken, c.Attempt.Step)
	assert.Equal(t, access.Unconnected, c.State, "consent alone connects nothing")

	due, err := o.store.DueConnections(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.NoError(t, o.store.ConnectionWaits(t.Context(), due[0].ID, access.StepPermissions, []string{"Policy.Read.All"}, o.clock.now()))
	assert.Equal(t, []string{"Policy.Read.All"}, o.connection(o.admin).Attempt.Missing)
	require.NoError(t, o.store.Connect(t.Context(), due[0].ID, store.Verified{
		TenantID: o.tenant, Permissions: []string{"Policy.Read.All"}, AccountDomain: "northwind.onmicrosoft.com",
	}))
	c = o.connection(o.signedIn("eve", access.Auditor))
	assert.Equal(t, access.Connected, c.State)
	assert.Equal(t, o.tenant, c.TenantId)
	assert.Equal(t, "northwind.onmicrosoft.com", c.AccountDomain)
	assert.Equal(t, []bool{false, true}, []bool{c.Permissions[0].Held, c.Permissions[1].Held})
	assert.Equal(t, access.StepDone, c.Attempt.Step)
	assert.NotContains(t, o.log.String(), state, "the state is nowhere in the log")
}

func TestConnectingAsksForAFreshAssertion(t *testing.T) {
	o := newOffice(t)
	o.clock.pass(2 * time.Minute)
	o.admin.post(o.path(), map[string]any{"tenant": "northwind.example"}).problem(assertionNeeded)
	o.requireNothingConnected()
	assert.Zero(t, o.connection(o.admin).Attempt)
	require.Equal(t, http.StatusNoContent, o.admin.confirm("assertion").status)
	o.begin()
}

func TestRightTenant_TheTenantIsSettledBeforeTheRedirect(t *testing.T) {
	o := newOffice(t)
	taken := o.house.customer.TenantID
	o.sign.tenants["contoso.example"] = taken
	begin := func(customer access.CustomerID, tenant any) answer {
		body := map[string]any{}
		if tenant != nil {
			body["tenant"] = tenant
		}
		return o.admin.post("/api/v1/customers/"+customer.String()+"/connection", body)
	}
	begin(o.customer.ID, nil).problem(connectionProblems[access.TenantRequired])
	begin(o.customer.ID, "nobody.example").problem(connectionProblems[access.TenantUnknown])
	begin(o.customer.ID, "contoso.example").problem(connectionProblems[access.TenantTaken])
	for _, odd := range []string{"organizations", "common", "..", "contoso.example/../common", "contoso.example?x", " "} {
		begin(o.customer.ID, odd).problem(invalidRequest)
	}
	begin(o.house.customer.ID, "northwind.example").problem(connectionProblems[access.TenantFixed])
	assert.Equal(t, http.StatusCreated, begin(o.house.customer.ID, nil).status, "its own tenant again")

	o.sign.fails = errors.New("connection reset by login.example")
	got := begin(o.customer.ID, "northwind.example")
	got.problem(microsoftUnavailable)
	assert.NotContains(t, got.body, "login.example")
	o.requireNothingConnected()
}

func TestRightTenant_CallbacksThatConnectNothing(t *testing.T) {
	for what, c := range map[string]struct {
		play func(o *office) answer
		want access.ConnectFailure
	}{
		"cancelled consent": {func(o *office) answer {
			return o.admin.post("/api/v1/connection/callback", map[string]any{"state": o.begin(), "tenant": o.tenant, "error": "consent_required"})
		}, access.ConsentCancelled},
		"refused consent": {func(o *office) answer {
			return o.admin.post("/api/v1/connection/callback", map[string]any{"state": o.begin(), "error": "invalid_scope"})
		}, access.ConsentRefused},
		"an error before everything else": {func(o *office) answer {
			return o.admin.post("/api/v1/connection/callback", map[string]any{"state": "forged", "tenant": o.tenant, "error": "access_denied"})
		}, access.ConsentCancelled},
		"replayed state": {func(o *office) answer {
			state := o.begin()
			o.back(o.admin, state, "").problem(connectionProblems[access.WrongTenant])
			return o.back(o.admin, state, o.tenant.String())
		}, access.ConsentUsed},
		"forged state": {func(o *office) answer { return o.back(o.admin, "forged", o.tenant.String()) }, access.ConsentUnknown},
		"a state that nobody was given": {func(o *office) answer {
			return o.back(o.admin, o.customer.ID.String()+"."+strings.Repeat("A", 43), o.tenant.String())
		}, access.ConsentUnknown},
		"state of another customer": {func(o *office) answer {
			_, secret, _ := strings.Cut(o.begin(), ".")
			return o.back(o.admin, o.house.customer.ID.String()+"."+secret, o.tenant.String())
		}, access.ConsentOfOtherCustomer},
		"state of another person": {func(o *office) answer {
			return o.back(o.signedIn("grace", access.Admin), o.begin(), o.tenant.String())
		}, access.ConsentOfOtherSession},
		"state of another session": {func(o *office) answer {
			state := o.begin()
			require.Equal(o.t, http.StatusNoContent, o.admin.post("/api/v1/sign-out", nil).status)
			require.Equal(o.t, http.StatusNoContent, o.admin.confirm("sign-in").status)
			return o.back(o.admin, state, o.tenant.String())
		}, access.ConsentOfOtherSession},
		"expired state": {func(o *office) answer {
			state := o.begin()
			o.clock.pass(15 * time.Minute)
			return o.back(o.admin, state, o.tenant.String())
		}, access.ConsentExpired},
		"superseded attempt": {func(o *office) answer {
			state := o.begin()
			o.begin()
			return o.back(o.admin, state, o.tenant.String())
		}, access.ConsentSuperseded},
		"consent by the wrong tenant": {func(o *office) answer {
			return o.back(o.admin, o.begin(), newOf[access.TenantID](o.house).String())
		}, access.WrongTenant},
		"forged, with a tenant that had consented before": {func(o *office) answer {
			return o.back(o.admin, o.begin(), o.house.customer.TenantID.String())
		}, access.WrongTenant},
		"no tenant": {func(o *office) answer { return o.back(o.admin, o.begin(), "") }, access.WrongTenant},
		"nonsense for a tenant": {func(o *office) answer {
			return o.back(o.admin, o.begin(), "northwind.example")
		}, access.WrongTenant},
	} {
		t.Run(what, func(t *testing.T) {
			o := newOffice(t)
			c.play(o).problem(connectionProblems[c.want])
			o.requireNothingConnected()
			last, err := o.store.LastChange(t.Context())
			require.NoError(t, err)
			records, err := o.store.AuditRecords(t.Context(), last-1, 1)
			require.NoError(t, err)
			assert.Equal(t, audit.ConnectionRefused, records[0].Action)
		})
	}
}

func TestAFailedAttemptShowsItsProblem(t *testing.T) {
	o := newOffice(t)
	o.back(o.admin, o.begin(), "").problem(connectionProblems[access.WrongTenant])
	failed := o.connection(o.admin).Attempt
	assert.Equal(t, access.StepFailed, failed.Step)
	assert.Equal(t, "/problems/wrong-tenant", failed.Failure.Type)
	assert.NotEmpty(t, failed.Failure.Detail)

	o.begin()
	o.clock.pass(15 * time.Minute)
	assert.Equal(t, "/problems/consent-expired", o.connection(o.admin).Attempt.Failure.Type)
}

func TestEveryConnectFailureHasAProblem(t *testing.T) {
	seen := map[string]bool{}
	for failure, k := range connectionProblems {
		_, err := access.ParseConnectFailure(string(failure))
		assert.NoError(t, err)
		assert.False(t, seen[k.name], "%s stands for two failures", k.name)
		seen[k.name] = true
	}
	assert.Len(t, connectionProblems, len(access.ConnectFailures))
	for _, failure := range access.ConnectFailures {
		assert.Contains(t, connectionProblems, failure)
	}
}

func TestAStateNamesItsCustomerAndIsNotKept(t *testing.T) {
	o := newOffice(t)
	customer, hash := parseState(o.begin())
	assert.Equal(t, o.customer.ID, customer)
	assert.NotZero(t, hash)
	for _, bad := range []string{"", ".", o.customer.ID.String(), o.customer.ID.String() + ".", o.customer.ID.String() + ".AAAA", "x." + strings.Repeat("A", 43), o.customer.ID.String() + "." + strings.Repeat("A", 42) + "B"} {
		customer, hash := parseState(bad)
		assert.True(t, customer.IsZero() && hash == [32]byte{}, bad)
	}
}
