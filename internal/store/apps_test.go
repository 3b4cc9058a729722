package store_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

const day = 24 * time.Hour

// withApp begins an attempt with an app of the customer's own, whose key ends after so long.
func (w *world) withApp(c access.CustomerID, tenant access.TenantID, left time.Duration) store.NewAttempt {
	w.t.Helper()
	n := w.newAttempt(c, tenant)
	app := store.AppKey{CustomerID: c, TenantID: tenant, Kind: access.AppSecret, ExpiresAt: w.clock.Now().Add(left)}
	mint(w, &app.ID)
	mint(w, &app.ClientID)
	app.Sealed = []byte("sealed " + app.ID.String())
	n.App = &app
	require.NoError(w.t, w.BeginConnection(w.t.Context(), n, w.by()))
	return n
}

// ownApp is a customer that is connected with an app of its own.
func (w *world) ownApp(called string, left time.Duration) (store.Customer, store.NewAttempt) {
	w.t.Helper()
	c := w.unconnected(called)
	n := w.withApp(c.ID, w.tenantID(), left)
	require.NoError(w.t, w.Connect(w.t.Context(), n.ID, w.verified(n)))
	return c, n
}

func (w *world) appKeys() (n int) {
	w.t.Helper()
	require.NoError(w.t, w.raw.QueryRow("SELECT count(*) FROM app_keys").Scan(&n))
	return n
}

func TestACustomerIsConnectedWithAnAppOfItsOwn(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer, tenant := w.unconnected("Adventure Works"), w.tenantID()
		n := w.withApp(customer.ID, tenant, 300*day)
		record := w.lastRecord()
		assert.Equal(t, audit.ConnectionBegun, record.Action)
		assert.Contains(t, string(record.Details), n.App.ClientID.String())
		assert.NotContains(t, string(record.Details), "sealed")

		due, err := w.DueConnections(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, due, 1, "nobody is sent to Microsoft: the tenant can be asked at once")
		assert.Equal(t, n.App.ID, due[0].AppKeyID)
		assert.Equal(t, access.StepToken, due[0].Step)
		_, err = w.TakeConsent(t.Context(), w.callback(n))
		assert.ErrorIs(t, err, access.ConsentUsed, "its state was given to nobody")
		_, err = w.AppKeyInUse(t.Context(), tenant)
		assert.ErrorIs(t, err, access.ErrNotFound, "it is not verified yet")
		assert.Nil(t, w.connection(customer.ID).App)
		waiting, err := w.AppKey(t.Context(), n.App.ID)
		require.NoError(t, err)
		assert.Equal(t, *n.App, waiting)

		require.NoError(t, w.Connect(t.Context(), n.ID, w.verified(n)))
		inUse, err := w.AppKeyInUse(t.Context(), tenant)
		require.NoError(t, err)
		assert.Equal(t, *n.App, inUse)
		assert.Equal(t, &store.AppInUse{OfCustomer: true, DeploymentApp: store.DeploymentApp{
			ClientID: n.App.ClientID, Kind: access.AppSecret, ExpiresAt: &n.App.ExpiresAt,
		}}, w.connection(customer.ID).App)
		_, err = w.AppKeyInUse(t.Context(), w.contoso.TenantID)
		assert.ErrorIs(t, err, access.ErrNotFound)
		w.sound()
	})
}

