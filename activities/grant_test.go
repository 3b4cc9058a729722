package activities_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// The stand-in keeps Microsoft's strict rule: an app may not touch a privileged account, and its own
// service principal holds no role but User Administrator.
func TestGlobalAdministratorIsGrantedAndSwitchedOff(t *testing.T) {
	for _, licence := range []entrasim.Licence{entrasim.Free, entrasim.P1, entrasim.P2} {
		t.Run(string(licence), func(t *testing.T) {
			s := stage(t, licence)
			grant := s.request(access.PassAndPassword, globalAdmin)
			credential := s.open(grant)

			account := s.account()
			require.True(t, account.AccountEnabled)
			require.Equal(t, []string{"Global Administrator"}, account.Roles, "least-power: exactly the profile's roles")
			for _, secret := range []access.Secret{credential.Pass, credential.Password} {
				_, err := s.sim.TrySignIn(s.tenant, credential.UserName, secret.Reveal())
				require.NoError(t, err)
			}

			proof, err := s.switchOff(grant)
			require.NoError(t, err)
			s.requireOff(credential)
			require.Equal(t, account.ID, proof.ObjectID.String())
			require.Equal(t, 1, proof.RemovedMethods)
			stored, err := s.store.Grant(t.Context(), grant)
			require.NoError(t, err)
			require.Equal(t, access.Ended, stored.State)
			require.Equal(t, licence == entrasim.P2, stored.Switches.RolesEndAtMicrosoft)
			require.True(t, stored.Switches.PassEndsInTime)
			_, err = s.store.DataKey(t.Context(), grant)
			require.ErrorIs(t, err, access.ErrDataKeyDestroyed)
		})
	}
}

func TestReturningAccountIsTheSameOne(t *testing.T) {
	s := stage(t, entrasim.Free)
	var ids []string
	for range 3 {
		grant := s.request(access.PasswordOnly, helpdesk)
		credential := s.open(grant)
		require.True(t, credential.Pass.IsZero())
		_, err := s.switchOff(grant)
		require.NoError(t, err)
		s.requireOff(credential)
		ids = append(ids, s.account().ID)
	}
	require.Len(t, slices.Compact(ids), 1)
}

// Every write of a grant is disturbed in every way, in turn. Whatever happens, there is one account,
// it gets exactly its roles, and it is off at the end.
func TestEveryDisturbedWriteEndsRight(t *testing.T) {
	writes := []struct{ method, path string }{
		{http.MethodPost, "^/users$"},
		{http.MethodPatch, "^/users/[^/]+$"},
		{http.MethodPost, "temporaryAccessPassMethods$"},
		{http.MethodPost, "^/roleManagement/directory/roleAssignment"},
		{http.MethodPost, "revokeSignInSessions$"},
		{http.MethodDelete, "temporaryAccessPassMethods/"},
		{http.MethodDelete, "^/roleManagement/directory/roleAssignments/"},
	}
	disturbances := []entrasim.Fault{
		{Kind: entrasim.DropAfter, Count: 1},
		{Kind: entrasim.DropBefore, Count: 1},
		{Kind: entrasim.Throttle, Count: 2},
		{Kind: entrasim.Throttle, Count: 1, RetryAfter: entrasim.Duration(time.Second)},
		{Kind: entrasim.Refuse, Status: 503, Code: "ServiceUnavailable", Count: 2},
		{Kind: entrasim.Refuse, Status: 403, Code: "Authorization_RequestDenied", Count: 1},
	}
	for _, licence := range []entrasim.Licence{entrasim.Free, entrasim.P2} {
		for _, disturbance := range disturbances {
			t.Run(fmt.Sprintf("%s %s %d", licence, disturbance.Kind, disturbance.Status), func(t *testing.T) {
				t.Parallel()
				s := stage(t, licence)
				for _, write := range writes {
					fault := disturbance
					fault.Method, fault.Path = write.method, write.path
					_, err := s.sim.AddFault(fault)
					require.NoError(t, err)
				}
				grant := s.request(access.PassAndPassword, helpdesk, exchange)
				credential := s.open(grant)
				require.ElementsMatch(t, []string{"Helpdesk Administrator", "Exchange Administrator"}, s.account().Roles)
				_, err := s.switchOff(grant)
				require.NoError(t, err)
				s.requireOff(credential)
				provisioned := "account.created"
				if disturbance.Kind == entrasim.DropAfter {
					provisioned = "account.found" // by its marker: the answer to its creation was lost
				}
				s.requireAuditOnce(grant, "grant.requested", provisioned, "credential.issued", "grant.active", "grant.ending", "grant.ended")
			})
		}
	}
}

