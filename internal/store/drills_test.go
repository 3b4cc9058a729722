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

func (w *world) newDrill() store.NewDrill {
	w.t.Helper()
	n := store.NewDrill{CustomerID: w.contoso.ID, Marker: w.marker()}
	mint(w, &n.ID)
	mint(w, &n.CanaryID)
	return n
}

func (w *world) drill() store.Drill {
	w.t.Helper()
	w.clock.Advance(access.DrillWindow / access.DrillsAtMost)
	d, begun, err := w.BeginDrill(w.t.Context(), w.newDrill(), w.by())
	require.NoError(w.t, err)
	require.True(w.t, begun)
	return d
}

// drillTo takes a drill to its end: armed unless failure says why not, off after some time, and its canary deleted or not.
func (w *world) drillTo(d store.Drill, failure string, off time.Duration, deletion access.Deletion) store.Drill {
	w.t.Helper()
	ctx := w.t.Context()
	require.NoError(w.t, w.CanaryAttempted(ctx, d.ID, w.upn("hourglass-drill-aaaa@contoso.example")))
	require.NoError(w.t, w.CanaryProvisioned(ctx, d.ID, store.Provisioned{ObjectID: object, UPN: "hourglass-drill-aaaa@contoso.example"}))
	if failure == "" {
		require.NoError(w.t, w.DrillArmed(ctx, d.ID, []access.DrillStep{{Phase: access.Arming, Name: "assign the roles", At: w.clock.Now(), Took: 7}}))
	}
	_, err := w.DrillEnding(ctx, d.ID, failure)
	require.NoError(w.t, err)
	require.NoError(w.t, w.DrillStuck(ctx, d.ID, access.SwitchingOff, []access.DrillStep{{Phase: access.SwitchingOff, Name: "remove roles"}}, "disable the account: refused"))
	w.clock.Advance(off)
	require.ErrorIs(w.t, w.EndDrill(ctx, d.ID, deletion, nil), access.ErrIllegalTransition, "proof-of-off comes before the end")
	steps := []access.DrillStep{{Phase: access.SwitchingOff, Name: "remove roles", Took: 5}, {Phase: access.SwitchingOff, Name: "read everything back"}}
	require.NoError(w.t, w.DrillOff(ctx, d.ID, access.Proof{ReadAt: w.clock.Now(), ObjectID: object, RemovedRoles: 1}, steps))
	require.NoError(w.t, w.EndDrill(ctx, d.ID, deletion, []access.DrillStep{{Phase: access.CleaningUp, Name: "delete the account"}}))
	require.NoError(w.t, w.EndDrill(ctx, d.ID, deletion, nil), "a repeat changes nothing")
	list, err := w.Drills(ctx, w.contoso.ID, 1)
	require.NoError(w.t, err)
	require.Equal(w.t, d.ID, list[0].ID, "newest first")
	return list[0]
}

func TestADrillTakesTheStrongestProfileThatSomebodyMayUse(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		_, _, err := w.BeginDrill(t.Context(), w.newDrill(), w.by())
		require.ErrorIs(t, err, access.ErrNothingToDrill)
		w.entitle(w.ada, w.helpDesk)
		d := w.drill()
		assert.Equal(t, w.helpDesk.ID, d.ProfileID)
		assert.Equal(t, w.helpDesk.Roles, d.Roles)
		assert.Equal(t, audit.DrillBegun, w.lastRecord().Action)
		same, begun, err := w.BeginDrill(t.Context(), w.newDrill(), w.by())
		require.NoError(t, err)
		assert.False(t, begun)
		assert.Equal(t, d, same, "one drill at a time")
		running, err := w.RunningDrills(t.Context(), 10)
		require.NoError(t, err)
		assert.Equal(t, []store.Drill{d}, running)
		w.drillTo(d, "", time.Second, access.AccountDeleted)
		for range access.DrillsAtMost - 1 {
			again, begun, err := w.BeginDrill(t.Context(), w.newDrill(), w.by())
			require.NoError(t, err)
			require.True(t, begun)
			w.drillTo(again, "", time.Second, access.AccountDeleted)
		}
		_, _, err = w.BeginDrill(t.Context(), w.newDrill(), w.by())
		require.ErrorIs(t, err, access.ErrDrilledLately)
		w.clock.Advance(access.DrillWindow)

		global := w.profile("Global", false)
		w.exec(`UPDATE profiles SET roles = '["62e90394-69f5-4237-9190-012177145e10"]' WHERE id = '` + global.ID.String() + "'")
		w.entitle(w.grace, global)
		w.clock.Advance(time.Minute)
		assert.Equal(t, global.ID, w.drill().ProfileID)
		w.sound()
	})
}