// The former key stays in use until the new one is verified, and is deleted in the same instant.
func TestAKeyIsReplacedWithoutAGap(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer, first := w.ownApp("Adventure Works", 300*day)
		inUse := func() access.AppKeyID {
			key, err := w.AppKeyInUse(t.Context(), first.TenantID)
			require.NoError(t, err)
			return key.ID
		}
		refused := w.withApp(customer.ID, first.TenantID, 300*day)
		assert.Equal(t, first.App.ID, inUse())
		require.NoError(t, w.FailConnection(t.Context(), refused.ID, access.SecretWrong))
		assert.Equal(t, first.App.ID, inUse())
		_, err := w.AppKey(t.Context(), refused.App.ID)
		assert.ErrorIs(t, err, access.ErrNotFound, "what was refused is deleted")
		assert.Equal(t, access.Connected, w.connection(customer.ID).Customer.Connection)

		superseded := w.withApp(customer.ID, first.TenantID, 300*day)
		second := w.withApp(customer.ID, first.TenantID, 300*day)
		_, err = w.AppKey(t.Context(), superseded.App.ID)
		assert.ErrorIs(t, err, access.ErrNotFound, "what was superseded, too")
		require.NoError(t, w.Connect(t.Context(), second.ID, w.verified(second)))
		assert.Equal(t, second.App.ID, inUse())
		_, err = w.AppKey(t.Context(), first.App.ID)
		assert.ErrorIs(t, err, access.ErrNotFound, "what was replaced, too")

		back := w.begin(customer.ID, first.TenantID)
		assert.Equal(t, second.App.ID, inUse())
		_, err = w.TakeConsent(t.Context(), w.callback(back))
		require.NoError(t, err)
		require.NoError(t, w.Connect(t.Context(), back.ID, w.verified(back)))
		_, err = w.AppKeyInUse(t.Context(), first.TenantID)
		assert.ErrorIs(t, err, access.ErrNotFound, "with a verified consent the deployment's app speaks again")
		assert.Zero(t, w.appKeys())
		w.sound()
	})
}

func TestRightTenant_AnAppSpeaksInItsOwnCustomersTenantOnly(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer, n := w.ownApp("Adventure Works", 300*day)
		assert.ErrorIs(t, w.BeginConnection(t.Context(), w.newAttempt(w.contoso.ID, n.TenantID), w.by()), access.TenantFixed)
		w.exec("UPDATE customers SET tenant_id = '" + w.guid() + "' WHERE id = '" + customer.ID.String() + "'")
		_, err := w.AppKeyInUse(t.Context(), n.TenantID)
		assert.ErrorIs(t, err, access.ErrNotFound)
		for what, statement := range map[string]string{
			"a second key in use":      "UPDATE app_keys SET in_use = true; INSERT INTO app_keys SELECT '" + w.guid() + "', customer_id, tenant_id, client_id, kind, sealed, thumbprint, expires_at, 0, true, added_at FROM app_keys",
			"an empty key":             "UPDATE app_keys SET sealed = ''",
			"a secret's thumbprint":    "UPDATE app_keys SET thumbprint = 'AA'",
			"another kind":             "UPDATE app_keys SET kind = 'password'",
			"a second deployment's":    "INSERT INTO deployment_app (id, client_id, kind) VALUES (2, '" + w.guid() + "', 'secret')",
			"a key of nobody's at all": "UPDATE app_keys SET customer_id = '" + w.guid() + "'",
		} {
			_, err := w.raw.Exec(statement)
			assert.Error(t, err, what)
		}
	})
}

func TestTheDeploymentsAppSpeaksWhereThereIsNoOther(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		assert.Nil(t, w.connection(w.contoso.ID).App, "no worker has started yet")
		ends := noon.Add(100 * day)
		app := store.DeploymentApp{Kind: access.AppCertificate, Thumbprint: "AB12", ExpiresAt: &ends}
		mint(w, &app.ClientID)
		require.NoError(t, w.NoteDeploymentApp(t.Context(), app))
		assert.Equal(t, &store.AppInUse{DeploymentApp: app}, w.connection(w.contoso.ID).App)
		app.Kind, app.Thumbprint, app.ExpiresAt = access.AppSecret, "", nil
		require.NoError(t, w.NoteDeploymentApp(t.Context(), app))
		assert.Equal(t, &store.AppInUse{DeploymentApp: app}, w.connection(w.contoso.ID).App)
		assert.Zero(t, w.connection(w.contoso.ID).App.Warning(noon))
	})
}

// warned is what the audit log says of ends, by days.
func (w *world) warned() (days []int) {
	w.t.Helper()
	records, err := w.AuditRecords(w.t.Context(), 0, 1000)
	require.NoError(w.t, err)
	for _, r := range records {
		if r.Action == audit.AppKeyExpires {
			var details struct{ Days int }
			require.NoError(w.t, json.Unmarshal(r.Details, &details))
			days = append(days, details.Days)
		}
	}
	return days
}