func TestReplicationDelayIsWaitedFor(t *testing.T) {
	for _, licence := range []entrasim.Licence{entrasim.Free, entrasim.P2} {
		t.Run(string(licence), func(t *testing.T) {
			s := stage(t, licence)
			require.NoError(t, s.sim.Change(s.tenant, func(settings *entrasim.Settings) {
				settings.Delays = entrasim.Delays{
					ReadAfterWriteCount: 3,
					RoleRemoval:         entrasim.Duration(700 * time.Millisecond),
					PIM:                 entrasim.Duration(time.Hour),
				}
			}))
			grant := s.request(access.PassAndPassword, globalAdmin)
			credential := s.open(grant)
			_, err := s.switchOff(grant)
			require.NoError(t, err)
			s.requireOff(credential)
		})
	}
}

func TestLeastPower_WhatWasAddedByHandBetweenGrantsIsTakenAwayFirst(t *testing.T) {
	s := stage(t, entrasim.Free)
	first := s.request(access.PasswordOnly, helpdesk)
	s.open(first)
	_, err := s.switchOff(first)
	require.NoError(t, err)
	require.NoError(t, s.sim.AssignRole(s.tenant, s.account().ID, globalAdmin))
	on := true
	require.NoError(t, s.sim.UpdateUser(s.tenant, s.account().ID, entrasim.ChangeUser{AccountEnabled: &on}))

	s.open(s.request(access.PasswordOnly, helpdesk))
	require.Equal(t, []string{"Helpdesk Administrator"}, s.account().Roles)
}

// An attempt may die when the password is set, or the answer may be lost when all is done: the next one begins anew, and
// the grant has one account, whose credential is the last one's, and each record once.
func TestReadyAgainAfterAnAttemptThatDied(t *testing.T) {
	for _, licence := range []entrasim.Licence{entrasim.Free, entrasim.P2} {
		for _, died := range []struct{ name, method, path string }{
			{"when the account was made", http.MethodPost, "^/users$"},
			{"when the password was set", http.MethodPatch, "^/users/[^/]+$"},
			{"when the pass was issued", http.MethodPost, "temporaryAccessPassMethods$"},
			{"when all was done", "", ""},
		} {
			t.Run(string(licence)+", "+died.name, func(t *testing.T) {
				s := stage(t, licence)
				grant := s.request(access.PassAndPassword, globalAdmin)
				if died.path != "" {
					_, err := s.sim.AddFault(entrasim.Fault{Kind: entrasim.DropAfter, Method: died.method, Path: died.path, Count: 1})
					require.NoError(t, err)
				}
				_, err := s.run.ExecuteActivity(workflows.ProvisionAccount, workflows.ProvisionInput{GrantID: grant, AndCredential: true})
				require.Equal(t, died.path == "", err == nil)
				require.NoError(t, s.sim.AssignRole(s.tenant, s.account().ID, exchange)) // least-power: somebody's, between the two

				credential := s.open(grant)
				require.Equal(t, []string{"Global Administrator"}, s.account().Roles)
				for _, secret := range []access.Secret{credential.Pass, credential.Password} {
					_, err := s.sim.TrySignIn(s.tenant, credential.UserName, secret.Reveal())
					require.NoError(t, err)
				}
				_, err = s.switchOff(grant)
				require.NoError(t, err)
				s.requireOff(credential)
				s.requireAuditOnce(grant, "grant.provisioning", "credential.issued", "grant.active", "grant.ending", "grant.ended")
			})
		}
	}
}

// A grant that an earlier version began, in two steps.
func TestAccountAndCredentialInStepsOfTheirOwn(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PassAndPassword, helpdesk)
	rotated, err := do[workflows.Rotated](s, workflows.ProvisionAccount, workflows.GrantRef{GrantID: grant})
	require.NoError(t, err)
	require.Zero(t, rotated, "the credential is the next step's")
	require.False(t, s.account().AccountEnabled)
	rotated, err = do[workflows.Rotated](s, workflows.RotatePassword, workflows.GrantRef{GrantID: grant})
	require.NoError(t, err)
	_, err = do[workflows.Activated](s, workflows.AssignRoles, workflows.GrantRef{GrantID: grant})
	require.NoError(t, err)
	credential := s.unseal(grant, rotated)
	_, err = s.sim.TrySignIn(s.tenant, credential.UserName, credential.Password.Reveal())
	require.NoError(t, err)
	_, err = s.switchOff(grant)
	require.NoError(t, err)
	s.requireOff(credential)
}