func TestADrillPassesWhereTheCanaryIsOffInTime(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		passed := w.drillTo(w.drill(), "", 3*time.Second, access.DeletionRefused)
		assert.True(t, passed.Passed())
		assert.Equal(t, 3*time.Second, passed.OffAfter())
		assert.Empty(t, passed.Reason, "what went wrong in between is over")
		assert.Equal(t, []string{"assign the roles", "remove roles", "read everything back", "delete the account"}, stepNames(passed))
		assert.Equal(t, audit.DrillEnded, w.lastRecord().Action)

		w.clock.Advance(time.Hour)
		kept := w.drill()
		assert.Equal(t, passed.Canary.ID, kept.Canary.ID, "a canary that could not be deleted is used again")
		late := w.drillTo(kept, "", access.DrillPatience+time.Second, access.AccountDeleted)
		assert.False(t, late.Passed())
		assert.Equal(t, store.FailedLate, late.Failure)
		assert.Equal(t, "disable the account: refused", late.Reason)

		w.clock.Advance(time.Hour)
		fresh := w.drill()
		assert.NotEqual(t, passed.Canary.ID, fresh.Canary.ID, "one that was deleted is not")
		assert.False(t, w.drillTo(fresh, "entra.forbidden", time.Second, access.AccountDeleted).Passed())

		last, err := w.LastDrills(t.Context(), []access.CustomerID{w.contoso.ID, w.fabrikam.ID})
		require.NoError(t, err)
		require.Len(t, last, 1)
		assert.Equal(t, fresh.ID, last[w.contoso.ID].ID)
		w.sound()
	})
}

func stepNames(d store.Drill) (names []string) {
	for _, step := range d.Steps {
		names = append(names, step.Name)
	}
	return names
}

func TestEndBeforeBeginning_ADrillThatEndsArmsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		d := w.drill()
		_, err := w.DrillEnding(t.Context(), d.ID, "entra.unavailable")
		require.NoError(t, err)
		require.ErrorIs(t, w.CanaryAttempted(t.Context(), d.ID, w.upn("hourglass-drill-aaaa@contoso.example")), access.ErrIllegalTransition)
		require.ErrorIs(t, w.CanaryProvisioned(t.Context(), d.ID, store.Provisioned{ObjectID: object}), access.ErrIllegalTransition)
		for _, change := range []string{"UPDATE drills SET ended_at = begun_at", "UPDATE drills SET off_at = begun_at"} {
			_, err := w.raw.Exec(change)
			require.Error(t, err, "proof-of-off: %s", change)
		}
	})
}

// The canary is one of the accounts that a customer leaves.
func TestProofOfOff_ACustomerLeavesWithItsCanary(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		first := w.drillTo(w.drill(), "", time.Second, access.DeletionRefused)
		w.clock.Advance(time.Hour)
		running := w.drill()
		d := w.depart(false, true)
		require.Len(t, d.Accounts, 1)
		assert.Equal(t, "Drill", d.Accounts[0].Holder)
		assert.Equal(t, first.Canary, d.Accounts[0].Account)
		assert.Equal(t, access.AccountInUse, d.Accounts[0].Step(), "the drill comes to its own end first")
		_, _, err := w.BeginDrill(t.Context(), w.newDrill(), w.by())
		require.NoError(t, err, "it runs")
		w.drillTo(running, "", time.Second, access.DeletionRefused)
		_, _, err = w.BeginDrill(t.Context(), w.newDrill(), w.by())
		require.ErrorIs(t, err, access.ErrNotConnected)
		w.proven(d, first.Canary.ID)
		assert.Equal(t, w.contoso.ID, w.lastRecord().CustomerID)
		require.NoError(t, w.AccountDeletion(t.Context(), d.ID, first.Canary.ID, access.AccountDeleted))
		w.departureEnds(true)
		var live int
		require.NoError(t, w.raw.QueryRow("SELECT count(*) FROM canaries WHERE deleted_at IS NULL").Scan(&live))
		assert.Zero(t, live)
		w.sound()
	})
}

// A drill whose start was lost is found however many are stuck at their end.
func TestALostStartIsFoundBeforeDrillsThatCannotEnd(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitlement(store.Entitlement{PersonID: w.ada.ID})
		stuck := w.drill()
		_, err := w.DrillEnding(t.Context(), stuck.ID, "")
		require.NoError(t, err)
		w.clock.Advance(time.Hour)
		n := w.newDrill()
		n.CustomerID = w.fabrikam.ID
		lost, _, err := w.BeginDrill(t.Context(), n, w.by())
		require.NoError(t, err)
		first, err := w.RunningDrills(t.Context(), 1)
		require.NoError(t, err)
		require.Len(t, first, 1)
		assert.Equal(t, lost.ID, first[0].ID)
	})
}

// A canary that its drill deletes while the customer leaves is not looked for in vain.
func TestProofOfOff_ADrillProvesTheCanaryOfACustomerThatLeaves(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		running := w.drill()
		d := w.depart(false, false)
		require.NoError(t, w.AccountTried(t.Context(), d.ID, running.Canary.ID, "GrantLive"))
		ended := w.drillTo(running, "", time.Second, access.AccountDeleted)
		d = w.departure()
		assert.Empty(t, d.Undone())
		require.Len(t, d.Accounts, 1)
		assert.Equal(t, ended.Proof, d.Accounts[0].Proof)
		assert.Equal(t, access.AccountDeleted, d.Accounts[0].Deletion)
		assert.Empty(t, d.Accounts[0].Failure)
		assert.Equal(t, audit.AccountDeleted, w.lastRecord().Action)
		w.departureEnds(true)
		w.sound()
	})
}

