package activities_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// deletionRefused is Microsoft's answer to whoever may not delete an account, and for a while to others after a role removal.
var deletionRefused = entrasim.Fault{
	Method: http.MethodDelete, Path: "^/users/[^/]+$", Kind: entrasim.Refuse, Status: 403, Code: "Authorization_RequestDenied",
}

// replicated is far longer than Microsoft takes to carry a role removal to all its replicas.
const replicated = 10 * time.Minute

// depart lets the customer leave.
func (s *scene) depart(deletes bool) store.Departure {
	s.t.Helper()
	d, err := s.store.BeginDeparture(s.ctx, store.NewDeparture{
		ID: id[access.DepartureID](s.t), CustomerID: s.customer.ID, DeletesAccounts: deletes,
	}, store.Actor{PersonID: s.person.ID})
	require.NoError(s.t, err)
	return d
}

// round is one round of LeaveCustomer; what fails at Microsoft does not make it fail.
func (s *scene) round() workflows.Left {
	s.t.Helper()
	value, err := s.run.ExecuteActivity(workflows.LeaveCustomer, workflows.LeaveInput{CustomerID: s.customer.ID})
	require.NoError(s.t, err)
	var left workflows.Left
	require.NoError(s.t, value.Get(&left))
	return left
}

// leaving makes rounds until the departure is over.
func (s *scene) leaving() {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return s.round().Over }, patience, patience/1000)
}

func (s *scene) departure() store.Departure {
	s.t.Helper()
	d, err := s.store.Departure(s.ctx, s.customer.ID)
	require.NoError(s.t, err)
	return d
}

// hire makes a further person the scene's technician.
func (s *scene) hire(handle string) {
	s.t.Helper()
	s.person = store.Person{ID: id[access.PersonID](s.t), Name: name(s.t, handle), Handle: must(access.NewHandle(handle)), Roles: []access.MSPRole{access.Technician}}
	require.NoError(s.t, s.store.AddPerson(s.ctx, s.person, store.Actor{}))
}

// byHand switches every account on again and gives it a role, as an administrator of the customer could.
func (s *scene) byHand(role string) {
	s.t.Helper()
	on := true
	for _, account := range s.sim.Users(s.tenant) {
		require.NoError(s.t, s.sim.UpdateUser(s.tenant, account.ID, entrasim.ChangeUser{AccountEnabled: &on}))
		require.NoError(s.t, s.sim.AssignRole(s.tenant, account.ID, role))
	}
}

func (s *scene) requireEveryAccountOff(n int) {
	s.t.Helper()
	users := s.sim.Users(s.tenant)
	require.Len(s.t, users, n)
	for _, account := range users {
		require.False(s.t, account.AccountEnabled)
		require.Empty(s.t, account.Roles)
		require.Empty(s.t, account.Methods)
	}
}

// Accounts whose grants ended long ago are switched off and proven as well: somebody may have switched them on since.
func TestProofOfOff_EveryAccountOfACustomerThatLeaves(t *testing.T) {
	s := stage(t, entrasim.P2)
	for i := range 6 {
		s.hire(fmt.Sprintf("tech%d", i))
		grant := s.request(access.PassAndPassword, exchange)
		s.open(grant)
		_, err := s.switchOff(grant)
		require.NoError(t, err)
	}
	s.byHand(globalAdmin)
	d := s.depart(false)
	s.leaving()
	s.requireEveryAccountOff(6)
	over := s.departure()
	require.NotNil(t, over.EndedAt)
	require.Empty(t, over.Unproven())
	for _, account := range over.Accounts {
		require.Equal(t, 1, account.Proof.RemovedRoles, "each account's own")
		require.False(t, account.Proof.ReadAt.Before(d.BegunAt))
		require.Equal(t, account.Account.ObjectID, account.Proof.ObjectID)
	}
	require.True(t, s.round().Over, "a round after the end does nothing")
}

func TestLeaving_AGrantEndsBeforeItsAccountIsTouched(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PassAndPassword, exchange)
	s.open(grant)
	s.depart(false)
	require.Equal(t, workflows.Left{Accounts: 1}, s.round())
	require.Equal(t, access.AccountInUse, s.departure().Accounts[0].Step())
	require.True(t, s.account().AccountEnabled)
	_, err := s.switchOff(grant)
	require.NoError(t, err)
	require.Equal(t, workflows.Left{Over: true, Off: 1, Accounts: 1}, s.round())
	s.requireOff()
}

