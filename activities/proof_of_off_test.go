package activities_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
	"hourglass/workflows"
)

// What the technician, who was Global Administrator, left behind for later.
func TestProofOfOff_EverythingPickedUpMeanwhileIsTakenAway(t *testing.T) {
	s := stage(t, entrasim.P2)
	grant := s.request(access.PasswordOnly, globalAdmin)
	credential := s.open(grant)
	account := s.account().ID
	_, err := s.sim.TrySignIn(s.tenant, credential.UserName, credential.Password.Reveal())
	require.NoError(t, err)
	require.NoError(t, s.sim.AssignRole(s.tenant, account, exchange))
	require.NoError(t, s.sim.AddEligibility(s.tenant, account, helpdesk, 0))
	require.NoError(t, s.sim.AddEligibility(s.tenant, account, globalAdmin, 24*time.Hour)) // for when it is enabled again
	for _, kind := range []entrasim.MethodKind{entrasim.Phone, entrasim.Authenticator, entrasim.FIDO2} {
		_, err := s.sim.RegisterMethod(s.tenant, account, kind)
		require.NoError(t, err)
	}
	_, err = s.sim.AddGroup(s.tenant, entrasim.GroupSpec{Name: "backdoor", RoleAssignable: true, Roles: []string{globalAdmin}, Members: []string{account}})
	require.NoError(t, err)
	_, err = s.sim.AddGroup(s.tenant, entrasim.GroupSpec{Name: "back door's owner", RoleAssignable: true, Owners: []string{account}})
	require.NoError(t, err)

	proof, err := s.switchOff(grant)
	require.NoError(t, err)
	s.requireOff(credential)
	require.Empty(t, s.account().Eligible)
	require.Empty(t, s.account().Groups)
	require.Equal(t, 3, proof.RemovedMethods)
	require.Equal(t, 2, proof.RemovedGroups)
	require.GreaterOrEqual(t, proof.RemovedRoles, 3)
}

// Microsoft limits how often methods are read, for all tenants of an app together: in a wave of ends many reads are refused.
func TestProofOfOff_WhatCannotBeReadKeepsNothingElseOn(t *testing.T) {
	cases := map[string]struct {
		path    string
		enabled bool // nothing but roles and groups is let go of a member of a role-assignable group
		removed workflows.Tally
	}{
		"sign-in methods": {path: "/authentication/methods$", removed: workflows.Tally{Roles: 1, Groups: 1}},
		"groups":          {path: "/transitiveMemberOf", enabled: true, removed: workflows.Tally{Roles: 1, Methods: 1}},
	}
	for name, unread := range cases {
		t.Run(name, func(t *testing.T) {
			s := stage(t, entrasim.Free)
			grant := s.request(access.PassAndPassword, helpdesk)
			credential := s.open(grant)
			_, err := s.sim.TrySignIn(s.tenant, credential.UserName, credential.Pass.Reveal())
			require.NoError(t, err)
			_, err = s.sim.AddGroup(s.tenant, entrasim.GroupSpec{Name: "backdoor", RoleAssignable: true, Members: []string{s.account().ID}})
			require.NoError(t, err)
			fault, err := s.sim.AddFault(entrasim.Fault{Method: http.MethodGet, Path: unread.path, Kind: entrasim.Throttle})
			require.NoError(t, err)

			in := workflows.SwitchOffInput{GrantID: grant, Cause: access.Expired}
			_, err = s.run.ExecuteLocalActivity(s.activities.SwitchOff, in)
			var failure *temporal.ApplicationError
			require.ErrorAs(t, err, &failure)
			require.Equal(t, "entra."+string(entra.Throttled), failure.Type())
			account := s.account()
			require.Empty(t, account.Roles)
			require.Equal(t, unread.enabled, account.AccountEnabled)
			for _, session := range account.Sessions {
				require.NotEmpty(t, session.Ended)
			}
			var reached workflows.Progress
			require.NoError(t, failure.Details(&reached))
			require.Equal(t, unread.removed, reached.Removed)

			s.sim.ClearFaults(fault)
			in.Removed = reached.Removed
			proof, err := do[access.Proof](s, workflows.SwitchOff, in)
			require.NoError(t, err)
			s.requireOff(credential)
			require.GreaterOrEqual(t, proof.RemovedRoles, 1, "what the failed attempt took away counts")
			require.Equal(t, 1, proof.RemovedGroups)
			require.GreaterOrEqual(t, proof.RemovedMethods, 1)
		})
	}
}

