package bulk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/bulk"
	"hourglass/internal/store"
)

func TestCustomersAreMadeAndChanged(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		contoso := w.connected("Contoso", "contoso.example")
		w.customer("Northwind")
		before := len(w.records())
		report := w.imports(store.CustomerList, lines(
			"Name;Tenant;Account domain;Default lifetime;Maximum lifetime",
			"contoso;"+contoso.TenantID.String()+";contoso.onmicrosoft.com;1h;2 H",
			"Fabrikam;;;;90m",
			"\"Adventure \"\"Works\"\" Cycles\";;adventure-works.example;30m;1h30m",
			"Northwind;;;;",
		))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Create: 2, bulk.Change: 1, bulk.Unchanged: 1}, count(report))
		assert.Equal(t, bulk.Line{Number: 2, What: "contoso", Outcome: bulk.Change, Changes: []bulk.Cell{
			{Column: "name", Before: "Contoso", After: "contoso"},
			{Column: "account_domain", Before: "contoso.example", After: "contoso.onmicrosoft.com"},
			{Column: "default_lifetime", Before: "4h", After: "1h"},
			{Column: "maximum_lifetime", Before: "8h", After: "2h"},
		}}, report.Lines[0])
		assert.Equal(t, []audit.Action{audit.CustomerAdded, audit.CustomerAdded, audit.CustomerChanged, audit.ListImported}, w.actions(before))
		last := w.records()[before+3]
		assert.Equal(t, w.admin.ID, last.Actor)
		assert.Contains(t, string(last.Details), `"changes":3`)
		assert.Contains(t, string(last.Details), `"lines":4`)

		now, err := w.store.Customer(t.Context(), contoso.ID)
		require.NoError(t, err)
		assert.Equal(t, contoso.TenantID, now.TenantID, "right-tenant")
		assert.Equal(t, "contoso.onmicrosoft.com", now.AccountDomain)
		assert.Equal(t, limitsOf(t, time.Hour, 2*time.Hour), now.Limits)
		assert.Equal(t, "\ufeff"+lines(
			"name,tenant,account_domain,default_lifetime,maximum_lifetime,account_name_template,display_name_template,approvers",
			`"Adventure ""Works"" Cycles",,adventure-works.example,30m,1h30m,hg-{handle},{name},*`,
			"contoso,"+contoso.TenantID.String()+",contoso.onmicrosoft.com,1h,2h,hg-{handle},{name},*",
			"Fabrikam,,,1h30m,1h30m,hg-{handle},{name},*",
			"Northwind,,,4h,8h,hg-{handle},{name},*",
		), w.export(store.CustomerList))
	})
}

func TestCustomersGetTemplatesAndApprovers(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		contoso := w.customer("Contoso")
		grace, ada := w.person("grace", access.Approver), w.person("ada", access.Approver)
		night := w.team("Night; shift")
		w.team("Twice")
		w.team("Twice")
		before := len(w.records())
		report := w.imports(store.CustomerList, lines(
			"name,account_name_template,display_name_template,approvers",
			"Contoso,adm-{handle},{name} at {customer},\"grace\nteam:night; SHIFT\nada\ngrace\"",
			"Fabrikam,,,ada",
		))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Create: 1, bulk.Change: 1}, count(report))
		assert.Equal(t, []bulk.Cell{
			{Column: "account_name_template", Before: "hg-{handle}", After: "adm-{handle}"},
			{Column: "display_name_template", Before: "{name}", After: "{name} at {customer}"},
			{Column: "approvers", Before: "*", After: "ada\ngrace\nteam:Night; shift\n"},
		}, report.Lines[0].Changes)
		assert.Equal(t, []audit.Action{
			audit.CustomerAdded, audit.CustomerChanged, audit.CustomerApprovers, audit.CustomerApprovers, audit.ListImported,
		}, w.actions(before))
		now, err := w.store.Customer(t.Context(), contoso.ID)
		require.NoError(t, err)
		assert.Equal(t, "adm-{handle}", now.Naming.Account.String())
		deciding, err := w.store.Approvers(t.Context(), contoso.ID)
		require.NoError(t, err)
		require.Len(t, deciding.People, 2)
		assert.Equal(t, []access.PersonID{ada.ID, grace.ID}, []access.PersonID{deciding.People[0].ID, deciding.People[1].ID})
		require.Len(t, deciding.Teams, 1)
		assert.Equal(t, night, deciding.Teams[0].ID)

		again := w.imports(store.CustomerList, w.export(store.CustomerList))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Unchanged: 2}, count(again))
		report = w.imports(store.CustomerList, lines("name,approvers", "Contoso,*", "Fabrikam,"))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Change: 1, bulk.Unchanged: 1}, count(report))
		deciding, err = w.store.Approvers(t.Context(), contoso.ID)
		require.NoError(t, err)
		assert.Empty(t, deciding.People)

		report = w.imports(store.CustomerList, lines("name,account_name_template,display_name_template,approvers",
			"Contoso,{nobody},,nobody", "Fabrikam,,,team:Twice", "Northwind,fixed,,team:Nobody"))
		assert.Equal(t, map[int][]string{
			2: {"account_name_template invalid", "approvers unknown"}, 3: {"approvers unknown"},
			4: {"account_name_template invalid", "approvers unknown"},
		}, problems(report))
	})
}

// problems are the codes by line and column.
func problems(r bulk.Report) map[int][]string {
	found := map[int][]string{}
	for _, l := range r.Lines {
		for _, p := range l.Problems {
			found[l.Number] = append(found[l.Number], p.Column+" "+p.Code)
		}
	}
	return found
}

func TestEveryProblemOfACustomerIsNamed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.customer("Contoso")
		w.customer("Twice")
		w.customer("Twice")
		report := w.imports(store.CustomerList, lines(
			"name,tenant,account_domain,default_lifetime,maximum_lifetime",
			"Fabrikam,,fabrikam.example,4h,8h",
			",,nowhere,,",
			"Contoso,3fa85f64-5717-4562-b3fc-2c963f66afa6,nowhere,5,25h",
			"CONTOSO,,,,",
			"fabrikam,,,8h,4h",
			"Twice,,,,",
		))
		assert.Equal(t, map[int][]string{
			3: {"name invalid"},
			4: {"tenant fixed", "account_domain invalid", "default_lifetime invalid", "maximum_lifetime invalid"},
			5: {"name repeated"},
			6: {"name repeated", "default_lifetime invalid"},
			7: {"name ambiguous"},
		}, problems(report))
		for _, l := range report.Lines {
			for _, p := range l.Problems {
				assert.NotEmpty(t, p.Advice)
			}
		}
		assert.Equal(t, bulk.Create, report.Lines[0].Outcome, "what it would do alone")
	})
}