// One account that cannot be switched off keeps none of the others from it, and says why.
func TestLeaving_OneAccountHoldsUpNoOther(t *testing.T) {
	s := stage(t, entrasim.Free)
	for _, handle := range []string{"ann", "bob"} {
		s.hire(handle)
		grant := s.request(access.PassAndPassword, exchange)
		s.open(grant)
		_, err := s.switchOff(grant)
		require.NoError(t, err)
	}
	s.byHand(exchange)
	s.depart(false)
	bad := s.sim.Users(s.tenant)[0].ID
	_, err := s.sim.AddFault(entrasim.Fault{Method: http.MethodDelete, Kind: entrasim.Refuse, Status: 403, Code: "Authorization_RequestDenied", Count: 1})
	require.NoError(t, err)
	_, err = s.sim.AddFault(entrasim.Fault{Method: http.MethodPatch, Path: "^/users/" + bad, Kind: entrasim.Refuse, Status: 403, Code: "Authorization_RequestDenied"})
	require.NoError(t, err)
	s.round()
	require.Eventually(t, func() bool { return s.round().Off == 1 }, patience, patience/1000)
	for _, account := range s.departure().Accounts {
		if account.Account.ObjectID.String() == bad {
			require.Equal(t, access.AccountStuck, account.Step())
			require.Equal(t, "entra.forbidden", account.Failure)
		} else {
			require.Equal(t, access.AccountOff, account.Step())
		}
	}
	s.sim.ClearFaults()
	s.leaving()
	s.requireEveryAccountOff(2)
}

func TestLeaving_ATenantThatCannotBeReachedIsGivenUpByNameOnly(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PassAndPassword, exchange)
	s.open(grant)
	_, err := s.switchOff(grant)
	require.NoError(t, err)
	s.byHand(globalAdmin)
	s.depart(false)
	// Consent withdrawn: no new token, and those of before are not accepted any more.
	require.NoError(t, s.sim.RevokeConsent(s.tenant, entrasim.SampleClientID))
	_, err = s.sim.AddFault(entrasim.Fault{Kind: entrasim.Refuse, Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken"})
	require.NoError(t, err)
	require.Equal(t, workflows.Left{Accounts: 1}, s.round())
	stuck := s.departure().Accounts[0]
	require.Equal(t, access.AccountStuck, stuck.Step())
	require.Equal(t, "entra.unauthenticated", stuck.Failure)
	require.Equal(t, "hg-ada@contoso.onmicrosoft.com", stuck.Account.UPN)
	_, err = s.store.Abandon(s.ctx, s.customer.ID, []access.AccountID{stuck.Account.ID}, store.Actor{PersonID: s.person.ID})
	require.NoError(t, err)
	require.Equal(t, workflows.Left{Over: true}, s.round())
	require.True(t, s.account().AccountEnabled, "that is what was acknowledged")
}

func TestLeaving_AccountsAreDeletedWhereThatIsAskedFor(t *testing.T) {
	atFirst := deletionRefused
	atFirst.Count = 1
	for what, fault := range map[string]entrasim.Fault{
		"throttled at first": {Method: http.MethodDelete, Path: deletionRefused.Path, Kind: entrasim.Throttle, Count: 1},
		"refused at first":   atFirst,
		"refused":            deletionRefused,
	} {
		t.Run(what, func(t *testing.T) {
			s := stage(t, entrasim.Free)
			grant := s.request(access.PasswordOnly, exchange)
			credential := s.open(grant)
			_, err := s.switchOff(grant)
			require.NoError(t, err)
			_, err = s.sim.AddFault(fault)
			require.NoError(t, err)
			s.depart(true)
			require.Equal(t, workflows.Left{Off: 1, Accounts: 1}, s.round())
			require.Empty(t, s.departure().Accounts[0].Deletion, "the roles may not be gone from all of Microsoft's replicas yet")
			if fault.Count == 0 {
				s.later += replicated
			}
			s.leaving()
			if fault.Count == 0 {
				require.Equal(t, access.DeletionRefused, s.departure().Accounts[0].Deletion)
				s.requireOff(credential)
			} else {
				require.Equal(t, access.AccountDeleted, s.departure().Accounts[0].Deletion)
				require.Empty(t, s.sim.Users(s.tenant))
			}
			s.requireAuditOf(audit.AccountOff, audit.AccountDeleted)

			// When the customer comes back, the person has an account again: the same one, or a new one.
			s.sim.ClearFaults()
			s.reconnect()
			grant = s.request(access.PasswordOnly, exchange)
			credential = s.open(grant)
			require.True(t, s.account().AccountEnabled)
			_, err = s.switchOff(grant)
			require.NoError(t, err)
			s.requireOff(credential)
		})
	}
}

// What pre-flight left behind goes with the customer: its account, and the role that it took for the app. A refusal holds nobody up.
func TestLeaving_TakesAwayWhatPreflightLeft(t *testing.T) {
	for _, refused := range []bool{false, true} {
		t.Run(fmt.Sprint("refused ", refused), func(t *testing.T) {
			s := stage(t, entrasim.Free)
			require.NoError(t, s.store.AllowAppRole(s.ctx, s.customer.ID, true, store.Actor{PersonID: s.person.ID}))
			tasks, err := s.store.ClaimPreflights(s.ctx, 1, time.Minute)
			require.NoError(t, err)
			require.Len(t, tasks, 1)
			marker := access.NewMarker([8]byte{1})
			probe, err := s.sim.AddUser(s.tenant, entrasim.UserSpec{UPN: "hg-preflight@contoso.onmicrosoft.com", Password: "Some-Horse-9", EmployeeID: marker.String(), Disabled: true})
			require.NoError(t, err)
			require.NoError(t, s.store.NoteProbe(s.ctx, tasks[0], store.Probe{Marker: marker, ObjectID: must(access.ParseID[access.ObjectID](probe))}))
			require.NoError(t, s.store.NoteAppRole(s.ctx, tasks[0], true))
			principal := func() entrasim.Principal {
				p, ok := s.sim.ServicePrincipal(s.tenant, entrasim.SampleClientID)
				require.True(t, ok)
				return p
			}
			require.Equal(t, []string{"User Administrator"}, principal().Roles)

			s.depart(false)
			require.False(t, s.round().Over, "a check is still at it")
			require.NoError(t, s.store.FinishPreflight(s.ctx, tasks[0], access.TenantFacts{}, time.Now().Add(time.Hour), time.Now().Add(time.Hour)))
			fault := entrasim.Fault{Tenant: s.tenant, Method: http.MethodDelete, Kind: entrasim.Throttle, Count: 1}
			if refused {
				fault = entrasim.Fault{Tenant: s.tenant, Method: http.MethodDelete, Kind: entrasim.Refuse, Status: 403, Code: "Authorization_RequestDenied"}
			}
			_, err = s.sim.AddFault(fault)
			require.NoError(t, err)
			s.leaving()
			if refused {
				s.requireEveryAccountOff(1)
				require.NotEmpty(t, principal().Roles)
				s.requireAuditOf(audit.AppRoleTaken, audit.AccountDeleted, audit.CustomerDisconnected)
				return
			}
			require.Empty(t, s.sim.Users(s.tenant))
			require.Empty(t, principal().Roles)
			s.requireAuditOf(audit.AppRoleTaken, audit.AppRoleReturned, audit.AccountDeleted, audit.CustomerDisconnected)
		})
	}
}

// The canary of a drill that Microsoft did not let be deleted goes with the customer, whose other accounts stay.
func TestLeaving_DeletesTheCanary(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PasswordOnly, exchange)
	credential := s.open(grant)
	_, err := s.switchOff(grant)
	require.NoError(t, err)
	fault, err := s.sim.AddFault(deletionRefused)
	require.NoError(t, err)
	in := s.beginDrill()
	s.arm(in)
	s.disarmRefused(in)
	require.Len(t, s.sim.Users(s.tenant), 2)
	s.sim.ClearFaults(fault)
	s.depart(false)
	s.leaving()
	s.requireOff(credential)
	require.Len(t, s.sim.Users(s.tenant), 1)
}

