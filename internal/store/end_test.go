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

func TestProofOfOff(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.Provisioning, false)
		require.NoError(t, w.AccountProvisioned(t.Context(), g.ID, store.Provisioned{ObjectID: object, UPN: "ada@contoso.example"}))
		proof := access.Proof{
			ReadAt: noon.Add(time.Hour), ObjectID: object, SessionsRevokedAt: noon.Add(59 * time.Minute),
			RemovedRoles: 2, RemovedMethods: 1, RemovedGroups: 3, NoPassword: true,
		}
		_, err := w.End(t.Context(), g.ID, proof)
		assert.ErrorIs(t, err, access.ErrIllegalTransition, "not ending yet")
		_, err = w.BeginEnding(t.Context(), g.ID, store.Ending{Cause: access.Failed, Comment: "no answer"})
		require.NoError(t, err)

		for what, broken := range map[string]access.Proof{
			"nothing was read":   {},
			"without an account": {ReadAt: noon},
		} {
			_, err := w.End(t.Context(), g.ID, broken)
			assert.ErrorIs(t, err, access.ErrInvalid, what)
		}
		ended, err := w.End(t.Context(), g.ID, proof)
		require.NoError(t, err)
		assert.Equal(t, access.Ended, ended.State)
		assert.Equal(t, access.Failed, ended.Outcome)
		assert.Equal(t, "no answer", ended.EndComment)
		assert.Equal(t, &proof, ended.Proof)
		assert.Contains(t, string(w.lastRecord().Details), `"RemovedRoles":2`)

		again, err := w.End(t.Context(), g.ID, access.Proof{ReadAt: noon})
		require.NoError(t, err)
		assert.Equal(t, ended, again)
	})
}

// The answer to a creation that came late says what exists, also to an end that waits for it to be written.
func TestProofOfOff_AnAccountThatBecameKnownMeanwhileIsInTheProof(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		if w.kind == "sqlite" {
			return // one writer at a time: an end reads what was written before it
		}
		w.entitleAda()
		g := w.grantIn(access.Ending, false)
		late, err := w.raw.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer func() { _ = late.Rollback() }()
		_, err = late.Exec("UPDATE grants SET touched_at = touched_at WHERE id = '" + g.ID.String() + "'")
		require.NoError(t, err)
		_, err = late.Exec("UPDATE accounts SET object_id = '" + object.String() + "', provisioned_at = now(), upn = 'ada@contoso.example' WHERE id = '" + g.AccountID.String() + "'")
		require.NoError(t, err)
		ended := make(chan error)
		go func() {
			_, err := w.End(t.Context(), g.ID, access.Proof{ReadAt: noon})
			ended <- err
		}()
		require.EventuallyWithT(t, func(t *assert.CollectT) {
			var waiting int
			err := w.raw.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
			assert.NoError(t, err)
			assert.Equal(t, 1, waiting)
		}, 10*time.Second, 10*time.Millisecond)
		require.NoError(t, late.Commit())
		assert.ErrorIs(t, <-ended, access.ErrInvalid)
		_, err = w.End(t.Context(), g.ID, access.Proof{ReadAt: noon, ObjectID: object})
		assert.NoError(t, err)
	})
}

// An ending grant cannot be ended past the store without a proof either.
func TestProofOfOffIsHeldByTheDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.Ending, false)
		w.exec("UPDATE data_keys SET wrapped = NULL, destroyed_at = '2026-11-02 12:00:00.000000Z'")
		end := "UPDATE grants SET state = 'ended', outcome = cause, ended_at = ending_at, proof_read_at = %s WHERE id = '" + g.ID.String() + "'"
		_, err := w.raw.ExecContext(t.Context(), sprintf(end, "NULL"))
		require.Error(t, err)
		w.exec(sprintf(end, "ending_at"))
	})
}

func TestFirstCauseIsKept(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.Active, false)
		w.clock.Advance(time.Minute)
		ending, err := w.BeginEnding(t.Context(), g.ID, store.Ending{Cause: access.Revoked, By: w.by()})
		require.NoError(t, err)
		assert.Equal(t, access.Revoked, ending.Cause)
		assert.Equal(t, noon.Add(time.Minute), *ending.EndingAt)
		assert.Equal(t, w.admin.ID, w.lastRecord().Actor)
		_, err = w.BeginEnding(t.Context(), g.ID, store.Ending{Cause: access.Expired})
		require.NoError(t, err)
		require.NoError(t, walk[access.Ended](w, g.ID))
		ending, err = w.BeginEnding(t.Context(), g.ID, store.Ending{Cause: access.Expired})
		require.NoError(t, err)
		assert.Equal(t, access.Ended, ending.State)
		assert.Equal(t, access.Revoked, ending.Outcome)
		assert.Equal(t, []audit.Action{audit.GrantRequested, audit.GrantProvisioning, audit.GrantActive, audit.GrantEnding, audit.GrantEnded}, w.actions(g.ID))

		_, err = w.BeginEnding(t.Context(), g.ID, store.Ending{Cause: "bored"})
		assert.ErrorIs(t, err, access.ErrInvalid)
	})
}

// two-keys: with the end of the grant the data key is gone from the row, and stays gone.
func TestDataKeyIsDestroyedAtTheEnd(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.Ended, false)
		_, err := w.DataKey(t.Context(), g.ID)
		assert.ErrorIs(t, err, access.ErrDataKeyDestroyed)
		var wrapped []byte
		require.NoError(t, w.raw.QueryRow("SELECT wrapped FROM data_keys").Scan(&wrapped))
		assert.Nil(t, wrapped)
		_, err = w.raw.Exec("UPDATE data_keys SET wrapped = fingerprint, destroyed_at = NULL FROM grants WHERE id = grant_id")
		assert.True(t, w.refusedByTrigger(err), "%v", err)
		_, err = w.raw.Exec("DELETE FROM data_keys")
		assert.True(t, w.refusedByTrigger(err), "%v", err)

		live := w.grantIn(access.Ending, false)
		_, err = w.raw.Exec("UPDATE grants SET state = 'ended', outcome = cause, ended_at = ending_at, proof_read_at = ending_at WHERE id = '" + live.ID.String() + "'")
		assert.True(t, w.refusedByTrigger(err), "an end that leaves the data key: %v", err)

		var unknown access.GrantID
		mint(w, &unknown)
		_, err = w.DataKey(t.Context(), unknown)
		assert.ErrorIs(t, err, access.ErrNotFound)
	})
}
