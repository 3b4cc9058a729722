package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

// step is one method of the worker's side, as an activity would call it again and again.
type step struct {
	name string
	// guarded: the grant's profile asks for an approval.
	guarded bool
	// from is the state in which the step is first taken.
	from access.State
	// elsewhere are further states in which it is legal or a harmless repeat.
	elsewhere []access.State
	take      func(ctx context.Context, w *world, id access.GrantID) error
	records   []audit.Action
}

var passEnds = noon.Add(time.Hour)

var steps = []step{
	{"AwaitApproval", true, access.Requested, nil,
		func(_ context.Context, w *world, id access.GrantID) error {
			return walk[access.AwaitingApproval](w, id)
		},
		[]audit.Action{audit.GrantAwaitingApproval}},
	{"Decide: approved", true, access.AwaitingApproval, nil,
		func(ctx context.Context, w *world, id access.GrantID) error {
			_, err := w.Decide(ctx, id, store.Decision{By: w.admin.ID, Approved: true, Comment: "fine"})
			return err
		}, []audit.Action{audit.GrantApproved}},
	{"Decide: denied", true, access.AwaitingApproval, nil,
		func(ctx context.Context, w *world, id access.GrantID) error {
			_, err := w.Decide(ctx, id, store.Decision{By: w.admin.ID, Comment: "no"})
			return err
		}, []audit.Action{audit.GrantDenied, audit.GrantEnded}},
	{"Withdraw", true, access.AwaitingApproval, nil,
		func(ctx context.Context, w *world, id access.GrantID) error {
			return w.Withdraw(ctx, id, store.Actor{PersonID: w.ada.ID}, access.Withdrawn, "")
		}, []audit.Action{audit.GrantEnded}},
	{"BeginProvisioning", false, access.Requested, []access.State{access.Provisioning},
		func(_ context.Context, w *world, id access.GrantID) error { return walk[access.Provisioning](w, id) },
		[]audit.Action{audit.GrantProvisioning}},
	{"AccountProvisioned", false, access.Provisioning, []access.State{access.Ending},
		func(ctx context.Context, w *world, id access.GrantID) error {
			return w.AccountProvisioned(ctx, id, store.Provisioned{ObjectID: object, UPN: "ada@contoso.example", Found: true, LeftoverRoles: 1})
		}, []audit.Action{audit.AccountFound}},
	{"CredentialIssued", false, access.Provisioning, []access.State{access.Active},
		func(ctx context.Context, w *world, id access.GrantID) error {
			return w.CredentialIssued(ctx, id, store.Issued{Issue: "1", Kind: access.PassOnly, PassEndsAt: &passEnds, PassEndsInTime: true})
		}, []audit.Action{audit.CredentialIssued}},
	{"Activate", false, access.Provisioning, []access.State{access.Active},
		func(_ context.Context, w *world, id access.GrantID) error { return walk[access.Active](w, id) },
		[]audit.Action{audit.GrantActive}},
	{"RecordReveal", false, access.Active, nil,
		func(ctx context.Context, w *world, id access.GrantID) error {
			return w.RecordReveal(ctx, id, w.ada.ID, "reveal 1", access.PassOnly)
		}, []audit.Action{audit.CredentialRevealed}},
	{"Extend", false, access.Active, nil,
		func(ctx context.Context, w *world, id access.GrantID) error {
			_, err := w.Extend(ctx, id, store.Extension{Key: "e 1", By: w.ada.ID, ExpiresAt: noon.Add(2 * time.Hour)})
			return err
		}, []audit.Action{audit.GrantExtended}},
	{"BeginEnding", false, access.Active, []access.State{access.Requested, access.Provisioning, access.Ending, access.Ended},
		func(_ context.Context, w *world, id access.GrantID) error { return walk[access.Ending](w, id) },
		[]audit.Action{audit.GrantEnding}},
	{"End", false, access.Ending, []access.State{access.Ended},
		func(_ context.Context, w *world, id access.GrantID) error { return walk[access.Ended](w, id) },
		[]audit.Action{audit.GrantEnded}},
}

// grantIn makes a grant of Ada's at a new customer, in a state.
func (w *world) grantIn(state access.State, guarded bool) store.Grant {
	w.t.Helper()
	profile := w.helpDesk
	if guarded {
		profile = w.guarded
	}
	return w.bringTo(w.request(w.ada, w.customer("Northwind"), profile).ID, state)
}

func (w *world) entitleAda() {
	w.entitle(w.ada, w.helpDesk)
	w.entitle(w.ada, w.guarded)
}

