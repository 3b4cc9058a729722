package entra_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
	"hourglass/internal/entrasim/contract"
)

// standIn is the disturbed world. Everything that passes through it is held against Microsoft's description.
type standIn struct {
	*entrasim.Sim
	mu    sync.Mutex
	ahead time.Duration
}

func newStandIn(t *testing.T) *standIn {
	w := &standIn{}
	sim, err := entrasim.Start(entrasim.Config{Clock: w.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	contract.Watch(t, sim)
	require.NoError(t, sim.RegisterApp(entrasim.SampleApp()))
	w.Sim = sim
	return w
}

func (w *standIn) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *standIn) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

func (w *standIn) client(t testing.TB, edits ...func(*entra.Config)) *entra.Client {
	many := entra.Rate{Count: 1 << 16, Per: time.Second}
	cfg := entra.Config{
		AuthorityURL: w.LoginURL(), GraphURL: w.GraphURL(), CAFile: w.CAFile(), Clock: w.now, Timeout: 10 * time.Second,
		ClientID: entrasim.SampleClientID, ClientSecret: access.NewSecret(entrasim.SampleClientSecret),
		Limits: entra.Limits{Units: many, Writes: many, Reports: many},
	}
	for _, edit := range edits {
		edit(&cfg)
	}
	client, err := entra.New(cfg)
	require.NoError(t, err)
	return client
}

func (w *standIn) anywhere(t testing.TB) place { return w.place(t, entrasim.Free) }
func (w *standIn) free(t testing.TB) place     { return w.place(t, entrasim.Free) }
func (w *standIn) premium(t testing.TB) place  { return w.place(t, entrasim.P2) }
func (w *standIn) patience() time.Duration     { return standInPatience }

func (w *standIn) place(t testing.TB, licence entrasim.Licence) place {
	id := uuid.NewString()
	domain := "t" + id[:8] + ".onmicrosoft.com"
	require.NoError(t, w.AddTenant(entrasim.TenantSpec{ID: id, Name: "Contoso " + id[:8], DefaultDomain: domain, Settings: entrasim.Settings{
		Licence: licence, TAPPolicy: entrasim.TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480},
	}}))
	require.NoError(t, w.Connect(id, entrasim.SampleClientID))
	return place{id: access.MustID[access.TenantID](id), domain: domain}
}

func (w *standIn) certificate(t testing.TB) string {
	file := entra.WriteCertificate(t)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	app := entrasim.SampleApp()
	app.Certificates = []string{string(raw)}
	require.NoError(t, w.RegisterApp(app))
	return file
}

func (w *standIn) registerMethod(t testing.TB, p place, id access.ObjectID, collection string) {
	_, err := w.RegisterMethod(p.id.String(), id.String(), entrasim.MethodKind(collection))
	require.NoError(t, err)
}

func (w *standIn) giveRole(t testing.TB, p place, id access.ObjectID, role access.RoleID) {
	require.NoError(t, w.AssignRole(p.id.String(), id.String(), role.String()))
}

func (w *standIn) makeEligible(t testing.TB, p place, id access.ObjectID, role access.RoleID) {
	require.NoError(t, w.AddEligibility(p.id.String(), id.String(), role.String(), 0))
}

func (w *standIn) group(t testing.TB, p place, g newGroup) access.ObjectID {
	spec := entrasim.GroupSpec{Name: "Group " + uuid.NewString()[:8], RoleAssignable: g.roleAssignable}
	for _, m := range g.members {
		spec.Members = append(spec.Members, m.String())
	}
	for _, o := range g.owners {
		spec.Owners = append(spec.Owners, o.String())
	}
	if !g.inside.IsZero() {
		spec.Members = append(spec.Members, g.inside.String())
	}
	id, err := w.AddGroup(p.id.String(), spec)
	require.NoError(t, err)
	return access.MustID[access.ObjectID](id)
}

func (w *standIn) look(t require.TestingT, p place, id access.ObjectID) sight {
	a, found := w.User(p.id.String(), id.String())
	require.True(t, found)
	return sight{
		enabled: a.AccountEnabled, roles: len(a.Roles), eligible: len(a.Eligible), methods: len(a.Methods),
		sessionsFrom: a.SessionsValidFrom, passwordSet: a.PasswordChanged,
	}
}

