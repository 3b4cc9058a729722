package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

// unconnected adds a customer without a tenant.
func (w *world) unconnected(called string) store.Customer {
	w.t.Helper()
	c := store.Customer{Name: name(w.t, called), Connection: access.Unconnected, CreatedAt: noon, Revision: 1}
	mint(w, &c.ID)
	require.NoError(w.t, w.AddCustomer(w.t.Context(), c, w.by()))
	return c
}

// newAttempt is an attempt of the admin with its own state, in session 1.
func (w *world) newAttempt(c access.CustomerID, tenant access.TenantID) store.NewAttempt {
	w.t.Helper()
	n := store.NewAttempt{CustomerID: c, TenantID: tenant, SessionID: [32]byte{1}, ExpiresAt: w.clock.Now().Add(15 * time.Minute)}
	mint(w, &n.ID)
	n.StateHash = [32]byte([]byte(n.ID.String())[:32])
	return n
}

func (w *world) begin(c access.CustomerID, tenant access.TenantID) store.NewAttempt {
	w.t.Helper()
	n := w.newAttempt(c, tenant)
	require.NoError(w.t, w.BeginConnection(w.t.Context(), n, w.by()))
	return n
}

// callback is how the browser of an attempt comes back when all went well.
func (w *world) callback(n store.NewAttempt) store.Callback {
	return store.Callback{ID: w.guid(), StateHash: n.StateHash, CustomerID: n.CustomerID, SessionID: n.SessionID, By: w.by(), TenantID: n.TenantID}
}

func (w *world) verified(n store.NewAttempt) store.Verified {
	return store.Verified{TenantID: n.TenantID, Permissions: []string{"User.Read.All"}, AccountDomain: "adventure.onmicrosoft.com"}
}

func (w *world) tenantID() (id access.TenantID) {
	mint(w, &id)
	return id
}

func (w *world) connection(id access.CustomerID) store.Connection {
	w.t.Helper()
	c, err := w.Connection(w.t.Context(), id)
	require.NoError(w.t, err)
	return c
}

func TestACustomerIsConnected(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer, tenant := w.unconnected("Adventure Works"), w.tenantID()
		assert.Equal(t, store.Connection{Customer: customer}, w.connection(customer.ID))

		n := w.begin(customer.ID, tenant)
		assert.Equal(t, audit.ConnectionBegun, w.lastRecord().Action)
		assert.Equal(t, &store.Attempt{
			ID: n.ID, CustomerID: customer.ID, PersonID: w.admin.ID, TenantID: tenant, Step: access.StepConsent, Missing: []string{},
			BegunAt: noon, ExpiresAt: n.ExpiresAt,
		}, w.connection(customer.ID).Attempt)
		due, err := w.DueConnections(t.Context(), 10)
		require.NoError(t, err)
		assert.Empty(t, due, "nobody consented yet")

		w.clock.Advance(time.Minute)
		attempt, err := w.TakeConsent(t.Context(), w.callback(n))
		require.NoError(t, err)
		assert.Equal(t, audit.ConnectionConsented, w.lastRecord().Action)
		assert.Equal(t, access.StepToken, attempt.Step)
		assert.Equal(t, noon.Add(time.Minute), *attempt.ConsentedAt)
		due, err = w.DueConnections(t.Context(), 10)
		require.NoError(t, err)
		assert.Equal(t, []store.Attempt{attempt}, due)

		require.NoError(t, w.ConnectionWaits(t.Context(), n.ID, access.StepPermissions, []string{"Policy.Read.All"}, w.clock.Now().Add(time.Second)))
		due, err = w.DueConnections(t.Context(), 10)
		require.NoError(t, err)
		assert.Empty(t, due)
		assert.Equal(t, []string{"Policy.Read.All"}, w.connection(customer.ID).Attempt.Missing)
		assert.Equal(t, access.Unconnected, w.connection(customer.ID).Customer.Connection)

		w.clock.Advance(time.Second)
		require.NoError(t, w.Connect(t.Context(), n.ID, w.verified(n)))
		record := w.lastRecord()
		assert.Equal(t, audit.CustomerConnected, record.Action)
		assert.Equal(t, w.admin.ID, record.Actor)
		c := w.connection(customer.ID)
		assert.Equal(t, access.Connected, c.Customer.Connection)
		assert.Equal(t, tenant, c.Customer.TenantID)
		assert.Equal(t, "adventure.onmicrosoft.com", c.Customer.AccountDomain)
		assert.Equal(t, []string{"User.Read.All"}, c.Permissions)
		assert.Equal(t, noon.Add(61*time.Second), *c.VerifiedAt)
		assert.Equal(t, access.StepDone, c.Attempt.Step)
		assert.Empty(t, c.Attempt.Missing)

		for what, err := range map[string]error{
			"connect": w.Connect(t.Context(), n.ID, w.verified(n)),
			"fail":    w.FailConnection(t.Context(), n.ID, access.NoToken),
			"wait":    w.ConnectionWaits(t.Context(), n.ID, access.StepVerify, nil, noon),
		} {
			assert.ErrorIs(t, err, access.ErrIllegalTransition, "it is over: %s", what)
		}

		// The same tenant again, with more permissions: it stays connected all the while.
		again := w.begin(customer.ID, tenant)
		assert.Equal(t, access.Connected, w.connection(customer.ID).Customer.Connection)
		_, err = w.TakeConsent(t.Context(), w.callback(again))
		require.NoError(t, err)
		more := w.verified(again)
		more.Permissions = []string{"User.Read.All", "Policy.Read.All"}
		require.NoError(t, w.Connect(t.Context(), again.ID, more))
		assert.Equal(t, more.Permissions, w.connection(customer.ID).Permissions)
		w.sound()
	})
}

