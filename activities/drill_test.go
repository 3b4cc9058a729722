package activities_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// entitled lets the technician use a profile that is made for it at the customer.
func (s *scene) entitled(kind access.CredentialKind, roles ...string) {
	s.t.Helper()
	profile := access.Profile{ID: id[access.ProfileID](s.t), Name: name(s.t, "Profile of "+fmt.Sprint(roles)[:20]), Credential: kind, Limits: limits(grantLifetime, 8*time.Hour)}
	for _, role := range roles {
		profile.Roles = append(profile.Roles, must(access.ParseID[access.RoleID](role)))
	}
	require.NoError(s.t, s.store.AddProfile(s.ctx, profile, store.Actor{}))
	require.NoError(s.t, s.store.AddEntitlement(s.ctx, store.Entitlement{
		ID: id[access.EntitlementID](s.t), PersonID: s.person.ID, ProfileID: profile.ID, CustomerID: s.customer.ID,
	}, store.Actor{}))
}

func (s *scene) beginDrill() workflows.DrillInput {
	s.t.Helper()
	var random [8]byte
	_, _ = rand.Read(random[:])
	d, begun, err := s.store.BeginDrill(s.ctx, store.NewDrill{
		ID: id[access.DrillID](s.t), CustomerID: s.customer.ID, CanaryID: id[access.AccountID](s.t), Marker: access.NewMarker(random),
	}, store.Actor{})
	require.NoError(s.t, err)
	require.True(s.t, begun)
	return workflows.DrillInput{DrillID: d.ID}
}

func (s *scene) lastDrill() store.Drill {
	s.t.Helper()
	list, err := s.store.Drills(s.ctx, s.customer.ID, 1)
	require.NoError(s.t, err)
	return list[0]
}

// arm makes the canary and gives it the profile, as often as that takes.
func (s *scene) arm(in workflows.DrillInput) {
	s.t.Helper()
	_, err := do[any](s, workflows.ArmCanary, in)
	require.NoError(s.t, err)
}

func (s *scene) disarm(in workflows.DrillInput, failure string) {
	s.t.Helper()
	_, err := do[any](s, workflows.SwitchOffCanary, workflows.DrillEnding{DrillID: in.DrillID, Failure: failure})
	require.NoError(s.t, err)
	_, err = do[any](s, workflows.RemoveCanary, in)
	require.NoError(s.t, err)
}

// disarmRefused does so where Microsoft refuses the deletion for good.
func (s *scene) disarmRefused(in workflows.DrillInput) {
	s.t.Helper()
	_, err := do[any](s, workflows.SwitchOffCanary, workflows.DrillEnding{DrillID: in.DrillID})
	require.NoError(s.t, err)
	_, err = s.run.ExecuteActivity(workflows.RemoveCanary, in)
	require.Error(s.t, err, "the roles may not be gone from all of Microsoft's replicas yet")
	require.Nil(s.t, s.lastDrill().EndedAt)
	s.later += replicated
	_, err = s.run.ExecuteActivity(workflows.RemoveCanary, in)
	require.NoError(s.t, err)
}