func TestEachWarningOfAnEndIsGivenOnceHoweverManyAsk(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer, n := w.ownApp("Adventure Works", 90*day)
		w.ownApp("Lucerne", 900*day)
		ends := noon.Add(90 * day)
		app := store.DeploymentApp{Kind: access.AppCertificate, Thumbprint: "AB12", ExpiresAt: &ends}
		mint(w, &app.ClientID)
		require.NoError(t, w.NoteDeploymentApp(t.Context(), app))

		for _, step := range []struct {
			left  time.Duration
			given int
		}{{61 * day, 0}, {60 * day, 60}, {45 * day, 0}, {29 * day, 30}, {7 * day, 7}, {-day, 0}} {
			w.clock.Advance(n.App.ExpiresAt.Add(-step.left).Sub(w.clock.Now()))
			found := make([][]store.ExpiryWarning, 4)
			for _, err := range together(len(found), func(i int) (err error) {
				found[i], err = w.WarnOfExpiry(t.Context())
				return err
			}) {
				require.NoError(t, err)
			}
			var given []store.ExpiryWarning
			for _, f := range found {
				given = append(given, f...)
			}
			if step.given == 0 {
				assert.Empty(t, given, "%v before the end", step.left)
				continue
			}
			require.Len(t, given, 2, "%v before the end: the customer's and the deployment's", step.left)
			of := map[access.CustomerID]store.ExpiryWarning{given[0].CustomerID: given[0], given[1].CustomerID: given[1]}
			assert.Equal(t, n.App.ClientID, of[customer.ID].ClientID)
			assert.Equal(t, app.ClientID, of[access.CustomerID{}].ClientID)
			assert.Equal(t, step.given, of[customer.ID].Days)
			// A worker that starts notes the app anew, and warns of nothing a second time.
			require.NoError(t, w.NoteDeploymentApp(t.Context(), app))
		}
		_, err := w.WarnOfExpiry(t.Context())
		require.NoError(t, err)
		assert.ElementsMatch(t, []int{60, 60, 30, 30, 7, 7}, w.warned())

		again := w.withApp(customer.ID, n.TenantID, 20*day)
		require.NoError(t, w.Connect(t.Context(), again.ID, w.verified(again)))
		given, err := w.WarnOfExpiry(t.Context())
		require.NoError(t, err)
		require.Len(t, given, 1, "a new key has warnings of its own, the tightest that fits")
		assert.Equal(t, 30, given[0].Days)
		w.sound()
	})
}

func TestEverySealedThingIsMovedToANewKey(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		live, ended := w.request(w.ada, w.contoso, w.helpDesk), w.grantIn(access.Ended, false)
		_, n := w.ownApp("Adventure Works", 90*day)
		waiting := w.withApp(w.unconnected("Lucerne").ID, w.tenantID(), 90*day)

		again := func(old []byte) []byte { return append([]byte("again "), old...) }
		moved, err := w.RewrapDataKeys(t.Context(), func(id access.GrantID, wrapped []byte) ([]byte, error) {
			assert.Equal(t, live.ID, id, "a destroyed key stays destroyed: %s", ended.ID)
			return again(wrapped), nil
		})
		require.NoError(t, err)
		assert.Equal(t, 1, moved)
		wrapped, err := w.DataKey(t.Context(), live.ID)
		require.NoError(t, err)
		assert.Equal(t, "again wrapped data key", string(wrapped))

		moved, err = w.ResealAppKeys(t.Context(), func(k store.AppKey) ([]byte, error) { return again(k.Sealed), nil })
		require.NoError(t, err)
		assert.Equal(t, 2, moved)
		for _, id := range []access.AppKeyID{n.App.ID, waiting.App.ID} {
			key, err := w.AppKey(t.Context(), id)
			require.NoError(t, err)
			assert.Equal(t, "again sealed "+id.String(), string(key.Sealed))
		}

		broken := errors.New("broken")
		_, err = w.ResealAppKeys(t.Context(), func(store.AppKey) ([]byte, error) { return nil, broken })
		assert.ErrorIs(t, err, broken)
	})
}

