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

func TestEntitlementsAreAddedAndRemoved(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ada, helpDesk, contoso := w.person("ada", access.Technician), w.profile("Help desk"), w.customer("Contoso")
		w.customer("Fabrikam")
		team := w.team("First level", ada.ID)
		soon := noon.Add(90 * time.Minute)
		w.entitle(store.Entitlement{PersonID: ada.ID, ProfileID: helpDesk.ID, CustomerID: contoso.ID})
		w.entitle(store.Entitlement{TeamID: team, ProfileID: helpDesk.ID, EndsAt: &soon})
		before := len(w.records())
		report := w.imports(store.EntitlementList, lines(
			"person,team,profile,customer,ends_at,remove",
			"Ada,,help desk,CONTOSO,,yes",
			",First level,Help desk,*,2026-11-02T14:30:00+01:00,",
			",First level,Help desk,Fabrikam,2027-03-31,no",
			"ada,,Help desk,Fabrikam,,",
			"ada,,Help desk,Fabrikam,,",
			"ada,,Help desk,*,,yes",
		))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Create: 2, bulk.Remove: 1, bulk.Unchanged: 3}, count(report))
		assert.Equal(t, "Ada · help desk · CONTOSO", report.Lines[0].What)
		assert.Equal(t, []audit.Action{audit.EntitlementAdded, audit.EntitlementAdded, audit.EntitlementRemoved, audit.ListImported}, w.actions(before))
		assert.Equal(t, "\ufeff"+lines(
			"person,team,profile,customer,ends_at,remove",
			",First level,Help desk,*,2026-11-02T13:30:00Z,",
			",First level,Help desk,Fabrikam,2027-04-01T00:00:00Z,",
			"ada,,Help desk,Fabrikam,,",
		), w.export(store.EntitlementList))
	})
}

func TestEveryProblemOfAnEntitlementIsNamed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ada, helpDesk, retired := w.person("ada", access.Technician), w.profile("Help desk"), w.profile("Retired")
		w.customer("Contoso")
		for _, make := range []func(string){
			func(called string) { w.customer(called) }, func(called string) { w.profile(called) }, func(called string) { w.team(called) },
		} {
			make("Twice")
			make("Twice")
		}
		require.NoError(t, w.store.RetireProfile(t.Context(), retired.ID, w.by()))
		soon := noon.Add(time.Hour)
		w.entitle(store.Entitlement{PersonID: ada.ID, ProfileID: helpDesk.ID, EndsAt: &soon})
		report := w.imports(store.EntitlementList, lines(
			"person,team,profile,customer,ends_at,remove",
			"ada,,Help desk,Contoso,,",
			",,Help desk,,,",
			"ada,First level,Help desk,Contoso,31.03.2027,maybe",
			"nobody,,Nothing,Nowhere,,",
			",Nobody,Help desk,Contoso,,",
			"ada,,Retired,Contoso,2026-11-01,",
			",Twice,Twice,Twice,,",
			"ada,,Help desk,Contoso,,yes",
			"ada,,Help desk,*,,yes",
		))
		assert.Equal(t, map[int][]string{
			3:  {"person required", "customer unknown"},
			4:  {"person required", "ends_at invalid", "remove invalid"},
			5:  {"person unknown", "profile unknown", "customer unknown"},
			6:  {"team unknown"},
			7:  {"profile retired", "ends_at over"},
			8:  {"team ambiguous", "profile ambiguous", "customer ambiguous"},
			9:  {"remove repeated"},
			10: {"ends_at other_end"},
		}, problems(report))
	})
}

// A customer who is called like the word for all customers must not become all customers.
func TestACustomerWhoIsCalledEverywhere(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ada, helpDesk := w.person("ada", access.Technician), w.profile("Help desk")
		for _, called := range []string{"*", `\*`} {
			w.entitle(store.Entitlement{PersonID: ada.ID, ProfileID: helpDesk.ID, CustomerID: w.customer(called).ID})
		}
		file := w.export(store.EntitlementList)
		assert.Contains(t, file, `,\*,`)
		assert.Contains(t, file, `,\\*,`)
		assert.Equal(t, map[bulk.Outcome]int{bulk.Unchanged: 2}, count(w.imports(store.EntitlementList, file)))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Create: 1}, count(w.imports(store.EntitlementList, lines("person,profile,customer", "ada,Help desk,*"))))
	})
}