func TestDrill_AGlobalAdministratorIsSwitchedOffAndProven(t *testing.T) {
	for _, licence := range []entrasim.Licence{entrasim.Free, entrasim.P2} {
		t.Run(string(licence), func(t *testing.T) {
			s := stage(t, licence)
			s.entitled(access.PassOnly, helpdesk)
			s.entitled(access.PassAndPassword, exchange, globalAdmin)
			in := s.beginDrill()
			s.arm(in)
			canary := s.account()
			require.True(t, canary.AccountEnabled)
			require.ElementsMatch(t, []string{"Global Administrator", "Exchange Administrator"}, canary.Roles)
			require.Len(t, canary.Methods, 1, "a pass, as the profile says")
			require.Regexp(t, `^hourglass-drill-[a-z0-9]{4}@contoso.onmicrosoft.com$`, canary.UPN)
			s.arm(in)
			require.Equal(t, canary.PasswordChanged, s.account().PasswordChanged, "a repeat does nothing")

			s.disarm(in, "")
			require.Empty(t, s.sim.Users(s.tenant), "deleted")
			d := s.lastDrill()
			require.True(t, d.Passed(), d.Reason)
			require.Equal(t, canary.ID, d.Proof.ObjectID.String())
			require.Equal(t, 2, d.Proof.RemovedRoles)
			require.Equal(t, 1, d.Proof.RemovedMethods)
			require.Equal(t, access.AccountDeleted, d.Deletion)
			require.Positive(t, d.OffAfter())
			var steps []string
			for _, step := range d.Steps {
				require.GreaterOrEqual(t, step.Took, int64(0))
				steps = append(steps, step.Name)
			}
			require.Equal(t, []string{
				"find or create the account", "set a password and enable the account", "issue a pass", "assign the roles",
				"find the account", "read what it holds", "remove roles", "revoke sessions", "remove sign-in methods", "disable the account",
				"scramble the password", "revoke sessions again", "read everything back", "delete the account",
			}, steps)
			s.requireAuditOf(audit.DrillBegun, audit.DrillArmed, audit.DrillOff, audit.DrillEnded)
		})
	}
}

// Roles that cannot be removed first make every later step fail: Microsoft lets an app not touch a privileged account. The
// drill says so, and goes on until the canary is off.
func TestDrill_SaysWhyTheCanaryCouldNotBeSwitchedOff(t *testing.T) {
	s := stage(t, entrasim.Free)
	s.entitled(access.PasswordOnly, globalAdmin)
	in := s.beginDrill()
	s.arm(in)
	_, err := s.sim.AddFault(entrasim.Fault{Method: http.MethodDelete, Path: "roleAssignments", Kind: entrasim.Refuse, Status: 403, Code: "Authorization_RequestDenied"})
	require.NoError(t, err)
	_, err = s.run.ExecuteActivity(workflows.SwitchOffCanary, workflows.DrillEnding{DrillID: in.DrillID})
	require.Error(t, err)
	stuck := s.lastDrill()
	require.Nil(t, stuck.OffAt, "proof-of-off")
	require.Contains(t, stuck.Reason, "remove roles: entra: remove role: forbidden (Authorization_RequestDenied)")
	require.Contains(t, stuck.Reason, "disable the account: entra: disable account: forbidden", "the order matters")
	require.Contains(t, stuck.Reason, "scramble the password: entra: set password: forbidden")
	require.True(t, s.account().AccountEnabled)

	s.later += access.DrillPatience + time.Minute
	s.sim.ClearFaults()
	s.disarm(in, "")
	require.Empty(t, s.sim.Users(s.tenant))
}

func TestDrill_ACanaryThatCannotBeGivenTheProfileIsOff(t *testing.T) {
	s := stage(t, entrasim.Free)
	s.entitled(access.PassOnly, globalAdmin)
	require.NoError(t, s.sim.SetTAPPolicy(s.tenant, entrasim.TAPPolicy{}))
	in := s.beginDrill()
	_, err := do[any](s, workflows.ArmCanary, in)
	require.Error(t, err)
	require.True(t, s.account().AccountEnabled, "it came so far")
	s.disarm(in, "entra.policy_refused")
	d := s.lastDrill()
	require.False(t, d.Passed())
	require.Equal(t, "entra.policy_refused", d.Failure)
	require.Contains(t, d.Reason, "policy_refused")
	require.Empty(t, s.sim.Users(s.tenant))
}

// A worker may stand still while it arms the canary until Temporal has given it up and the canary is proven off, and then go on.
func TestDrill_WhatIsGivenAfterTheEndIsTakenBack(t *testing.T) {
	for _, at := range []string{"set password", "read licences"} {
		t.Run(at, func(t *testing.T) {
			s := stage(t, entrasim.Free)
			s.entitled(access.PassAndPassword, globalAdmin)
			in := s.beginDrill()
			s.standsStillAt(at, func() {
				_, err := do[any](s, workflows.SwitchOffCanary, workflows.DrillEnding{DrillID: in.DrillID, Failure: "timed out"})
				require.NoError(t, err)
				s.requireOff()
			})
			_, err := do[any](s, workflows.ArmCanary, in)
			require.Error(t, err)
			s.requireOff()
			require.Nil(t, s.lastDrill().ArmedAt)
		})
	}
}