// A repeat changes nothing, and appends no second record, whether it comes later or at once.
func TestEveryStepIsIdempotent(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		for _, step := range steps {
			g := w.grantIn(step.from, step.guarded)
			before := w.actions(g.ID)
			for i, err := range together(5, func(int) error { return step.take(t.Context(), w, g.ID) }) {
				require.NoError(t, err, "%s, %d at once", step.name, i)
			}
			first, err := w.Grant(t.Context(), g.ID)
			require.NoError(t, err)
			assert.Equal(t, append(before, step.records...), w.actions(g.ID), step.name)
			assert.Equal(t, g.Revision+1, first.Revision, step.name)

			w.clock.Advance(time.Second)
			require.NoError(t, step.take(t.Context(), w, g.ID), step.name)
			again, err := w.Grant(t.Context(), g.ID)
			require.NoError(t, err)
			assert.Equal(t, first, again, step.name)
			assert.Equal(t, append(before, step.records...), w.actions(g.ID), step.name)
		}
	})
}

// The store refuses by the domain's table, and not only because the database would.
func TestIllegalStepsAreRefusedAndChangeNothing(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		w.disarmGrants()
		for _, state := range access.States {
			guarded := state == access.AwaitingApproval
			g := w.grantIn(state, guarded)
			before := w.actions(g.ID)
			for _, step := range steps {
				repeat := step.name == "AwaitApproval" && guarded
				if step.from == state || slices.Contains(step.elsewhere, state) || repeat {
					continue
				}
				assert.ErrorIs(t, step.take(t.Context(), w, g.ID), access.ErrIllegalTransition, "%s while %s", step.name, state)
			}
			after, err := w.Grant(t.Context(), g.ID)
			require.NoError(t, err)
			assert.Equal(t, g, after)
			assert.Equal(t, before, w.actions(g.ID))
		}
	})
}

// No effect without its record: when the log refuses, nothing at all has happened.
func TestFailingAuditRollsEverythingBack(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		grants := make([]store.Grant, len(steps))
		for i, step := range steps {
			grants[i] = w.grantIn(step.from, step.guarded)
		}
		requested := w.newGrant(w.ada, w.contoso, w.helpDesk)
		last, err := w.LastChange(t.Context())
		require.NoError(t, err)
		before := w.dump()

		w.refuseAudit()
		for i, step := range steps {
			assert.Error(t, step.take(t.Context(), w, grants[i].ID), step.name)
			after, err := w.Grant(t.Context(), grants[i].ID)
			require.NoError(t, err)
			assert.Equal(t, grants[i], after, step.name)
			_, err = w.DataKey(t.Context(), grants[i].ID)
			assert.NoError(t, err, step.name)
		}
		_, _, err = w.RequestGrant(t.Context(), requested)
		assert.Error(t, err)
		for what, err := range w.addEverything() {
			assert.Error(t, err, what)
		}
		assert.Equal(t, before, w.dump())
		after, err := w.LastChange(t.Context())
		require.NoError(t, err)
		assert.Equal(t, last, after)
	})
}

func TestBeginProvisioningTellsWhetherACreationWasAttempted(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		g := w.request(w.ada, w.contoso, w.helpDesk)
		first, err := w.BeginProvisioning(t.Context(), g.ID, w.upn("ada@contoso.example"))
		require.NoError(t, err)
		assert.False(t, first.Account.CreateAttempted)
		assert.Equal(t, "ada@contoso.example", first.Account.UPN)
		assert.Equal(t, access.Provisioning, first.Grant.State)
		assert.Equal(t, "ada@contoso.example", first.Grant.UserName)

		again, err := w.BeginProvisioning(t.Context(), g.ID, w.upn("other@contoso.example"))
		require.NoError(t, err)
		assert.True(t, again.Account.CreateAttempted)
		assert.Equal(t, "ada@contoso.example", again.Account.UPN)

		// Microsoft's answer is the account's name from then on; a second answer, as after the
		// customer deleted and the retry made a new one, is noted as well.
		require.NoError(t, w.AccountProvisioned(t.Context(), g.ID, store.Provisioned{ObjectID: object, UPN: "ada1@contoso.example"}))
		var other access.ObjectID
		mint(w, &other)
		w.clock.Advance(time.Minute)
		require.NoError(t, w.AccountProvisioned(t.Context(), g.ID, store.Provisioned{ObjectID: other, UPN: "ada@contoso.example", Found: true}))
		w.clock.Advance(time.Minute)
		require.NoError(t, w.AccountProvisioned(t.Context(), g.ID, store.Provisioned{ObjectID: other, UPN: "ada1@contoso.example", Found: true}))
		plan, err := w.Plan(t.Context(), g.ID)
		require.NoError(t, err)
		assert.Equal(t, noon.Add(time.Minute), plan.Account.ProvisionedAt, "a new name is no new account")
		assert.Equal(t, other, plan.Account.ObjectID)
		assert.Equal(t, "ada1@contoso.example", plan.Grant.UserName)
		assert.Equal(t, []audit.Action{audit.GrantRequested, audit.GrantProvisioning, audit.AccountCreated, audit.AccountFound, audit.AccountFound}, w.actions(g.ID))
		assert.ErrorIs(t, w.AccountProvisioned(t.Context(), g.ID, store.Provisioned{}), access.ErrInvalid)
	})
}

