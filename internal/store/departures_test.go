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

// depart lets Contoso leave.
func (w *world) depart(removes, deletes bool) store.Departure {
	w.t.Helper()
	d, err := w.tryDepart(w.contoso.ID, removes, deletes)
	require.NoError(w.t, err)
	return d
}

func (w *world) tryDepart(id access.CustomerID, removes, deletes bool) (store.Departure, error) {
	w.t.Helper()
	n := store.NewDeparture{CustomerID: id, Removes: removes, DeletesAccounts: deletes}
	mint(w, &n.ID)
	return w.BeginDeparture(w.t.Context(), n, w.by())
}

func (w *world) proven(d store.Departure, account access.AccountID) {
	w.t.Helper()
	require.NoError(w.t, w.AccountOff(w.t.Context(), d.ID, account, access.Proof{ReadAt: w.clock.Now(), ObjectID: object, RemovedRoles: 2}))
}

func (w *world) departureEnds(want bool) {
	w.t.Helper()
	d, err := w.EndDeparture(w.t.Context(), w.contoso.ID)
	require.NoError(w.t, err)
	require.Equal(w.t, want, d.EndedAt != nil)
}

func (w *world) departure() store.Departure {
	w.t.Helper()
	d, err := w.Departure(w.t.Context(), w.contoso.ID)
	require.NoError(w.t, err)
	return d
}

// twoAccounts gives Ada an account without a live grant at Contoso, and Grace one with.
func (w *world) twoAccounts() (ended, live store.Grant) {
	w.t.Helper()
	w.entitle(w.ada, w.helpDesk)
	w.entitle(w.grace, w.helpDesk)
	ended = w.bringTo(w.request(w.ada, w.contoso, w.helpDesk).ID, access.Ended)
	live = w.bringTo(w.request(w.grace, w.contoso, w.helpDesk).ID, access.Active)
	return ended, live
}

func TestProofOfOff_ACustomerLeavesWithEveryAccountProven(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ended, live := w.twoAccounts()
		d := w.depart(false, false)
		assert.Equal(t, audit.CustomerLeaving, w.lastRecord().Action)
		assert.Equal(t, w.contoso.TenantID, d.TenantID)
		assert.Equal(t, 1, d.LiveGrants)
		require.Len(t, d.Accounts, 2)
		assert.Equal(t, []string{"Ada", "Grace"}, []string{d.Accounts[0].Holder, d.Accounts[1].Holder})
		assert.Equal(t, []access.AccountStep{access.AccountWaiting, access.AccountInUse}, []access.AccountStep{d.Accounts[0].Step(), d.Accounts[1].Step()})

		// From the first moment: no new request, no new connection, and the live grant is to end.
		_, _, err := w.RequestGrant(t.Context(), w.newGrant(w.ada, w.contoso, w.helpDesk))
		var refused access.Refused
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, access.RefusedCustomerUnavailable, refused[0].Code)
		require.ErrorIs(t, w.BeginConnection(t.Context(), w.newAttempt(w.contoso.ID, w.contoso.TenantID), w.by()), access.CustomerDisconnecting)
		found, err := w.Uncovered(t.Context(), w.clock.Now(), 10)
		require.NoError(t, err)
		assert.Equal(t, []store.Uncovered{{GrantID: live.ID, Why: "customer disconnected"}}, found)

		again := w.depart(false, false)
		assert.Equal(t, d.ID, again.ID, "a repeat is the same departure")
		leaving, err := w.Leaving(t.Context(), 10)
		require.NoError(t, err)
		assert.Equal(t, []access.CustomerID{w.contoso.ID}, leaving)

		w.departureEnds(false)
		require.NoError(t, w.AccountTried(t.Context(), d.ID, ended.AccountID, ""))
		assert.Equal(t, access.AccountSwitchingOff, w.departure().Accounts[0].Step())
		require.NoError(t, w.AccountTried(t.Context(), d.ID, ended.AccountID, "entra.unavailable"))
		assert.Equal(t, access.AccountStuck, w.departure().Accounts[0].Step())
		assert.Equal(t, "entra.unavailable", w.departure().Accounts[0].Failure)
		w.proven(d, ended.AccountID)
		assert.Equal(t, audit.AccountOff, w.lastRecord().Action)
		last := w.lastRecord().Seq
		w.proven(d, ended.AccountID)
		assert.Equal(t, last, w.lastRecord().Seq, "the first proof stands")
		require.NoError(t, w.AccountTried(t.Context(), d.ID, ended.AccountID, "entra.unavailable"))
		assert.Equal(t, access.AccountOff, w.departure().Accounts[0].Step())
		assert.Equal(t, 2, w.departure().Accounts[0].Proof.RemovedRoles)

		w.proven(d, live.AccountID)
		w.departureEnds(false) // its grant has not ended
		require.NoError(t, walk[access.Ending](w, live.ID))
		require.NoError(t, walk[access.Ended](w, live.ID))
		w.departureEnds(true)
		assert.Equal(t, audit.CustomerDisconnected, w.lastRecord().Action)
		assert.NotNil(t, w.departure().EndedAt)
		_, err = w.EndDeparture(t.Context(), w.contoso.ID)
		require.ErrorIs(t, err, access.ErrNotFound, "it did")

		c, err := w.Customer(t.Context(), w.contoso.ID)
		require.NoError(t, err)
		assert.Equal(t, access.Unconnected, c.Connection)
		assert.True(t, c.TenantID.IsZero(), "another customer may have the tenant")
		repeat, err := w.tryDepart(w.contoso.ID, false, false)
		require.NoError(t, err)
		assert.Equal(t, d.ID, repeat.ID, "a repeat after the end finds what was done")

		// The same accounts are found when the customer comes back.
		n := w.begin(w.contoso.ID, w.contoso.TenantID)
		_, err = w.TakeConsent(t.Context(), w.callback(n))
		require.NoError(t, err)
		require.NoError(t, w.Connect(t.Context(), n.ID, w.verified(n)))
		assert.Equal(t, ended.AccountID, w.request(w.ada, w.contoso, w.helpDesk).AccountID)
		w.sound()
	})
}