func TestNameTakenBySomebodyElseIsNotTouched(t *testing.T) {
	s := stage(t, entrasim.Free)
	_, err := s.sim.AddUser(s.tenant, entrasim.UserSpec{UPN: "hg-ada@contoso.onmicrosoft.com", DisplayName: "another Ada", Password: "Somebody-Elses-1"})
	require.NoError(t, err)
	credential := s.open(s.request(access.PasswordOnly, helpdesk))
	require.NotEqual(t, "hg-ada@contoso.onmicrosoft.com", credential.UserName)
	require.Contains(t, credential.UserName, "hg-ada-")
	require.Len(t, s.sim.Users(s.tenant), 2)
	_, err = s.sim.TrySignIn(s.tenant, "hg-ada@contoso.onmicrosoft.com", "Somebody-Elses-1")
	require.NoError(t, err)
}

func TestRenamedAccountIsStillEnded(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PasswordOnly, globalAdmin)
	credential := s.open(grant)
	renamed := "renamed@contoso.onmicrosoft.com"
	require.NoError(t, s.sim.UpdateUser(s.tenant, s.account().ID, entrasim.ChangeUser{UPN: &renamed}))
	_, err := s.switchOff(grant)
	require.NoError(t, err)
	credential.UserName = renamed
	s.requireOff(credential)
}

func TestAccountDeletedByTheCustomerIsMadeAnew(t *testing.T) {
	s := stage(t, entrasim.Free)
	first := s.request(access.PasswordOnly, helpdesk)
	s.open(first)
	_, err := s.switchOff(first)
	require.NoError(t, err)
	require.NoError(t, s.sim.DeleteUser(s.tenant, s.account().ID))
	s.open(s.request(access.PasswordOnly, helpdesk))
	require.Equal(t, []string{"Helpdesk Administrator"}, s.account().Roles)
}

func TestEndBeforeBeginning_EndOfAGrantThatNeverBegan(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PasswordOnly, helpdesk)
	proof, err := s.switchOff(grant)
	require.NoError(t, err)
	require.True(t, proof.ObjectID.IsZero())
	require.Empty(t, s.sim.Writes(s.tenant))
}

func TestStepsOfAnEndedGrantAreRefused(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PasswordOnly, helpdesk)
	s.open(grant)
	_, err := s.switchOff(grant)
	require.NoError(t, err)
	writes := len(s.sim.Writes(s.tenant))
	for _, step := range []string{workflows.ProvisionAccount, workflows.RotatePassword, workflows.AssignRoles} {
		_, err := do[any](s, step, workflows.GrantRef{GrantID: grant})
		var refused *temporal.ApplicationError
		require.ErrorAs(t, err, &refused, step)
		require.Equal(t, "IllegalTransition", refused.Type(), step)
	}
	require.Len(t, s.sim.Writes(s.tenant), writes, "Microsoft was not asked for anything")
}

func TestPassPolicyOffIsSaidAtOnce(t *testing.T) {
	s := stage(t, entrasim.Free)
	require.NoError(t, s.sim.SetTAPPolicy(s.tenant, entrasim.TAPPolicy{Enabled: false}))
	grant := s.request(access.PassOnly, helpdesk)
	_, err := s.ready(grant)
	var refused *temporal.ApplicationError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "entra.policy_refused", refused.Type())
	require.True(t, refused.NonRetryable())
	_, err = s.switchOff(grant)
	require.NoError(t, err)
	s.requireOff()
}

// A federated domain: its users sign in elsewhere, Microsoft sets no password there, and a pass opens the account all the same.
func TestFederatedDomainTakesAPassAlone(t *testing.T) {
	const domain = "federated.example"
	s := stage(t, entrasim.Free)
	require.NoError(t, s.sim.AddDomain(s.tenant, entrasim.DomainSpec{Name: domain, Federated: true}))
	settings := s.customer.Settings()
	settings.AccountDomain = domain
	_, err := s.store.ChangeCustomer(s.ctx, s.customer.ID, 0, settings, store.Actor{})
	require.NoError(t, err)

	for range 2 { // the account is made, and found again
		grant := s.request(access.PassOnly, globalAdmin)
		credential := s.open(grant)
		require.Equal(t, []string{"Global Administrator"}, s.account().Roles)
		_, err = s.sim.TrySignIn(s.tenant, credential.UserName, credential.Pass.Reveal())
		require.NoError(t, err)
		proof, err := s.switchOff(grant)
		require.NoError(t, err)
		require.True(t, proof.NoPassword)
		stored, err := s.store.Grant(s.ctx, grant)
		require.NoError(t, err)
		require.True(t, stored.Proof.NoPassword)
		s.requireOff(credential)
	}

	// With a password it is refused before the account is on, and the end needs no password either.
	grant := s.request(access.PassAndPassword, globalAdmin)
	_, err = s.ready(grant)
	require.Error(t, err)
	require.False(t, s.account().AccountEnabled)
	_, err = s.switchOff(grant)
	require.NoError(t, err)

	// In a managed domain the same refusals stand: an account whose password was not scrambled is not off.
	require.NoError(t, s.sim.SetFederated(domain, false))
	grant = s.request(access.PassOnly, globalAdmin)
	s.open(grant)
	fault, err := s.sim.AddFault(entrasim.Fault{Tenant: s.tenant, Method: http.MethodPatch, Path: `/users/[^/]+$`, Kind: entrasim.Refuse})
	require.NoError(t, err)
	_, err = s.switchOff(grant)
	require.Error(t, err)
	s.sim.ClearFaults(fault)
	_, err = s.switchOff(grant)
	require.NoError(t, err)
}

