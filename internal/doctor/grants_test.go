package doctor

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// What wakes somebody is not well for the doctor either.
func TestADrillThatFailsIsFound(t *testing.T) {
	ctx := t.Context()
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	require.NoError(t, s.Migrate(ctx))
	named := func(text string) access.Name {
		name, err := access.NewName(text)
		require.NoError(t, err)
		return name
	}
	hour, err := access.NewLifetime(time.Hour)
	require.NoError(t, err)
	limits, err := access.NewLimits(hour, hour)
	require.NoError(t, err)
	handle, err := access.NewHandle("ada")
	require.NoError(t, err)
	ada := store.Person{ID: access.MustID[access.PersonID](uuid.NewString()), Name: named("Ada"), Handle: handle, Roles: []access.MSPRole{access.Technician}}
	require.NoError(t, s.AddPerson(ctx, ada, store.Actor{}))
	contoso := store.Customer{
		ID: access.MustID[access.CustomerID](uuid.NewString()), Name: named("Contoso"), TenantID: access.MustID[access.TenantID](uuid.NewString()),
		Connection: access.Connected, AccountDomain: "contoso.onmicrosoft.com",
	}
	require.NoError(t, s.AddCustomer(ctx, contoso, store.Actor{}))
	profile := access.Profile{
		ID: access.MustID[access.ProfileID](uuid.NewString()), Name: named("Help desk"), Limits: limits, Credential: access.PassOnly,
		Roles: []access.RoleID{access.MustID[access.RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")},
	}
	require.NoError(t, s.AddProfile(ctx, profile, store.Actor{}))
	require.NoError(t, s.AddEntitlement(ctx, store.Entitlement{
		ID: access.MustID[access.EntitlementID](uuid.NewString()), PersonID: ada.ID, ProfileID: profile.ID,
	}, store.Actor{}))
	drill, _, err := s.BeginDrill(ctx, store.NewDrill{
		ID: access.MustID[access.DrillID](uuid.NewString()), CustomerID: contoso.ID,
		CanaryID: access.MustID[access.AccountID](uuid.NewString()), Marker: access.NewMarker([8]byte{1}),
	}, store.Actor{})
	require.NoError(t, err)

	look := func() Report { return Examine(ctx, []Part{Grants(s)}) }
	assert.Equal(t, OK, look().Level, "it runs")
	_, err = s.DrillEnding(ctx, drill.ID, "entra.forbidden")
	require.NoError(t, err)
	failing := look()
	assert.Equal(t, Broken, failing.Level)
	assert.Contains(t, failing.Findings[len(failing.Findings)-1].Says, "a drill fails: 1;")
}