// An account whose creation may have been answered to nobody is found by its marker.
func TestLeaving_FindsAnAccountByItsMarker(t *testing.T) {
	s := stage(t, entrasim.Free)
	grant := s.request(access.PasswordOnly, exchange)
	plan, err := s.store.Plan(s.ctx, grant)
	require.NoError(t, err)
	_, err = s.store.BeginProvisioning(s.ctx, grant, must(access.ParseUPN("hg-ada@contoso.onmicrosoft.com")))
	require.NoError(t, err)
	_, err = s.sim.AddUser(s.tenant, entrasim.UserSpec{
		UPN: "hg-ada@contoso.onmicrosoft.com", Password: "Some-Horse-9", EmployeeID: plan.Account.Marker.String(), Roles: []string{exchange},
	})
	require.NoError(t, err)
	s.depart(false)
	_, err = s.switchOff(grant)
	require.NoError(t, err)
	s.byHand(exchange)
	s.leaving()
	s.requireOff()
	require.Equal(t, s.account().ID, s.departure().Accounts[0].Proof.ObjectID.String())
}

// reconnect takes the customer through a consent to its tenant.
func (s *scene) reconnect() {
	s.t.Helper()
	session, state := [32]byte{1}, [32]byte([]byte(uuid.NewString())[:32])
	by := store.Actor{PersonID: s.person.ID}
	attempt := store.NewAttempt{
		ID: id[access.AttemptID](s.t), CustomerID: s.customer.ID, TenantID: s.customer.TenantID, StateHash: state, SessionID: session,
		ExpiresAt: s.departure().EndedAt.AddDate(1, 0, 0),
	}
	require.NoError(s.t, s.store.BeginConnection(s.ctx, attempt, by))
	_, err := s.store.TakeConsent(s.ctx, store.Callback{ID: uuid.NewString(), StateHash: state, CustomerID: s.customer.ID, SessionID: session, By: by, TenantID: s.customer.TenantID})
	require.NoError(s.t, err)
	require.NoError(s.t, s.store.Connect(s.ctx, attempt.ID, store.Verified{TenantID: s.customer.TenantID, AccountDomain: "contoso.onmicrosoft.com"}))
}

// requireAuditOf requires one record of each action.
func (s *scene) requireAuditOf(actions ...audit.Action) {
	s.t.Helper()
	records, err := s.store.AuditRecords(s.ctx, 0, 1000)
	require.NoError(s.t, err)
	count := map[audit.Action]int{}
	for _, r := range records {
		count[r.Action]++
	}
	for _, action := range actions {
		require.Equal(s.t, 1, count[action], action)
	}
}