func TestADepartureEndsAttemptsToConnect(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n := w.begin(w.contoso.ID, w.contoso.TenantID)
		_, err := w.TakeConsent(t.Context(), w.callback(n))
		require.NoError(t, err)
		w.depart(false, false)
		w.departureEnds(true)
		require.ErrorIs(t, w.Connect(t.Context(), n.ID, w.verified(n)), access.ErrIllegalTransition, "a consent of before must not connect it again")
		assert.Equal(t, access.CustomerDisconnecting, w.connection(w.contoso.ID).Attempt.Failure)
	})
}

func TestTwoKeys_WithTheTenantGoTheKeysOfItsOwnApp(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer, connected := w.ownApp("Adventure Works", 90*day)
		w.contoso = customer
		w.withApp(customer.ID, connected.TenantID, 90*day)
		require.Equal(t, 2, w.appKeys())
		w.depart(false, false)
		require.Equal(t, 1, w.appKeys(), "what waits is dropped, what is in use switches off")
		w.departureEnds(true)
		require.Zero(t, w.appKeys())
	})
}

func TestARemovedCustomerLooksLikeAMissingOne(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitlement(store.Entitlement{PersonID: w.ada.ID, CustomerID: w.contoso.ID})
		w.entitlement(store.Entitlement{PersonID: w.ada.ID})
		ended := w.bringTo(w.request(w.ada, w.contoso, w.helpDesk).ID, access.Ended)
		d := w.depart(false, false)
		removal := w.depart(true, true)
		assert.Equal(t, d.ID, removal.ID, "removing makes more of it")
		assert.True(t, removal.Removes && removal.DeletesAccounts)
		w.depart(false, false)
		assert.True(t, w.departure().Removes, "and disconnecting makes nothing less of it")
		w.proven(d, ended.AccountID)
		w.departureEnds(false)
		require.NoError(t, w.AccountDeletion(t.Context(), d.ID, ended.AccountID, access.DeletionRefused))
		assert.Equal(t, audit.AccountDeleted, w.lastRecord().Action)
		w.departureEnds(true)
		assert.Equal(t, audit.CustomerRemoved, w.lastRecord().Action)

		ctx := t.Context()
		_, err := w.Customer(ctx, w.contoso.ID)
		assert.ErrorIs(t, err, access.ErrNotFound)
		_, err = w.Connection(ctx, w.contoso.ID)
		assert.ErrorIs(t, err, access.ErrNotFound)
		_, err = w.Departure(ctx, w.contoso.ID)
		assert.ErrorIs(t, err, access.ErrNotFound)
		_, err = w.tryDepart(w.contoso.ID, true, false)
		assert.ErrorIs(t, err, access.ErrNotFound)
		_, err = w.ChangeCustomer(ctx, w.contoso.ID, 1, store.CustomerSettings{Name: name(t, "Contoso again")}, w.by())
		assert.ErrorIs(t, err, access.ErrNotFound)
		assert.ErrorIs(t, w.BeginConnection(ctx, w.newAttempt(w.contoso.ID, w.contoso.TenantID), w.by()), access.ErrNotFound)
		_, _, err = w.RequestGrant(ctx, w.newGrant(w.ada, w.contoso, w.helpDesk))
		assert.ErrorIs(t, err, access.ErrNotFound)
		e := store.Entitlement{PersonID: w.ada.ID, ProfileID: w.helpDesk.ID, CustomerID: w.contoso.ID}
		mint(w, &e.ID)
		assert.ErrorIs(t, w.AddEntitlement(ctx, e, w.by()), access.ErrNotFound)

		for what, customers := range map[string]func() ([]store.Customer, error){
			"all": func() ([]store.Customer, error) { return w.Customers(ctx) },
			"page": func() ([]store.Customer, error) {
				page, _, err := w.CustomerPage(ctx, store.CustomerFilter{})
				return page, err
			},
			"reach": func() (list []store.Customer, err error) {
				reaches, err := w.Access(ctx, w.ada.ID, noon)
				for _, r := range reaches {
					list = append(list, r.Customer)
				}
				return list, err
			},
		} {
			list, err := customers()
			require.NoError(t, err)
			require.Len(t, list, 1, what)
			assert.Equal(t, w.fabrikam.ID, list[0].ID, what)
		}
		kept, _, err := w.Entitlements(ctx, store.EntitlementFilter{})
		require.NoError(t, err)
		assert.Len(t, kept, 1, "the one for all customers")
		g, err := w.Grant(ctx, ended.ID)
		require.NoError(t, err)
		assert.Equal(t, "Contoso", g.CustomerName, "grants stay")

		another := w.unconnected("Contoso, bought")
		w.begin(another.ID, w.contoso.TenantID)
		w.sound()
	})
}

func TestACustomerWithoutATenantLeavesAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		c := w.unconnected("Northwind")
		_, err := w.tryDepart(c.ID, false, false)
		require.ErrorIs(t, err, access.ErrNotConnected)
		d, err := w.tryDepart(c.ID, true, false)
		require.NoError(t, err)
		assert.NotNil(t, d.EndedAt)
		_, err = w.Customer(t.Context(), c.ID)
		require.ErrorIs(t, err, access.ErrNotFound)
		w.sound()
	})
}

// Who gives up has to name every account that may still be on.
func TestProofOfOff_NothingIsAbandonedSilently(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ended, live := w.twoAccounts()
		both := []access.AccountID{ended.AccountID, live.AccountID}
		_, err := w.Abandon(t.Context(), w.contoso.ID, nil, w.by())
		require.ErrorIs(t, err, access.ErrNotFound, "it does not leave")
		d := w.depart(false, false)
		require.NoError(t, w.AccountTried(t.Context(), d.ID, ended.AccountID, "entra.unauthenticated"))
		_, err = w.Abandon(t.Context(), w.contoso.ID, both, w.by())
		require.ErrorIs(t, err, access.ErrUnacknowledged, "one was not tried yet")
		require.NoError(t, w.AccountTried(t.Context(), d.ID, live.AccountID, "GrantLive"))
		for _, named := range [][]access.AccountID{nil, both[:1], {both[0], both[0]}, {both[0], both[1], both[1]}} {
			_, err = w.Abandon(t.Context(), w.contoso.ID, named, w.by())
			require.ErrorIs(t, err, access.ErrUnacknowledged)
		}
		_, err = w.raw.Exec("UPDATE departures SET ended_at = begun_at")
		require.True(t, w.refusedByTrigger(err), "%v", err)

		over, err := w.Abandon(t.Context(), w.contoso.ID, []access.AccountID{both[1], both[0]}, w.by())
		require.NoError(t, err)
		assert.Equal(t, w.admin.ID, over.AbandonedBy)
		assert.NotNil(t, over.EndedAt)
		record := w.lastRecord()
		assert.Equal(t, audit.CustomerAbandoned, record.Action)
		assert.Equal(t, w.admin.ID, record.Actor)
		for _, id := range both {
			assert.Contains(t, string(w.detail("unproven")), id.String())
		}

		// Where the accounts are is not forgotten, and the grant goes on ending.
		c, err := w.Customer(t.Context(), w.contoso.ID)
		require.NoError(t, err)
		assert.Equal(t, access.Unconnected, c.Connection)
		assert.Equal(t, w.contoso.TenantID, c.TenantID)
		assert.ErrorIs(t, w.BeginConnection(t.Context(), w.newAttempt(w.contoso.ID, w.tenantID()), w.by()), access.TenantFixed)
		found, err := w.Uncovered(t.Context(), w.clock.Now(), 10)
		require.NoError(t, err)
		assert.Len(t, found, 1)
		w.proven(d, ended.AccountID) // an answer that came late is taken

		w.clock.Advance(time.Minute)
		second := w.depart(true, false)
		assert.NotEqual(t, d.ID, second.ID, "it can be tried again")
		for _, id := range both {
			require.NoError(t, w.AccountTried(t.Context(), second.ID, id, "entra.unauthenticated"))
		}
		_, err = w.Abandon(t.Context(), w.contoso.ID, both, w.by())
		require.NoError(t, err)
		_, err = w.Customer(t.Context(), w.contoso.ID)
		require.ErrorIs(t, err, access.ErrNotFound)
		plan, err := w.Plan(t.Context(), live.ID)
		require.NoError(t, err, "the grant of a removed customer still ends")
		assert.Equal(t, w.contoso.TenantID, plan.Customer.TenantID)
		tenant, err := w.TenantOf(t.Context(), w.contoso.ID)
		require.NoError(t, err)
		assert.Equal(t, w.contoso.TenantID, tenant)
		w.sound()
	})
}

