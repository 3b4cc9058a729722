package entra_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
)

// needing is a call that is refused without the permission.
var needing = map[string]func(*testing.T, *entra.Tenant, needed) error{
	"User.ReadWrite.All": func(t *testing.T, tenant *entra.Tenant, n needed) error {
		_, err := tenant.CreateAccount(t.Context(), newAccount(t, n.place))
		return err
	},
	"User.Read.All": func(t *testing.T, tenant *entra.Tenant, n needed) error {
		_, err := tenant.MemberOf(t.Context(), n.account)
		return err
	},
	"User-PasswordProfile.ReadWrite.All": func(t *testing.T, tenant *entra.Tenant, n needed) error {
		return tenant.SetPassword(t.Context(), n.account, newPassword(t))
	},
	"RoleManagement.ReadWrite.Directory": func(t *testing.T, tenant *entra.Tenant, n needed) error {
		_, err := tenant.Roles(t.Context(), n.account)
		return err
	},
	"UserAuthenticationMethod.ReadWrite.All": func(t *testing.T, tenant *entra.Tenant, n needed) error {
		_, err := tenant.Methods(t.Context(), n.account)
		return err
	},
	"GroupMember.ReadWrite.All": func(t *testing.T, tenant *entra.Tenant, n needed) error {
		return tenant.LeaveGroup(t.Context(), n.account, n.group)
	},
	"Organization.Read.All": func(t *testing.T, tenant *entra.Tenant, _ needed) error {
		_, err := tenant.Licence(t.Context())
		return err
	},
	"Policy.Read.All": func(t *testing.T, tenant *entra.Tenant, _ needed) error {
		_, err := tenant.PassPolicy(t.Context())
		return err
	},
}

type needed struct {
	place   place
	account access.ObjectID
	group   entra.Group // that the account is a member of
}

// least-power: no permission is asked for in vain.
func TestEveryPermissionIsNeeded(t *testing.T) {
	w := newStandIn(t)
	for _, permission := range entra.Permissions {
		t.Run(permission.Name, func(t *testing.T) {
			call := needing[permission.Name]
			require.NotNil(t, call, "no call needs it")
			p := w.free(t)
			_, account := inhabited(t, w, p)
			n := needed{place: p, account: account.ID, group: entra.Group{
				ID: w.group(t, p, newGroup{members: []access.ObjectID{account.ID}}),
			}}
			w.ungrant(t, p, permission.Name)
			requireKind(t, entra.Forbidden, call(t, w.client(t).Tenant(p.id), n))
			require.NoError(t, w.Consent(p.id.String(), entrasim.SampleClientID))
			require.NoError(t, call(t, w.client(t).Tenant(p.id), n))
		})
	}
}