// Microsoft may refuse the deletion: the canary stays, disabled, and the next drill takes it, whoever switched it on since.
func TestDrill_ACanaryThatMayNotBeDeletedIsUsedAgain(t *testing.T) {
	s := stage(t, entrasim.Free)
	s.entitled(access.PasswordOnly, globalAdmin)
	fault, err := s.sim.AddFault(deletionRefused)
	require.NoError(t, err)
	in := s.beginDrill()
	s.arm(in)
	s.disarmRefused(in)
	s.sim.ClearFaults(fault)
	require.Equal(t, access.DeletionRefused, s.lastDrill().Deletion)
	require.True(t, s.lastDrill().Passed())
	s.requireOff()
	first := s.account().ID
	s.byHand(exchange)

	in = s.beginDrill()
	s.arm(in)
	require.Equal(t, first, s.account().ID)
	require.Equal(t, []string{"Global Administrator"}, s.account().Roles, "least-power")
	s.disarm(in, "")
	require.Equal(t, access.AccountDeleted, s.lastDrill().Deletion)
	require.Empty(t, s.sim.Users(s.tenant))
}

// One refusal soon after the roles were removed keeps no canary.
func TestDrill_ADeletionThatIsRefusedAtFirstIsTriedAgain(t *testing.T) {
	s := stage(t, entrasim.Free)
	s.entitled(access.PasswordOnly, globalAdmin)
	fault := deletionRefused
	fault.Count = 1
	_, err := s.sim.AddFault(fault)
	require.NoError(t, err)
	in := s.beginDrill()
	s.arm(in)
	s.disarm(in, "")
	require.Equal(t, access.AccountDeleted, s.lastDrill().Deletion)
	require.Empty(t, s.sim.Users(s.tenant))
}

// Every write is disturbed in every way, in turn: there is one canary, and it is off at the end.
func TestDrill_EveryDisturbedWriteEndsOff(t *testing.T) {
	for _, disturbance := range []entrasim.Fault{
		{Kind: entrasim.DropAfter, Count: 1},
		{Kind: entrasim.DropBefore, Count: 1},
		{Kind: entrasim.Throttle, Count: 2},
		{Kind: entrasim.Refuse, Status: 503, Code: "ServiceUnavailable", Count: 1},
	} {
		t.Run(string(disturbance.Kind), func(t *testing.T) {
			t.Parallel()
			s := stage(t, entrasim.P2)
			s.entitled(access.PassAndPassword, globalAdmin)
			for _, write := range []struct{ method, path string }{
				{http.MethodPost, "^/users$"}, {http.MethodPatch, "^/users/[^/]+$"}, {http.MethodPost, "temporaryAccessPassMethods$"},
				{http.MethodPost, "^/roleManagement/directory/roleAssignment"}, {http.MethodPost, "revokeSignInSessions$"},
				{http.MethodDelete, "^/users/[^/]+$"},
			} {
				fault := disturbance
				fault.Method, fault.Path = write.method, write.path
				_, err := s.sim.AddFault(fault)
				require.NoError(t, err)
			}
			in := s.beginDrill()
			s.arm(in)
			require.Equal(t, []string{"Global Administrator"}, s.account().Roles)
			s.disarm(in, "")
			require.Empty(t, s.sim.Users(s.tenant))
			require.True(t, s.lastDrill().Passed())
		})
	}
}

func TestDrill_NothingIsArmedAtACustomerThatLeaves(t *testing.T) {
	s := stage(t, entrasim.Free)
	s.entitled(access.PasswordOnly, globalAdmin)
	in := s.beginDrill()
	s.depart(false)
	_, err := do[any](s, workflows.ArmCanary, in)
	require.Error(t, err)
	require.Empty(t, s.sim.Users(s.tenant))
	s.disarm(in, "IllegalTransition")
	require.True(t, s.round().Over)
}