// Requests and the departure at the same instant: either the departure knows the account, or the request is refused.
func TestADepartureMissesNoRequest(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		w.entitle(w.grace, w.helpDesk)
		requests := []store.NewGrant{w.newGrant(w.ada, w.contoso, w.helpDesk), w.newGrant(w.grace, w.contoso, w.helpDesk)}
		departure := store.NewDeparture{CustomerID: w.contoso.ID}
		mint(w, &departure.ID)
		errs := together(3, func(i int) error {
			if i == 2 {
				_, err := w.BeginDeparture(t.Context(), departure, w.by())
				return err
			}
			_, _, err := w.RequestGrant(t.Context(), requests[i])
			return err
		})
		require.NoError(t, errs[2])
		granted := count(errs[:2], func(err error) bool { return err == nil })
		d := w.departure()
		assert.Len(t, d.Accounts, granted)
		assert.Equal(t, granted, d.LiveGrants)
		w.sound()
	})
}

// Whoever asks for more gets more, in whatever order: a removal, the deletion of the accounts, or both.
func TestADepartureBecomesWhatIsAskedOfIt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.twoAccounts()
		first := w.depart(false, false)
		for _, more := range []struct{ removes, deletes, isRemoval, doesDelete, recorded bool }{
			{false, true, false, true, true},
			{false, false, false, true, false},
			{true, false, true, true, true},
			{true, true, true, true, false},
		} {
			before := w.lastRecord().Seq
			d := w.depart(more.removes, more.deletes)
			assert.Equal(t, first.ID, d.ID)
			assert.Equal(t, more.isRemoval, d.Removes)
			assert.Equal(t, more.doesDelete, d.DeletesAccounts)
			assert.Equal(t, more.recorded, w.lastRecord().Seq == before+1, "each is recorded once")
		}
		w.sound()
	})
}
