package onemachine_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// TestTakenAway: whoever loses what a live grant rests on loses the grant, with the reason in the audit log, whether the
// API does it or, because it died or somebody else wrote to the database, a worker.
func TestTakenAway(t *testing.T) {
	sideBySide(t)
	m := start(t, onemachine.Config{Sample: true})
	admin, err := m.SignedIn(patiently(t), onemachine.Ada)
	require.NoError(t, err)

	entitlementOf := func(ctx context.Context, p access.PersonID) access.EntitlementID {
		page, _, err := m.Store.Entitlements(ctx, store.EntitlementFilter{PersonID: p})
		require.NoError(t, err)
		require.Len(t, page, 1)
		return page[0].ID
	}
	for _, c := range []struct {
		name    string
		handle  string
		profile access.ProfileID
		while   access.State
		take    func(ctx context.Context, p access.PersonID) error
		reason  string
	}{
		{"entitlement, by the API", "barbara", onemachine.HelpDesk, access.Active, func(ctx context.Context, p access.PersonID) error {
			return admin.RemoveEntitlement(ctx, entitlementOf(ctx, p))
		}, "entitlement removed"},
		{"entitlement, past the API", "edsger", onemachine.HelpDesk, access.Active, func(ctx context.Context, p access.PersonID) error {
			return m.Store.RemoveEntitlement(ctx, entitlementOf(ctx, p), store.Actor{})
		}, "entitlement removed"},
		{"suspended while waiting for approval", "margaret", onemachine.GlobalAdministratorWithApproval, access.AwaitingApproval, func(ctx context.Context, p access.PersonID) error {
			return m.Store.SuspendPerson(ctx, p, store.Actor{})
		}, "person suspended"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := patiently(t)
			person, err := m.AddTechnician(ctx, c.handle, c.profile)
			require.NoError(t, err)
			technician, err := m.SignedIn(ctx, person)
			require.NoError(t, err)
			g, err := technician.Request(ctx, "key", api.GrantRequest{CustomerId: onemachine.Contoso, ProfileId: c.profile, Reason: "Printer", Ticket: "T1"})
			require.NoError(t, err)
			_, err = technician.Await(ctx, g.Id, c.while)
			require.NoError(t, err)

			require.NoError(t, admin.Assert(ctx))
			taken := time.Now()
			require.NoError(t, c.take(ctx, person))
			g, err = admin.Await(ctx, g.Id, access.Ended)
			require.NoError(t, err)
			assert.Equal(t, access.Revoked, g.Outcome)
			began := g.EndedAt
			if !g.EndingAt.IsZero() {
				began = g.EndingAt
				assert.NotZero(t, g.Proof, "proof-of-off")
			}
			t.Logf("its end began %.2f s after it was taken away", began.Sub(taken).Seconds())

			records, err := m.Records(ctx, g.Id)
			require.NoError(t, err)
			reasons := 0
			for _, r := range records {
				if r.Action == audit.GrantEnding || r.Action == audit.GrantEnded && g.EndingAt.IsZero() {
					assert.Contains(t, string(r.Details), c.reason)
					assert.Zero(t, r.Actor, "Hourglass itself does it")
					reasons++
				}
			}
			assert.Equal(t, 1, reasons)
		})
	}
}