func TestRightTenant_BeginningIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer := w.unconnected("Adventure Works")
		before := w.dump()
		var unknown access.CustomerID
		mint(w, &unknown)
		for what, c := range map[string]struct {
			customer access.CustomerID
			tenant   access.TenantID
			want     error
		}{
			"the tenant of another customer": {customer.ID, w.contoso.TenantID, access.TenantTaken},
			"another tenant than before":     {w.contoso.ID, w.tenantID(), access.TenantFixed},
			"another customer's, too":        {w.contoso.ID, w.fabrikam.TenantID, access.TenantFixed},
			"an unknown customer":            {unknown, w.tenantID(), access.ErrNotFound},
		} {
			assert.ErrorIs(t, w.BeginConnection(t.Context(), w.newAttempt(c.customer, c.tenant), w.by()), c.want, what)
		}
		w.exec("UPDATE customers SET connection = 'disconnecting' WHERE id = '" + w.fabrikam.ID.String() + "'")
		assert.ErrorIs(t, w.BeginConnection(t.Context(), w.newAttempt(w.fabrikam.ID, w.fabrikam.TenantID), w.by()), access.CustomerDisconnecting)
		assert.Equal(t, before, w.dump())
		assert.Nil(t, w.connection(customer.ID).Attempt)
	})
}

func TestRightTenant_CallbacksAreRefused(t *testing.T) {
	tests := map[string]struct {
		forge func(w *world, n store.NewAttempt, c *store.Callback)
		want  access.ConnectFailure
		// stays is the step of the attempt afterwards where it does not fail.
		stays access.ConnectStep
	}{
		"unknown state": {func(_ *world, _ store.NewAttempt, c *store.Callback) { c.StateHash = [32]byte{9} }, access.ConsentUnknown, access.StepConsent},
		"replayed state": {func(w *world, n store.NewAttempt, _ *store.Callback) {
			_, err := w.TakeConsent(w.t.Context(), w.callback(n))
			require.NoError(w.t, err)
		}, access.ConsentUsed, access.StepToken},
		"state of another session": {func(_ *world, _ store.NewAttempt, c *store.Callback) { c.SessionID = [32]byte{2} }, access.ConsentOfOtherSession, ""},
		"state of another person":  {func(w *world, _ store.NewAttempt, c *store.Callback) { c.By.PersonID = w.grace.ID }, access.ConsentOfOtherSession, ""},
		"state of another customer": {func(w *world, _ store.NewAttempt, c *store.Callback) {
			c.CustomerID = w.fabrikam.ID
		}, access.ConsentOfOtherCustomer, ""},
		"expired state":             {func(w *world, _ store.NewAttempt, _ *store.Callback) { w.clock.Advance(15 * time.Minute) }, access.ConsentExpired, ""},
		"a later attempt":           {func(w *world, n store.NewAttempt, _ *store.Callback) { w.begin(n.CustomerID, n.TenantID) }, access.ConsentSuperseded, access.StepConsent},
		"cancelled consent":         {func(_ *world, _ store.NewAttempt, c *store.Callback) { c.Failure = access.ConsentCancelled }, access.ConsentCancelled, ""},
		"consent by another tenant": {func(w *world, _ store.NewAttempt, c *store.Callback) { c.TenantID = w.fabrikam.TenantID }, access.WrongTenant, ""},
		"no tenant":                 {func(_ *world, _ store.NewAttempt, c *store.Callback) { c.TenantID = access.TenantID{} }, access.WrongTenant, ""},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			onEach(t, func(t *testing.T, w *world) {
				customer := w.unconnected("Adventure Works")
				n := w.begin(customer.ID, w.tenantID())
				c := w.callback(n)
				test.forge(w, n, &c)
				_, err := w.TakeConsent(t.Context(), c)
				assert.ErrorIs(t, err, test.want)
				record := w.lastRecord()
				assert.Equal(t, audit.ConnectionRefused, record.Action)
				assert.Contains(t, string(record.Details), string(test.want))

				after := w.connection(customer.ID)
				assert.Equal(t, access.Unconnected, after.Customer.Connection)
				assert.True(t, after.Customer.TenantID.IsZero())
				if test.stays != "" {
					assert.Equal(t, test.stays, after.Attempt.Step)
					return
				}
				assert.Equal(t, access.StepFailed, after.Attempt.Step)
				assert.Equal(t, test.want, after.Attempt.Failure)
				_, err = w.TakeConsent(t.Context(), w.callback(n))
				assert.ErrorIs(t, err, access.ConsentUsed, "the state is used up")
				due, err := w.DueConnections(t.Context(), 10)
				require.NoError(t, err)
				assert.Empty(t, due)
			})
		})
	}
}

func TestAConsentIsTakenExactlyOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n := w.begin(w.unconnected("Adventure Works").ID, w.tenantID())
		callbacks := make([]store.Callback, 10)
		for i := range callbacks {
			callbacks[i] = w.callback(n)
		}
		errs := together(len(callbacks), func(i int) error {
			_, err := w.TakeConsent(t.Context(), callbacks[i])
			return err
		})
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }))
		assert.Equal(t, 9, count(errs, func(err error) bool { return err == access.ConsentUsed }))
		w.sound()
	})
}

// Two customers may wait for the same tenant; the first one gets it.
func TestRightTenant_ATenantBecomesOneCustomersOnly(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		tenant := w.tenantID()
		first, second := w.begin(w.unconnected("One").ID, tenant), w.begin(w.unconnected("Two").ID, tenant)
		for _, n := range []store.NewAttempt{first, second} {
			_, err := w.TakeConsent(t.Context(), w.callback(n))
			require.NoError(t, err)
		}
		assert.ErrorIs(t, w.Connect(t.Context(), second.ID, store.Verified{TenantID: w.tenantID(), AccountDomain: "x.example"}), access.ErrInvalid, "not the attempt's tenant")

		errs := together(2, func(i int) error {
			n := []store.NewAttempt{first, second}[i]
			return w.Connect(t.Context(), n.ID, w.verified(n))
		})
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }), "%v", errs)
		loser := second
		if errs[1] == nil {
			loser = first
		}
		assert.ErrorIs(t, w.Connect(t.Context(), loser.ID, w.verified(loser)), access.TenantTaken)
		require.NoError(t, w.FailConnection(t.Context(), loser.ID, access.TenantTaken))
		assert.Equal(t, audit.ConnectionFailed, w.lastRecord().Action)
		c := w.connection(loser.CustomerID)
		assert.Equal(t, access.Unconnected, c.Customer.Connection)
		assert.Equal(t, access.TenantTaken, c.Attempt.Failure)
		w.sound()
	})
}

func TestNothingIsConnectedWithoutItsAuditRecord(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer := w.unconnected("Adventure Works")
		n := w.begin(customer.ID, w.tenantID())
		waits := w.begin(w.unconnected("Waits").ID, w.tenantID())
		_, err := w.TakeConsent(t.Context(), w.callback(waits))
		require.NoError(t, err)
		w.refuseAudit()
		_, err = w.TakeConsent(t.Context(), w.callback(n))
		assert.Error(t, err)
		assert.Equal(t, access.StepConsent, w.connection(customer.ID).Attempt.Step)
		assert.Error(t, w.Connect(t.Context(), waits.ID, w.verified(waits)))
		assert.Equal(t, access.Unconnected, w.connection(waits.CustomerID).Customer.Connection)
		assert.Error(t, w.BeginConnection(t.Context(), w.newAttempt(customer.ID, n.TenantID), w.by()))
		assert.Equal(t, n.ID, w.connection(customer.ID).Attempt.ID)
	})
}

func TestDatabaseRefusesAnAttemptWithoutConsent(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.begin(w.unconnected("Adventure Works").ID, w.tenantID())
		for what, set := range map[string]string{
			"connected without consent": "step = 'connected', ended_at = begun_at",
			"consent without its state": "consented_at = begun_at",
			"failed without a reason":   "step = 'failed', ended_at = begun_at",
			"waiting without an end":    "step = 'awaiting_token', state_used_at = begun_at, consented_at = begun_at",
		} {
			_, err := w.raw.Exec("UPDATE connection_attempts SET " + set)
			assert.Error(t, err, what)
		}
	})
}