// Operators hear of a drill that fails until one has passed, and of a canary that is not off in time.
func TestCensusCountsDrillsThatFail(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		failing := func() int {
			t.Helper()
			c, err := w.Census(t.Context())
			require.NoError(t, err)
			return c.FailingDrills
		}
		w.entitle(w.ada, w.helpDesk)
		w.drillTo(w.drill(), "", time.Second, access.AccountDeleted)
		assert.Zero(t, failing())
		for range 2 {
			w.clock.Advance(time.Hour)
			w.drillTo(w.drill(), "entra.forbidden", time.Second, access.AccountDeleted)
			assert.Equal(t, 1, failing(), "one customer")
		}
		w.clock.Advance(time.Hour)
		running := w.drill()
		assert.Equal(t, 1, failing(), "another has begun")
		w.drillTo(running, "", time.Second, access.AccountDeleted)
		assert.Zero(t, failing(), "and passed")

		w.clock.Advance(time.Hour)
		stuck := w.drill()
		w.clock.Advance(10 * time.Minute)
		assert.Zero(t, failing())
		w.clock.Advance(6 * time.Minute)
		assert.Equal(t, 1, failing(), "it has not even begun to end")
		_, err := w.DrillEnding(t.Context(), stuck.ID, "")
		require.NoError(t, err)
		assert.Zero(t, failing(), "somebody works on it again, and its time to be off begins now")
		w.clock.Advance(access.DrillPatience)
		assert.Zero(t, failing())
		w.clock.Advance(time.Second)
		assert.Equal(t, 1, failing(), "not off in time")
		w.clock.Advance(-time.Second)
		require.NoError(t, w.DrillOff(t.Context(), stuck.ID, access.Proof{ReadAt: w.clock.Now()}, nil))
		require.NoError(t, w.EndDrill(t.Context(), stuck.ID, access.AccountDeleted, nil))
		assert.Zero(t, failing())

		w.clock.Advance(time.Hour)
		w.drillTo(w.drill(), "entra.forbidden", time.Second, access.AccountDeleted)
		w.depart(false, false)
		assert.Zero(t, failing(), "a customer that has left is drilled no more")
	})
}

func TestDrillsAreDueByTheirSchedule(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		due := func() []access.CustomerID {
			ids, err := w.DueDrills(ctx, 10)
			require.NoError(t, err)
			return ids
		}
		here := []access.CustomerID{w.contoso.ID}
		never, err := w.DrillSchedule(ctx, w.contoso.ID)
		require.NoError(t, err)
		assert.Equal(t, store.DrillSchedule{Every: access.DrillNever}, never)
		_, begun, err := w.BeginDueDrill(ctx, w.newDrill())
		require.NoError(t, err)
		assert.False(t, begun, "nobody asked for it")

		_, err = w.ScheduleDrills(ctx, w.contoso.ID, access.DrillWeekly, w.by())
		require.NoError(t, err)
		assert.Equal(t, audit.DrillsScheduled, w.lastRecord().Action)
		assert.Equal(t, here, due(), "at once where there was none before")
		_, begun, err = w.BeginDueDrill(ctx, w.newDrill())
		require.NoError(t, err)
		assert.False(t, begun, "nobody is entitled to anything")
		assert.Empty(t, due())

		w.entitle(w.ada, w.helpDesk)
		w.clock.Advance(7 * day)
		assert.Equal(t, here, due())
		began := make([]bool, 4)
		for _, err := range together(len(began), func(i int) (err error) {
			_, began[i], err = w.BeginDueDrill(ctx, w.newDrill())
			return err
		}) {
			require.NoError(t, err)
		}
		n := 0
		for _, b := range began {
			if b {
				n++
			}
		}
		assert.Equal(t, 1, n, "however many workers look")
		assert.Empty(t, due())
		running, err := w.RunningDrills(ctx, 10)
		require.NoError(t, err)
		assert.True(t, running[0].By.IsZero(), "Hourglass itself")
		w.drillTo(running[0], "", time.Second, access.AccountDeleted)

		monthly, err := w.ScheduleDrills(ctx, w.contoso.ID, access.DrillMonthly, w.by())
		require.NoError(t, err)
		assert.Equal(t, running[0].BegunAt.AddDate(0, 1, 0), *monthly.DueAt, "an interval after the last one")
		last := w.lastRecord().Seq
		_, err = w.ScheduleDrills(ctx, w.contoso.ID, access.DrillMonthly, w.by())
		require.NoError(t, err)
		assert.Equal(t, last, w.lastRecord().Seq)
		w.clock.Advance(40 * day)
		assert.Equal(t, here, due())
		w.depart(false, false)
		assert.Empty(t, due(), "a customer that leaves is not drilled")
		w.sound()
	})
}
