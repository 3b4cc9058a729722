package store_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func TestNothingIsProvisionedWithoutTheApprovalThatTheProfileAsksFor(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		upn := w.upn("ada@contoso.example")
		g := w.grantIn(access.Requested, true)
		_, err := w.BeginProvisioning(t.Context(), g.ID, upn)
		assert.ErrorIs(t, err, access.ErrIllegalTransition, "requested")
		require.NoError(t, w.AwaitApproval(t.Context(), g.ID))
		_, err = w.BeginProvisioning(t.Context(), g.ID, upn)
		assert.ErrorIs(t, err, access.ErrIllegalTransition, "awaiting")

		_, err = w.Decide(t.Context(), g.ID, store.Decision{By: w.ada.ID, Approved: true})
		assert.ErrorIs(t, err, access.ErrInvalid, "self-approval")
		_, err = w.Decide(t.Context(), g.ID, store.Decision{By: w.ada.ID})
		assert.ErrorIs(t, err, access.ErrInvalid, "who thinks better of it withdraws")
		_, err = w.Decide(t.Context(), g.ID, store.Decision{Approved: true})
		assert.ErrorIs(t, err, access.ErrInvalid, "nobody's approval")
		_, err = w.BeginProvisioning(t.Context(), g.ID, upn)
		assert.ErrorIs(t, err, access.ErrIllegalTransition)

		approved, err := w.Decide(t.Context(), g.ID, store.Decision{By: w.grace.ID, Approved: true})
		require.NoError(t, err)
		assert.Equal(t, access.AwaitingApproval, approved.State)
		assert.Equal(t, w.grace.ID, w.lastRecord().Actor)
		_, err = w.Decide(t.Context(), g.ID, store.Decision{By: w.admin.ID})
		assert.ErrorIs(t, err, access.ErrIllegalTransition, "decided")
		plan, err := w.BeginProvisioning(t.Context(), g.ID, upn)
		require.NoError(t, err)
		assert.Equal(t, access.Provisioning, plan.Grant.State)
		// The answer to AwaitApproval may have been lost on the way.
		assert.NoError(t, w.AwaitApproval(t.Context(), g.ID))
	})
}

// The database holds the same, whoever writes.
func TestApprovalIsHeldByTheDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.AwaitingApproval, true)
		for what, set := range map[string]string{
			"provisioning unapproved": "state = 'provisioning'",
			"self-approval":           "approved_at = requested_at, approved_by = '" + w.ada.ID.String() + "'",
		} {
			_, err := w.raw.ExecContext(t.Context(), "UPDATE grants SET "+set+" WHERE id = '"+g.ID.String()+"'")
			assert.Error(t, err, what)
		}
	})
}

func TestWaitingGrantEndsWithoutMicrosoft(t *testing.T) {
	tests := map[access.Outcome]func(w *world, id access.GrantID) error{
		access.Withdrawn: func(w *world, id access.GrantID) error {
			return w.Withdraw(w.t.Context(), id, store.Actor{PersonID: w.ada.ID}, access.Withdrawn, "")
		},
		access.Expired: func(w *world, id access.GrantID) error {
			return w.Withdraw(w.t.Context(), id, store.Actor{}, access.Expired, "")
		},
		access.Revoked: func(w *world, id access.GrantID) error {
			return w.Withdraw(w.t.Context(), id, store.Actor{}, access.Revoked, "entitlement removed")
		},
		access.Denied: func(w *world, id access.GrantID) error {
			_, err := w.Decide(w.t.Context(), id, store.Decision{By: w.grace.ID, Comment: "not\tnow \xff"})
			return err
		},
	}
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		for outcome, end := range tests {
			g := w.grantIn(access.AwaitingApproval, true)
			require.NoError(t, end(w, g.ID), outcome)
			ended, err := w.Grant(t.Context(), g.ID)
			require.NoError(t, err)
			assert.Equal(t, access.Ended, ended.State)
			assert.Equal(t, outcome, ended.Outcome)
			assert.Equal(t, outcome, ended.Cause)
			assert.Nil(t, ended.Proof)
			assert.Equal(t, noon, *ended.EndedAt)
			_, err = w.DataKey(t.Context(), g.ID)
			assert.ErrorIs(t, err, access.ErrDataKeyDestroyed)
			if outcome == access.Revoked {
				assert.Contains(t, string(w.lastRecord().Details), "entitlement removed")
			}
			for other, end := range tests {
				if other != outcome {
					assert.ErrorIs(t, end(w, g.ID), access.ErrIllegalTransition, "%s after %s", other, outcome)
				}
			}
		}
		g := w.grantIn(access.AwaitingApproval, true)
		assert.ErrorIs(t, w.Withdraw(t.Context(), g.ID, store.Actor{}, access.Returned, ""), access.ErrInvalid)
	})
}
