package activities_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// call has accounts at the customer named by templates from now on.
func (s *scene) call(account, display string) {
	s.t.Helper()
	c, err := s.store.Customer(s.ctx, s.customer.ID)
	require.NoError(s.t, err)
	settings := c.Settings()
	settings.Naming = access.Naming{
		Account: must(access.ParseAccountTemplate(account)), Display: must(access.ParseDisplayTemplate(display)),
	}
	_, err = s.store.ChangeCustomer(s.ctx, c.ID, 0, settings, store.Actor{})
	require.NoError(s.t, err)
}

func TestAccountsAreCalledByTheTemplatesOfTheirCustomer(t *testing.T) {
	s := stage(t, entrasim.Free)
	s.call("adm-{given}", "{name} of {customer}")
	first := s.request(access.PasswordOnly, helpdesk)
	credential := s.open(first)
	require.Equal(t, "adm-ada@contoso.onmicrosoft.com", credential.UserName)
	require.Equal(t, "Ada of Contoso", s.account().DisplayName)
	_, err := s.switchOff(first)
	require.NoError(t, err)

	s.call("{handle}", "{name}")
	second := s.request(access.PasswordOnly, helpdesk)
	require.Equal(t, "adm-ada@contoso.onmicrosoft.com", s.open(second).UserName, "an account keeps its name")
	_, err = s.switchOff(second)
	require.NoError(t, err)
	require.NoError(t, s.sim.DeleteUser(s.tenant, s.account().ID))
	require.Equal(t, "adm-ada@contoso.onmicrosoft.com", s.open(s.request(access.PasswordOnly, helpdesk)).UserName, "also when it is made anew")
}

// The creation took effect, its answer was lost, the account is not to be found yet, and the template is another now.
func TestChangedTemplateMakesNoSecondAccount(t *testing.T) {
	s := stage(t, entrasim.Free)
	_, err := s.sim.AddUser(s.tenant, entrasim.UserSpec{UPN: "adm-ada@contoso.onmicrosoft.com", DisplayName: "another Ada", Password: "Somebody-Elses-1"})
	require.NoError(t, err)
	s.call("adm-{given}", "{name}")
	require.NoError(t, s.sim.Change(s.tenant, func(settings *entrasim.Settings) { settings.Delays.ReadAfterWriteCount = 1 }))
	_, err = s.sim.AddFault(entrasim.Fault{Kind: entrasim.DropAfter, Method: http.MethodPost, Path: "^/users$", Skip: 1, Count: 1})
	require.NoError(t, err)
	grant := s.request(access.PasswordOnly, helpdesk)
	_, err = s.run.ExecuteActivity(workflows.ProvisionAccount, workflows.GrantRef{GrantID: grant})
	require.Error(t, err)
	s.call("{handle}", "{name}")
	require.Contains(t, s.open(grant).UserName, "adm-ada-")
	require.Len(t, s.sim.Users(s.tenant), 2, "hers and the one that had the name")
}