// removedWithALiveGrant is a customer with an app of its own that was removed although a grant there had not ended.
func (w *world) removedWithALiveGrant() (store.NewAttempt, store.Grant) {
	w.t.Helper()
	customer, n := w.ownApp("Adventure Works", 300*day)
	_, err := w.ChangeCustomer(w.t.Context(), customer.ID, 0, w.contoso.Settings(), w.by())
	require.NoError(w.t, err)
	w.entitle(w.ada, w.helpDesk)
	live := w.bringTo(w.request(w.ada, customer, w.helpDesk).ID, access.Active)
	d, err := w.tryDepart(customer.ID, true, false)
	require.NoError(w.t, err)
	require.NoError(w.t, w.AccountTried(w.t.Context(), d.ID, live.AccountID, "GrantLive"))
	_, err = w.Abandon(w.t.Context(), customer.ID, []access.AccountID{live.AccountID}, w.by())
	require.NoError(w.t, err)
	return n, live
}

// The key of a customer that was removed in spite of a live grant goes when that grant has ended, and not before: without
// it nobody could switch the account off.
func TestProofOfOff_AKeyStaysForTheGrantsThatEndWithIt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n, live := w.removedWithALiveGrant()
		require.NoError(t, w.DropLeftAppKeys(t.Context()))
		key, err := w.AppKeyInUse(t.Context(), n.TenantID)
		require.NoError(t, err)
		assert.Equal(t, n.App.ID, key.ID)

		_, err = w.BeginEnding(t.Context(), live.ID, store.Ending{Cause: access.Revoked})
		require.NoError(t, err)
		_, err = w.End(t.Context(), live.ID, access.Proof{ReadAt: w.clock.Now(), ObjectID: object})
		require.NoError(t, err)
		_, err = w.AppKeyInUse(t.Context(), n.TenantID)
		assert.ErrorIs(t, err, access.ErrNotFound)
		require.NoError(t, w.DropLeftAppKeys(t.Context()))
		assert.Zero(t, w.appKeys())
		w.sound()
	})
}

// So does one whose canary has still to be switched off.
func TestProofOfOff_AKeyStaysForTheDrillThatEndsWithIt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		customer, n := w.ownApp("Adventure Works", 300*day)
		w.entitlement(store.Entitlement{PersonID: w.ada.ID, CustomerID: customer.ID})
		drill := w.newDrill()
		drill.CustomerID = customer.ID
		running, _, err := w.BeginDrill(t.Context(), drill, w.by())
		require.NoError(t, err)
		d, err := w.tryDepart(customer.ID, true, false)
		require.NoError(t, err)
		require.NoError(t, w.AccountTried(t.Context(), d.ID, running.Canary.ID, "GrantLive"))
		_, err = w.Abandon(t.Context(), customer.ID, []access.AccountID{running.Canary.ID}, w.by())
		require.NoError(t, err)
		require.NoError(t, w.DropLeftAppKeys(t.Context()))
		key, err := w.AppKeyInUse(t.Context(), n.TenantID)
		require.NoError(t, err)
		assert.Equal(t, n.App.ID, key.ID)

		_, err = w.DrillEnding(t.Context(), running.ID, "")
		require.NoError(t, err)
		require.NoError(t, w.DrillOff(t.Context(), running.ID, access.Proof{ReadAt: w.clock.Now(), ObjectID: object}, nil))
		require.NoError(t, w.EndDrill(t.Context(), running.ID, access.AccountDeleted, nil))
		require.NoError(t, w.DropLeftAppKeys(t.Context()))
		assert.Zero(t, w.appKeys())
		w.sound()
	})
}

// Whoever connects the tenant after that gets it, with a key or without, and the live grant ends with what speaks there now.
func TestRightTenant_AKeyThatWasLeftGivesWay(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n, _ := w.removedWithALiveGrant()
		second := w.withApp(w.unconnected("Adventure Works, again").ID, n.TenantID, 300*day)
		require.NoError(t, w.Connect(t.Context(), second.ID, w.verified(second)))
		key, err := w.AppKeyInUse(t.Context(), n.TenantID)
		require.NoError(t, err)
		assert.Equal(t, second.App.ID, key.ID)
		assert.Equal(t, 1, w.appKeys())
		w.sound()
	})
}