func (w *standIn) securityDefaults(t testing.TB, p place) bool {
	tenants := w.Tenants()
	i := slices.IndexFunc(tenants, func(info entrasim.TenantInfo) bool { return info.ID == p.id.String() })
	require.NotEqual(t, -1, i)
	return tenants[i].SecurityDefaults
}

func (w *standIn) lag(t testing.TB, p place, l lag) {
	require.NoError(t, w.SetDelays(p.id.String(), entrasim.Delays{
		ReadAfterWriteCount: l.lookUpsThatMissANewAccount, PIM: entrasim.Duration(l.pim), RoleRemoval: entrasim.Duration(l.roleRemoval),
	}))
}

func (w *standIn) disturb(t testing.TB, p place, d disturbance) {
	_, err := w.AddFault(entrasim.Fault{
		Tenant: p.id.String(), Method: d.method, Path: d.path, Kind: entrasim.FaultKind(d.what), Count: d.count,
		Status: d.status, RetryAfter: entrasim.Duration(d.after),
	})
	require.NoError(t, err)
}

func (w *standIn) calm() { w.ClearFaults() }

func (w *standIn) passPolicy(t testing.TB, p place, enabled bool, least, most int) {
	require.NoError(t, w.SetTAPPolicy(p.id.String(), entrasim.TAPPolicy{Enabled: enabled, MinMinutes: least, MaxMinutes: most}))
}

func (w *standIn) passTargets(t testing.TB, p place, once bool, include, exclude []access.ObjectID) {
	policy := entrasim.TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480, OneTimeOnly: once}
	for _, id := range include {
		policy.IncludeGroups = append(policy.IncludeGroups, id.String())
	}
	for _, id := range exclude {
		policy.ExcludeGroups = append(policy.ExcludeGroups, id.String())
	}
	require.NoError(t, w.SetTAPPolicy(p.id.String(), policy))
}

func (w *standIn) ungrant(t testing.TB, p place, permission string) {
	require.NoError(t, w.RevokePermissions(p.id.String(), entrasim.SampleClientID, permission))
}

func (w *standIn) disconnect(t testing.TB, p place) {
	require.NoError(t, w.RevokeConsent(p.id.String(), entrasim.SampleClientID))
}

func (w *standIn) pagesOf(n int) { w.SetPageSize(n) }

func (w *standIn) signsIn(p place, userName string, secret access.Secret) bool {
	_, err := w.TrySignIn(p.id.String(), userName, secret.Reveal())
	return err == nil
}

func (w *standIn) calls(p place) []string {
	var routes []string
	for _, r := range w.Requests(p.id.String()) {
		routes = append(routes, fmt.Sprintf("%s %s", r.Method, r.Template))
	}
	return slices.Clip(routes)
}

func TestTheStandInsDomainsAreResolved(t *testing.T) {
	w := newStandIn(t)
	p := w.free(t)
	host, err := entra.NewSignInHost(entra.Config{AuthorityURL: w.LoginURL(), CAFile: w.CAFile(), ClientID: entrasim.SampleClientID}, "https://hourglass.msp.example/connect")
	require.NoError(t, err)
	for name, want := range map[string]access.TenantID{p.domain: p.id, p.id.String(): p.id, "nobody.example": {}} {
		parsed, err := access.ParseTenantName(name)
		require.NoError(t, err)
		found, err := host.TenantOf(t.Context(), parsed)
		require.Equal(t, want, found)
		require.Equal(t, want.IsZero(), err != nil)
		if err != nil {
			require.ErrorIs(t, err, access.TenantUnknown)
		}
	}
}

// The stand-in's sample app declares what ours asks for, no more and no less.
func TestTheSampleAppDeclaresWhatIsAskedFor(t *testing.T) {
	var asked []string
	for _, p := range entra.Permissions {
		asked = append(asked, p.Name)
	}
	require.ElementsMatch(t, asked, entrasim.SamplePermissions)
}
