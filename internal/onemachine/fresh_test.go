package onemachine_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// TestFreshInstall walks from an empty database to a grant that works, by what an MSP has: the command line, the API and
// files.
func TestFreshInstall(t *testing.T) {
	sideBySide(t)
	m := start(t, onemachine.Config{})
	ctx := patiently(t)

	// The first admin enrols by the link that the command prints.
	said, err := m.Hourglass(ctx, "admin", "--handle", "ada", "--name", "Ada Lovelace")
	require.NoError(t, err)
	admin := enrolled(ctx, t, m, linkIn(t, m, said))

	// Customers by file, by the command; one of them is connected by the consent of its administrator.
	tenant := newTenant(t, m.Sim, "contoso-retail", entrasim.Delays{})
	file := filepath.Join(m.Dir(), "customers.csv")
	write := func(content string) { require.NoError(t, os.WriteFile(file, []byte(content), 0o600)) }
	write("name;maximum_lifetime\nContoso Retail;2h\n=Fabrikam, Ltd.;2 days\n")
	_, err = m.Hourglass(ctx, "import", "customers", file)
	require.ErrorContains(t, err, "line 3: maximum_lifetime: Write")
	write("name;maximum_lifetime\nContoso Retail;2h\n=Fabrikam, Ltd.;\n")
	for _, dry := range []string{"--dry-run", "--no-dry-run"} {
		said, err = m.Hourglass(ctx, "import", "customers", file, dry)
		require.NoError(t, err)
		require.Contains(t, said, "create 2, change 0")
	}
	customers, err := admin.Customers(ctx)
	require.NoError(t, err)
	require.Len(t, customers, 2)
	contoso := customers[1]
	require.Equal(t, "Contoso Retail", contoso.Name)
	require.NoError(t, consent(t, m, admin, contoso.Id, tenant))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		connection, err := admin.Connection(ctx, contoso.Id)
		require.NoError(c, err)
		assert.Equal(c, access.Connected, connection.State, "%+v", connection.Attempt)
	}, patience, 100*time.Millisecond)

	// Consent alone does not let an app set passwords: the admin lets it take the role that does.
	_, err = admin.AllowUserAdministrator(ctx, contoso.Id, true)
	require.NoError(t, err)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		preflight, err := admin.Preflight(ctx, contoso.Id)
		require.NoError(c, err)
		assert.True(c, preflight.HasTakenUserAdministrator && !preflight.Checking, "%+v", preflight.Findings)
	}, patience, 100*time.Millisecond)

	// A ready-made profile; people are invited and entitled by file.
	templates, err := admin.ProfileTemplates(ctx)
	require.NoError(t, err)
	require.NoError(t, admin.Assert(ctx))
	profile, err := admin.CreateProfile(ctx, templates[0])
	require.NoError(t, err)
	report := imported(ctx, t, admin, store.PersonList, lines("handle,name,roles,teams", "grace,Grace Hopper,technician,First level"))
	imported(ctx, t, admin, store.EntitlementList, lines("team,profile,customer,ends_at", "First level,"+profile.Rules.Name+",Contoso Retail,2099-12-31"))

	// The technician enrols by the link in the answer, which is nowhere else, and has access that works.
	_, token, _ := strings.Cut(report.Lines[0].Link.Url, "#")
	found, err := m.Search(ctx, token, "grace")
	require.NoError(t, err)
	assert.NotEmpty(t, found.In["grace"], "a search that finds nothing proves nothing")
	assert.Empty(t, found.In[token])
	grace := enrolled(ctx, t, m, report.Lines[0].Link.Url)
	request := api.GrantRequest{CustomerId: contoso.Id, ProfileId: profile.Id, Reason: "Printer", Ticket: "T1"}
	g, err := grace.Request(ctx, "key", request)
	require.NoError(t, err)
	_, err = grace.Await(ctx, g.Id, access.Active)
	require.NoError(t, err)
	require.NoError(t, grace.Assert(ctx))
	credential, err := grace.Credential(ctx, g.Id)
	require.NoError(t, err)
	_, err = m.Sim.TrySignIn(tenant.ID, credential.UserName, credential.Pass)
	require.NoError(t, err, "the account opens")

	// What is exported is what was imported; by the command it is the same.
	for list, want := range map[store.List]string{
		store.CustomerList: lines("name,tenant,account_domain,default_lifetime,maximum_lifetime,account_name_template,display_name_template,approvers",
			`"'=Fabrikam, Ltd.",,,4h,8h,hg-{handle},{name},*`, "Contoso Retail,"+tenant.ID+","+tenant.DefaultDomain+",2h,2h,hg-{handle},{name},*"),
		store.PersonList:      lines("handle,name,roles,teams", "ada,Ada Lovelace,admin; technician,", "grace,Grace Hopper,technician,First level"),
		store.EntitlementList: lines("person,team,profile,customer,ends_at,remove", ",First level,"+profile.Rules.Name+",Contoso Retail,2100-01-01T00:00:00Z,"),
	} {
		exported, err := admin.Export(ctx, list)
		require.NoError(t, err)
		assert.Equal(t, "\ufeff"+want, exported)
		printed, err := m.Hourglass(ctx, "export", string(list))
		require.NoError(t, err)
		assert.Equal(t, exported, printed)
		again, err := admin.Import(ctx, list, exported, true)
		require.NoError(t, err)
		assert.Equal(t, api.ImportCount{Unchanged: len(again.Lines)}, again.Count)
	}

	// An entitlement that an import takes away ends the grant.
	exported, err := admin.Export(ctx, store.EntitlementList)
	require.NoError(t, err)
	imported(ctx, t, admin, store.EntitlementList, strings.ReplaceAll(exported, "Z,\r\n", "Z,yes\r\n"))
	g, err = grace.Await(ctx, g.Id, access.Ended)
	require.NoError(t, err)
	assert.Equal(t, access.Revoked, g.Outcome)
	assert.NotZero(t, g.Proof, "proof-of-off")
	_, err = m.Hourglass(ctx, "audit", "verify")
	require.NoError(t, err)
}

func lines(all ...string) string { return strings.Join(all, "\r\n") + "\r\n" }

// linkIn finds the one-time link that a command printed.
func linkIn(t *testing.T, m *onemachine.Machine, said string) string {
	t.Helper()
	_, token, found := strings.Cut(said, m.PublicURL()+"/enrol#")
	require.True(t, found)
	return m.PublicURL() + "/enrol#" + strings.Fields(token)[0]
}

func enrolled(ctx context.Context, t *testing.T, m *onemachine.Machine, link string) *onemachine.Client {
	t.Helper()
	client, err := onemachine.NewClient(m.PublicURL())
	require.NoError(t, err)
	require.NoError(t, client.Enrol(ctx, link))
	return client
}

// imported rehearses a file and imports it.
func imported(ctx context.Context, t *testing.T, admin *onemachine.Client, list store.List, file string) api.ImportReport {
	t.Helper()
	dry, err := admin.Import(ctx, list, file, true)
	require.NoError(t, err)
	require.Zero(t, dry.Count.Problem, "%+v", dry.Lines)
	require.NoError(t, admin.Assert(ctx))
	report, err := admin.Import(ctx, list, file, false)
	require.NoError(t, err)
	require.Equal(t, dry.Count, report.Count)
	return report
}