func TestProofOfOff_AMethodThatStaysKeepsNoOther(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PasswordOnly, helpdesk)
	credential := s.open(grant)
	for _, kind := range []entrasim.MethodKind{entrasim.Phone, entrasim.Authenticator, entrasim.FIDO2} {
		_, err := s.sim.RegisterMethod(s.tenant, s.account().ID, kind)
		require.NoError(t, err)
	}
	fault, err := s.sim.AddFault(entrasim.Fault{Method: http.MethodDelete, Path: "/phoneMethods/", Kind: entrasim.Refuse, Status: 403, Code: "Authorization_RequestDenied"})
	require.NoError(t, err)
	_, err = s.run.ExecuteActivity(workflows.SwitchOff, workflows.SwitchOffInput{GrantID: grant, Cause: access.Expired})
	require.Error(t, err)
	require.Len(t, s.account().Methods, 1)
	require.False(t, s.account().AccountEnabled)

	s.sim.ClearFaults(fault)
	_, err = s.switchOff(grant)
	require.NoError(t, err)
	s.requireOff(credential)
}

// An answer "no such account" ends a grant only when it cannot be a replica that lags behind.
func TestProofOfOff_AccountDeletedByTheCustomerMeanwhile(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PasswordOnly, globalAdmin)
	s.open(grant)
	id := s.account().ID
	require.NoError(t, s.sim.DeleteUser(s.tenant, id))

	_, err := s.run.ExecuteActivity(workflows.SwitchOff, workflows.SwitchOffInput{GrantID: grant, Cause: access.Expired})
	var young *temporal.ApplicationError
	require.ErrorAs(t, err, &young)
	require.Equal(t, "NotOff", young.Type())

	s.later = time.Hour
	proof, err := s.switchOff(grant)
	require.NoError(t, err)
	require.Equal(t, id, proof.ObjectID.String())
}

// A worker may stand still in a step until Temporal has given it up and the grant has ended, and then go on.
func TestProofOfOff_WhatAStepGivesAfterTheEndItTakesBack(t *testing.T) {
	for _, licence := range []entrasim.Licence{entrasim.Free, entrasim.P2} {
		for _, still := range []struct{ at, step string }{
			{"set password", workflows.ProvisionAccount}, // and then it enables the account, and issues a pass
			{"read licences", workflows.AssignRoles},
		} {
			t.Run(string(licence)+", "+still.at, func(t *testing.T) {
				s := stage(t, licence)
				grant := s.request(access.PassAndPassword, globalAdmin)
				s.standsStillAt(still.at, func() {
					_, err := s.switchOff(grant)
					require.NoError(t, err)
					s.requireOff()
				})
				_, err := s.ready(grant)
				if still.step == workflows.AssignRoles {
					require.NoError(t, err)
					_, err = do[any](s, workflows.AssignRoles, workflows.GrantRef{GrantID: grant})
				}
				require.Error(t, err, "nobody is told a credential")
				s.requireOff()
			})
		}
	}
}

func TestWhatAStepGivesAfterTheEndIsLeftToTheNextGrant(t *testing.T) {
	s := stage(t, entrasim.Free)
	first := s.request(access.PassAndPassword, globalAdmin)
	s.standsStillAt("set password", func() {
		_, err := s.switchOff(first)
		require.NoError(t, err)
		s.open(s.request(access.PassAndPassword, helpdesk))
	})
	_, err := s.ready(first)
	require.Error(t, err)
	require.True(t, s.account().AccountEnabled)
	require.Equal(t, []string{"Helpdesk Administrator"}, s.account().Roles)
}