func TestExtendReissuesAPassThatWouldEndEarlier(t *testing.T) {
	s := stage(t, entrasim.P2)
	grant := s.request(access.PassAndPassword, helpdesk)
	rotated, err := s.ready(grant)
	require.NoError(t, err)
	activated, err := do[workflows.Activated](s, workflows.AssignRoles, workflows.GrantRef{GrantID: grant})
	require.NoError(t, err)
	require.True(t, activated.RolesEndAtMicrosoft)
	first := s.unseal(grant, rotated)

	end := activated.ActiveAt.Add(4 * time.Hour)
	extended, err := do[workflows.Extended](s, workflows.ExtendAccess, workflows.ExtendInput{
		Extension: workflows.Extension{Named: workflows.Named{GrantID: grant, By: s.person.ID}, Key: "k", ExpiresAt: end},
		Sealed:    rotated.Sealed, PassEndsAt: rotated.PassEndsAt,
	})
	require.NoError(t, err)
	require.WithinDuration(t, end, extended.ExpiresAt, 0)
	second := s.unseal(grant, extended.Rotated)
	require.NotEqual(t, first.Pass, second.Pass)
	require.Equal(t, first.Password, second.Password)
	_, err = s.sim.TrySignIn(s.tenant, second.UserName, second.Pass.Reveal())
	require.NoError(t, err)
	stored, err := s.store.Grant(t.Context(), grant)
	require.NoError(t, err)
	require.WithinDuration(t, end, *stored.ExpiresAt, time.Microsecond)
	_, err = s.switchOff(grant)
	require.NoError(t, err)
	s.requireOff(first, second)
}

// A customer's own policy may allow no longer schedule. The technician keeps the access that there is, and the pass that they were shown.
func TestExtensionThatMicrosoftRefusesLeavesThePassAsItIs(t *testing.T) {
	s := stage(t, entrasim.P2)
	grant := s.request(access.PassAndPassword, helpdesk)
	rotated, err := s.ready(grant)
	require.NoError(t, err)
	activated, err := do[workflows.Activated](s, workflows.AssignRoles, workflows.GrantRef{GrantID: grant})
	require.NoError(t, err)
	_, err = s.sim.AddFault(entrasim.Fault{
		Method: http.MethodPost, Path: "roleAssignmentScheduleRequests", Kind: entrasim.Refuse, Status: 400, Code: "RoleAssignmentRequestPolicyValidationFailed",
	})
	require.NoError(t, err)
	_, err = do[workflows.Extended](s, workflows.ExtendAccess, workflows.ExtendInput{
		Extension: workflows.Extension{Named: workflows.Named{GrantID: grant, By: s.person.ID}, Key: "k", ExpiresAt: activated.ActiveAt.Add(4 * time.Hour)},
		Sealed:    rotated.Sealed, PassEndsAt: rotated.PassEndsAt,
	})
	var refused *temporal.ApplicationError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "entra.policy_refused", refused.Type())
	shown := s.unseal(grant, rotated)
	_, err = s.sim.TrySignIn(s.tenant, shown.UserName, shown.Pass.Reveal())
	require.NoError(t, err)
}

func (s *scene) requireAuditOnce(grant access.GrantID, actions ...string) {
	s.t.Helper()
	records, err := s.store.AuditRecords(s.ctx, 0, 1000)
	require.NoError(s.t, err)
	count := map[string]int{}
	for _, r := range records {
		if r.GrantID == grant {
			count[string(r.Action)]++
		}
	}
	for _, action := range actions {
		require.Equal(s.t, 1, count[action], "%s in %v", action, count)
	}
	verdict, err := s.store.VerifyAudit(s.ctx)
	require.NoError(s.t, err)
	require.True(s.t, verdict.OK())
}