func TestTheClockOfTheLifetimeStartsWhenAccessBecomesActive(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.Provisioning, false)
		at := noon.Add(20*time.Minute + 999*time.Nanosecond)
		active, err := w.Activate(t.Context(), g.ID, at, true)
		require.NoError(t, err)
		at = at.Truncate(time.Microsecond)
		assert.Equal(t, at, *active.ActiveAt)
		assert.Equal(t, at.Add(time.Hour), *active.ExpiresAt)
		assert.Equal(t, at.Add(time.Hour), active.Deadline)
		assert.True(t, active.Switches.RolesEndAtMicrosoft)

		again, err := w.Activate(t.Context(), g.ID, at.Add(time.Hour), false)
		require.NoError(t, err)
		assert.Equal(t, active, again)
	})
}

func TestExtensionsStayWithinTheMaximum(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.Active, false)
		maximum := g.ActiveAt.Add(4 * time.Hour)
		for what, until := range map[string]time.Time{
			"beyond the maximum": maximum.Add(time.Microsecond),
			"no longer":          *g.ExpiresAt,
			"shorter":            g.ExpiresAt.Add(-time.Minute),
		} {
			_, err := w.Extend(t.Context(), g.ID, store.Extension{Key: what, By: w.ada.ID, ExpiresAt: until})
			assert.ErrorIs(t, err, access.ErrInvalid, what)
		}
		extended, err := w.Extend(t.Context(), g.ID, store.Extension{Key: "k", By: w.ada.ID, ExpiresAt: maximum})
		require.NoError(t, err)
		assert.Equal(t, maximum, *extended.ExpiresAt)
		assert.Equal(t, maximum, extended.Deadline)
		assert.Equal(t, w.ada.ID, w.lastRecord().Actor)
		_, err = w.Extend(t.Context(), g.ID, store.Extension{By: w.ada.ID, ExpiresAt: maximum})
		assert.ErrorIs(t, err, access.ErrInvalid, "no key")
	})
}

func TestNoAuditNoSecret(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.Active, false)
		require.NoError(t, w.RecordReveal(t.Context(), g.ID, w.ada.ID, "1", access.PassOnly))
		require.NoError(t, w.RecordReveal(t.Context(), g.ID, w.ada.ID, "2", access.PassOnly))
		assert.Equal(t, w.ada.ID, w.lastRecord().Actor)
		assert.Len(t, w.actions(g.ID), 5)

		assert.ErrorIs(t, w.RecordReveal(t.Context(), g.ID, w.grace.ID, "3", access.PassOnly), access.ErrIllegalTransition, "another's")
		assert.ErrorIs(t, w.RecordReveal(t.Context(), g.ID, w.ada.ID, "", access.PassOnly), access.ErrInvalid)
		w.clock.Advance(time.Hour)
		assert.ErrorIs(t, w.RecordReveal(t.Context(), g.ID, w.ada.ID, "4", access.PassOnly), access.ErrIllegalTransition, "its time is over")
		assert.ErrorIs(t, w.RecordReveal(t.Context(), g.ID, w.ada.ID, "1", access.PassOnly), access.ErrIllegalTransition, "a repeat reveals nothing new")
		assert.Len(t, w.actions(g.ID), 5)
	})
}

// Whoever waits sees the steps; a new pass moves none of them.
func TestStepsAreDatedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		id := w.grantIn(access.Provisioning, false).ID
		next := func(take func() error) store.Grant {
			w.clock.Advance(time.Second)
			require.NoError(t, take())
			g, err := w.Grant(t.Context(), id)
			require.NoError(t, err)
			return g
		}
		account := func() error {
			return w.AccountProvisioned(t.Context(), id, store.Provisioned{ObjectID: object, UPN: "ada@contoso.example"})
		}
		issue := func(n string) func() error {
			return func() error {
				return w.CredentialIssued(t.Context(), id, store.Issued{Issue: n, Kind: access.PasswordOnly})
			}
		}
		begun := w.clock.Now()
		g := next(account)
		assert.Equal(t, begun.Add(time.Second), *g.AccountAt)
		assert.Nil(t, g.CredentialAt)
		customer, err := w.Customer(t.Context(), g.CustomerID)
		require.NoError(t, err)
		assert.Equal(t, customer.TenantID, g.TenantID)
		next(account)
		g = next(issue("1"))
		assert.Equal(t, begun.Add(3*time.Second), *g.CredentialAt)
		g = next(issue("2"))
		assert.Equal(t, begun.Add(time.Second), *g.AccountAt)
		assert.Equal(t, begun.Add(3*time.Second), *g.CredentialAt)
	})
}
